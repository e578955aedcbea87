"""What was entered wrongly is taken back or corrected; the start counts permits too; an acceptance's filing follows the calendar."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from offices import calendar
from offices.models import Duty, HistoryEntry, User
from policies.refusal import Invalid, Refused
from projects.actions import acceptance as accepting
from projects.actions import works
from projects.models import Acceptance, Project, ResidentSupervisor, WorkPhoto
from projects.queries.works import works_page
from renovation.demonstration.works import drawn
from tests.projects.conftest import AT, TODAY, World
from tests.works.conftest import Reviewed
from tests.works.test_works import started

Login = Callable[[User], Client]
D = dt.date


def photographed(world: World, project: Project) -> WorkPhoto:
    """A public photo."""
    upload = SimpleUploadedFile("照片.jpg", drawn((9, 9, 9)))
    return works.add_photo(
        by=world.wang,
        at=AT,
        today=TODAY,
        project=project,
        month=TODAY,
        moment="during",
        caption="屋面",
        public=True,
        upload=upload,
    )


def test_a_wrong_photo_is_taken_back_and_shown_nowhere(world: World, reviewed: Reviewed, login: Login) -> None:
    project, wang = started(reviewed()), login(world.wang)
    photo, resident = photographed(world, project), Client()
    assert resident.get(f"/works/photos/{photo.uid}/").status_code == 200
    url = f"/staff/projects/{project.uid}/works/photos/{photo.uid}/withdraw/"
    wang.post(url, {"reason": " "})
    assert WorkPhoto.objects.get().withdrawn_at is None, "a reason is asked for"
    assert login(world.wei).post(url, {"reason": "x"}).status_code == 404
    assert wang.post(url, {"reason": "拍到了居民的脸"}).status_code == 302
    assert resident.get(f"/works/photos/{photo.uid}/").status_code == 404
    assert not works_page(project, today=TODAY).photos and WorkPhoto.objects.count() == 1
    assert HistoryEntry.objects.filter(action="works.withdraw_photo", subject_uid=project.uid).count() == 1
    with pytest.raises(Refused, match="已经撤下"):
        works.publish_photo(by=world.wang, at=AT, photo=photo, public=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPhoto.objects.update(public=True)


@pytest.mark.rule("RC-19")
def test_a_supervising_resident_is_corrected_and_ended(world: World, reviewed: Reviewed, login: Login) -> None:
    project, wang = started(reviewed()), login(world.wang)
    person = works.invite_supervisor(
        by=world.wang, at=AT, today=TODAY, project=project, name="钱儿", since=D(2026, 2, 1)
    )
    at = f"/staff/projects/{project.uid}/works/supervisors/{person.uid}/"
    assert "钱儿" in wang.get(at).content.decode() and login(world.zhou).get(at).status_code == 403
    visit: dict[str, Any] = {
        "by": world.wang,
        "at": AT,
        "today": TODAY,
        "project": project,
        "supervisor": person,
        "found": "没有问题",
    }
    works.note_visit(**visit, day=D(2026, 2, 10))
    for wrong in (
        {"since": "2026-2-11"},
        {"since": "2026-2-1", "until": "2026-2-9"},
        {"since": "2026-2-1", "until": "2026-3-3"},
    ):
        assert wang.post(at, {"name": "钱二", **wrong}).status_code == 400
    assert wang.post(at, {"name": "钱二", "since": "2026-2-1", "until": "2026-2-20"}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.until) == ("钱二", D(2026, 2, 20))
    assert "钱二" not in wang.get(f"/staff/projects/{project.uid}/works/").content.decode()
    with pytest.raises(Invalid) as refused:
        works.note_visit(**visit | {"supervisor": person}, day=D(2026, 2, 21))
    assert "day" in refused.value.errors and ResidentSupervisor.objects.count() == 1


@pytest.mark.rule("RC-17")
def test_the_project_s_page_counts_permits_among_what_is_missing(
    world: World, reviewed: Reviewed, login: Login
) -> None:
    project, wang = reviewed(), login(world.wang)
    page = wang.get(f"/staff/projects/{project.uid}/").content.decode()
    said = wang.get(f"/api/v1/projects/{project.uid}/gates/").json()
    assert [row["rule"]["id"] for row in said["permits"]] == ["RC-17"]
    against = sum(gate["blocks"] for gate in said["gates"]) + 1
    assert "尚未填写手续事实" in page and f"有 {against} 项要求没有满足" in page
    refused = wang.post(
        f"/staff/projects/{project.uid}/advance/", {"step": "start", "on": "2026-3-2", "version": project.version}
    ).content.decode()
    assert f"有 {against} 项要求没有满足" in refused


@pytest.mark.rule("N-07")
def test_the_day_for_filing_follows_a_new_calendar(world: World, reviewed: Reviewed) -> None:
    at, today = dt.datetime(2026, 12, 30, 9, 0, tzinfo=AT.tzinfo), D(2026, 12, 30)
    project = started(reviewed())
    stamps = {"created_at": at, "updated_at": at, "passed_at": at}
    passed = {"passed_on": D(2026, 12, 19), "passed_by": world.li, "conclusion": "合格"}
    row = Acceptance(project=project, held_on=D(2026, 12, 19), opened_by=world.wang, **passed, **stamps)
    row.place_in(project.division)
    row.save()
    row.project = project
    accepting.refresh(row, at=at, today=today)
    duty = Duty.objects.get(subject_uid=row.uid, milestone="acceptance_filing")
    assert duty.due_on == D(2027, 1, 4), "the fifteenth day is a Sunday"
    world.wei.is_superuser = True
    days = [(D(2027, 1, 1), False, "元旦"), (D(2027, 1, 3), True, "元旦调休")]  # that Sunday is worked
    moved = calendar.load_official_year(
        by=world.wei, at=at, today=today, year=2027, days=days, source="国办发明电〔2026〕9号"
    )
    assert [(each.what, each.before, each.after) for each in moved] == [
        (f"{project.name}竣工验收备案期限", D(2027, 1, 4), D(2027, 1, 3))
    ]
    duty.refresh_from_db()
    assert duty.due_on == D(2027, 1, 3)
