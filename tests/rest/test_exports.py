"""Whole lists as jobs: asked for by programs and on the page, as their person sees the rows, his alone, told how far, cancelled."""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client
from rest_framework.test import APIClient

from offices import clock, jobs
from offices.demonstration import Offices
from offices.keys import make_key
from offices.models import Job, StoredFile
from renovation.dictionary import DICTIONARY, described, markdown
from tests.cast import AT, cast
from tests.rest.conftest import make_community

EXPORTS = "/api/v1/exports/"


@pytest.fixture
def offices(db: None) -> Offices:
    """The cast with three communities of two counties."""
    found = cast()
    for name, county in (("甲小区", "芮城县"), ("=乙小区", "芮城县"), ("丙小区", "柳北区")):
        make_community(name, found.divisions[county])
    return found


def known(offices: Offices, county: str = "芮城县") -> APIClient:
    """A clerk's program with his session."""
    client = APIClient()
    client.force_login(offices.user(county, "housing", "clerk"))
    return client


def done(uid: str) -> Job:
    """The job after the worker had it."""
    jobs.work(uid, now=lambda: AT)
    return Job.objects.get(uid=uid)


def content(client: Any, job: Job) -> bytes:
    """Its file as it is downloaded."""
    answer = client.get(f"/api/v1/jobs/{job.uid}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("format", ["jsonl", "csv", "xlsx"])
def test_a_job_holds_what_the_streamed_export_holds(offices: Offices, format: str) -> None:
    client = known(offices)
    query = {"fields": "name,version", "division": str(offices.divisions["芮城县"].uid)}
    answer = client.post(EXPORTS, {"resource": "communities", "format": format, "query": query}, format="json")
    assert answer.status_code == 201 and answer["Location"].endswith(f"/jobs/{answer.json()['uid']}/")
    assert (answer.json()["state"], answer.json()["total"]) == ("queued", 2)
    job = done(answer.json()["uid"])
    assert (job.state, job.done, job.error) == ("done", 2, "")
    made = content(client, job)
    if format == "jsonl":
        assert [json.loads(line)["name"] for line in made.splitlines()] == ["甲小区", "=乙小区"]
    elif format == "csv":
        assert list(csv.reader(io.StringIO(made.decode()))) == [["name", "version"], ["甲小区", "1"], ["'=乙小区", "1"]]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
        assert [[cell.value for cell in row] for row in sheet.iter_rows()][1:] == [["甲小区", 1], ["'=乙小区", 1]]


def test_the_file_is_his_alone_and_holds_his_scope_alone(offices: Offices) -> None:
    mine, other = known(offices), known(offices, "柳北区")
    job = done(mine.post(EXPORTS, {"resource": "imports", "format": "csv"}, format="json").json()["uid"])
    rest = done(other.post(EXPORTS, {"resource": "projects", "query": {}}, format="json").json()["uid"])
    assert job.state == rest.state == "done"
    for stranger, row in ((other, job), (mine, rest)):
        assert stranger.get(f"/api/v1/jobs/{row.uid}/").status_code == 404
        assert stranger.get(f"/api/v1/jobs/{row.uid}/file/").status_code == 404
    assert APIClient().post(EXPORTS, {"resource": "projects"}, format="json").status_code == 401
    assert APIClient().get(EXPORTS).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resource": "moon"}, "resource"), ({"resource": "changes"}, "resource"), ({"resource": "projects", "format": "pdf"}, "format"),
        ({"resource": "projects", "query": {"moon": "1"}}, "moon"), ({"resource": "projects", "query": {"fields": "password"}}, "fields"),
        ({"resource": "projects", "query": {"plan_year": "x"}}, "plan_year"),
        ({"resource": "projects", "query": {"a": {"b": 1}}}, "query.a"),
        ({"resource": "projects", "state": "done"}, "state"),
    ],
)  # fmt: skip
def test_what_the_list_does_not_take_is_refused_before_there_is_a_job(
    offices: Offices, body: dict[str, Any], field: str
) -> None:
    answer = known(offices).post(EXPORTS, body, format="json")
    assert answer.status_code == 400 and field in answer.json()["errors"], answer.content
    assert not Job.objects.exists()


def test_a_key_exports_what_it_may_read(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock.timezone, "now", lambda: AT)
    user = offices.user("芮城县", "housing", "clerk")
    _, token = make_key(by=user, at=AT, name="镜像", scopes=["read:projects"], expires_at=AT.replace(year=AT.year + 1))
    program = APIClient(headers={"Authorization": f"Bearer {token}"})
    assert program.post(EXPORTS, {"resource": "projects"}, format="json").status_code == 201
    refused = program.post(EXPORTS, {"resource": "communities"}, format="json")
    assert refused.status_code == 403 and "read:communities" in refused.json()["detail"]
    assert Job.objects.count() == 1


def test_a_person_asks_on_the_page_and_gets_chinese_headings(offices: Offices) -> None:
    client = Client()
    client.force_login(offices.user("芮城县", "housing", "clerk"))
    assert "小区" in client.get("/staff/exports/?resource=communities").content.decode()
    bad = client.post("/staff/exports/", {"resource": "moon", "format": "csv"})
    assert bad.status_code == 400 and "没有这种数据" in bad.content.decode() and not Job.objects.exists()
    assert client.post("/staff/exports/", {"resource": "communities", "format": "csv"}).status_code == 302
    job = done(str(Job.objects.get().uid))
    assert job.state == "done" and job.file is not None and job.file.name == "小区.csv"
    head = content(client, job).decode().splitlines()[0].split(",")
    assert "建筑面积（㎡）" in head or "建筑面积" in "".join(head)
    assert len(set(head)) == len(head) and not [word for word in head if word.isascii()]


def test_a_cancelled_export_leaves_no_file(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY", 0)
    client = known(offices)
    uid = client.post(EXPORTS, {"resource": "communities", "format": "csv"}, format="json").json()["uid"]
    asked = jobs._KINDS["export"]

    def cancelled_between_rows(run: Any) -> Any:
        assert client.post(f"/api/v1/jobs/{uid}/cancel/", headers={"If-Match": "*"}).status_code == 200
        return asked(run)

    monkeypatch.setitem(jobs._KINDS, "export", cancelled_between_rows)
    assert done(uid).state == "cancelled" and not StoredFile.objects.exists()


def test_every_column_of_every_resource_has_its_chinese_name_and_stands_in_the_dictionary() -> None:
    found = list(described())
    assert len(found) > 25
    bare = [(each.name, column.name) for each in found for column in each.columns if column.label.isascii()]
    assert bare == [], "name the column in its model or in renovation/dictionary.py"
    assert [each.name for each in found if each.label.isascii()] == []
    assert DICTIONARY.read_text(encoding="utf-8") == markdown(), "run manage.py dictionary"
