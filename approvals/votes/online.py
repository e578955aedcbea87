"""Voting online: who a letter's code stands for, whose ballot it is, the ballot itself, and what a receipt tells."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils.crypto import salted_hmac

from approvals import codes
from approvals.models import Ballot, Channel, Choice, Code, Counting, PaperBallot, RollHome, RollVoter, Vote
from approvals.rules.channels import Cast, Terms, arrival
from approvals.rules.vote_words import homes_words, phase_of
from approvals.votes.casting import UNREAD, cast_ballot, phase_words
from approvals.votes.letters import SERIAL
from communities.models import Ownership, Person
from communities.queries.own import persons_of_phone
from communities.rules.masks import mask_name
from communities.rules.roll_problems import phone_key
from offices.history import salted
from policies.refusal import Invalid, Refused

CHOICES: tuple[tuple[str, str], ...] = tuple((str(key), str(word)) for key, word in Choice.choices)
GONE = "验证已失效：您的信函已补发或验证码已作废，请用新的信函重新验证"


@dataclass(frozen=True)
class Identity:
    """Who identified himself: voters of the roll that are his (one but for a telephone of several), by which code."""

    voters: tuple[int, ...]
    code: int | None


@dataclass(frozen=True)
class Earlier:
    """The ballot that counts so far, or the paper that came in."""

    received_at: dt.datetime
    channel: str
    choice: str = ""
    receipt: str = ""


@dataclass(frozen=True)
class Place:
    """Whose ballot it is, as he himself sees it, and what the announcement says of another one."""

    voter: RollVoter
    homes: list[RollHome]
    names: str
    earlier: Earlier | None
    refused: str

    @property
    def doors(self) -> str:
        """The homes in words."""
        return homes_words(self.homes)


def require_open(vote: Vote, at: dt.datetime) -> None:
    """Raises Refused before the opening, after the close, and for what was cancelled, saying which."""
    phase = phase_of(vote.state, opens_at=vote.opens_at, closes_at=vote.closes_at, at=at)
    if phase == "upcoming":
        raise Refused("投票还没有开始", code="vote_not_open")
    if phase != "open":
        words = phase_words(vote) if phase in ("cancelled", "draft") else "投票已经截止，不再收票"
        raise Refused(words, code="vote_not_open")


def by_letter(*, at: dt.datetime, vote: Vote, text: str) -> Identity:
    """The voter whose letter carries this code. Raises Refused with the way out; Invalid where nothing was typed."""
    require_open(vote, at)
    typed = codes.tidy(text)
    if not typed:
        raise Invalid("请输入信函上的验证码", errors={"code": ["请输入信函上的 10 位验证码"]})
    if len(typed) == SERIAL:
        raise Refused("这是 8 位的信函编号或表决票编号；请输入方框里较大的 10 位验证码", code="code_unknown")
    try:
        code = codes.find_letter(subject=vote.uid, text=text)
    except Refused as refused:
        if refused.code != "code_unknown":
            raise
        raise Refused(f"{refused.detail}。请核对信函上的表决标题与本页是否相同", code=refused.code) from refused
    voter = RollVoter.objects.get(vote=vote, pseudonym=code.holder)
    return Identity((voter.pk,), code.pk)


def send_code(*, at: dt.datetime, vote: Vote, phone: str) -> str:
    """Send a code to this number where it is that of a person of the roll; the key to check it with, the same kind either way.

    Nothing that the asker sees depends on whether the number is known. Raises Invalid for what is no mobile number, Refused.
    """
    require_open(vote, at)
    number = codes.mobile(phone)
    holder = salted(f"{vote.uid}:{number}")
    if voters_of_phone(vote, number):
        codes.send_sms(
            subject=vote, holder=holder, phone=number, matter="业主表决", event=f"vote_code:{uuid4()}", at=at
        )
    return holder


def by_sms(*, at: dt.datetime, vote: Vote, phone: str, holder: str, text: str) -> Identity:
    """The voters of the number to which the code was sent. Raises Refused in the same words for every failure."""
    require_open(vote, at)
    number = phone_key(phone[:40])
    codes.check_sent(subject=vote, holder=holder, own=salted(f"{vote.uid}:{number}"), text=text, at=at)
    return Identity(voters_of_phone(vote, number), None)


def voters_of_phone(vote: Vote, number: str) -> tuple[int, ...]:
    """Voters of this roll one of whose persons has exactly this number, by their places in the roll."""
    persons = persons_of_phone(vote.community_id, number)
    if not persons:
        return ()
    homes = Ownership.objects.filter(person__in=persons).values("home")
    near = RollVoter.objects.filter(vote=vote, homes__home__in=homes).distinct().order_by("number")
    return tuple(voter.pk for voter in near if persons & set(voter.persons))


def choices_of(*, vote: Vote, voters: tuple[int, ...]) -> list[tuple[int, str]]:
    """(voter, homes in words) of a number that stands for several."""
    rows = RollVoter.objects.filter(vote=vote, pk__in=voters).prefetch_related("homes").order_by("number")
    return [(row.pk, homes_words(list(row.homes.all()))) for row in rows]


def place_of(*, at: dt.datetime, vote: Vote, voter: int, code: int | None) -> Place:
    """Whose ballot, and whether he may vote now. Raises Refused where his code was revoked meanwhile."""
    row = RollVoter.objects.get(vote=vote, pk=voter)
    _in_force(vote, code)
    homes = list(row.homes.order_by("pk"))
    persons = Person.objects.filter(pk__in=row.persons).order_by("pk").values_list("name", flat=True)
    counting = Counting.objects.select_related("ballot").filter(vote=vote, voter=row).first()
    paper = PaperBallot.objects.filter(vote=vote, voter=row, state__in=UNREAD).order_by("-pk").first()
    before = Cast(counting.ballot.channel, counting.ballot.received_at) if counting else None  # type: ignore[arg-type]
    found = arrival(
        Cast("online", at), counting=before, paper_received=paper is not None,
        terms=Terms(may_change=vote.may_change, paper_wins=vote.paper_wins),
    )  # fmt: skip
    earlier = None
    if counting is not None:
        ballot = counting.ballot
        earlier = Earlier(
            ballot.received_at, ballot.get_channel_display(), ballot.get_choice_display(), shown_receipt(ballot.receipt)
        )
    elif paper is not None:
        earlier = Earlier(paper.received_at, Channel.PAPER.label)
    return Place(row, homes, "、".join(mask_name(name) for name in persons), earlier, found.words)


def vote_online(*, at: dt.datetime, vote: Vote, voter: int, code: int | None, choice: str, key: str) -> Ballot:
    """Cast. ``key``: of the check page; the same page sent twice is one ballot. Weight and area are the roll's. Raises Refused, Invalid."""
    row = RollVoter.objects.get(vote=vote, pk=voter)
    found = _in_force(vote, code)
    require_open(vote, at)
    sent = salted_hmac("approvals.online", f"{vote.uid}:{row.pk}:{choice}:{key}", algorithm="sha256").hexdigest()
    ballot = cast_ballot(at=at, vote=vote, voter=row, choice=choice, channel=Channel.ONLINE, sent_key=sent)
    if found is not None:
        codes.mark_used(code=found, at=at)
    return ballot


def _in_force(vote: Vote, code: int | None) -> Code | None:
    """The letter's code by which someone came in. Raises Refused where it was revoked since."""
    if code is None:
        return None
    found = Code.objects.filter(pk=code, subject_uid=vote.uid, revoked_at__isnull=True).first()
    if found is None:
        raise Refused(GONE, code="code_revoked")
    return found


def shown_receipt(receipt: str) -> str:
    """A receipt number in groups of four."""
    return "-".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


@dataclass(frozen=True)
class Receipt:
    """What a receipt number tells: never the choice, unless its owner has identified himself."""

    number: str
    received_at: dt.datetime
    channel: str
    counts: bool
    superseded_at: dt.datetime | None
    choice: str = ""


def receipt_of(*, vote: Vote, text: str, own: tuple[int, ...] = ()) -> Receipt:
    """The ballot with this number; with its choice for those ``own`` voters. Raises Refused where there is none in this vote."""
    rows = Ballot.objects.filter(vote=vote, receipt=codes.tidy(text)[:24]).select_related("superseded_by")
    ballot = rows.first()
    if ballot is None:
        raise Refused("本次表决没有这个回执号，请对照回执逐字核对", code="receipt_unknown")
    return _receipt(ballot, shows=ballot.voter_id in own)


def vote_of_receipt(text: str) -> UUID | None:
    """The vote of a ballot's receipt number, whichever it is; nothing else of it."""
    return Ballot.objects.filter(receipt=codes.tidy(text)[:24]).values_list("vote__uid", flat=True).first()


def last_receipt(*, vote: Vote, voter: int) -> Receipt | None:
    """The ballot of a voter that counts, for himself."""
    row = Counting.objects.filter(vote=vote, voter=voter).select_related("ballot").first()
    return None if row is None else _receipt(row.ballot, shows=True)


def _receipt(ballot: Ballot, *, shows: bool) -> Receipt:
    after = Ballot.objects.filter(supersedes=ballot).first()
    return Receipt(
        shown_receipt(ballot.receipt), ballot.received_at, ballot.get_channel_display(),
        Counting.objects.filter(ballot=ballot).exists(), after.received_at if after else None,
        ballot.get_choice_display() if shows else "",
    )  # fmt: skip


def choice_label(choice: str) -> str:
    """同意, 反对, 弃权. Raises Invalid for anything else."""
    label = dict(CHOICES).get(choice)
    if label is None:
        raise Invalid("请选择同意、反对或弃权", errors={"choice": ["请选择同意、反对或弃权"]})
    return label
