"""The demonstration that ``make run`` leaves: all five documents, every state, and nothing that a rule would have refused."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from approvals.models import Case, GateException, Survey
from communities.models import Community, DuplicatePair
from communities.queries.voters import draft_roll
from offices import clock, history
from offices.models import Duty, HistoryEntry
from offices.rulebooks import layers_of
from projects.gates import refusals_of_plan
from projects.models import AnnualPlan, PlanVersion, Project
from projects.rules.stages import STAGES
from renovation.demonstration import rolls
from renovation.demonstration.story import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


# On SQLite a process of its own builds it, and every page of the browser's tests stands on that.
@pytest.mark.postgres
def test_it_holds_every_document_and_every_state_and_can_be_built_twice(settings: Any) -> None:
    morning = dt.datetime.combine(clock.today(), dt.time(0, 20), SHANGHAI)
    settings.CLOCK_OFFSET += morning - clock.now()  # built early in the day, it tells of nothing that has yet to come
    call_command("demonstrate", verbosity=0)
    assert not HistoryEntry.objects.filter(at__gt=clock.now()).exists()
    counts = Community.objects.count(), Project.objects.count(), Case.objects.count()
    call_command("demonstrate", verbosity=0)
    assert (Community.objects.count(), Project.objects.count(), Case.objects.count()) == counts

    assert (
        Community.objects.filter(county__name="芮城县").count() == 30 + 1
    )  # those of its table, and one in the reserve
    assert DuplicatePair.objects.filter(first__name="国土局住宅楼", second__name="建行住宅楼").exists()
    assert set(AnnualPlan.objects.values_list("rulebook", flat=True)) == {
        "ruicheng",
        "liuzhou",
        "yulin",
        "changzhi",
        "jiangxi",
    }
    assert set(AnnualPlan.objects.values_list("state", flat=True)) == set(AnnualPlan.State.values)
    held = set(Project.objects.values_list("rulebook", "stage"))
    for book in ("ruicheng", "liuzhou", "yulin", "changzhi", "jiangxi"):
        assert {stage for name, stage in held if name == book} == {stage.key for stage in STAGES}, book
    assert set(Case.objects.values_list("state", flat=True)) >= {"open", "returned", "refused", "passed"}
    assert set(Duty.objects.values_list("state", flat=True)) == set(Duty.State.values)
    assert GateException.objects.filter(strength="in_principle").exists()
    assert PlanVersion.objects.filter(number=2).exclude(reason="").exists()
    assert history.verify().broken is None
    assert set(Survey.objects.values_list("kind", "state")) >= {("willingness", "open"), ("satisfaction", "confirmed")}

    today = clock.today()
    ready = {name: draft_roll(Community.objects.get(name=name), day=today) for name in (*rolls.READY, rolls.WAITING)}
    assert [(draft.homes, draft.heads, draft.ready) for draft in ready.values()] == [
        (96, 92, True),
        (88, 84, True),
        (62, 62, False),
    ]
    assert len({row.kind for row in ready[rolls.WAITING].problems if row.blocks}) >= 5
    plan = AnnualPlan.objects.select_related("division").get(division__name="芮城县", year=2025)
    refusals = refusals_of_plan(plan, layers=layers_of(plan.division), day=today)
    assert [(reason.subject, reason.missing) for reason in refusals] == [("审计局住宅楼", "还差 1 户")]
    ready = AnnualPlan.objects.select_related("division").get(division__name="城中区", year=2027)
    assert not refusals_of_plan(ready, layers=layers_of(ready.division), day=today)


def test_production_refuses_it(settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="生产环境"):
        call_command("demonstrate")
