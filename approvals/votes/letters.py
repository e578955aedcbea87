"""Letters: who gets one, its serial number and its code, printed and made valid in one act.

The codes stand in the paper alone. So the PDF is printed first, from codes that nobody knows; then, in one short transaction, the letters
are written with the hashes of their codes and earlier letters of the same owners become void; and the PDF goes out in the answer to
the request that asked for it. It is kept nowhere: a download that was lost is a letter that is issued again, with its reason.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Concat

from approvals import codes
from approvals.models import Letter, PaperBallot, RollHome, RollVoter, Vote
from approvals.papers_pdf.letters import Envelope, print_letters
from approvals.votes.access import require_desk
from approvals.votes.drafting import locked
from communities.models import Person, Reveal
from communities.rules.masks import mask_name
from offices.history import record
from offices.models import User
from policies.refusal import Invalid, Refused

BATCH = 200  # letters of one PDF: some seconds, some megabytes
SERIAL = 8


@dataclass(frozen=True)
class Printed:
    """Letters and their paper. The codes are in ``pdf`` and nowhere else."""

    letters: tuple[Letter, ...]
    pdf: IO[bytes]


def new_serial() -> str:
    """The number of a ballot paper: eight signs that cannot be guessed from another paper's."""
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(SERIAL))


def shown_serial(serial: str) -> str:
    """In groups, for print: ABCD-EFGH."""
    return f"{serial[:4]}-{serial[4:]}"


def issue_letters(
    *, by: User, at: dt.datetime, vote: Vote, voters: Iterable[RollVoter], reason: str = "", site: str = ""
) -> Printed:  # fmt: skip
    """Letters for these voters, at most ``BATCH``. ``reason``: why those that have one get another (the earlier one and its code are void).

    Opening the owners' names for print is recorded for each person. ``site``: address that the QR code leads to. Raises Refused outside
    the time from announcement to close, for voters of another vote, without a reason where a letter is in force, and where the ballot
    paper of the earlier letter has come back.
    """
    chosen = list({voter.pk: voter for voter in voters}.values())
    _may_issue(by, at, vote, chosen, reason)
    fresh = codes.new_codes(voter.pseudonym for voter in chosen)
    serials = {voter.pk: new_serial() for voter in chosen}
    persons = _persons(chosen)
    homes = _homes(chosen)
    envelopes = (
        Envelope(
            voter=voter, homes=homes[voter.pk], names=[persons[pk].name for pk in voter.persons if pk in persons],
            serial=shown_serial(serials[voter.pk]), code=codes.shown(fresh[voter.pseudonym]),
        )
        for voter in chosen
    )  # fmt: skip
    body = require_desk(by, vote)
    pdf = print_letters(vote, envelopes, issuer=body, day=at, site=site or settings.SITE_URL)
    letters = _write(by, at, vote, chosen, serials, fresh, reason)
    return Printed(tuple(letters), pdf)


def _may_issue(by: User, at: dt.datetime, vote: Vote, voters: Sequence[RollVoter], reason: str) -> None:
    require_desk(by, vote)
    if vote.state != Vote.State.ANNOUNCED or at >= vote.closes_at:
        raise Refused("表决公告之后、截止之前才能印发信函", code="vote_not_open")
    if not voters:
        raise Refused("没有需要印发信函的业主", code="letters_none")
    if len(voters) > BATCH:
        raise Refused(f"一次最多印发 {BATCH} 封，请分批印发", code="letters_batch")
    if any(voter.vote_id != vote.pk for voter in voters):
        raise Refused("不是本次表决名册上的业主", code="foreign_voter")
    if len(reason.strip()) > 200:
        raise Invalid("信函没有印发", errors={"reason": ["最多 200 个字"]})


@transaction.atomic
def _write(
    by: User, at: dt.datetime, vote: Vote, voters: Sequence[RollVoter], serials: dict[int, str], fresh: dict[str, str], reason: str
) -> list[Letter]:  # fmt: skip
    vote = locked(vote)
    _may_issue(by, at, vote, voters, reason)
    _void_earlier(at, vote, voters, reason)
    letters = Letter.objects.bulk_create(
        [
            Letter(
                vote=vote, voter=voter, serial=serials[voter.pk], issued_by=by, issued_at=at, created_at=at, updated_at=at
            )
            for voter in voters
        ],
        batch_size=500,
    )  # fmt: skip
    codes.issue_letters(subject=vote, holders=[voter.pseudonym for voter in voters], at=at, codes=fresh)
    words = f"打印表决信函：{vote.title}"[:200]
    opened = {pk for voter in voters for pk in voter.persons}
    known = Person.objects.filter(pk__in=opened).values_list("pk", flat=True)
    Reveal.objects.bulk_create([Reveal(person_id=pk, by=by, at=at, reason=words) for pk in known], batch_size=500)
    data: dict[str, Any] = {"letters": len(letters), "voters": sorted(voter.pseudonym for voter in voters)}
    record(
        by=by,
        at=at,
        action="letter.reissue" if reason.strip() else "letter.issue",
        subject=vote,
        data=data,
        reason=reason,
    )
    return letters


def _void_earlier(at: dt.datetime, vote: Vote, voters: Sequence[RollVoter], reason: str) -> None:
    standing = Letter.objects.filter(vote=vote, voter__in=voters, voided_at__isnull=True)
    number = standing.count()
    if not number:
        return
    if not reason.strip():
        raise Refused(
            f"其中 {number} 位业主已有信函：补发请逐户办理并写明原因，原信函和验证码随即作废", code="letters_standing"
        )
    if PaperBallot.objects.filter(letter__in=standing).exists():
        raise Refused("该业主的纸质票已经收到，不能补发信函", code="paper_received")
    standing.update(voided_at=at, updated_at=at)


def _persons(voters: Sequence[RollVoter]) -> dict[int, Person]:
    return Person.objects.in_bulk({pk for voter in voters for pk in voter.persons})


def _homes(voters: Sequence[RollVoter]) -> dict[int, list[RollHome]]:
    found: dict[int, list[RollHome]] = {voter.pk: [] for voter in voters}
    for home in RollHome.objects.filter(voter__in=voters).order_by("pk"):
        found[home.voter_id].append(home)
    return found


@dataclass(frozen=True)
class BuildingLetters:
    """Letters of the voters whose first home lies in a building."""

    building: str
    voters: int
    issued: int

    @property
    def left(self) -> int:
        """Voters without a letter in force."""
        return self.voters - self.issued

    @property
    def next(self) -> int:
        """How many the next PDF holds."""
        return min(self.left, BATCH)


def voters_by_building(vote: Vote) -> Any:
    """Voters with ``building``, ``unit`` and ``room`` of their first home and ``lettered``: a letter in force."""
    first = RollHome.objects.filter(voter=OuterRef("pk")).order_by("pk")
    standing = Letter.objects.filter(voter=OuterRef("pk"), voided_at__isnull=True)
    return RollVoter.objects.filter(vote=vote).annotate(
        building=Subquery(first.values("building")[:1]), unit=Subquery(first.values("unit")[:1]),
        room=Subquery(first.values("room")[:1]), lettered=Exists(standing),
    )  # fmt: skip


def letters_of(vote: Vote) -> list[BuildingLetters]:
    """How far the letters are, building by building (one query)."""
    rows = (
        voters_by_building(vote)
        .values("building")
        .annotate(voters=Count("pk"), issued=Count("pk", filter=Q(lettered=True)))
        .order_by("building")
    )
    return [BuildingLetters(row["building"] or "", row["voters"], row["issued"]) for row in rows]


@dataclass(frozen=True)
class Found:
    """A voter whose letter is looked for, with what a page may show of him."""

    voter: RollVoter
    homes: Sequence[RollHome]
    letter: Letter | None
    names: str


def find_voters(vote: Vote, text: str, most: int = 20) -> list[Found]:
    """Voters with a home whose door (building, unit, room together) holds what was typed; names masked (four queries)."""
    wanted = "".join(text.split())[:60]
    if not wanted or "\x00" in wanted:
        return []
    doors = RollHome.objects.filter(vote=vote).annotate(door=Concat("building", "unit", "room"))
    hits = doors.filter(door__icontains=wanted).order_by("building", "unit", "room").values_list("voter", flat=True)
    order = list(dict.fromkeys(hits[: most * 3]))[:most]
    voters = {voter.pk: voter for voter in RollVoter.objects.filter(pk__in=order)}
    chosen = [voters[pk] for pk in order]
    homes, persons = _homes(chosen), _persons(chosen)
    letters = {row.voter_id: row for row in Letter.objects.filter(voter__in=chosen, voided_at__isnull=True)}
    return [
        Found(
            voter, homes[voter.pk], letters.get(voter.pk),
            "、".join(mask_name(persons[pk].name) for pk in voter.persons if pk in persons),
        )
        for voter in chosen
    ]  # fmt: skip


def without_letter(vote: Vote, building: str) -> list[RollVoter]:
    """The next batch of a building's voters without a letter, in the order of their doors."""
    rows = voters_by_building(vote).filter(building=building, lettered=False)
    return list(rows.order_by("unit", "room", "pk")[:BATCH])
