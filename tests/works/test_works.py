"""The works: reports, photos, residents' supervision, lessons, what residents see, rates."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from approvals.standing import standing as standing_of
from offices.models import HistoryEntry, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions import works
from projects.gates import gates_of_project
from projects.models import MonthReport, Project, StageDay, WorkPhoto
from projects.queries.works import works_page
from projects.rules.works import Span, chart, report_errors, span_errors
from renovation.demonstration.works import drawn
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text
from tests.works.conftest import Reviewed

Login = Callable[[User], Client]
D = dt.date


def started(project: Project) -> Project:
    Project.objects.filter(pk=project.pk).update(stage="works")
    StageDay.objects.create(project=project, stage="works", actual_on=D(2026, 1, 10), recorded_at=AT)
    project.refresh_from_db()
    return project


def gate(project: Project, key: str, step: Any = "works") -> Any:
    rows = gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=(step,))
    return next(row for row in rows if row.key == key)


def test_parts_and_reports_say_why_they_are_late() -> None:
    span = Span("屋面", D(2026, 1, 1), D(2026, 2, 1))
    assert span_errors(span, today=D(2026, 2, 1), reason="") == {}
    assert "reason" in span_errors(span, today=D(2026, 2, 2), reason="")
    assert "actual_start" in span_errors(
        Span("屋面", D(2026, 1, 1), D(2026, 2, 1), None, D(2026, 1, 9)), today=TODAY, reason=""
    )
    given: Any = {
        "percent": 40,
        "before": 30,
        "after": 60,
        "late": (),
        "delay": "",
        "started": D(2026, 1, 10),
        "today": TODAY,
    }
    assert report_errors(month=D(2026, 1, 1), **given) == {}
    assert "month" in report_errors(month=D(2025, 12, 1), **given) and "month" in report_errors(
        month=D(2026, 4, 1), **given
    )
    assert "percent" in report_errors(month=D(2026, 2, 1), **{**given, "percent": 29})
    assert "percent" in report_errors(month=D(2026, 2, 1), **{**given, "percent": 61})
    assert "delay" in report_errors(month=D(2026, 2, 1), **{**given, "late": ("屋面",)})


def test_bars_lie_on_one_axis() -> None:
    rows, first, last = chart(
        [Span("甲", D(2026, 1, 1), D(2026, 1, 10), D(2026, 1, 6), D(2026, 1, 20))], today=D(2026, 3, 1)
    )
    assert (first, last) == (D(2026, 1, 1), D(2026, 1, 20))
    assert (rows[0].planned.x, rows[0].planned.width) == (0, 500) and rows[0].late
    assert rows[0].actual is not None and (rows[0].actual.x, rows[0].actual.width) == (250, 750)
    assert chart([], today=TODAY) == ((), None, None)


def test_a_month_is_reported_and_residents_read_it(
    world: World, reviewed: Reviewed, login: Login, client: Client
) -> None:
    project, wang = reviewed(), login(world.wang)
    url = f"/staff/projects/{project.uid}/works/"
    data = {"month": "2026-2", "percent": "35", "money": "120000.50", "done": "屋面防水完成两栋", "delay": ""}
    early = wang.post(f"{url}report/", data)
    assert early.status_code == 409 and "开工以后" in text(early)
    started(project)
    span = {"name": "屋面防水", "planned_start": "2026-1-10", "planned_end": "2026-2-20", "actual_start": "2026-1-12"}
    assert wang.post(f"{url}spans/", span).status_code == 400
    assert wang.post(f"{url}spans/", {**span, "reason": "连续低温"}).status_code == 302
    late = wang.post(f"{url}report/", data)
    assert late.status_code == 400 and "屋面防水" in text(late)
    personal = wang.post(f"{url}report/", {**data, "delay": "请找王某13812345678"})
    assert personal.status_code == 400 and "不能写个人信息" in text(personal)
    assert wang.post(f"{url}report/", {**data, "delay": "连续低温，屋面停工十天"}).status_code == 302
    project.refresh_from_db()
    assert project.reported_on == TODAY
    words = text(wang.get(url))
    assert "完成 35%" in words and "晚于计划" in words and "<svg" in wang.get(url).content.decode()
    report = MonthReport.objects.get()
    assert "120,000.50" in text(wang.get(f"/staff/reports/{report.uid}/"))
    assert wang.post(f"{url}report/", {**data, "percent": "40", "delay": "连续低温"}).status_code == 302
    assert list(MonthReport.objects.order_by("pk").values_list("percent", "current")) == [(35, False), (40, True)]
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthReport.objects.update(percent=99)
    community = project.parts.get().community
    words = text(client.get(f"/c/{community.uid}/"))
    assert "截至2026年2月，完成 40%" in words and "连续低温" in words
    assert login(world.wei).get(url).status_code == 404
    assert login(world.wei).get(f"/staff/reports/{report.uid}/").status_code == 404
    with pytest.raises(Forbidden):
        works.file_report(
            by=world.zhou, at=AT, today=TODAY, project=project, month=TODAY, percent=50, money=Decimal(1), done="完成"
        )


def test_photos_lose_their_exif_and_only_public_ones_are_shown(
    world: World, reviewed: Reviewed, login: Login, client: Client
) -> None:
    project, wang = started(reviewed()), login(world.wang)
    url = f"/staff/projects/{project.uid}/works/"
    image = Image.open(io.BytesIO(drawn((1, 2, 3))))
    exif = image.getexif()
    exif[0x010F] = "某某手机"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    data = {"month": "2026-2", "moment": "during", "caption": "屋面施工"}

    def send(name: str, content: bytes) -> Any:
        return wang.post(f"{url}photo/", {**data, "file": SimpleUploadedFile(name, content)})

    fake = send("照片.jpg", b"\xff\xd8\xff" + b"\x00" * (30 * 1024 * 1024))
    assert fake.status_code == 400 and "最多 20 MB" in text(fake)
    paper = send("说明.txt", "这不是照片".encode())
    assert paper.status_code == 400 and "请上传 JPG、PNG 或 WEBP 照片" in text(paper)
    assert not WorkPhoto.objects.exists()
    assert send("照片.jpg", buffer.getvalue()).status_code == 302
    photo = WorkPhoto.objects.get()
    hidden = client.get(f"/works/photos/{photo.uid}/")
    assert hidden.status_code == 404
    assert wang.post(f"{url}photos/{photo.uid}/publish/", {"public": "yes"}).status_code == 302
    photo.refresh_from_db()
    assert photo.public
    shown = client.get(f"/works/photos/{photo.uid}/")
    assert shown.status_code == 200 and shown["Content-Type"] == "image/jpeg"
    content = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert not Image.open(io.BytesIO(content)).getexif()
    assert f"/works/photos/{photo.uid}/" in client.get(f"/c/{project.parts.get().community.uid}/").content.decode()
    Project.objects.filter(pk=project.pk).update(published=False)
    assert client.get(f"/works/photos/{photo.uid}/").status_code == 404


@pytest.mark.rule("RC-19")
def test_acceptance_waits_for_a_checked_note_of_a_supervising_resident(
    world: World, reviewed: Reviewed, login: Login
) -> None:
    project = started(reviewed())
    assert gate(project, "residents_supervision").blocks
    person = works.invite_supervisor(
        by=world.wang, at=AT, today=TODAY, project=project, name="赵大有", phone="13812345678", since=D(2026, 2, 1)
    )
    given: Any = {"by": world.wang, "at": AT, "today": TODAY, "project": project, "supervisor": person}
    with pytest.raises(Invalid):
        works.note_visit(**given, day=D(2026, 1, 31), found="没有问题")
    visit = works.note_visit(**given, day=D(2026, 2, 10), found="落水管没有固定")
    assert "待第二人复核" in gate(project, "residents_supervision").explanation
    with pytest.raises(Forbidden):
        works.check_visit(by=world.wang, at=AT, visit=visit)
    li = login(world.li)
    assert li.post(f"/staff/projects/{project.uid}/works/visits/{visit.uid}/check/").status_code == 302
    assert gate(project, "residents_supervision").outcome == "met"
    with pytest.raises(Refused):
        works.check_visit(by=world.zhang, at=AT, visit=visit)
    page = li.get(f"/staff/projects/{project.uid}/works/").content.decode()
    assert "赵**" in page and "赵大有" not in page and "13812345678" not in page
    assert not any("赵大有" in str(entry.data) for entry in HistoryEntry.objects.all())


@pytest.mark.rule("JX-11")
def test_lessons_are_noted_during_the_works_and_evaluated_after(world: World, reviewed: Reviewed) -> None:
    project = started(reviewed())
    given: Any = {"by": world.wang, "at": AT, "today": TODAY, "project": project, "day": TODAY}
    note: Any = {"problem": "停车冲突", "cause": "没有通知", "solution": "提前公示"}
    with pytest.raises(Invalid) as early:
        works.note_lesson(**given, **note, after=True)
    assert "after" in early.value.errors
    with pytest.raises(Invalid):
        works.note_lesson(**given, **{**note, "cause": " "})
    works.note_lesson(**given, **note)
    row = standing_of([project.uid], {"lessons"})[project.uid]["lessons"][0]
    assert not row.settled and row.words == "还缺：完工后的评估"
    Project.objects.filter(pk=project.pk).update(stage="accepted")
    works.note_lesson(**given, **note, after=True)
    row = standing_of([project.uid], {"lessons"})[project.uid]["lessons"][0]
    assert row.settled


def test_rates_count_projects_of_issued_plans(world: World, reviewed: Reviewed, login: Login) -> None:
    for name, stage in (("甲小区", "approved"), ("乙小区", "works"), ("丙小区", "accepted"), ("丁小区", "reserve")):
        project = reviewed(name)
        Project.objects.filter(pk=project.pk).update(stage=stage)
    words = text(login(world.wang).get("/staff/dashboard/?year=2026"))
    assert "66.67%" in words and "33.33%" in words, "two of three started, one done; the reserve is no denominator"
    started = text(login(world.wang).get("/staff/dashboard/projects/?year=2026&part=started"))
    assert "乙小区" in started and "丙小区" in started and "甲小区" not in started


def test_the_page_of_works_asks_a_bounded_number_of_queries(
    world: World, reviewed: Reviewed, login: Login, django_assert_max_num_queries: Any
) -> None:
    project, wang = started(reviewed()), login(world.wang)
    for number in range(6):
        works.save_span(
            by=world.wang,
            at=AT,
            today=TODAY,
            project=project,
            name=f"内容{number}",
            planned_start=TODAY,
            planned_end=D(2026, 6, 1),
        )
    with django_assert_max_num_queries(18):
        assert wang.get(f"/staff/projects/{project.uid}/works/").status_code == 200
    assert len(works_page(project, today=TODAY).spans) == 6
