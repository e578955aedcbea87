"""Ballots: one voter, one counting ballot, whatever the channel. The database refuses what comes too late or twice."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction

from approvals.codes import ALPHABET
from approvals.models import Ballot, Choice, Counting, PaperBallot, Proxy, RollVoter, Vote
from approvals.rules.channels import Arrival, Cast, Terms, arrival
from approvals.votes.proxies import require_in_force
from offices.history import record
from offices.models import User
from policies.refusal import Invalid, Refused

RECEIPT = 16
UNREAD = (PaperBallot.State.RECEIVED, PaperBallot.State.ENTERED, PaperBallot.State.MISMATCH)


def new_receipt() -> str:
    """An unguessable receipt number."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT))


def cast_ballot(
    *, at: dt.datetime, vote: Vote, voter: RollVoter, choice: str, channel: str, by: User | None = None, proxy: Proxy | None = None,
    sent_key: str | None = None,
) -> Ballot:  # fmt: skip
    """An online or on-site ballot of ``voter``. The same ``sent_key`` again gives the ballot that it made, once.

    Raises Invalid for an unknown choice; Refused before the opening, after the close, for a voter of another vote, and where the
    announcement does not allow a second ballot.
    """
    if choice not in Choice.values:
        raise Invalid("没有这个选项", errors={"choice": ["请选择同意、反对或弃权"]})
    if voter.vote_id != vote.pk:
        raise Refused("不是本次表决名册上的业主", code="foreign_voter")
    if sent_key is not None and (sent := _sent_before(vote, voter, sent_key)):
        return sent
    try:
        with transaction.atomic():
            return _cast(at, vote, voter, choice, channel, by, proxy, sent_key)
    except IntegrityError as error:
        if sent_key is not None and (sent := _sent_before(vote, voter, sent_key)):
            return sent
        raise _why_not(vote, error) from error


def _cast(
    at: dt.datetime, vote: Vote, voter: RollVoter, choice: str, channel: str, by: User | None, proxy: Proxy | None, sent_key: str | None
) -> Ballot:  # fmt: skip
    lock_voter(voter)
    counting = Counting.objects.select_related("ballot").filter(vote=vote, voter=voter).first()
    unread = PaperBallot.objects.filter(vote=vote, voter=voter, state__in=UNREAD).exists()
    found = _arrival(vote, Cast(channel, at), counting, unread)  # type: ignore[arg-type]
    if found.outcome == "refused":
        raise Refused(found.words, code="already_voted")
    ballot = Ballot(
        vote=vote, voter=voter, area=voter.area, choice=choice, channel=channel, receipt=new_receipt(), received_at=at, entered_at=at,
        by=by, proxy=require_in_force(proxy, voter), supersedes=counting.ballot if counting else None, sent_key=sent_key,
    )  # fmt: skip
    return _written(ballot, counting)


@transaction.atomic
def count_paper(*, at: dt.datetime, paper: PaperBallot, choice: str, by: User, proxy: Proxy | None = None) -> Ballot:
    """The ballot of a paper on whose content and signature two people agree. It may be kept without counting where an earlier one stands.

    Called by ``approvals.votes.papers`` under its lock. Raises Refused once the counting has ended.
    """
    voter = RollVoter.objects.get(pk=paper.voter_id)
    lock_voter(voter)
    counting = Counting.objects.select_related("ballot").filter(vote_id=paper.vote_id, voter=voter).first()
    found = _arrival(paper.vote, Cast("paper", paper.received_at), counting, False)
    counts = found.outcome in ("counts", "supersedes")
    ballot = Ballot(
        vote_id=paper.vote_id, voter=voter, area=voter.area, choice=choice, channel="paper", receipt=new_receipt(), by=by, paper=paper,
        proxy=require_in_force(proxy, voter), received_at=paper.received_at, entered_at=at,
        supersedes=counting.ballot if counting and counts else None,
    )  # fmt: skip
    if not counts:
        ballot.save()
        return ballot
    return _written(ballot, counting)


def lock_voter(voter: RollVoter) -> None:
    """Ballots of one voter come one after the other; those of others go on beside."""
    RollVoter.objects.select_for_update(no_key=True).get(pk=voter.pk)


def _arrival(vote: Vote, new: Cast, counting: Counting | None, unread: bool) -> Arrival:
    before = Cast(counting.ballot.channel, counting.ballot.received_at) if counting else None  # type: ignore[arg-type]
    return arrival(
        new, counting=before, paper_received=unread, terms=Terms(may_change=vote.may_change, paper_wins=vote.paper_wins)
    )


def _written(ballot: Ballot, counting: Counting | None) -> Ballot:
    ballot.save()
    if counting is None:
        Counting.objects.create(vote_id=ballot.vote_id, voter_id=ballot.voter_id, ballot=ballot)
    else:
        Counting.objects.filter(pk=counting.pk).update(ballot=ballot)
    return ballot


def _sent_before(vote: Vote, voter: RollVoter, sent_key: str) -> Ballot | None:
    """What a phone sent already: given back. Raises Refused where the key stands for another voter's ballot."""
    found = Ballot.objects.filter(vote=vote, sent_key=sent_key).first()
    if found is not None and found.voter_id != voter.pk:
        raise Refused("这一条已作为另一位业主的票收到", code="sent_key_taken")
    return found


def _why_not(vote: Vote, error: IntegrityError) -> Refused:
    """The refusal behind what the database said."""
    now = Vote.objects.get(pk=vote.pk)
    words = phase_words(now)
    if "投票时间" in str(error):
        return Refused(words, code="vote_not_open")
    if "委托" in str(error):
        return Refused("委托书刚刚已撤回，请刷新后再看", code="proxy_over")
    return Refused("同一位业主的票刚刚已收到，请核对后再试", code="already_voted")


def phase_words(vote: Vote) -> str:
    """Why no ballot is taken."""
    if vote.state == Vote.State.DRAFT:
        return "表决还没有公告"
    if vote.state == Vote.State.CANCELLED:
        return "表决已取消"
    return "不在投票时间内：表决未开始或已经截止"


def note_entry(*, by: User, at: dt.datetime, ballot: Ballot) -> None:
    """Remember in the history that a member of staff entered a ballot for a voter (never what was chosen)."""
    record(
        by=by, at=at, action="ballot.enter", subject=ballot.vote,
        data={"ballot": ballot.pk, "voter": ballot.voter.pseudonym, "channel": ballot.channel},
    )  # fmt: skip
