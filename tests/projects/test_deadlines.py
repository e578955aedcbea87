"""Due days of real documents on the projects and plans of their places, as the pages show them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from communities import actions as register
from offices import actions as offices
from offices.models import Division, Duty, User
from projects import actions
from projects.models import Project
from tests.projects.conftest import AT, TODAY, World, person

Login = Callable[[User], Client]


@pytest.fixture
def planned(world: World) -> Callable[..., tuple[User, Project]]:
    """A project in the plan of a year in a county of a place, with its clerk."""

    def build(rulebook: str, year: int) -> tuple[User, Project]:
        city = offices.create_division(by=None, at=AT, name=f"{rulebook}市", kind="city", rulebook=rulebook)
        county: Division = offices.create_division(by=None, at=AT, name=f"{rulebook}县", kind="county", parent=city)
        body = offices.create_body(by=None, at=AT, division=county, kind="housing", name=f"{rulebook}住建局")
        clerk = person(f"clerk-{rulebook}", "赵一", body, "clerk")
        values = {"name": "甲小区", "built_text": "1998", "household_count": 20}
        community = register.add_community(by=clerk, at=AT, division=county, values=values, evidence="普查")
        plan = actions.create_plan(by=clerk, at=AT, today=TODAY, division=county, year=year)
        project = actions.add_project(
            by=clerk, at=AT, today=TODAY, division=county, name="甲小区", communities=[community]
        )
        actions.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
        return clerk, project

    return build


def days(project: Project) -> dict[str, str]:
    return {duty.milestone: duty.due_on.isoformat() for duty in Duty.objects.filter(subject_uid=project.uid)}


def words(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).content.decode()))


@pytest.mark.rule("YL-07")
@pytest.mark.rule("YL-08")
def test_a_national_task_gets_its_two_days_once_it_is_marked(
    planned: Callable[..., tuple[User, Project]], login: Login
) -> None:
    clerk, project = planned("yulin", 2026)
    assert days(project) == {}
    client = login(clerk)
    version = client.get(f"/staff/projects/{project.uid}/edit/").context["form"].initial["version"]
    url = f"/staff/projects/{project.uid}/edit/"
    data = {"name": "甲小区", "national_task": "on", "version": version}
    asked = client.post(url, data)
    assert asked.status_code == 200 and days(project) == {}, "nothing is saved before what moves was seen"
    assert "2026年6月30日" in asked.content.decode() and "新增" in asked.content.decode()
    assert client.post(url, {**data, "confirm": "1", "seen": "99"}).status_code == 200, (
        "somebody changed the project meanwhile"
    )
    assert client.post(url, {**data, "confirm": "1", "seen": asked.context["seen"]}).status_code == 302
    assert days(project) == {"start": "2026-06-30", "municipal_works": "2026-12-31"}
    page = words(client, f"/staff/projects/{project.uid}/")
    assert "开工：2026年6月30日" in page and "力争、鼓励" in page
    version = client.get(f"/staff/projects/{project.uid}/edit/").context["form"].initial["version"]
    asked = client.post(url, {"name": "甲小区", "version": version})
    assert "不再计算" in asked.content.decode()
    client.post(url, {"name": "甲小区", "version": version, "confirm": "1", "seen": asked.context["seen"]})
    assert days(project) == {}


@pytest.mark.rule("JX-06")
def test_jiangxi_starts_before_the_end_of_august_and_ends_before_the_spring_festival(
    planned: Callable[..., tuple[User, Project]], login: Login
) -> None:
    clerk, project = planned("jiangxi", 2026)
    assert days(project) == {"start": "2026-08-31", "completion": "2027-02-05"}, "the festival is on 6 February 2027"
    assert "原则上" in words(login(clerk), "/staff/deadlines/")


@pytest.mark.rule("LZ-09")
def test_liuzhou_declares_by_the_end_of_october_of_the_year_before(
    planned: Callable[..., tuple[User, Project]], login: Login
) -> None:
    clerk, project = planned("liuzhou", 2027)
    plan = project.lines.get().plan
    duty = Duty.objects.get(subject_uid=plan.uid)
    assert (duty.due_on.isoformat(), duty.rule_id, duty.state) == ("2026-10-31", "LZ-09", "open")
    assert days(project) == {}
    assert "申报年度计划：2026年10月31日" in words(login(clerk), f"/staff/plans/{plan.uid}/")


def test_what_is_late_is_told_kind_by_kind_and_what_can_be_met_comes_first(
    world: World, login: Login, add_project: Callable[..., Project]
) -> None:
    plan = actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=2025)
    for number in range(3):
        actions.add_line(by=world.wang, at=AT, today=TODAY, plan=plan, project=add_project(f"第{number}小区"))
    late = Duty.objects.filter(state="open", due_on__lt=TODAY).order_by("-due_on")
    client, number = login(world.wang), late.count()
    page = client.get("/staff/")
    groups = page.context["days"].overdue
    assert [group.due_on for group in groups] == sorted({duty.due_on for duty in late}, reverse=True)[: len(groups)]
    assert all(group.number == 3 and not group.title for group in groups), "one line a kind, not one a project"
    assert page.context["figures"]["past"] == number and f"全部 {number} 项已超期" in page.content.decode()
    link = f"/staff/deadlines/?state=late&rule={groups[0].rule_id}&on={groups[0].due_on}"
    assert link.replace("&", "&amp;") in page.content.decode()
    assert client.get(link).context["page"].paginator.count == groups[0].number
    first = client.get("/staff/deadlines/")
    assert first.context["past"] == number and all(
        row.duty.due_on >= TODAY for month in first.context["months"] for row in month["rows"]
    )
    listed = client.get("/staff/deadlines/?state=late").context["page"].object_list
    assert [duty.due_on for duty in listed] == [duty.due_on for duty in late], "the latest day first"
