"""Jobs among real workers: one does it, one that was killed is followed by another, a cancel and an end don't pass each other."""

import io
import multiprocessing
import os
import signal
import time

import pytest
from django.db import connection, connections

from offices import jobs
from offices.demonstration import Offices
from offices.jobs import Made, Run
from offices.models import Job, StoredFile
from tests.cast import AT
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
ROWS = 20


def quick(run: Run) -> Made:
    for number in range(ROWS):
        run.step(number, ROWS)
        time.sleep(0.005)
    return Made(io.BytesIO(b"a,b\n"), "清单.csv")


def endless(run: Run) -> Made:
    run.step(3, ROWS)
    time.sleep(60)
    return quick(run)


@pytest.fixture
def job(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(jobs, "EVERY", 0)
    monkeypatch.setitem(jobs._KINDS, "rows", quick)
    clerk, county = stage.user("芮城县", "housing", "clerk"), stage.divisions["芮城县"]
    return jobs.ask(by=clerk, at=AT, kind="rows", title="清单", division=county, parameters={}, total=ROWS)


def test_six_workers_do_it_once(job: Job) -> None:
    together(6, lambda n: jobs.work(job.uid, now=lambda: AT))
    job.refresh_from_db()
    assert (job.state, job.attempts, StoredFile.objects.count()) == ("done", 1, 1)


def test_a_cancel_and_the_end_do_not_pass_each_other(job: Job) -> None:
    def act(n: int) -> None:
        if n:
            time.sleep(0.03 * n)
            jobs.cancel(by=job.by, at=AT, job=job)
        else:
            jobs.work(job.uid, now=lambda: AT)

    said = together(4, act)
    job.refresh_from_db()
    assert job.state == ("cancelled" if any(not each.error for each in said[1:]) else "done"), said
    assert StoredFile.objects.count() == (job.state == "done")


def test_a_killed_worker_is_followed_by_another(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs._KINDS, "rows", endless)
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=lambda: jobs.work(job.uid, now=lambda: AT))
    child.start()
    assert child.pid
    until = time.monotonic() + 30
    while Job.objects.get(pk=job.pk).done != 3 and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.join(10)
    connection.close()
    monkeypatch.setitem(jobs._KINDS, "rows", quick)
    jobs.pick_up(now=lambda: AT)
    assert Job.objects.get(pk=job.pk).state == "running", "not yet taken for lost"
    jobs.pick_up(now=lambda: AT + 2 * jobs.LOST)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == ("done", 2, ROWS) and StoredFile.objects.count() == 1
