"""Gates as the documents set them: which demand guards which step, what meets it, what opens it. No database."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import pytest

from policies.kinds import Step
from policies.layers import Layers
from policies.load import BUNDLED, load_library
from projects.rules.gates import GateAnswer, answer, gates_of
from projects.rules.situation import Held, HeldException, Place, Situation

LIBRARY = load_library(BUNDLED)
DAY = dt.date(2026, 3, 2)
PLACES = ("liuzhou", "yulin", "ruicheng", "changzhi", "jiangxi")
OLD = Place("粮食局宿舍", "1996", None, 16)


def layers(place: str) -> Layers:
    """A place's documents."""
    return LIBRARY.layers(place)


def held(figures: Mapping[str, Any], *, checked: bool = True) -> Held:
    """A recorded paper."""
    return Held(figures=figures, day=DAY, checked=checked, paper="paper")


def ask(place: str, rule: str, evidence: str, situation: Situation, *, day: dt.date = DAY) -> GateAnswer:
    """The answer of one gate."""
    books = layers(place)
    for step in get_args(Step):
        for provision in gates_of(books, day=day, step=step, facts=situation.facts):
            if provision.rule_id == rule and provision.params.evidence == evidence:
                return answer(books, day=day, provision=provision, situation=situation)
    raise AssertionError(f"{place} has no gate {rule} {evidence}")


def guards(place: str, step: Step, *facts: str) -> set[tuple[str, str]]:
    """(rule, evidence) of the gates that guard a step."""
    found = gates_of(layers(place), day=DAY, step=step, facts=frozenset(facts))
    return {(provision.rule_id, provision.params.evidence) for provision in found}


def test_liuzhou_votes_and_posts_before_it_declares() -> None:
    assert guards("liuzhou", "declare") == {
        ("LZ-04", "vote"), ("LZ-08", "notice"), ("LZ-08", "signed_application"), ("LZ-15", "preparatory_papers"),
        ("LZ-16", "funding_share"), ("LZ-31", "willingness_survey"), ("LZ-32", "application_papers"),
    }  # fmt: skip
    assert ("LZ-05", "fund_vote") in guards("liuzhou", "declare", "fund_money")


def test_ruicheng_asks_consent_before_the_plan_and_designs_after_it() -> None:
    assert ("RC-07", "plan_consent") in guards("ruicheng", "declare")
    assert ("RC-08", "survey_coverage") in guards("ruicheng", "scheme")
    assert ("RC-12", "notice") in guards("ruicheng", "review")
    assert {("RC-15", "review"), ("RC-16", "permits")} <= guards("ruicheng", "start")
    assert {("RC-09", "satisfaction"), ("RC-19", "acceptance_parties")} <= guards("ruicheng", "accept")


@pytest.mark.rule("N-07")
@pytest.mark.parametrize("place", PLACES)
def test_every_place_files_its_acceptance_before_the_project_is_closed(place: str) -> None:
    assert any(evidence == "acceptance_filing" for _, evidence in guards(place, "close"))


@pytest.mark.parametrize("place", PLACES)
def test_a_heritage_gate_is_asked_only_of_heritage(place: str) -> None:
    plain = {rule for rule, evidence in guards(place, "start") if evidence == "heritage_paper"}
    assert not plain


@pytest.mark.rule("LZ-29")
@pytest.mark.rule("RC-29")
@pytest.mark.rule("CZ-13")
@pytest.mark.parametrize(("place", "rule"), [("liuzhou", "LZ-29"), ("ruicheng", "RC-29"), ("changzhi", "CZ-13")])
def test_start_waits_for_the_conservation_paper(place: str, rule: str) -> None:
    without = ask(place, rule, "heritage_paper", Situation(facts=frozenset({"heritage"})))
    assert without.blocks and without.citation.rule == rule
    with_paper = Situation(papers={"heritage_paper": held({})}, facts=frozenset({"heritage"}))
    assert ask(place, rule, "heritage_paper", with_paper).outcome == "met"


@pytest.mark.rule("RC-07")
@pytest.mark.parametrize(
    ("agreeing", "met", "missing"), [(16, True, ""), (13, True, ""), (12, False, "还差 1 户"), (0, False, "还差 13 户")]
)
def test_thirteen_of_sixteen_households(agreeing: int, met: bool, missing: str) -> None:
    situation = Situation(papers={"plan_consent": held({"households": 16, "agreeing": agreeing})}, places=(OLD,))
    gate = ask("ruicheng", "RC-07", "plan_consent", situation)
    assert (gate.outcome == "met") is met
    assert gate.missing == missing
    assert gate.blocks is not met


@pytest.mark.rule("RC-07")
def test_a_paper_that_leaves_households_out_does_not_raise_the_share() -> None:
    situation = Situation(papers={"plan_consent": held({"households": 12, "agreeing": 12})}, places=(OLD,))
    gate = ask("ruicheng", "RC-07", "plan_consent", situation)
    assert gate.outcome == "unmet"
    assert "16" in gate.missing


def test_an_unchecked_paper_waits_for_the_second_person() -> None:
    papers = {"plan_consent": held({"households": 16, "agreeing": 16}, checked=False)}
    gate = ask("ruicheng", "RC-07", "plan_consent", Situation(papers=papers, places=(OLD,)))
    assert gate.blocks and gate.needs_check
    assert "复核" in gate.missing


@pytest.mark.rule("RC-08")
def test_coverage_of_a_survey_before_the_scheme() -> None:
    short = Situation(papers={"survey_coverage": held({"households": 40, "asked": 31})})
    assert ask("ruicheng", "RC-08", "survey_coverage", short).missing == "还差 1 户"
    enough = Situation(papers={"survey_coverage": held({"households": 40, "asked": 32})})
    assert ask("ruicheng", "RC-08", "survey_coverage", enough).outcome == "met"


@pytest.mark.rule("RC-09")
def test_satisfaction_before_acceptance() -> None:
    short = Situation(papers={"satisfaction": held({"respondents": 25, "satisfied": 19})})
    assert ask("ruicheng", "RC-09", "satisfaction", short).blocks
    enough = Situation(papers={"satisfaction": held({"respondents": 25, "satisfied": 20})})
    assert ask("ruicheng", "RC-09", "satisfaction", enough).outcome == "met"


def vote(taking: int, agreeing: int) -> Held:
    """A result of 12 owners with 100 ㎡ each."""
    return held(
        {
            "total_area": "1200.00", "total_heads": 12, "participating_area": f"{taking * 100}.00", "participating_heads": taking,
            "agreeing_area": f"{agreeing * 100}.00", "agreeing_heads": agreeing,
        }
    )  # fmt: skip


@pytest.mark.rule("LZ-04")
def test_two_thirds_take_part_and_three_quarters_agree() -> None:
    assert ask("liuzhou", "LZ-04", "vote", Situation(papers={"vote:scheme": vote(8, 6)})).outcome == "met"
    seven = ask("liuzhou", "LZ-04", "vote", Situation(papers={"vote:scheme": vote(7, 7)}))
    assert seven.blocks and seven.opened_by == "leader"
    assert "1 人" in seven.missing and "100.00 ㎡" in seven.missing
    assert ask("liuzhou", "LZ-04", "vote", Situation(papers={"vote:scheme": vote(8, 5)})).blocks


@pytest.mark.rule("LZ-05")
@pytest.mark.rule("N-01")
def test_the_fund_asks_for_a_vote_of_its_own() -> None:
    money = frozenset({"fund_money"})
    assert ask("liuzhou", "LZ-05", "fund_vote", Situation(facts=money)).blocks
    half = {**vote(8, 4).figures, "raises": False}
    gate = ask("liuzhou", "LZ-05", "fund_vote", Situation(facts=money, papers={"fund_vote": held(half)}))
    assert gate.blocks and "还差 1 人" in gate.missing  # half is not more than half
    five = {**vote(8, 5).figures, "raises": False}
    assert (
        ask("liuzhou", "LZ-05", "fund_vote", Situation(facts=money, papers={"fund_vote": held(five)})).outcome == "met"
    )
    raising = {**five, "raises": True}
    assert ask("liuzhou", "LZ-05", "fund_vote", Situation(facts=money, papers={"fund_vote": held(raising)})).blocks


@pytest.mark.rule("LZ-08")
def test_a_notice_ended_a_day_early_across_the_holiday_is_refused() -> None:
    day = dt.date(2025, 10, 20)
    early = {"posted_on": "2025-09-29", "closed_on": "2025-10-12", "objections": 0, "open_objections": 0}
    gate = ask("liuzhou", "LZ-08", "notice", Situation(papers={"notice": held(early)}), day=day)
    assert gate.blocks and "2025年10月13日" in gate.missing
    full = {**early, "closed_on": "2025-10-13"}
    assert ask("liuzhou", "LZ-08", "notice", Situation(papers={"notice": held(full)}), day=day).outcome == "met"
    open_one = {**full, "objections": 2, "open_objections": 1}
    gate = ask("liuzhou", "LZ-08", "notice", Situation(papers={"notice": held(open_one)}), day=day)
    assert gate.missing == "还有 1 件异议未办结"


@pytest.mark.rule("LZ-08")
def test_a_notice_that_still_runs_is_not_over() -> None:
    figures = {"posted_on": "2025-09-29", "closed_on": "2025-10-13", "objections": 0, "open_objections": 0}
    gate = ask("liuzhou", "LZ-08", "notice", Situation(papers={"notice": held(figures)}), day=dt.date(2025, 10, 9))
    assert gate.blocks


@pytest.mark.rule("RC-12")
def test_calendar_days_of_a_notice_move_to_the_next_working_day() -> None:
    day = dt.date(2023, 2, 20)  # posted on Tuesday 10 January: the fifth day is a Sunday
    figures = {"posted_on": "2023-01-10", "closed_on": "2023-01-15", "objections": 0, "open_objections": 0}
    gate = ask("ruicheng", "RC-12", "notice", Situation(papers={"notice": held(figures)}), day=day)
    assert "2023年1月16日" in gate.missing
    figures["closed_on"] = "2023-01-16"
    assert ask("ruicheng", "RC-12", "notice", Situation(papers={"notice": held(figures)}), day=day).outcome == "met"


@pytest.mark.rule("CZ-04")
def test_a_notice_without_a_stated_length_keeps_its_own() -> None:
    figures = {"posted_on": "2026-02-02", "closed_on": "2026-02-05", "objections": 0, "open_objections": 0}
    assert ask("changzhi", "CZ-04", "notice", Situation(papers={"notice": held(figures)})).outcome == "met"
    assert ask("changzhi", "CZ-04", "unified_opinion", Situation()).blocks
    assert ask("changzhi", "CZ-04", "review", Situation()).blocks


@pytest.mark.rule("LZ-16")
def test_a_fifth_of_the_money_to_the_cent() -> None:
    short = {"central": "8000000.01", "resident_direct": "1000000.00", "utility": "999999.99"}
    gate = ask("liuzhou", "LZ-16", "funding_share", Situation(papers={"funding_share": held(short)}))
    assert gate.blocks and gate.missing == "还差 0.01 元" and gate.opened_by == "document"
    enough = {"central": "8000000.00", "resident_direct": "1000000.00", "utility": "1000000.00"}
    assert ask("liuzhou", "LZ-16", "funding_share", Situation(papers={"funding_share": held(enough)})).outcome == "met"


@pytest.mark.rule("LZ-15")
def test_one_of_the_two_papers_is_enough_or_a_leaders_reason() -> None:
    neither = ask("liuzhou", "LZ-15", "preparatory_papers", Situation(papers={"preparatory_papers": held({})}))
    assert neither.blocks and neither.opened_by == "leader"
    one = Situation(papers={"preparatory_papers": held({"construction_scheme": True})})
    assert ask("liuzhou", "LZ-15", "preparatory_papers", one).outcome == "met"
    key = ("LZ-15", "declare", "preparatory_papers")
    opened = Situation(exceptions={key: HeldException(words="例外：陈局长登记理由“管线待定”", uid="x")})
    gate = ask("liuzhou", "LZ-15", "preparatory_papers", opened)
    assert gate.outcome == "excepted" and not gate.blocks and "陈局长" in gate.explanation


@pytest.mark.rule("LZ-32")
def test_the_application_holds_all_four_papers() -> None:
    three = {"scheme": True, "budget": True, "residents_funding_plan": True}
    gate = ask("liuzhou", "LZ-32", "application_papers", Situation(papers={"application_papers": held(three)}))
    assert gate.blocks and "长效管理" in gate.missing
    four = {**three, "long_term_management_plan": True}
    assert (
        ask("liuzhou", "LZ-32", "application_papers", Situation(papers={"application_papers": held(four)})).outcome
        == "met"
    )


@pytest.mark.rule("LZ-31")
@pytest.mark.rule("YL-17")
@pytest.mark.parametrize(("place", "rule"), [("liuzhou", "LZ-31"), ("yulin", "YL-17")])
def test_a_willingness_survey_comes_before_the_declaration(place: str, rule: str) -> None:
    assert ask(place, rule, "willingness_survey", Situation()).blocks
    assert ask(place, rule, "willingness_survey", Situation(papers={"willingness_survey": held({})})).outcome == "met"


@pytest.mark.rule("LZ-01")
def test_a_community_outside_the_years_cannot_enter_a_plan() -> None:
    late = Situation(places=(OLD, Place("桂中苑", "2008", None, 640)))
    gate = ask("liuzhou", "LZ-01", "eligibility", late)
    assert gate.blocks and "桂中苑" in gate.explanation and "2008" in gate.explanation
    assert ask("liuzhou", "LZ-01", "eligibility", Situation(places=(OLD,))).outcome == "met"


@pytest.mark.rule("RC-01")
@pytest.mark.rule("CZ-01")
@pytest.mark.rule("JX-01")
@pytest.mark.parametrize(
    ("place", "rule", "evidence"),
    [("ruicheng", "RC-01", "eligibility"), ("changzhi", "CZ-01", "exclusions"), ("jiangxi", "JX-01", "eligibility")],
)
@pytest.mark.parametrize("category", ["shantytown", "demolish_rebuild", "self_built", "urban_village"])
def test_an_excluded_community_cannot_enter_a_plan(place: str, rule: str, evidence: str, category: str) -> None:
    excluded = Situation(places=(Place("某村", "1990", category, 30),))
    assert ask(place, rule, evidence, excluded).blocks
    assert ask(place, rule, evidence, Situation(places=(OLD,))).outcome == "met"


@pytest.mark.rule("YL-01")
def test_yulin_takes_later_communities_within_its_quota() -> None:
    later = Situation(places=(Place("清宁路小区", "2004", None, 300),))
    assert ask("yulin", "YL-01", "eligibility", later).outcome == "met"


@pytest.mark.rule("CZ-03")
@pytest.mark.rule("JX-05")
@pytest.mark.parametrize(("place", "rule"), [("changzhi", "CZ-03"), ("jiangxi", "JX-05")])
@pytest.mark.parametrize(
    ("works", "met"),
    [
        (("road", "gas"), True),
        (("elevator",), True),
        (("road", "other"), False),
        ((), False),
        (("road", "road"), False),
    ],
)
def test_central_money_asks_for_two_of_four_or_a_lift(place: str, rule: str, works: tuple[str, ...], met: bool) -> None:
    situation = Situation(places=(OLD,), works=works, facts=frozenset({"central_subsidy"}))
    gate = ask(place, rule, "central_subsidy", situation)
    assert (gate.outcome == "met") is met
    assert gate.blocks is not met
    assert ("CZ-03" if place == "changzhi" else "JX-05", "central_subsidy") not in guards(place, "declare")


@pytest.mark.rule("JX-03")
def test_an_ineligible_community_draws_no_central_money() -> None:
    situation = Situation(
        places=(Place("新华苑", "2002", None, 88),), works=("water", "gas"), facts=frozenset({"central_subsidy"})
    )
    gate = ask("jiangxi", "JX-03", "central_subsidy", situation)
    assert gate.blocks and "2002" in gate.explanation


@pytest.mark.rule("RC-33")
@pytest.mark.rule("JX-14")
@pytest.mark.rule("CZ-18")
@pytest.mark.parametrize(("place", "rule"), [("ruicheng", "RC-33"), ("jiangxi", "JX-14"), ("changzhi", "CZ-18")])
def test_a_plan_stays_within_the_stated_capacity(place: str, rule: str) -> None:
    over = Situation(papers={"fiscal_capacity": held({"capacity": "1000.00", "needed": "1000.01"})})
    gate = ask(place, rule, "fiscal_capacity", over)
    assert gate.blocks and gate.missing == "超出 0.01 元"
    within = Situation(papers={"fiscal_capacity": held({"capacity": "1000.00", "needed": "1000.00"})})
    assert ask(place, rule, "fiscal_capacity", within).outcome == "met"


@pytest.mark.rule("RC-16")
def test_start_is_refused_while_one_permit_is_missing() -> None:
    five = dict.fromkeys(("project_approval", "budget_review", "tender", "quality_filing", "safety_filing"), True)
    gate = ask("ruicheng", "RC-16", "permits", Situation(papers={"permits": held(five)}))
    assert gate.blocks and "施工许可" in gate.missing
    six = {**five, "construction_permit": True}
    assert ask("ruicheng", "RC-16", "permits", Situation(papers={"permits": held(six)})).outcome == "met"


@pytest.mark.rule("RC-15")
@pytest.mark.rule("LZ-12")
@pytest.mark.parametrize(("place", "rule"), [("ruicheng", "RC-15"), ("liuzhou", "LZ-12")])
def test_nothing_after_the_joint_review_before_it_has_passed(place: str, rule: str) -> None:
    assert ask(place, rule, "review", Situation()).blocks
    assert ask(place, rule, "review", Situation(papers={"review": held({})})).outcome == "met"


@pytest.mark.rule("YL-20")
def test_the_pipelines_work_plan_stands_before_the_start() -> None:
    assert ask("yulin", "YL-20", "pipeline_plan", Situation()).blocks


@pytest.mark.rule("CZ-15")
@pytest.mark.rule("YL-19")
@pytest.mark.rule("JX-20")
@pytest.mark.parametrize(("place", "rule"), [("changzhi", "CZ-15"), ("yulin", "YL-19"), ("jiangxi", "JX-20")])
def test_each_party_has_its_procurement_record_before_the_start(place: str, rule: str) -> None:
    two = held({"designer": True, "contractor": True})
    assert ask(place, rule, "procurement", Situation(papers={"procurement": two})).blocks
    everyone = held(dict.fromkeys(("designer", "contractor", "supervisor", "cost_consultant"), True))
    assert ask(place, rule, "procurement", Situation(papers={"procurement": everyone})).outcome == "met"


@pytest.mark.rule("CZ-16")
def test_separate_acceptances_are_asked_of_what_was_built() -> None:
    lift = Situation(facts=frozenset({"elevator"}), papers={"separate_acceptances": held({})})
    gate = ask("changzhi", "CZ-16", "separate_acceptances", lift)
    assert gate.blocks and "电梯" in gate.missing
    assert ("CZ-16", "separate_acceptances") not in guards("changzhi", "accept")


@pytest.mark.parametrize("place", PLACES)
def test_every_gate_is_unmet_without_evidence_and_blocks_by_its_strength(place: str) -> None:
    books, everything = layers(place), frozenset(
        "heritage elevator central_subsidy pipelines energy_saving uses_existing_land property_service land_special_case "
        "utility_facilities_to_transfer fund_money".split()
    )  # fmt: skip
    nothing = Situation(facts=everything, places=(Place("某", "2030", None, 1),))
    asked = 0
    for step in get_args(Step):
        for provision in gates_of(books, day=DAY, step=step, facts=everything):
            if provision.params.evidence in {"eligibility", "exclusions", "facts"}:
                continue  # read from the register, not from papers
            gate = answer(books, day=DAY, provision=provision, situation=nothing)
            asked += 1
            assert gate.outcome == "unmet", provision.rule_id
            assert gate.blocks is (provision.strength in {"must", "in_principle"}), provision.rule_id
            assert gate.missing, provision.rule_id
            assert gate.citation.quote
    assert asked >= 8


@pytest.mark.rule("JX-02")
def test_the_register_is_complete_before_a_community_enters_a_plan() -> None:
    blank = Situation(places=(Place("印刷厂宿舍", "1982", None, 130, None, ""),))
    gate = ask("jiangxi", "JX-02", "facts", blank)
    assert gate.blocks and "建筑面积" in gate.missing and "产权性质" in gate.missing and "户数" not in gate.missing
    full = Situation(places=(Place("印刷厂宿舍", "1982", None, 130, Decimal("8760.00"), "reformed"),))
    assert ask("jiangxi", "JX-02", "facts", full).outcome == "met"


def test_nothing_opens_a_statute() -> None:
    gate = ask("liuzhou", "N-07", "acceptance_filing", Situation())
    assert gate.opened_by == "nothing"
