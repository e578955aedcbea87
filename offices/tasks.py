"""Background work: one-liners into the actions. Celery beat calls them; each is idempotent."""

from celery import shared_task

from offices import clock, duties, files, followers, history, jobs, messages, rulebooks
from offices.feed import reading, webhooks
from rest import idempotency, versions


@shared_task(name="offices.sweep")  # type: ignore[untyped-decorator]
def sweep() -> dict[str, int]:
    """Marks and reminders of deadlines."""
    return duties.sweep(at=clock.now(), today=clock.today())


@shared_task(name="offices.seal")  # type: ignore[untyped-decorator]
def seal() -> int:
    """The history into its chain."""
    return history.seal(at=clock.now())


@shared_task(name="offices.outbox")  # type: ignore[untyped-decorator]
def outbox() -> int:
    """Waiting e-mail."""
    return messages.send_outbox(at=clock.now())


@shared_task(name="offices.tidy")  # type: ignore[untyped-decorator]
def tidy() -> int:
    """Files without a row; revisions of rulebooks that came in on disk; counts of database sessions that are gone."""
    versions.fold()
    rulebooks.watch(at=clock.now())
    return files.sweep_orphans(at=clock.now())


@shared_task(name="offices.forget")  # type: ignore[untyped-decorator]
def forget() -> int:
    """Kept answers of an ``Idempotency-Key``, changes, messages of webhooks, results of jobs and letters to followers past their days."""
    at = clock.now()
    told = webhooks.forget(at=at) + followers.forget(at=at)
    return idempotency.sweep(at=at) + reading.forget(at=at) + told + jobs.forget(at=at)


@shared_task(name="offices.webhooks")  # type: ignore[untyped-decorator]
def tell_webhooks() -> dict[str, int]:
    """Messages of what changed, written and sent."""
    at = clock.now()
    return {"written": webhooks.write_messages(at=at), **webhooks.send_messages(at=at)}


@shared_task(name="offices.run_job", soft_time_limit=3600)  # type: ignore[untyped-decorator]
def run_job(uid: str) -> None:
    """Do a job that waits."""
    jobs.work(uid, now=clock.now)


@shared_task(name="offices.pick_up_jobs")  # type: ignore[untyped-decorator]
def pick_up_jobs() -> None:
    """Jobs that a killed worker or a broken broker left behind (for the beat)."""
    jobs.pick_up(now=clock.now)
