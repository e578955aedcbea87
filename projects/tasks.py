"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from offices import clock
from projects.actions import silence, snapshots


@shared_task(name="projects.keep_figures")  # type: ignore[untyped-decorator]
def keep_figures() -> int:
    """Today's figures of every place."""
    return snapshots.keep_figures(at=clock.now(), today=clock.today())


@shared_task(name="projects.remind_silent")  # type: ignore[untyped-decorator]
def remind_silent() -> int:
    """Who should report on each project that nobody reported on for a month."""
    return silence.remind_silent(at=clock.now(), today=clock.today())
