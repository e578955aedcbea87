"""储备一批、谋划一批、实施一批: a project moves on batch by batch, each move with its day and its writer."""

from collections.abc import Callable

import pytest
from django.test import Client

from communities.models import Import
from offices.models import HistoryEntry, User
from policies.refusal import Invalid
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project
from projects.queries.pipeline import batches_of
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text

NUMBER = "芮政办发〔2026〕1号"


def batches(world: World) -> dict[str, int]:
    return {batch.key: batch.projects for batch in batches_of(world.wang, world.county)}


@pytest.mark.rule("LZ-14")
@pytest.mark.rule("CZ-06")
@pytest.mark.rule("JX-09")
def test_a_project_moves_from_the_reserve_to_the_plan_and_into_the_works_and_back(
    world: World, add_project: Callable[..., Project]
) -> None:
    project, other = add_project("甲小区"), add_project("乙小区")
    assert batches(world) == {"reserve": 2, "planned": 0, "implementing": 0, "done": 0}
    plan = actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=2027)
    for row in (project, other):
        actions.add_line(by=world.wang, at=AT, today=TODAY, plan=plan, project=row)
    assert batches(world) == {"reserve": 0, "planned": 2, "implementing": 0, "done": 0}
    actions.remove_line(by=world.wang, at=AT, today=TODAY, line=PlanLine.objects.get(project=other))
    assert batches(world) == {"reserve": 1, "planned": 1, "implementing": 0, "done": 0}
    plan = AnnualPlan.objects.get()
    actions.enter_as_issued(by=world.wang, at=AT, today=TODAY, plan=plan, document_number=NUMBER, issued_on=TODAY)
    assert batches(world) == {"reserve": 1, "planned": 0, "implementing": 1, "done": 0}

    project.refresh_from_db()

    def take_out(reason: str) -> None:
        actions.change_issued_plan(
            by=world.wang, at=AT, today=TODAY, plan=AnnualPlan.objects.get(), document_number=NUMBER, issued_on=TODAY, remove=[project],
            reason=reason,
        )  # fmt: skip

    with pytest.raises(Invalid):
        take_out("")
    take_out("居民不同意施工时间")
    assert batches(world) == {"reserve": 2, "planned": 0, "implementing": 0, "done": 0}
    acts = HistoryEntry.objects.filter(action__startswith="plan.").order_by("pk")
    assert all(act.at == AT and act.by_id == world.wang.pk for act in acts) and acts.count() >= 5


@pytest.mark.rule("LZ-14")
def test_the_batches_stand_on_the_page_with_the_way_to_their_projects(
    world: World, imported: Import, login: Callable[[User], Client]
) -> None:
    page = login(world.wang).get("/staff/targets/")
    assert "谋划一批 30 拟列入计划 30" in text(page) and "储备一批 0" in text(page)
    assert 'href="/staff/projects/?stage=planned"' in page.content.decode()
    assert batches_of(world.wei, world.county)[1].projects == 0, "柳南区 sees nothing of it"
