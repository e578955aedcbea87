"""The end of a vote: closed when its time is up, counted when every paper is read, confirmed by another after the objections."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from approvals.models import Letter, PaperBallot, Vote, VoteConfirmation, VoteObjection, VoteResult
from approvals.votes.access import LEADERS, require_desk
from approvals.votes.casting import UNREAD
from approvals.votes.drafting import locked
from approvals.votes.export import root_of, rooted_files
from approvals.votes.figures import figures_of, tally_of
from approvals.votes.lines import ballots_digest
from offices.calendar import calendar
from offices.clock import day_of
from offices.history import record
from offices.models import User
from policies.calendar import WorkingCalendar
from policies.refusal import Forbidden, Refused


@transaction.atomic
def close_vote(*, at: dt.datetime, vote: Vote, by: User | None = None) -> Vote:
    """Register that the time is up; waits for the ballots under way. ``by`` None: the platform's sweep. Closed already: nothing happens."""
    vote = locked(vote)
    if by is not None:
        require_desk(by, vote)
    if vote.state != Vote.State.ANNOUNCED:
        return vote
    if at < vote.closes_at:
        raise Refused("还没有到截止时间，不能提前截止", code="vote_open")
    vote.state, vote.closed_at = Vote.State.CLOSED, at
    _save(vote, at)
    record(by=by, at=at, action="vote.close", subject=vote)
    return vote


def close_due(*, at: dt.datetime) -> int:
    """Close every vote whose time is up; how many. For the sweep; safe to run twice at once."""
    due = list(Vote.objects.filter(state=Vote.State.ANNOUNCED, closes_at__lte=at).order_by("pk"))
    closed = 0
    for vote in due:
        try:
            closed += close_vote(at=at, vote=vote).closed_at == at
        except IntegrityError:  # the database's clock is a moment behind: the next sweep
            continue
    return closed


@transaction.atomic
def finish_counting(*, by: User, at: dt.datetime, vote: Vote) -> VoteResult:
    """Count: the result stands as preliminary while objections can be made. Raises Refused while a paper is unread."""
    vote = locked(vote)
    body = require_desk(by, vote)
    if vote.state == Vote.State.ANNOUNCED and at >= vote.closes_at:
        vote = locked(close_vote(by=by, at=at, vote=vote))
    if vote.state != Vote.State.CLOSED:
        raise Refused("表决还没有截止" if vote.state == Vote.State.ANNOUNCED else "已经计票", code="vote_not_closed")
    unread = PaperBallot.objects.filter(vote=vote, state__in=UNREAD).count()
    if unread:
        raise Refused(f"还有 {unread} 张纸质票没有录入或核对一致，不能结束计票", code="papers_unread")
    result = _result(vote, by, at)
    result.counted_body = body.name[:120]
    result.evidence_root = root_of(rooted_files(vote, result))
    result.save()
    vote.state = Vote.State.COUNTED
    vote.objections_until = objection_day(calendar(), day_of(at), vote.objection_days)
    _save(vote, at)
    record(
        by=by, at=at, action="vote.count", subject=vote,
        data={
            "passed": result.passed, "rule": result.rule_id, "ballots": result.ballots_hash, "agreeing_heads": result.agreeing_heads,
            "evidence": result.evidence_root,
        },
    )  # fmt: skip
    return result


def _result(vote: Vote, by: User, at: dt.datetime) -> VoteResult:
    figures = figures_of([vote])[vote.pk]
    tally = tally_of(vote, figures)
    papers, letters = PaperBallot.objects.filter(vote=vote), Letter.objects.filter(vote=vote)
    shares: dict[str, Any] = {}
    for word in ("participating", "agreeing", "opposing"):
        shares[f"{word}_heads"] = getattr(figures, f"{word}_heads")
        shares[f"{word}_area"] = Decimal(getattr(figures, f"{word}_area")).scaleb(-2)
    return VoteResult(
        vote=vote, **shares, passed=tally.passed, rule_id=tally.rule or "", ballots_hash=ballots_digest(vote), counted_by=by, counted_at=at,
        reasons=[{"text": reason.text, "missing": reason.missing} for reason in tally.reasons],
        papers_issued=letters.count(), papers_voided=letters.filter(voided_at__isnull=False).count(), papers_returned=papers.count(),
        papers_valid=papers.filter(state=PaperBallot.State.VALID).count(),
    )  # fmt: skip


def objection_day(days: WorkingCalendar, counted_on: dt.date, length: int) -> dt.date:
    """Last day of the objection period: the day of the count is not counted, and an end on a rest day moves on (N-05)."""
    last = counted_on + dt.timedelta(days=length)
    while not days.is_working(last):
        last += dt.timedelta(days=1)
    return last


@transaction.atomic
def confirm_vote(*, by: User, at: dt.datetime, vote: Vote) -> Vote:
    """A leader confirms the preliminary result after the objection period; never the one who counted.

    Raises Refused before the period is over or while an objection is open.
    """
    vote = locked(vote)
    require_desk(by, vote, *LEADERS)
    if vote.state != Vote.State.COUNTED or vote.objections_until is None:
        raise Refused("计票结束、结果公示后才能确认", code="vote_not_counted")
    if vote.result.counted_by_id == by.pk:
        raise Forbidden("计票人不能确认自己计出的结果，请由另一位负责人确认", code="own_count")
    if day_of(at) <= vote.objections_until:
        raise Refused(f"结果公示到{vote.objections_until:%Y年%-m月%-d日}，期满后才能确认", code="vote_objections")
    unanswered = VoteObjection.objects.filter(vote=vote, answered_at__isnull=True).count()
    if unanswered:
        raise Refused(f"还有 {unanswered} 条对结果的异议没有答复，不能确认", code="vote_objections_open")
    VoteConfirmation.objects.create(vote=vote, by=by, at=at)
    vote.state = Vote.State.CONFIRMED
    _save(vote, at)
    record(by=by, at=at, action="vote.confirm", subject=vote, data={"passed": vote.result.passed})
    return vote


def _save(vote: Vote, at: dt.datetime) -> None:
    vote.version += 1
    vote.updated_at = at
    vote.save()
