"""规划期目标 of a division: counts of its register, the communities behind each figure, and where no document speaks."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities import actions as register
from communities.models import Community, Import
from offices.models import Division, User
from projects.models import Project, ProjectCommunity
from projects.queries.targets import communities_behind, counts_of, targets_of
from projects.rules.targets import Target
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text

Login = Callable[[User], Client]


def renovated(project: Project, stage: str = "accepted") -> Project:
    """As it would stand after its acceptance (the way there is shown elsewhere)."""
    Project.objects.filter(pk=project.pk).update(stage=stage)
    project.refresh_from_db()
    return project


@pytest.fixture
def liuzhou(world: World) -> Callable[..., Community]:
    """Enter a community of 柳南区; with ``stage`` a project of it stands there."""

    def build(name: str, built: str, stage: str = "", year: int = 2024, **values: str) -> Community:
        found = register.add_community(
            by=world.wei,
            at=AT,
            division=world.other,
            values={"name": name, "built_text": built, **values},
            evidence="普查",
        )
        if stage:
            project = Project(name=name, plan_year=year, stage=stage, rulebook="liuzhou", created_at=AT, updated_at=AT)
            project.place_in(world.other)
            project.save()
            ProjectCommunity.objects.create(project=project, community=found)
        return found

    return build


def figures(user: User, division: Division, today: dt.date = TODAY) -> list[tuple[int, int, str]]:
    return [(row.done, row.whole, row.word) for row in targets_of(user, division, today=today).found.targets]


def names(user: User, division: Division, target: Target, part: str = "") -> list[str]:
    return sorted(row.name for row in communities_behind(user, division, target, part))  # type: ignore[arg-type]


@pytest.mark.rule("LZ-10")
def test_a_band_counts_communities_that_were_accepted_among_all_of_its_years(
    world: World, liuzhou: Callable[..., Community]
) -> None:
    liuzhou("甲", "1985", "accepted")
    liuzhou("乙", "1998-2000", "aftercare")
    liuzhou("丙", "2000", "works")
    liuzhou("丁", "1999")
    liuzhou("戊", "1999-2001", "closed")
    liuzhou("己", "2003")
    liuzhou("庚", "2008", "accepted")
    liuzhou("辛", "不详")
    found = targets_of(world.wei, world.other, today=TODAY)
    assert [(row.done, row.whole, row.word) for row in found.found.targets] == [(2, 4, "逾期"), (1, 2, "滞后")]
    assert found.found.unknown == 1
    early, late = found.found.targets
    assert names(world.wei, world.other, early) == ["丁", "丙", "乙", "甲"]
    assert names(world.wei, world.other, early, "done") == ["乙", "甲"] and names(
        world.wei, world.other, early, "open"
    ) == ["丁", "丙"]
    assert names(world.wei, world.other, late) == ["己", "戊"]
    assert figures(world.wei, world.other, dt.date(2025, 12, 31)) == [(2, 4, "进行中"), (1, 2, "进行中")]


@pytest.mark.rule("RC-14")
def test_ruicheng_plans_are_compared_with_what_was_accepted(world: World, imported: Import) -> None:
    for project in Project.objects.filter(plan_year=2022)[:5]:
        renovated(project)
    found = targets_of(world.wang, world.county, today=TODAY)
    assert [(row.label, row.done, row.whole, row.word) for row in found.found.targets] == [
        ("2021年", 2, 2, "已完成"), ("2022年", 5, 7, "滞后"), ("2023年", 0, 6, "滞后"), ("2024年", 0, 7, "滞后"), ("2025年", 0, 8, "滞后"),
        ("全部", 7, 30, "逾期"),
    ]  # fmt: skip
    of_2022, whole = found.found.targets[1], found.found.targets[-1]
    assert (
        len(names(world.wang, world.county, of_2022)) == 7
        and len(names(world.wang, world.county, of_2022, "open")) == 2
    )
    assert (
        len(names(world.wang, world.county, whole)) == 30 and len(names(world.wang, world.county, whole, "done")) == 5
    )


def test_a_community_renovated_twice_counts_once_in_its_first_year(
    world: World, liuzhou: Callable[..., Community]
) -> None:
    community = liuzhou("甲", "1985", "aftercare", 2022)
    again = Project.objects.get()
    again.pk, again.uid, again.plan_year, again.stage = None, "7d0e0a2e-0f2c-4a0c-9f39-0d6f7a0b0c11", 2024, "accepted"
    again.save(force_insert=True)
    ProjectCommunity.objects.create(project=again, community=community)
    found = counts_of(world.wei, world.other)
    assert found.done_in_year == {2022: 1}
    assert [(count.communities, count.done) for count in found.built] == [(1, 1)]


def test_withdrawn_and_foreign_communities_are_not_counted(world: World, liuzhou: Callable[..., Community]) -> None:
    Community.objects.filter(pk=liuzhou("甲", "1985", "accepted").pk).update(withdrawn=True)
    liuzhou("乙", "1985")
    assert [row[:2] for row in figures(world.wei, world.other)] == [(0, 1), (0, 0)]
    assert counts_of(world.wang, world.other).built == (), "王敏 sees nothing of 柳州"


def test_counting_asks_one_query_however_many_communities(world: World, imported: Import) -> None:
    with CaptureQueriesContext(connection) as queries:
        counts_of(world.wang, world.county)
    assert len(queries) == 1


@pytest.mark.rule("RC-14")
def test_the_page_says_each_figure_with_its_clause_and_lists_what_is_behind(
    world: World, imported: Import, login: Login
) -> None:
    renovated(Project.objects.get(name="体委住宅楼"), "closed")
    page = login(world.wang).get("/staff/targets/")
    words = text(page)
    assert "芮城县 芮政办发〔2022〕23号" in words and "3 / 30 个" in words and "截至 2026年3月2日 09:00" in words
    assert "2022年计划完成老旧小区改造7个" in page.content.decode(), "the verbatim clause opens in place"
    assert "文件所载" in words and "逾期" in words and "滞后" in words
    listed = login(world.wang).get("/staff/targets/?target=RC-14-2022&part=done")
    assert "体委住宅楼" in text(listed) and "2022年度，已移交归档" in text(listed) and "共 1 个小区" in text(listed)
    assert "体委住宅楼" not in text(login(world.wang).get("/staff/targets/?target=RC-14-2022&part=open"))


def test_an_unknown_figure_is_400_and_a_place_without_a_programme_is_unregulated(world: World, login: Login) -> None:
    client = login(world.wang)
    assert client.get("/staff/targets/?target=RC-14-2031").status_code == 400
    assert client.get("/staff/targets/?target=RC-14-2022&part=half").status_code == 400
    Division.objects.filter(pk=world.county.pk).update(rulebook="", governed_by="")
    assert "未作规定" in text(client.get("/staff/targets/"))
    assert 'href="/staff/targets/"' in client.get("/staff/targets/").content.decode(), "the navigation leads here"
    assert Client().get("/staff/targets/").status_code == 302
