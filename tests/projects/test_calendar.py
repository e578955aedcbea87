"""Deadlines as a month, as bars and in calendar programs; what moves when a planned day moves, before it is saved."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import CalendarFeed, Duty, User
from offices.rulebooks import library
from offices.subscriptions import make_feed, reader_of, revoke_feed
from policies.calendar import WorkingCalendar
from projects.models import AnnualPlan, Project, StageDay
from projects.rules.moving import Fixed, shifts
from projects.rules.timetable import place, ticks, weeks
from tests.cast import AT, TODAY
from tests.offices.test_ics import events, text_of
from tests.projects.conftest import World

D = dt.date


def signed_in(user: User) -> Client:
    """The browser of somebody."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def test_the_weeks_of_a_month_are_whole_and_hold_each_day_once() -> None:
    for month in range(1, 13):
        days = [day for week in weeks(2027, month) for day in week]
        assert days == sorted(set(days)) and len(days) % 7 == 0 and days[0].weekday() == 0
        assert (
            sum(day.month == month for day in days)
            == (D(2027 + month // 12, month % 12 + 1, 1) - D(2027, month, 1)).days
        )


def test_days_lie_on_the_axis_in_order() -> None:
    assert place(D(2026, 1, 1), D(2026, 1, 1), D(2026, 12, 31)) == 0
    assert place(D(2027, 1, 1), D(2026, 1, 1), D(2026, 12, 31)) is None
    found = ticks(D(2024, 1, 31), D(2026, 11, 22))
    assert (
        [at for at, _ in found] == sorted(at for at, _ in found)
        and found[0][1].startswith("2024年")
        and len(found) <= 8
    )


def test_moving_the_acceptance_moves_its_filing_and_warranty_and_is_held_against_the_document() -> None:
    """N-07: filed within 15 days, an end on a rest day moves on; RC-13 fixes 30 November."""
    layers = library().layers("ruicheng")
    fixed = [Fixed("completion", D(2026, 11, 30), "must", None)]
    found = shifts(
        layers, before={"accepted": D(2026, 11, 20)}, after={"accepted": D(2026, 12, 10)}, fixed=fixed, calendar=WorkingCalendar(),
        today=TODAY,
    )  # fmt: skip
    rows = {row.label: row for row in found}
    completion = rows["全面完成改造"]
    assert completion.late and "晚10天，逾期" in completion.note
    filing = rows["竣工验收备案期限"]
    assert (filing.before, filing.after) == (D(2026, 12, 7), D(2026, 12, 25)) and filing.citation is not None
    assert any(row.label.endswith("保修期至") and row.after == D(2031, 12, 10) for row in found)
    same = shifts(layers, before={"accepted": D(2026, 11, 20)}, after={"accepted": D(2026, 11, 20)}, fixed=fixed,
                  calendar=WorkingCalendar(), today=TODAY)  # fmt: skip
    assert same == ()


@pytest.fixture
def project(plan_of: Callable[[int], AnnualPlan], clock: object) -> Project:
    """A project of 芮城's plan for 2025, in works."""
    plan_of(2025)
    Project.objects.filter(name="农行住宅楼").update(stage="works")
    return Project.objects.get(name="农行住宅楼")


def test_what_moves_is_shown_before_it_is_saved(world: World, project: Project) -> None:
    client, url = signed_in(world.wang), reverse("projects:days", args=[project.uid])
    data = {"accepted": "2026-12-20"}
    page = client.post(url, data)
    text = page.content.decode()
    assert page.status_code == 200 and "还没有保存" in text and "竣工验收备案期限" in text and "2027年1月4日" in text
    assert not StageDay.objects.filter(project=project, planned_on__isnull=False).exists()
    stale = client.post(url, {**data, "confirm": "1", "seen": str(project.version + 7)})
    assert stale.status_code == 200 and "再核对一次" in stale.content.decode()
    project.refresh_from_db()
    assert client.post(url, {**data, "confirm": "1", "seen": str(project.version)}).status_code == 302
    assert StageDay.objects.get(project=project, stage="accepted").planned_on == D(2026, 12, 20)
    later = client.post(
        url, {"accepted": "2026-12-30"}
    )  # a delay without its reason is refused before anything is shown
    assert later.status_code == 400 and "推迟" in later.content.decode()


def test_the_month_marks_rest_days_and_holds_what_is_due(
    world: World, project: Project, django_assert_max_num_queries: Any
) -> None:
    client, url = signed_in(world.wang), reverse("projects:deadlines")
    duty = Duty.objects.filter(subject_uid=project.uid).exclude(state="not_applicable").order_by("due_on").first()
    assert duty is not None
    month = f"{duty.due_on:%Y-%m}"
    with django_assert_max_num_queries(15):
        page = client.get(url, {"view": "month", "month": month}).content.decode()
    assert duty.rule_id in page and "month-rest" in page and "还有 5 项" in page  # eight projects share the day
    with django_assert_max_num_queries(15):
        bars = client.get(url, {"view": "bars", "year": project.plan_year}).content.decode()
    assert project.name in bars and "文件期限" in bars
    listed = client.get(url, {"view": "list", "on": duty.due_on.isoformat()}).content.decode()
    assert project.name in listed and "期的。" in listed
    assert "本月没有到期的事项" in client.get(url, {"view": "month", "month": month, "rule": "ZZ-1"}).content.decode()
    for wrong in ({"view": "x"}, {"month": "2026-13"}, {"month": "１９９９-01"}, {"on": "x"}, {"month": "0001-01"}):
        assert client.get(url, wrong).status_code == 400, wrong


def test_a_stranger_sees_nothing_of_it(world: World, project: Project) -> None:
    other = signed_in(world.wei)
    for view in ("list", "month", "bars"):
        page = other.get(reverse("projects:deadlines"), {"view": view, "year": project.plan_year})
        assert page.status_code == 200 and project.name not in page.content.decode()
    assert other.get(reverse("projects:project_ics", args=[project.uid])).status_code == 404


def test_a_project_as_a_calendar_file(world: World, project: Project) -> None:
    answer = signed_in(world.wang).get(reverse("projects:project_ics", args=[project.uid]))
    assert answer["Content-Type"].startswith("text/calendar") and "no-store" in answer["Cache-Control"]
    found = events(answer.content.decode())
    duties = Duty.objects.filter(subject_uid=project.uid).exclude(state="not_applicable")
    assert duties and {row["UID"] for row in found} == {f"{duty.uid}@renovation" for duty in duties}
    assert all(project.name in text_of(row["SUMMARY"]) for row in found)


def test_the_secret_opens_one_persons_deadlines_until_it_is_revoked(world: World, project: Project) -> None:
    client, page, url = signed_in(world.wang), reverse("projects:feed_page"), reverse("projects:feed")
    shown = client.post(page)
    address = shown.context["address"]
    secret = address.partition("?key=")[2]
    assert len(secret) > 40 and secret not in client.get(page).content.decode()
    assert not CalendarFeed.objects.filter(digest__contains=secret).exists()
    nobody = Client()
    answer = nobody.get(url, {"key": secret})
    found = events(answer.content.decode())
    own = {m.body_id for m in world.wang.active_memberships}
    assert {row["UID"].partition("@")[0] for row in found} <= {
        str(duty.uid) for duty in Duty.objects.filter(body_id__in=own)
    }
    for wrong in ("", "x" * 43, secret[:-1], secret + "x", "\x00"):
        assert nobody.get(url, {"key": wrong}).status_code == 404
    _, second = make_feed(by=world.wang, at=AT)
    assert nobody.get(url, {"key": secret}).status_code == 404 and nobody.get(url, {"key": second}).status_code == 200
    assert CalendarFeed.objects.filter(user=world.wang, revoked_at__isnull=True).count() == 1
    client.post(reverse("projects:revoke_feed"))
    assert nobody.get(url, {"key": second}).status_code == 404 and revoke_feed(by=world.wang, at=AT) == 0


def test_who_left_is_read_no_more(world: World) -> None:
    _, secret = make_feed(by=world.wang, at=AT)
    assert reader_of(secret, at=AT) == world.wang
    User.objects.filter(pk=world.wang.pk).update(is_active=False)
    assert reader_of(secret, at=AT) is None
