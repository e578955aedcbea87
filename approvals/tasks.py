"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from approvals import escalation
from approvals.notices import days
from approvals.votes import closing
from offices import clock


@shared_task(name="approvals.close_votes")  # type: ignore[untyped-decorator]
def close_votes() -> int:
    """Votes whose time is up."""
    return closing.close_due(at=clock.now())


@shared_task(name="approvals.remind_notices")  # type: ignore[untyped-decorator]
def remind_notices() -> int:
    """The body of each notice whose period is over."""
    return days.remind(at=clock.now(), today=clock.today())


@shared_task(name="approvals.escalate")  # type: ignore[untyped-decorator]
def escalate() -> int:
    """The leader of each body that owes an opinion for too long."""
    return escalation.escalate(at=clock.now(), today=clock.today())
