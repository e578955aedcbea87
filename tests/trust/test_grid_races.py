"""The grid of a plan under many hands at one moment, in real processes on a real PostgreSQL: no change is written over unseen."""

import pytest

from communities.models import Community, CommunityRevision
from offices.demonstration import Offices
from policies.refusal import Stale
from projects import actions
from projects.actions.grid import RowEdit, save_rows
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from tests.cast import AT, TODAY
from tests.trust.processes import together
from tests.trust.test_races import plan, project, refused

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
HANDS = 8


def edits(draft: AnnualPlan, word: str) -> list[RowEdit]:
    """Every row as it was read, with another remark and another number of households."""
    rows = []
    for line in draft.lines.select_related("project").order_by("pk"):
        community = ProjectCommunity.objects.select_related("community").get(project=line.project).community
        seen = (line.version, line.project.version, community.version)
        cells = {"remark": word, "household_count": str(50 + int(word))}
        rows.append(RowEdit(str(line.uid), line.uid, community.uid, seen, cells))
    return rows


def test_eight_change_the_same_rows_and_each_row_takes_one(stage: Offices) -> None:
    clerk, draft = stage.user("芮城县", "housing", "clerk"), plan(stage, 2026)
    for number in range(4):
        actions.add_line(by=clerk, at=AT, today=TODAY, plan=draft, project=project(stage, f"第{number}小区"))
    hands = [edits(draft, str(index)) for index in range(HANDS)]

    def act(index: int) -> list[str]:
        turned = hands[index] if index % 2 else list(reversed(hands[index]))
        done = save_rows(by=clerk, at=AT, today=TODAY, plan=draft, edits=turned, evidence="测绘")
        assert all(outcome.refused is None or isinstance(outcome.refused, Stale) for outcome in done)
        return [outcome.key for outcome in done if outcome.refused is None]

    said = together(HANDS, act)
    assert refused(said) == []
    saved = sorted(key for each in said for key in each.value)
    assert saved == sorted(str(line.uid) for line in draft.lines.all()), "each row was saved by exactly one"
    for line in draft.lines.all():
        community = Community.objects.get(pk=ProjectCommunity.objects.get(project=line.project).community_id)
        assert community.household_count == 50 + int(line.remark), "remark and households are of the same hand"
        assert CommunityRevision.objects.filter(community=community).count() == 2


def test_one_name_comes_into_one_plan_once_whoever_writes_it(stage: Offices) -> None:
    """Two plans of the county, a form and the grid: the community of the name gets one line, the new one is registered once."""
    clerk, plans = stage.user("芮城县", "housing", "clerk"), [plan(stage, 2026), plan(stage, 2027)]
    waiting = project(stage, "旧小区")

    def act(index: int) -> int:
        if index == 0:
            actions.add_line(by=clerk, at=AT, today=TODAY, plan=plans[0], project=waiting)
            return 1
        rows = [RowEdit("1", cells={"name": "旧小区"}), RowEdit("2", cells={"name": "新小区"}, register=True)]
        done = save_rows(by=clerk, at=AT, today=TODAY, plan=plans[index % 2], edits=rows)
        return sum(outcome.refused is None for outcome in done)

    said = together(HANDS, act)
    assert {each.code for each in refused(said)} <= {"project_in_plan"}, said
    assert sum(each.value for each in said if not each.error) == PlanLine.objects.count() == 2
    assert Project.objects.count() == Community.objects.filter(name__endswith="小区").count() == 2
