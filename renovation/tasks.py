"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from offices import clock
from renovation import retention
from renovation.news.letters import tell_followers as tell


@shared_task(name="renovation.tell_followers")  # type: ignore[untyped-decorator]
def tell_followers() -> int:
    """Who follows a community is told what happened there."""
    return tell(at=clock.now())


@shared_task(name="renovation.retain")  # type: ignore[untyped-decorator]
def retain() -> dict[str, int]:
    """What may no longer be kept is erased."""
    return retention.erase(clock.now())
