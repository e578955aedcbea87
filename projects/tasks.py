"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from offices import clock
from projects.actions import snapshots


@shared_task(name="projects.keep_figures")  # type: ignore[untyped-decorator]
def keep_figures() -> int:
    """Today's figures of every place."""
    return snapshots.keep_figures(at=clock.now(), today=clock.today())
