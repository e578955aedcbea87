"""What meets a gate and what doesn't, evidence by evidence, at the edge of each."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from policies.kinds import Gate
from policies.layers import Layers
from projects.rules.evidence import UNCHECKED, Verdict, evaluate
from projects.rules.scheme import Scheme
from projects.rules.situation import Place, Situation
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG, YULIN, CHANGZHI = place("liuzhou"), place("ruicheng"), place("yulin"), place("changzhi")
OLD = Place("旧苑", "1990", None, 10, Decimal(900), "商品房")
EMPTY = Scheme((), number=3)


def gate(evidence: str, *papers: str, optional: tuple[str, ...] = (), **more: Any) -> Gate:
    asked = [{"key": key, "label": key.upper(), "optional": key in optional} for key in (*papers, *optional)]
    return Gate.model_validate({"step": "declare", "evidence": evidence, "label": "材料", "requires": asked, **more})


def ask(asked: Gate, figures: Mapping[str, Any] | None = None, layers: Layers = LIUZHOU, **situation: Any) -> Verdict:
    return evaluate(layers, day=DAY, gate=asked, figures=figures, situation=Situation(**situation))


def is_(verdict: Verdict, met: bool, words: str = "", missing: str = "", computed: bool = False) -> bool:
    """Whether a verdict is so and says the words."""
    assert (verdict.met, verdict.computed) == (met, computed), verdict
    assert words in verdict.explanation and missing in verdict.missing, verdict
    return True


def test_nothing_recorded_and_nonsense_recorded_meet_nothing() -> None:
    assert is_(ask(gate("plan_consent")), False, "尚无材料", "请录入：材料")
    assert is_(ask(gate("plan_consent"), {"households": 1}), False, "不完整", "数据有误")
    assert is_(ask(gate("plan_consent"), {"households": 1, "agreeing": 2}), False, "不完整", "数据有误")


@pytest.mark.rule("RC-07")
def test_consent_is_of_all_registered_households() -> None:
    def asked(whole: int, agreeing: int, *registered: int | None) -> Verdict:
        places = tuple(replace(OLD, households=number) for number in registered)
        return ask(gate("plan_consent"), {"households": whole, "agreeing": agreeing}, RUICHENG, places=places)

    assert (
        is_(asked(10, 8, 10), True) and is_(asked(10, 7, 10), False, "7 / 10", "还差 1 户") and is_(asked(10, 8), True)
    )
    assert (
        is_(asked(9, 9, 10), False, "少于登记的 10 户", "全部 10 户")
        and is_(asked(9, 9, 5, 5), False, "少于登记")
        and is_(asked(9, 9, 10, None), True)
    )
    assert is_(ask(gate("survey_coverage"), {"households": 10, "asked": 8}, RUICHENG), True)
    assert is_(ask(gate("survey_coverage"), {"households": 10, "asked": 7}, RUICHENG), False, "", "还差 1 户")
    assert is_(ask(gate("satisfaction"), {"respondents": 10, "satisfied": 10}, RUICHENG), True)
    assert is_(ask(gate("satisfaction"), {"respondents": 10, "satisfied": 0}, over([], [])), True)


@pytest.mark.rule("LZ-31")
def test_a_survey_of_wishes_needs_one_answer_and_a_paper_is_enough_itself() -> None:
    survey = gate("willingness_survey")
    assert is_(ask(survey, {"asked": 0, "households": 5}), False, "没有收到答卷", "还没有一户")
    assert is_(ask(survey, {"asked": 1, "households": 5}), True, "5户中1户") and is_(
        ask(survey, {}), True, "已有书面材料"
    )


VOTE = {"total_area": "100.00", "total_heads": 4, "participating_area": "100.00", "participating_heads": 4}


@pytest.mark.rule("LZ-05")
def test_a_vote_by_its_matter() -> None:
    half = VOTE | {"agreeing_area": "60.00", "agreeing_heads": 3}
    assert is_(ask(gate("vote", matter="scheme"), half), False, "同意的专有部分面积", "还差 15.00 ㎡") and is_(
        ask(gate("vote"), half), False, "", "还差 15.00 ㎡"
    )
    assert is_(ask(gate("vote", matter="property_service"), half), True) and is_(ask(gate("fund_vote"), half), True)
    assert is_(ask(gate("fund_vote"), half | {"raises": True}), False, "", "还差 15.00 ㎡")
    assert is_(ask(gate("vote"), half | {"agreeing_area": "75.00"}), True) and is_(
        ask(gate("vote"), half | {"agreeing_area": "75.001"}), False, "", "两位小数"
    )
    nobody = half | {"agreeing_area": "0", "agreeing_heads": 0}
    assert is_(ask(gate("vote"), nobody, over([], [])), True)


@pytest.mark.rule("RC-12")
def test_a_notice_has_stood_its_days_and_no_objection_is_open() -> None:
    def asked(posted: dt.date, closed: dt.date, day: dt.date, **more: int) -> Verdict:
        figures = {"posted_on": posted.isoformat(), "closed_on": closed.isoformat(), **more}
        return evaluate(RUICHENG, day=day, gate=gate("notice"), figures=figures, situation=Situation())

    monday = dt.date(2026, 3, 2)  # five calendar days end on Saturday 7: Monday 9
    last, before = dt.date(2026, 3, 9), dt.date(2026, 3, 8)
    assert is_(asked(monday, last, last), True, "无未办结异议") and is_(
        asked(monday, before, last), False, "应至2026年3月9日", "公示期未满"
    )
    assert is_(asked(monday, last, before), False, "公示期至", "届满") and is_(
        asked(monday, last, last, open_objections=1), False, "1 件", "还有 1 件"
    )
    own = evaluate(
        over([], []), day=monday, gate=gate("notice"), situation=Situation(),
        figures={"posted_on": "2026-03-02", "closed_on": "2026-03-02"}
    )  # fmt: skip
    assert is_(own, True)


@pytest.mark.rule("LZ-16")
def test_money_at_the_gates() -> None:
    share = gate("funding_share")
    assert is_(ask(share, {"central": "80.00", "utility": "20.00", "loan": "", "city": None}), True)
    assert is_(ask(share, {"central": "80.01", "utility": "20.00"}), False, "要求", "还差 0.01 元") and is_(
        ask(share, {}), False, "", "总投资为零"
    )
    assert is_(ask(share, {"central": "1.00"}, over([], [])), True)
    capacity = gate("fiscal_capacity")
    assert is_(ask(capacity, {"capacity": "5.00", "needed": "5.00"}), True, "承受能力 5.00 元")
    assert is_(ask(capacity, {"capacity": "5.00", "needed": "5.01"}), False, "", "超出 0.01 元")


def test_papers_are_asked_one_by_one_or_any_of_them() -> None:
    both, either = (
        gate("preparatory_papers", "a", "b", optional=("c",)),
        gate("preparatory_papers", "a", "b", one_of=True),
    )
    assert is_(ask(both, {"a": True, "b": True}), True, "齐备") and is_(
        ask(both, {"a": True, "b": UNCHECKED}), False, "缺：B（已录入", "还缺：B（"
    )
    assert is_(ask(both, {}), False, "缺：A、B", "还缺：A、B") and is_(ask(either, {"b": True}), True, "齐备")
    assert is_(ask(either, {"b": 1}), False, "缺：A、B", "任缺其一") and is_(
        ask(gate("preparatory_papers", optional=("c",)), {}), True, "已有书面材料"
    )


@pytest.mark.rule("RC-31")
@pytest.mark.rule("YL-16")
def test_other_units_plans_and_the_survey_of_the_division() -> None:
    plans = gate("department_plans", "special_plans")
    assert is_(ask(plans, {"special_plans": True}), True) and is_(
        ask(plans, {"special_plans": True, "unchecked": 1}), False, "", "还有 1 条待"
    )
    assert ask(plans, {"unmatched": 2}).missing == "还缺：SPECIAL_PLANS；还有 2 条没有对上小区"
    survey = gate("division_survey")
    assert is_(ask(survey, {"registered": 5, "surveyed": 5}), True, "登记小区 5 个") and is_(
        ask(survey, {"registered": 5, "surveyed": 4}), False, "", "还有 1 个"
    )
    assert is_(ask(survey, {"registered": 0, "surveyed": 0}), False, "", "请先登记")


@pytest.mark.rule("LZ-08")
def test_an_application_is_signed_by_who_stood_on_the_day_of_the_paper() -> None:
    committee = replace(OLD, organisations=(("owners_committee", DAY, None),))
    signed = gate("signed_application")

    def asked(figures: Mapping[str, Any], *places: Place, layers: Layers = LIUZHOU, on: dt.date = DAY) -> Verdict:
        return evaluate(layers, day=DAY, gate=signed, figures=figures, situation=Situation(places=places), on=on)

    assert is_(asked({"owners_committee": True}, committee), True) and is_(
        asked({"neighbourhood_committee": True}, committee), False, "旧苑", "业主委员会签字"
    )
    assert is_(asked({"neighbourhood_committee": True}, committee, on=DAY - dt.timedelta(days=1)), True)
    assert is_(asked({"owners_committee": True}, committee, OLD), False, "旧苑", "居委会签字") and is_(
        asked({}, OLD, layers=over([], [])), True
    )
    rule = provision("county", "XX-01", "signatory", {"organisations": ["owners_committee"], "stand_in": []})
    assert is_(asked({"owners_committee": True}, OLD, layers=over([rule], [])), False, "旧苑", "文件也没有写由谁代行")


@pytest.mark.rule("LZ-33")
def test_how_the_contract_is_let_is_said() -> None:
    mode = gate("contract_mode")
    assert is_(ask(mode, {"mode": "epc"}), True, "EPC") and is_(
        ask(mode, {"mode": "separate", "reason": "小"}), True, "理由：小"
    )
    for figures in ({"mode": "separate", "reason": " "}, {"mode": "x", "reason": "小"}, {}):
        assert is_(ask(mode, figures), False, "没有登记承包方式", "请登记承包方式")


@pytest.mark.rule("LZ-01")
def test_every_community_is_within_the_range_and_its_facts_are_filled_in() -> None:
    young = replace(OLD, name="新苑", built="2020")
    range_ = gate("eligibility")
    assert is_(ask(range_), False, "还没有小区", "请选择小区", True) and is_(
        ask(range_, places=(OLD,)), True, "1个小区均在", computed=True
    )
    assert is_(ask(range_, places=(OLD, young)), False, "新苑", "1个小区不在改造范围", True)
    assert is_(
        ask(range_, None, CHANGZHI, places=(replace(OLD, excluded="shantytown"),)), False, "旧苑", "1个小区", True
    )
    facts = gate("facts", "households", "built", "floor_area", optional=("property_nature",))
    assert is_(ask(facts, places=(OLD, replace(OLD, property_right=""))), True, "齐全", computed=True)
    blank = ask(facts, places=(OLD, replace(OLD, households=None, built="")))
    assert is_(blank, False, "未填报", "旧苑：HOUSEHOLDS、BUILT", True)


@pytest.mark.rule("YL-18")
def test_a_plan_takes_whole_streets_in() -> None:
    area = gate("whole_area")
    assert is_(ask(area, places=(OLD,), neighbours=("甲",)), True, "与甲同在", computed=True)
    assert is_(ask(area, places=(OLD, OLD), neighbours=()), True, "与本项目的几个小区同在", computed=True)
    assert is_(
        ask(area, places=(OLD,), neighbours=tuple("甲乙丙丁戊己")), True, "甲、乙、丙、丁、戊同在", computed=True
    )
    assert is_(ask(area, places=(OLD,), neighbours=()), False, "单独列入", "写明单独改造的理由") and is_(
        ask(area, places=(OLD, OLD)), False, "尚未列入", "列入计划后"
    )
    assert is_(ask(area, {}, places=(OLD,), neighbours=()), True, "已有书面材料") and is_(
        ask(area, {}, places=(OLD,), neighbours=("甲",)), True, "甲", computed=True
    )


@pytest.mark.rule("CZ-03")
def test_central_money_asks_for_content_and_an_eligible_community() -> None:
    central = gate("central_subsidy")
    all_works = ("water", "power", "road", "gas", "elevator")
    assert is_(ask(central, None, CHANGZHI, places=(OLD,), works=all_works), True, "符合中央补助", computed=True)
    none = ask(central, None, CHANGZHI, places=(OLD,), works=())
    assert is_(none, False, "旧苑", "还差", True)
    out = ask(central, None, CHANGZHI, places=(replace(OLD, excluded="shantytown"),), works=all_works)
    assert is_(out, False, "旧苑", "", True) and out.missing == "不符合中央补助的小区要求"
    assert is_(ask(central, None, CHANGZHI, works=()), True, computed=True)
