"""Funding plans: entered whole, held against their documents, confirmed by a second person, evidence at the gate; fees."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from approvals.papers import check_paper, record_paper
from approvals.standing import standing
from funding import actions
from funding.actions.plans import LineInput
from funding.models import FundingPlan, FundingPlanLine, ProjectFee
from funding.plans import plan_value
from funding.rules import plans as rules
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused
from projects import actions as lives
from projects.gates import gates_of_plan
from projects.models import AnnualPlan, Project
from tests.cast import AT, TODAY
from tests.funding.stage import Money

pytestmark = pytest.mark.django_db


def enter(money: Money, project: Project, *lines: tuple[Any, ...], **more: Any) -> FundingPlan:
    rows = [LineInput(kind, amount, state, *rest) for kind, amount, state, *rest in lines]
    more = {"no_hidden_debt": True, **more}
    return actions.record_plan(by=money.user("clerk"), at=AT, project=project.uid, lines=rows, **more)


def confirm(money: Money, plan: FundingPlan) -> FundingPlan:
    return actions.confirm_plan(by=money.user("second"), at=AT, today=TODAY, plan=plan)


def held(project: Project) -> Any:
    return standing([project.uid], {"funding_share"})[project.uid]["funding_share"][0]


@pytest.mark.rule("LZ-16")
@pytest.mark.parametrize(
    ("county", "residents", "met"), [("800.00", "200.00", True), ("800.01", "200.00", False), ("800.04", "200.01", True)]
)  # fmt: skip
def test_the_share_is_exact_and_stands_at_the_gate_once_confirmed(
    money: Money, county: str, residents: str, met: bool
) -> None:
    project = money.project()
    plan = enter(money, project, ("county", county, "expected"), ("resident_direct", residents, "expected"))
    assert not held(project).settled and "复核" in held(project).words
    confirm(money, plan)
    assert held(project).settled
    assert held(project).figures == {"county": county, "resident_direct": residents}
    found = rules.share_of(layers_of(project.division), day=TODAY, plan=plan_value(plan, TODAY))
    assert found.passed is met


def test_money_that_nobody_promised_is_in_the_total_alone(money: Money) -> None:
    project = money.project()
    confirm(money, enter(money, project, ("county", "80", "expected"), ("", "1", "unidentified"),
                         ("resident_direct", "20", "unidentified")))  # fmt: skip
    assert held(project).figures == {"county": "80.00", "unidentified": "21.00"}


def test_a_new_version_takes_the_place_of_the_old_until_it_is_confirmed(money: Money) -> None:
    project = money.project()
    confirm(money, enter(money, project, ("county", "80", "expected"), ("utility", "20", "expected")))
    second = enter(money, project, ("county", "100", "expected"), earlier=1)
    assert second.number == 2 and not held(project).settled
    with pytest.raises(Refused) as caught:
        enter(money, project, ("county", "90", "expected"), earlier=1)
    assert caught.value.code == "plan_changed"
    with pytest.raises(Forbidden):
        actions.confirm_plan(by=money.user("clerk"), at=AT, today=TODAY, plan=second)


@pytest.mark.rule("LZ-20")
def test_a_unit_that_owns_homes_brings_its_part_or_says_why_not(money: Money) -> None:
    project = money.project()
    community = project.communities.get()
    type(community)._base_manager.filter(pk=community.pk).update(property_right="unit_owned")
    plan = enter(money, project, ("county", "100", "expected"))
    with pytest.raises(RuleRefused) as caught:
        confirm(money, plan)
    (reason,) = caught.value.reasons
    assert reason.citation and reason.citation.rule == "LZ-20" and "公房产权单位" in reason.missing
    said = enter(money, project, ("county", "100", "expected"), said={"public_unit": "单位已破产，无出资能力"})
    assert confirm(money, said).confirmed_by
    brought = enter(money, project, ("county", "90", "expected"), ("original_unit_public", "10", "expected"))
    checks = rules.checks(layers_of(project.division), day=TODAY, plan=plan_value(brought, TODAY))
    assert any(check.outcome == "met" and "出资 10.00 元" in check.text for check in checks)


@pytest.mark.rule("YL-21")
def test_a_utility_that_brings_nothing_is_named_but_blocks_nothing_where_the_text_only_strives(money: Money) -> None:
    layers = layers_of(money.offices.divisions["玉州区"])
    plan = rules.Plan((rules.Line("county", 100),), owing={"utility": "方案改造专营单位的供水设施"})
    (check,) = list(rules.contributor_checks(layers, day=TODAY, plan=plan))
    assert check.citation and check.citation.rule == "YL-21"
    assert (check.outcome, check.blocks) == ("noted", False) and "没有出资" in check.text
    paid = rules.Plan((rules.Line("utility", 100), rules.Line("resident_direct", 1)), owing=plan.owing)
    assert [row.outcome for row in rules.contributor_checks(layers, day=TODAY, plan=paid)] == ["met"]


@pytest.mark.rule("LZ-20")
def test_a_utility_under_a_must_blocks_and_unidentified_money_is_no_contribution(money: Money) -> None:
    layers = layers_of(money.offices.divisions["城中区"])
    owing = {"utility": "方案改造专营单位的供水设施"}
    plan = rules.Plan((rules.Line("utility", 100, "unidentified"),), owing=owing)
    (check,) = list(rules.contributor_checks(layers, day=TODAY, plan=plan))
    assert check.blocks and check.citation and check.citation.rule == "LZ-20"


@pytest.mark.rule("LZ-22")
def test_central_money_stays_out_of_the_other_areas_of_a_cluster(money: Money) -> None:
    project = money.project()
    plan = enter(
        money, project, ("central", "60", "expected", "", "", "", "某某城中村改造"), ("county", "40", "expected")
    )
    with pytest.raises(RuleRefused) as caught:
        confirm(money, plan)
    assert [reason.citation.rule for reason in caught.value.reasons if reason.citation] == ["LZ-22"]
    assert "涉及 60.00 元" in caught.value.reasons[0].missing
    mixed = enter(
        money,
        project,
        ("private_capital", "60", "expected", "", "", "", "某某城中村改造"),
        ("county", "40", "expected"),
    )
    assert confirm(money, mixed).confirmed_by
    assert held(project).figures == {"county": "40.00"}  # what another area gets is no investment of this project


@pytest.mark.rule("RC-32")
def test_no_plan_stands_without_the_statement_and_the_unit_of_public_homes_is_asked(ruicheng: Money) -> None:
    project = ruicheng.project("工业局宿舍")
    community = project.communities.get()
    type(community)._base_manager.filter(pk=community.pk).update(property_right="public")
    plan = enter(ruicheng, project, ("county", "100", "expected"), no_hidden_debt=False)
    with pytest.raises(RuleRefused) as caught:
        confirm(ruicheng, plan)
    assert [reason.citation.rule for reason in caught.value.reasons if reason.citation] == ["RC-32", "RC-32"]
    good = enter(ruicheng, project, ("county", "90", "expected"), ("original_unit_public", "10", "expected"))
    assert confirm(ruicheng, good).confirmed_by


@pytest.mark.rule("RC-32")
def test_fees_of_a_project_are_listed_each_with_its_basis(ruicheng: Money) -> None:
    project = ruicheng.project("工业局宿舍")
    fee = {"name": "占道费", "charged_by": "城管局", "amount": "300", "charged_on": dt.date(2026, 2, 1)}
    act = {"by": ruicheng.user("clerk"), "at": AT, "today": TODAY, "project": project.uid}
    with pytest.raises(Invalid) as caught:
        actions.record_fee(**act, **fee, basis=" ")
    assert caught.value.errors["basis"] and not ProjectFee.objects.exists()
    row = actions.record_fee(**act, **fee, basis="晋价费字〔2010〕1号")
    with pytest.raises(DatabaseError), transaction.atomic():
        ProjectFee.objects.filter(pk=row.pk).update(amount="1.00")


@pytest.mark.rule("RC-33")
@pytest.mark.rule("RC-32")
def test_a_years_plan_is_held_against_what_its_projects_ask_of_the_county(ruicheng: Money) -> None:
    division, clerk, second = ruicheng.offices.divisions["芮城县"], ruicheng.user("clerk"), ruicheng.user("second")
    project = ruicheng.project("工业局宿舍")
    plan = lives.create_plan(by=clerk, at=AT, today=TODAY, division=division, year=2027)
    lives.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
    paper = record_paper(
        by=clerk, at=AT, today=TODAY, subject=plan, division=division, evidence="fiscal_capacity", title="评估", day=TODAY,
        figures={"capacity": "1000", "needed": "900"},
    )  # fmt: skip
    check_paper(by=second, at=AT, paper=paper)
    layers = layers_of(division)

    def gate(evidence: str) -> Any:
        gates = gates_of_plan(AnnualPlan.objects.get(pk=plan.pk), layers=layers, day=TODAY)
        return next(row for row in gates if row.gate.evidence == evidence)

    assert gate("fiscal_capacity").outcome == "met"
    confirm(ruicheng, enter(ruicheng, project, ("county", "1000.00", "expected"), ("central", "500", "expected")))
    assert gate("fiscal_capacity").outcome == "met" and gate("no_hidden_debt").outcome == "met"
    confirm(ruicheng, enter(ruicheng, project, ("county", "1000.01", "expected")))
    assert gate("fiscal_capacity").outcome == "unmet" and "超出 0.01 元" in gate("fiscal_capacity").missing
    enter(ruicheng, project, ("county", "10", "expected"), no_hidden_debt=False)
    assert gate("no_hidden_debt").outcome == "unmet" and "没有声明" in gate("no_hidden_debt").missing


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (("", "10", "expected"), "kind"), (("gift", "10", "expected"), "kind"), (("county", "0", "expected"), "amount"),
        (("county", 1.5, "expected"), "amount"), (("county", "1e9", "expected"), "amount"), (("county", "-1", "expected"), "amount"),
        (("county", "1.005", "expected"), "amount"), (("county", "10", "sure"), "state"), (("county", "10", "secured"), "document_number"),
        (("county", "10", "expected", "Y"), "part"), (("county", "10", "expected", "", "a\x00"), "document_number"),
        (("county", "10", "expected", "", "x" * 61), "document_number"),
    ],
)  # fmt: skip
def test_a_line_that_is_none_names_its_field_and_nothing_is_saved(
    money: Money, line: tuple[Any, ...], field: str
) -> None:
    project = money.project()
    with pytest.raises(Invalid) as caught:
        enter(money, project, ("county", "10", "expected"), line)
    assert f"lines[1].{field}" in caught.value.errors and not FundingPlan.objects.exists()


def test_the_database_holds_plans_too(money: Money) -> None:
    plan = enter(money, money.project(), ("county", "10", "expected"))
    line = plan.lines.get()
    for row, values in ((FundingPlan, {"total": "11.00"}), (FundingPlanLine, {"amount": "11.00"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            row._base_manager.update(**values)
    confirm(money, plan)
    with pytest.raises(DatabaseError), transaction.atomic():
        FundingPlanLine.objects.create(plan=plan, kind="county", amount="5.00", state="expected")
    with pytest.raises(DatabaseError), transaction.atomic():
        FundingPlan.objects.filter(pk=plan.pk).update(confirmed_by=None, confirmed_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        line.delete()


LINES = st.lists(
    st.builds(
        rules.Line, st.sampled_from(["county", "central", "resident_direct", "utility"]), st.integers(1, 10**12),
        st.sampled_from(["secured", "expected", "unidentified"]), st.sampled_from(["", "城中村"]),
    ),
    max_size=12,
)  # fmt: skip


@given(lines=LINES, scheme=st.none() | st.integers(0, 10**13), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_sums_of_a_plan_are_free_of_order_and_never_below_the_scheme(
    lines: list[rules.Line], scheme: int | None, order: Any
) -> None:
    plan = rules.Plan(tuple(lines), scheme)
    own = sum(line.amount for line in lines if not line.area)
    assert sum(rules.sums(plan).values()) == max(own, scheme or 0)
    shuffled = list(lines)
    order.shuffle(shuffled)
    assert rules.sums(rules.Plan(tuple(shuffled), scheme)) == rules.sums(plan)


def test_the_whole_way_in_a_browser(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    project = money.project()
    url = f"/staff/money/projects/{project.uid}/plan/"
    clerk, second = Client(), Client()
    for client, role in ((clerk, "clerk"), (second, "second")):
        client.force_login(money.user(role), backend="offices.backend.StaffBackend")
    assert "还没有资金计划" in clerk.get(url).content.decode()
    states = {f"line{n}-state": "expected" for n in range(4)}
    sent = {"earlier": "0", "line0-kind": "county", "line0-amount": "810", "line1-kind": "resident_direct",
            "line1-amount": "190", "no_hidden_debt": "on", **states}  # fmt: skip
    wrong = clerk.post(f"{url}edit/", {**sent, "line0-amount": "1.234"})
    assert wrong.status_code == 400 and "最多两位小数" in wrong.content.decode()
    wide = clerk.post(f"{url}edit/", {**sent, "line0-amount": "８10"})
    assert wide.status_code == 400 and "半角数字" in wide.content.decode()
    assert clerk.post(f"{url}edit/", sent).status_code == 302
    page = clerk.get(url).content.decode()
    assert "还差 10.00 元" in page and "LZ-16" not in page.split("<main")[0] and "1,000.00" in page
    plan = FundingPlan.objects.get()
    confirm_url = f"/staff/money/plans/{plan.uid}/confirm/"
    assert clerk.post(confirm_url).status_code == 403
    assert second.post(confirm_url).status_code == 302
    assert second.post(confirm_url).status_code == 409
    assert second.get(f"{url}edit/").status_code == 200


def test_a_program_enters_and_reads_a_plan(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    project, client = money.project(), APIClient()
    client.force_authenticate(money.user("clerk"))
    line = {"kind": "county", "amount": "800.00", "state": "secured", "document_number": "柳财〔2026〕1号"}
    body = {"project": str(project.uid), "lines": [line], "no_hidden_debt": True}
    made = client.post("/api/v1/funding-plans/", body, format="json")
    assert made.status_code == 201 and made.json()["total"] == "800.00"
    wrong = client.post("/api/v1/funding-plans/", {**body, "lines": [{**line, "amount": 1.5}]}, format="json")
    assert wrong.status_code == 400 and FundingPlan.objects.count() == 1
    checks = client.get(f"/api/v1/funding-plans/{made.json()['uid']}/checks/").json()["checks"]
    assert {row["rule"]: row["outcome"] for row in checks}["LZ-16"] == "unmet"
