"""Jobs: asked for once, done row by row, cancelled between two rows, never hanging, kept for a week, seen by those who may."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from offices import files, jobs
from offices.demonstration import Offices
from offices.jobs import Made, Run
from offices.models import HistoryEntry, Job, Message, StoredFile, User
from policies.refusal import Forbidden, Refused
from tests.cast import AT, cast

pytestmark = pytest.mark.django_db
ROWS = 5


@pytest.fixture
def offices(db: None, monkeypatch: pytest.MonkeyPatch) -> Offices:
    """The cast; a kind of job that writes five rows."""
    monkeypatch.setattr(jobs, "EVERY", 0)
    monkeypatch.setitem(jobs._KINDS, "rows", make)
    return cast()


def make(run: Run) -> Made:
    """Five rows of text."""
    for number in range(ROWS):
        run.step(number, ROWS)
    return Made(io.BytesIO(f"{run.job.parameters['n']},行".encode() * ROWS), "清单.csv")


def clerk(offices: Offices) -> User:
    return offices.user("芮城县", "housing", "clerk")


def ask(offices: Offices, n: int = 1, **more: Any) -> Job:
    given = {
        "by": clerk(offices),
        "at": AT,
        "kind": "rows",
        "title": "清单",
        "division": offices.divisions["芮城县"],
        "total": ROWS,
    }
    return jobs.ask(**{**given, "parameters": {"n": n}, **more})


def do(job: Job, at: dt.datetime = AT) -> Job:
    jobs.work(job.uid, now=lambda: at)
    return Job.objects.get(pk=job.pk)


def test_a_job_is_done_once_and_tells_whoever_asked(offices: Offices) -> None:
    job = do(ask(offices))
    assert (job.state, job.done, job.attempts, job.error) == ("done", ROWS, 1, "") and job.file is not None
    assert (job.file.name, job.file.uploaded_by) == ("清单.csv", clerk(offices)) and job.expires_at == AT + jobs.KEPT
    assert Message.objects.filter(event=f"job:{job.uid}", recipient=clerk(offices), channel="inbox").count() == 1
    assert HistoryEntry.objects.filter(action="job.ask", subject_uid=job.uid).count() == 1
    assert do(job).file_id == job.file_id and StoredFile.objects.count() == 1, "a second worker finds nothing to do"


def test_nobody_waits_for_the_same_thing_twice_nor_for_many(offices: Offices) -> None:
    first = ask(offices)
    assert ask(offices) == first and ask(offices, 2) != first
    for n in range(3, 3 + jobs.MOST_OPEN - 2):
        ask(offices, n)
    with pytest.raises(Refused) as caught:
        ask(offices, 99)
    assert caught.value.code == "jobs_waiting" and ask(offices, 1) == first
    do(first)
    assert ask(offices, 99).state == "queued", "one has ended"


def test_a_cancel_is_heard_between_two_rows(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = ask(offices)
    assert jobs.cancel(by=clerk(offices), at=AT, job=waiting).pk and do(waiting).state == "cancelled"

    def slow(run: Run) -> Made:
        for number in range(ROWS):
            if number == 3:
                jobs.cancel(by=clerk(offices), at=AT, job=run.job)
            run.step(number, ROWS)
        raise AssertionError("it went on")

    monkeypatch.setitem(jobs._KINDS, "rows", slow)
    job = do(ask(offices))
    assert (job.state, job.done, job.file) == ("cancelled", 2, None)
    with pytest.raises(Refused) as caught:
        jobs.cancel(by=clerk(offices), at=AT, job=job)
    assert caught.value.code == "job_ended" and not StoredFile.objects.exists()
    assert not Message.objects.filter(event__startswith="job:").exists()


def test_a_cancel_after_the_last_row_leaves_no_file(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(run: Run) -> Made:
        jobs.cancel(by=clerk(offices), at=AT, job=run.job)
        return Made(io.BytesIO(b"x,y"), "清单.csv")

    monkeypatch.setitem(jobs._KINDS, "rows", late)
    assert do(ask(offices)).state == "cancelled" and not StoredFile.objects.exists()


@pytest.mark.parametrize(("error", "words"), [(Refused("太长了"), "太长了"), (ZeroDivisionError(), "请重试")])
def test_what_goes_wrong_is_told_and_nothing_hangs(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def broken(run: Run) -> Made:
        raise error

    monkeypatch.setitem(jobs._KINDS, "rows", broken)
    job = do(ask(offices))
    assert (
        job.state == "failed"
        and words in job.error
        and Message.objects.get(event=f"job:{job.uid}", channel="inbox").text == job.error
    )
    assert ask(offices).pk != job.pk, "it may be asked for again"


def test_a_file_that_cannot_be_kept_fails_the_job(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(files.default_storage, "exists", lambda name: False)
    monkeypatch.setattr(files.default_storage, "save", full)
    job = do(ask(offices))
    assert (job.state, job.file) == ("failed", None) and "请重试" in job.error and not StoredFile.objects.exists()


def test_a_file_of_any_length_is_kept_in_bounded_memory_and_an_empty_one_too(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 10
    monkeypatch.setitem(jobs._KINDS, "rows", lambda run: Made(io.BytesIO(b"x" * 3 * files.CHUNK), "长.csv"))
    kept = do(ask(offices)).file
    assert kept is not None and kept.size == 3 * files.CHUNK and files.read(kept) == b"x" * kept.size
    monkeypatch.setitem(jobs._KINDS, "rows", lambda run: Made(io.BytesIO(b""), "空.jsonl"))
    empty = do(ask(offices, 2)).file
    assert empty is not None and (empty.size, empty.content_type) == (0, "application/x-ndjson")


def test_what_a_killed_worker_left_is_done_again_and_three_times_is_enough(offices: Offices) -> None:
    job = ask(offices)
    dead = {"state": "running", "beat_at": AT, "done": 2}
    Job.objects.filter(pk=job.pk).update(**dead, attempts=1)
    jobs.pick_up(now=lambda: AT + jobs.LOST)
    assert Job.objects.get(pk=job.pk).state == "running", "its worker may still live"
    later = AT + jobs.LOST + dt.timedelta(seconds=1)
    jobs.pick_up(now=lambda: later)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    lost = ask(offices, 2)
    Job.objects.filter(pk=lost.pk).update(**dead, attempts=jobs.ATTEMPTS)
    given_up = ask(offices, 3)
    Job.objects.filter(pk=given_up.pk).update(**dead, attempts=1, cancel_asked=True)
    never_sent = ask(offices, 4)
    jobs.pick_up(now=lambda: later)
    assert [Job.objects.get(pk=row.pk).state for row in (lost, given_up, never_sent)] == ["failed", "cancelled", "done"]


def test_a_worker_that_was_given_up_changes_nothing_any_more(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    def hung(run: Run) -> Made:
        Job.objects.filter(pk=run.job.pk).update(attempts=2)  # another has begun meanwhile
        return make(run) if run.job.parameters["n"] == 1 else Made(io.BytesIO(b"x"), "x.csv")

    monkeypatch.setitem(jobs._KINDS, "rows", hung)
    for n in (1, 2):
        job = do(ask(offices, n))
        assert (job.state, job.attempts, job.file) == ("running", 2, None)


def test_results_are_seen_by_who_asked_and_those_of_the_scope_and_deleted_after_a_week(offices: Offices) -> None:
    shown, own = do(ask(offices)), do(ask(offices, 2, personal=True))
    colleague, elsewhere = offices.user("芮城县", "housing", "leader"), offices.user("城中区", "housing", "clerk")
    seen = [set(Job.objects.visible_to(user)) for user in (clerk(offices), colleague, elsewhere)]
    assert seen == [{shown, own}, {shown}, set()]
    assert own.file and own.file.personal and shown.file and not shown.file.personal
    waiting = ask(offices, 3)
    with pytest.raises(Forbidden):
        jobs.cancel(by=colleague, at=AT, job=waiting)
    assert jobs.forget(at=AT + jobs.KEPT) == 0 and Job.objects.count() == 3
    assert jobs.forget(at=AT + jobs.KEPT + dt.timedelta(seconds=1)) == 2
    assert list(Job.objects.all()) == [waiting] and not StoredFile.objects.exists()


def test_the_database_keeps_the_states_in_order(offices: Offices) -> None:
    job = ask(offices)
    for wrong in ({"state": "done"}, {"state": "failed"}, {"expires_at": AT}, {"done": ROWS + 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=ask(offices, 2).pk).update(digest=job.digest)


def test_the_pages_and_the_interface(offices: Offices) -> None:
    client, api = Client(), APIClient()
    client.force_login(clerk(offices), backend="offices.backend.StaffBackend")
    api.force_authenticate(clerk(offices))
    assert "没有后台任务" in client.get("/staff/jobs/").content.decode()
    job = ask(offices)
    url = f"/staff/jobs/{job.uid}/"
    page = client.get(url).content.decode()
    assert 'hx-trigger="load delay:1s"' in page and "刷新" in page and "取消" in page
    assert "HX-Refresh" not in client.get(f"{url}progress/")
    assert api.get(f"/api/v1/jobs/{job.uid}/").json()["state"] == "queued"
    assert api.get(f"/api/v1/jobs/{job.uid}/file/").status_code == 404
    do(job)
    assert client.get(f"{url}progress/")["HX-Refresh"] == "true" and "清单.csv" in client.get(url).content.decode()
    shown = api.get("/api/v1/jobs/?state=done").json()["results"][0]
    assert (shown["file_name"], shown["done"], shown["total"]) == ("清单.csv", ROWS, ROWS)
    answer = api.get(f"/api/v1/jobs/{job.uid}/file/")
    assert b"".join(answer).decode() == "1,行" * ROWS and "attachment" in answer["Content-Disposition"]
    assert api.post(f"/api/v1/jobs/{job.uid}/cancel/", headers={"If-Match": "*"}).json()["code"] == "job_ended"
    again = ask(offices, 2)
    assert client.post(f"/staff/jobs/{again.uid}/cancel/").status_code == 302
    assert api.get(f"/api/v1/jobs/{again.uid}/").json()["state"] == "cancelled"
    other = APIClient()
    other.force_authenticate(offices.user("城中区", "housing", "clerk"))
    assert [other.get(f"/api/v1/jobs/{job.uid}/{end}").status_code for end in ("", "file/")] == [404, 404]
