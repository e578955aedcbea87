"""Two communities of one project or of live plans are not merged: the reason names the plan."""

from collections.abc import Callable

import pytest

from communities import actions as register
from communities.models import Community, DuplicatePair, Import
from policies.refusal import Refused
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from tests.projects.conftest import AT, TODAY, World

Merge = Callable[[], DuplicatePair]


@pytest.fixture
def twins(add_community: Callable[..., Community]) -> tuple[Community, Community]:
    """Two communities that agree in every field but the name."""
    same = {"address": "永乐南路南侧", "built_text": "1999"}
    return add_community("国土局住宅楼", **same), add_community("建行住宅楼", **same)


@pytest.fixture
def merge(world: World, twins: tuple[Community, Community]) -> Merge:
    """Merge the second into the first."""
    register.note_duplicates(at=AT, division=world.county)
    pair = DuplicatePair.objects.get()

    def act() -> DuplicatePair:
        return register.decide_duplicate(
            by=world.wang, at=AT, pair=pair, decision="merged", reason="同一栋", stay=twins[0]
        )

    return act


def reserve(world: World, *communities: Community) -> Project:
    return actions.add_project(
        by=world.wang,
        at=AT,
        today=TODAY,
        division=world.county,
        name=communities[0].name,
        communities=list(communities),
    )


def planned(world: World, community: Community, year: int) -> PlanLine:
    plan = AnnualPlan.objects.filter(year=year).first()
    plan = plan or actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=year)
    return actions.add_line(by=world.wang, at=AT, today=TODAY, plan=plan, project=reserve(world, community))


def test_without_projects_they_are_merged(merge: Merge) -> None:
    assert merge().decision == "merged"


def test_one_project_of_both_stands_against_it(world: World, twins: tuple[Community, Community], merge: Merge) -> None:
    project = reserve(world, *twins)
    with pytest.raises(Refused, match="同在项目“国土局住宅楼”中"):
        merge()
    Project.objects.filter(pk=project.pk).update(stage="closed")
    assert merge().decision == "merged", "what is closed is history"


def test_one_live_plan_of_both_stands_against_it_by_name(
    world: World, twins: tuple[Community, Community], merge: Merge
) -> None:
    for community in twins:
        planned(world, community, 2027)
    with pytest.raises(Refused, match="都已列入“芮城县2027年度计划”"):
        merge()
    assert Community.objects.filter(merged_into__isnull=False).count() == 0
    actions.remove_line(by=world.wang, at=AT, today=TODAY, line=PlanLine.objects.get(project__communities=twins[1]))
    assert merge().decision == "merged"


def test_plans_of_two_years_stand_against_it_and_a_refused_one_may_come_again(
    world: World, twins: tuple[Community, Community], merge: Merge
) -> None:
    for community, year in zip(twins, (2026, 2027), strict=True):
        planned(world, community, year)
    for state in ("draft", "refused", "issued"):
        AnnualPlan.objects.filter(year=2027).update(state=state, issued_on=TODAY, document_number="芮政办发〔2026〕1号")
        with pytest.raises(Refused, match="“建行住宅楼”已列入“芮城县2027年度计划”"):
            merge()
    Project.objects.filter(communities=twins[0]).update(stage="closed")
    assert merge().decision == "merged", "renovated before: a link, not an error"


def test_one_in_a_plan_and_one_in_none_are_merged(
    world: World, twins: tuple[Community, Community], merge: Merge
) -> None:
    planned(world, twins[0], 2027)
    assert merge().decision == "merged"


def test_the_pair_of_the_real_table_waits_for_its_plans(world: World, imported: Import) -> None:
    pair = DuplicatePair.objects.get()
    with pytest.raises(Refused, match="2025年度计划"):
        register.decide_duplicate(by=world.wang, at=AT, pair=pair, decision="merged", reason="同一栋", stay=pair.first)
    assert ProjectCommunity.objects.filter(community=pair.second).exists()
