"""Background work: one-liners into the actions. Each is idempotent."""

from celery import shared_task

from funding.actions import flags
from offices import clock


@shared_task(name="funding.raise_flags")  # type: ignore[untyped-decorator]
def raise_flags() -> dict[str, int]:
    """What an auditor is shown to look at."""
    return flags.raise_flags(at=clock.now(), today=clock.today())
