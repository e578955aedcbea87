"""玉林: communities taken in by quota against the plan's own ceiling (YL-01), and lines that stand alone (YL-18)."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from communities.models import Community
from offices.demonstration import Offices
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Invalid
from projects import actions
from projects.gates import gates_of_project
from projects.models import AnnualPlan, Project
from projects.rules.quota import ceiling_of, quota
from tests.cast import AT, TODAY, cast
from tests.projects.test_pages import text

PLACE = "玉州区"


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast."""
    settings.MEDIA_ROOT = settings.DATA = tmp_path
    return cast()


def plan_of(offices: Offices, places: list[tuple[str, str, str]]) -> AnnualPlan:
    """A plan of projects, one for each (name, built, division)."""
    clerk, county = offices.user(PLACE, "housing", "clerk"), offices.divisions[PLACE]
    plan = actions.create_plan(by=clerk, at=AT, today=TODAY, division=county, year=2027)
    for name, built, where in places:
        years = {"built_from": int(built), "built_to": int(built)} if built.isdigit() else {}
        community = Community(name=name, built_text=built, created_at=AT, updated_at=AT, **years)
        community.place_in(offices.divisions[where])
        community.save()
        project = actions.add_project(by=clerk, at=AT, today=TODAY, division=county, name=name, communities=[community])
        actions.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
    return plan


def whole_area(offices: Offices, plan: AnnualPlan, name: str) -> Any:
    """The gate YL-18 of a project of the plan."""
    project = Project.objects.prefetch_related("parts__community").get(lines__plan=plan, name=name)
    gates = gates_of_project(project, layers=layers_of(offices.divisions[PLACE]), day=TODAY)
    return next(gate for gate in gates if gate.provision.rule_id == "YL-18")


@pytest.mark.rule("YL-18")
def test_communities_of_one_neighbourhood_are_whole_and_a_lone_one_waits_for_a_leaders_reason(offices: Offices) -> None:
    plan = plan_of(offices, [("东一", "1990", "东明社区"), ("东二", "1991", "东明社区"), ("远处", "1992", PLACE)])
    assert whole_area(offices, plan, "东一").outcome == "met"
    alone = whole_area(offices, plan, "远处")
    assert alone.blocks and alone.opened_by == "leader" and "单独" in alone.explanation
    assert alone.citation.clause == "六(二)1" and alone.citation.reading


@pytest.mark.rule("YL-18")
def test_the_same_street_is_enough_and_what_left_the_plan_no_longer_counts(offices: Offices) -> None:
    plan = plan_of(offices, [("街一", "1990", "玉城街道"), ("社二", "1991", "东明社区")])
    assert whole_area(offices, plan, "社二").outcome == "met", "a neighbourhood lies in its street"
    clerk = offices.user(PLACE, "housing", "clerk")
    actions.remove_line(by=clerk, at=AT, today=TODAY, line=plan.lines.get(project__name="街一"))
    assert whole_area(offices, plan, "社二").outcome == "unmet"


@pytest.mark.rule("YL-01")
@pytest.mark.parametrize(
    ("later", "earlier", "ceiling", "over"),
    [
        (1, 4, "1/5", 0),
        (2, 8, "20%", 0),
        (2, 7, "20%", 1),
        (1, 3, "1/5", 1),
        (3, 0, "", None),
        (0, 3, "0", 0),
        (1, 0, "1", 0),
    ],
)
def test_the_share_of_later_communities_against_the_ceiling_of_the_plan(
    offices: Offices, later: int, earlier: int, ceiling: str, over: int | None
) -> None:
    built = [(f"新{n}", "2003") for n in range(later)] + [(f"旧{n}", "2000") for n in range(earlier)]
    found = quota(layers_of(offices.divisions[PLACE]), day=TODAY, communities=built, ceiling=ceiling_of(ceiling))
    assert found is not None and (found.quota, found.whole, found.over_by) == (later, later + earlier, over)
    assert found.rule == "YL-01" and bool(found.reasons[0].missing) is bool(over)


@pytest.mark.rule("YL-01")
def test_the_plans_page_shows_the_share_and_who_stands_alone(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, clerk: Callable[[], Client]
) -> None:
    plan = plan_of(offices, [("新小区", "2003", "东明社区"), ("旧小区", "1990", PLACE)])
    page = text(clerk().get(f"/staff/plans/{plan.uid}/"))
    assert "按一定比例纳入的小区 1 个，本年任务 2 个" in page and "还没有录入" in page and "单独列入" in page
    user = offices.user(PLACE, "housing", "clerk")
    actions.change_plan(by=user, at=AT, plan=plan, quota_ceiling="1/4")
    assert "超出 1 个" in text(clerk().get(f"/staff/plans/{plan.uid}/"))


@pytest.fixture
def clerk(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Client]:
    """玉州区's clerk, signed in."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)

    def build() -> Client:
        client = Client()
        user: User = offices.user(PLACE, "housing", "clerk")
        client.force_login(user, backend="offices.backend.StaffBackend")
        return client

    return build


def test_a_place_without_a_quota_has_none(offices: Offices) -> None:
    for place in ("柳北区", "芮城县", "潞州区", "东湖区"):
        assert quota(layers_of(offices.divisions[place]), day=TODAY, communities=[("新", "2003")], ceiling=None) is None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("1/5", Fraction(1, 5)),
        ("２０％", Fraction(1, 5)),
        ("0.2", Fraction(1, 5)),
        ("12.5 %", Fraction(1, 8)),
        ("", None),
    ],
)
def test_a_ceiling_is_read_exactly(given: str, value: Fraction | None) -> None:
    assert ceiling_of(given) == value


@pytest.mark.parametrize("given", ["1/0", "两成", "120%", "3/2", "-1", "1e-1", "NaN", "1/5/6"])
def test_what_is_no_share_is_refused_by_name(offices: Offices, given: str) -> None:
    plan = plan_of(offices, [])
    with pytest.raises(Invalid) as refused:
        actions.change_plan(by=offices.user(PLACE, "housing", "clerk"), at=AT, plan=plan, quota_ceiling=given)
    assert "quota_ceiling" in refused.value.errors


def test_a_stage_is_not_reached_before_the_one_before_it(offices: Offices) -> None:
    plan = plan_of(offices, [("东一", "1990", "东明社区")])
    project = Project.objects.get(lines__plan=plan)
    clerk = offices.user(PLACE, "housing", "clerk")
    actions.enter_as_issued(
        by=clerk, at=AT, today=TODAY, plan=plan, document_number="玉政发〔2026〕1号", issued_on=dt.date(2026, 1, 5)
    )
    actions.enter_midlife(
        by=clerk,
        at=AT,
        today=TODAY,
        project=project,
        stage="works",
        days={"works": dt.date(2026, 2, 10)},
        reason="开工令",
    )
    with pytest.raises(Invalid) as refused:
        actions.advance(by=clerk, at=AT, today=TODAY, project=project, step="accept", on=dt.date(2026, 2, 9))
    assert "施工中" in refused.value.errors["on"][0]
