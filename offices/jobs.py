"""Jobs: asked for by a person, done by the worker row by row, told how far, cancelled between two rows, kept for a week.

An app registers what it can do::

    jobs.register("money-report", make)      # make(run) -> Made; it calls run.step(done, total) between rows

Whoever offers it calls ``offices.handover.start(kind=…, …)``. A job never hangs: a worker that was killed has stopped beating, and the
next ``pick_up`` starts it again, or says after three times that it failed.
"""

import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from offices import files, messages
from offices.history import record
from offices.models import Division, Job, StoredFile, User
from policies.refusal import Forbidden, Refused

logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
EVERY = 0.5  # seconds between two notes of how far it is
LOST = dt.timedelta(minutes=5)  # without a sign of its worker
ATTEMPTS = 3
KEPT = dt.timedelta(days=7)
MOST_OPEN = 5  # jobs that one person may have waiting


class Stopped(Exception):
    """Somebody cancelled it, or another worker has it."""


@dataclass(frozen=True)
class Made:
    """What came of a job: an open file, and its name, whose end says its type (``files.MADE``)."""

    file: IO[bytes]
    name: str


class Run:
    """One attempt at a job."""

    def __init__(self, job: Job, now: Clock) -> None:
        self.job, self.now = job, now
        self._told = 0.0

    def step(self, done: int, total: int) -> None:
        """So many of so many rows; call it between rows. Raises Stopped where it shall not go on."""
        if self._told and time.monotonic() - self._told < EVERY:
            return
        self._told = time.monotonic()
        mine = Job.objects.filter(pk=self.job.pk, state="running", attempts=self.job.attempts, cancel_asked=False)
        if not mine.update(done=min(done, total), total=total, beat_at=self.now(), version=F("version") + 1):
            raise Stopped


Kind = Callable[[Run], Made]
_KINDS: dict[str, Kind] = {}


def register(kind: str, make: Kind) -> None:
    """What a kind of job does. ``make`` raises Refused with words for the person where it can't."""
    _KINDS[kind] = make


@transaction.atomic
def ask(
    *, by: User, at: dt.datetime, kind: str, title: str, division: Division, parameters: Mapping[str, Any], total: int = 0,
    personal: bool = False,
) -> Job:  # fmt: skip
    """Put a job in the queue; the same one that he still waits for is given instead. Raises Refused where he waits for too many."""
    text = json.dumps([kind, parameters], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    own = Job.objects.filter(by=by, state__in=Job.OPEN)
    if (same := own.filter(digest=digest).first()) is not None:
        return same
    if own.count() >= MOST_OPEN:
        raise Refused(f"您已有 {MOST_OPEN} 个任务在等待处理，请等其中一个完成，或取消不需要的", code="jobs_waiting")
    job = Job(
        kind=kind, title=title[:120], by=by, parameters=dict(parameters), digest=digest, total=total, personal=personal,
        created_at=at, updated_at=at,
    )  # fmt: skip
    job.place_in(division)
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:  # asked twice at one moment
        return own.get(digest=digest)
    record(by=by, at=at, action="job.ask", subject=job, data={"kind": kind})
    return job


@transaction.atomic
def cancel(*, by: User, at: dt.datetime, job: Job) -> Job:
    """Whoever asked does not need it any more: a waiting one ends at once, a running one between two rows."""
    job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.by_id != by.pk:
        raise Forbidden("只有申请人可以取消", code="own_entry")
    if not job.open:
        raise Refused(f"这个任务{job.get_state_display()}，不能取消", code="job_ended")
    job.cancel_asked, job.version, job.updated_at = True, job.version + 1, at
    job.save(update_fields=("cancel_asked", "version", "updated_at"))
    if job.state == Job.State.QUEUED:
        _end(job, "cancelled", at)
    record(by=by, at=at, action="job.cancel", subject=job)
    return job


def work(uid: UUID | str, *, now: Clock) -> None:
    """Do a job that waits; nothing where another has it or it is over."""
    at = now()
    waiting = Job.objects.filter(uid=uid, state="queued")
    if not waiting.update(
        state="running", attempts=F("attempts") + 1, beat_at=at, updated_at=at, version=F("version") + 1
    ):
        return
    job = Job.objects.select_related("by", "division").get(uid=uid)
    try:
        if not job.by.is_active or job.kind not in _KINDS:
            raise Refused("申请人的账号已停用" if not job.by.is_active else "系统已不再提供这种文件")
        made = _KINDS[job.kind](Run(job, now))
        with made.file:
            _keep(job, made, now())
    except Stopped:
        _end(job, "cancelled", now())
    except Refused as error:
        _end(job, "failed", now(), str(error))
    except Exception:  # whatever it was, the job does not hang and its person is told
        logger.exception("job_failed", extra={"job": str(job.uid), "kind": job.kind})
        _end(job, "failed", now(), "生成时出错，请重试；仍不行请联系管理员")


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=job.state)


@transaction.atomic
def _keep(job: Job, made: Made, at: dt.datetime) -> None:
    """The file and the end of the job, or neither. Raises Stopped."""
    if _mine(job).select_for_update().filter(cancel_asked=False).first() is None:
        raise Stopped
    kept = files.store_made(
        file=made.file, division=job.division, by=job.by, at=at, name=made.name, personal=job.personal
    )
    _end(job, "done", at, file=kept)


def _end(job: Job, state: str, at: dt.datetime, error: str = "", file: StoredFile | None = None) -> None:
    """Where this attempt still has the job: a later attempt is left alone."""
    ended: dict[str, Any] = {
        "state": state,
        "error": error[:300],
        "file": file,
        "ended_at": at,
        "expires_at": at + KEPT,
        "updated_at": at,
    }
    if state == "done":
        ended["done"] = F("total")
    if not _mine(job).update(**ended, version=F("version") + 1) or state == "cancelled":
        return
    messages.tell(
        event=f"job:{job.uid}", recipients=[job.by], title=f"{job.title}{'已生成' if state == 'done' else '没有生成'}", subject=job, at=at,
        text=error or f"请在 {(at + KEPT).date().isoformat()} 前下载", link=f"/staff/jobs/{job.uid}/",
    )  # fmt: skip


def pick_up(*, now: Clock) -> None:
    """Start what a killed worker or a broken broker left behind; what was left three times has failed."""
    at = now()
    for job in Job.objects.filter(state="running", beat_at__lt=at - LOST).select_related("by").order_by("pk"):
        if job.cancel_asked:
            _end(job, "cancelled", at)
        elif job.attempts >= ATTEMPTS:
            _end(job, "failed", at, f"处理中断了 {ATTEMPTS} 次，请缩小范围后重试")
        else:
            _mine(job).update(state="queued", updated_at=at, version=F("version") + 1)
    for uid in Job.objects.filter(state="queued").order_by("pk").values_list("uid", flat=True):
        work(uid, now=now)


@transaction.atomic
def forget(*, at: dt.datetime) -> int:
    """Delete jobs whose days are over, with their files (the storage's copy goes with the orphans); how many."""
    rows = Job.objects.filter(expires_at__lt=at)
    kept = [pk for pk in rows.values_list("file", flat=True) if pk]
    number = rows.delete()[0]
    StoredFile.objects.filter(pk__in=kept).delete()
    return number
