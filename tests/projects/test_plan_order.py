"""The order of a plan's lines, put by hand over HTTP: 序号 of the official table follows; and what a return marked."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from approvals.models import Case, CaseAsk, CaseStage, Opinion
from offices.models import HistoryEntry, User
from projects.models import AnnualPlan
from projects.papers.plan_table import rows as table_rows
from tests.projects.conftest import AT, World
from tests.projects.test_plan_grid import read

PlanOf, Login = Callable[[int], AnnualPlan], Callable[[User], Client]
JSON = {"Accept": "application/json"}


def names(client: Client, plan: AnnualPlan) -> list[str]:
    """Communities in the order of the grid."""
    return [row["cells"]["name"] for row in read(client, plan)["rows"]]


def move(client: Client, plan: AnnualPlan, number: int, **to: str) -> int:
    """Move the line that stands at a place (0: the first); the status."""
    line = plan.lines.order_by("position", "pk")[number]
    return client.post(f"/staff/plans/{plan.uid}/lines/{line.uid}/move/", to, headers=JSON).status_code


@pytest.mark.rule("RC-27")
def test_a_line_goes_where_it_is_put_and_the_official_table_follows(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    before = names(wang, plan)
    assert move(wang, plan, 4, to="1") == 200
    after = [before[4], *before[:4], *before[5:]]
    assert names(wang, plan) == after == [row[1] for row in table_rows([plan])]
    assert [line.position for line in plan.lines.order_by("position")] == list(range(1, len(before) + 1))
    assert move(wang, plan, 0, to="100000") == 200 and names(wang, plan) == [*after[1:], after[0]]
    assert move(wang, plan, 1, direction="up") == 200 and names(wang, plan)[:2] == [after[2], after[1]]
    assert move(wang, plan, 0, direction="up") == 200 and names(wang, plan)[0] == after[2]  # already the first
    assert [move(wang, plan, 0, to=text) for text in ("0", "-1", "x", "")] == [400] * 4


def test_whoever_may_not_write_puts_nothing_in_order(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, before = plan_of(2022), HistoryEntry.objects.count()
    assert move(login(world.zhou), plan, 2, to="1") == 403
    AnnualPlan.objects.filter(pk=plan.pk).update(state=AnnualPlan.State.IN_REVIEW)
    assert move(login(world.wang), plan, 2, to="1") == 409
    assert HistoryEntry.objects.count() == before


def test_a_returned_plan_shows_its_marked_rows_with_the_opinion(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    first = plan.lines.select_related("project").order_by("position")[0].project
    body = world.wang.active_memberships[0].body
    given = {"rulebook": "ruicheng", "revision": "", "route": [], "content": {}, "content_hash": "0" * 64, "round": 2}
    by = {"submitted_by": world.wang, "submitted_body": body, "submitted_at": AT, "created_at": AT, "updated_at": AT}
    about = {"subject_type": "annualplan", "subject_uid": plan.uid, "title": str(plan), "state": Case.State.RETURNED}
    case = Case(**about, **given, **by)
    case.place_in(plan.division)
    case.save()
    stage = CaseStage.objects.create(case=case, round=2, number=1, name="审查", act="approve", needs="all")
    CaseAsk.objects.create(case=case, stage=stage, body=body, asked_at=AT, answered_at=AT)
    key = f"{first.uid}:{first.communities.get().uid}"
    for round_, words in ((1, "上一轮的话"), (2, "户数与户籍不符")):
        Opinion.objects.create(
            case=case, stage=stage, round=round_, body=body, by=world.wang, verdict=Opinion.Verdict.RETURN, reasons=words, fields=[key],
            at=AT, content_hash="0" * 64,
        )  # fmt: skip
    assert not any(row["marked"] for row in read(wang, plan)["rows"])
    AnnualPlan.objects.filter(pk=plan.pk).update(state=AnnualPlan.State.RETURNED)
    assert [row["marked"] for row in read(wang, plan)["rows"]][:2] == [True, False]
    for path in ("", "grid/"):
        html = wang.get(f"/staff/plans/{plan.uid}/{path}").content.decode()
        assert "户数与户籍不符" in html and "上一轮的话" not in html and html.count("要求修改</span>") >= 1
    assert json.loads(wang.get(f"/staff/plans/{plan.uid}/grid/rows/").content)["rows"][0]["marked"]
