"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from approvals.votes import closing
from offices import clock


@shared_task(name="approvals.close_votes")  # type: ignore[untyped-decorator]
def close_votes() -> int:
    """Votes whose time is up."""
    return closing.close_due(at=clock.now())
