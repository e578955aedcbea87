"""Funds at their edges: one cent below, equal, one above; what a purse pays for, what a plan is held against."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from funding.rules.flags import (
    About,
)
from funding.rules.fundvote import demand, passed
from funding.rules.money import NotExact, entered, half_up, said, share_entered, yuan
from funding.rules.plans import UNKNOWN, Check, Line, Plan, checks, cluster_checks, contributor_checks, sums
from funding.rules.ringfence import Purse, Work, fence, may_pay, shown_uses, within_fund
from funding.rules.settlement import settlement
from funding.rules.shares import Source, funding_share
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG = place("liuzhou"), place("ruicheng")
ABOUT = About("fund", UUID(int=1), "桂花苑", "/x/")


VOTE = {"total_area": "300.00", "total_heads": 3, "participating_area": "200.01", "participating_heads": 2}


@pytest.mark.rule("N-01")
def test_owners_money_is_used_by_more_than_half_and_raised_by_three_quarters() -> None:
    figures = VOTE | {"agreeing_area": "100.01", "agreeing_heads": 2}
    assert passed(place("national"), DAY, "maintenance_fund", figures).passed is True
    assert passed(place("national"), DAY, "maintenance_fund", figures | {"raises": True}).passed is False
    with pytest.raises(ValueError, match="两位小数"):
        passed(place("national"), DAY, "maintenance_fund", figures | {"agreeing_area": "100.005"})
    own, statute = demand(LIUZHOU, DAY, "maintenance_fund"), demand(place("national"), DAY, "common_revenue")
    assert own and own.rule_id == "LZ-05" and statute and "common_revenue" in statute.params.matters
    assert demand(LIUZHOU, DAY, "central") is None and demand(over([], []), DAY, "common_revenue") is None


@pytest.mark.parametrize(("raw", "came"), [
    ("1,234.50", "1234.50"), ("0", "0.00"), ("1000000000000", "1000000000000.00"), ("1000000000000.01", "金额过大"),
    ("1,23.50", "普通数字"), ("0.005", "最多两位"),
    ("1e5", "科学计数法"), ("", "请填写金额"), (" ", "请填写金额"), (None, "请填写金额"), (1.5, "写成文本"), (True, "写成文本"),
    ("１", "半角"), ("-1", "不能为负数"), (7, "7.00"),
    ("1234567890123456", "普通数字"), ("123456789012345", "金额过大"),
])  # fmt: skip
def test_an_amount_as_a_person_types_it(raw: object, came: str) -> None:
    try:
        assert str(entered(raw)) == came
    except NotExact as error:
        assert came in str(error)


@pytest.mark.parametrize(("raw", "whole", "came"), [
    ("3%", False, Fraction(3, 100)), ("1.5", False, Fraction(3, 200)), ("3/100", False, Fraction(3, 100)),
    ("100", True, Fraction(1)), ("100", False, None),
    ("99.99", False, Fraction(9999, 10000)), ("100.01", True, None), ("3/2", True, None), (None, False, None),
    ("x", True, None), ("1.234", True, None),
])  # fmt: skip
def test_a_share_as_a_person_types_it(raw: object, whole: bool, came: Fraction | None) -> None:
    try:
        assert share_entered(raw, whole=whole) == came
    except NotExact:
        assert came is None


def test_halves_are_rounded_up_and_amounts_said() -> None:
    assert [half_up(Fraction(n, 4)) for n in (1, 2, 3, 6)] == [0, 1, 1, 2] and half_up(Fraction(1, 3)) == 0
    assert (yuan(1_00), said(100_000_00)) == ("1.00", "100,000.00")


@pytest.mark.rule("LZ-16")
def test_what_nobody_promised_and_what_the_scheme_costs_beyond_the_plan_count_in_the_total() -> None:
    lines = (
        Line("central", 50),
        Line("central", 5),
        Line("utility", 10, "unidentified"),
        Line("city", 7, area="邻区"),
        Line("", 2, "unidentified"),
    )
    assert sums(Plan(lines)) == {"central": 55, UNKNOWN: 12} and Plan(lines).total == 74
    assert (
        sums(Plan(lines, scheme_total=67)) == {"central": 55, UNKNOWN: 12}
        and sums(Plan(lines, scheme_total=1))[UNKNOWN] == 12
    )
    assert sums(Plan(lines, scheme_total=70))[UNKNOWN] == 15 and sums(Plan((), scheme_total=1)) == {UNKNOWN: 1}


@pytest.mark.parametrize(
    ("total", "outcome", "missing"),
    [(None, "noted", ""), (100, "met", ""), (101, "unmet", "还差 0.01 元"), (99, "noted", "")],
)
def test_a_plan_is_held_against_its_scheme(total: int | None, outcome: str, missing: str) -> None:
    plan = Plan(
        (Line("central", 80), Line("utility", 20), Line("city", 9, area="邻区")),
        scheme_total=total,
        no_hidden_debt=True,
    )
    found = checks(LIUZHOU, day=DAY, plan=plan)
    assert (found[-1].outcome, found[-1].missing, found[-1].blocks) == (outcome, missing, False)
    assert found[0].outcome == ("unmet" if total == 101 else "met") and found[0].citation
    assert found[0].reason.text == found[0].text and found[0].reason.missing == found[0].missing
    assert not Plan(()).no_hidden_debt and not Check("met", "x").blocks


def owed(strength: str, *lines: Line, said_of: str = "", owing: bool = True) -> list[Check]:
    """What is said of utilities that owe a part."""
    asks = [
        provision("county", "XX-01", "contributors", {"who": "original_unit", "sources": ["donation"]}),
        provision("county", "XX-02", "contributors", {"who": "utility", "sources": ["utility"]}, strength=strength),
    ]
    plan = Plan(lines, owing={"utility": "有管线"} if owing else {}, said={"utility": said_of})
    return list(contributor_checks(over(asks, []), day=DAY, plan=plan))


def test_who_owes_a_part_brings_it_or_says_why_and_only_a_must_blocks() -> None:
    assert [(c.outcome, c.blocks) for c in owed("must", Line("utility", 5))] == [("met", False)]
    assert "0.12 元" in owed("must", Line("utility", 5), Line("utility", 7), Line("city", 9))[0].text
    assert [(c.outcome, c.blocks) for c in owed("must", Line("utility", 5, "unidentified"))] == [("unmet", True)]
    assert [(c.outcome, c.blocks) for c in owed("strive", Line("city", 5))] == [("noted", False)]
    assert [(c.outcome, c.blocks) for c in owed("in_principle")] == [("unmet", True)]
    assert [(c.outcome, c.missing) for c in owed("must", said_of=" 已更新过 ")] == [("noted", "")] and owed(
        "must", owing=False
    ) == []


def test_money_stays_out_of_a_cluster_s_other_areas() -> None:
    rule = provision("county", "XX-03", "cluster", {"keeps_out": ["central"]})
    lines = [Line("central", 5), Line("city", 6, area="邻区"), Line("central", 7, area="邻区")]
    found = list(cluster_checks(over([rule], []), day=DAY, lines=lines))
    assert [(c.outcome, c.blocks, "0.07" in c.missing) for c in found] == [("unmet", True, True)]


def test_a_plan_declares_that_it_makes_no_hidden_debt() -> None:
    gate = {"step": "plan", "evidence": "no_hidden_debt", "label": "声明"}
    other = provision("county", "XX-05", "gate", gate | {"evidence": "procurement"})
    layers = over([provision("county", "XX-04", "gate", gate), other], [])
    for declared, outcome in ((True, ("met", False)), (False, ("unmet", True))):
        found = checks(layers, day=DAY, plan=Plan((), no_hidden_debt=declared))
        assert [(c.outcome, c.blocks) for c in found] == [outcome, ("noted", False)]


def use(how: str, *, with_reason: bool = False) -> Any:
    return provision(
        "county", "XX-06", "source_use",
        {"sources": ["central"], "classes": ["基础类"], "works": ["elevator"], "how": how, "with_reason": with_reason},
    )  # fmt: skip


def test_a_purse_pays_for_what_its_document_and_the_place_open_it_for() -> None:
    purse, fenced = Purse("central", "中央资金"), provision("county", "XX-07", "ring_fence", {"sources": []})
    other = provision("county", "XX-08", "ring_fence", {"sources": ["city"]})
    above = provision("province", "YY-07", "ring_fence", {"sources": ["central"]})

    def asked(how: str, work: Work, purse: Purse = purse, **more: Any) -> Any:
        return may_pay(over([use(how, **more), fenced, other], [above]), day=DAY, purse=purse, work=work)

    basic, lift, paint = Work("屋面", "basic"), Work("电梯", "improved", "elevator"), Work("彩绘", "upgraded")
    assert [asked("only", work).allowed for work in (basic, lift, paint)] == [True, True, False]
    assert (
        asked("only", paint).rule == "XX-06"
        and asked("only", basic).rule == "XX-07"
        and asked("only", basic).shown == ()
    )
    assert "登记理由" not in asked("only", paint).reasons[0].missing
    reasoned = Work("彩绘", "upgraded", reason="属于基础类的一部分")
    assert asked("only", reasoned).allowed is False and asked("only", paint, with_reason=True).allowed is False
    assert "登记理由" in asked("only", paint, with_reason=True).reasons[0].missing
    opened = asked("only", reasoned, with_reason=True)
    assert opened.allowed and [reason.text for reason in opened.shown] == ["“彩绘”登记理由：属于基础类的一部分"]
    mainly = asked("mainly", paint)
    assert (
        mainly.allowed
        and mainly.reasons == ()
        and "单独列示" in mainly.shown[0].text
        and "提升类" in mainly.shown[0].text
    )
    assert asked("only", paint, Purse("county", "县级")).allowed
    own = Purse("county", "县级", classes=("basic",), items=("屋面",))
    assert [asked("only", work, own).allowed for work in (basic, paint)] == [True, False]
    refused = asked("only", Work("墙面", "upgraded"), own)
    assert (refused.rule, len(refused.reasons)) == ("XX-07", 2) and refused.reasons[0].citation.rule == "XX-07"
    assert asked("only", Work("墙面", "basic"), own).allowed is False
    free = may_pay(over([], []), day=DAY, purse=own, work=paint)
    assert (free.allowed, free.rule, free.reasons[0].citation) == (False, None, None)


@pytest.mark.rule("LZ-19")
def test_a_fund_pays_all_that_it_holds_and_not_a_cent_more() -> None:
    layers = over([provision("county", "XX-07", "ring_fence", {"sources": ["central"]})], [])
    purse = Purse("central", "中央资金")
    assert within_fund(layers, day=DAY, purse=purse, wanted=10, held=10).allowed is True
    beyond = within_fund(layers, day=DAY, purse=purse, wanted=11, held=10)
    assert (beyond.allowed, beyond.rule, beyond.reasons[0].missing) == (False, "XX-07", "还差 0.01 元")
    assert (
        beyond.reasons[0].citation is not None
        and within_fund(layers, day=DAY, purse=purse, wanted=1, held=10).rule == "XX-07"
    )
    unfenced = within_fund(layers, day=DAY, purse=Purse("city", "市级"), wanted=11, held=10)
    assert (unfenced.allowed, unfenced.rule, unfenced.reasons[0].citation) == (False, None, None)
    assert fence(layers, DAY, "city") is None and fence(layers, DAY, "central") is not None
    shown = shown_uses(
        over([use("mainly"), provision("county", "XX-09", "source_use", use("only").params.model_dump())], []), DAY
    )
    assert [cited.rule for cited in shown] == ["XX-06"]


@pytest.mark.rule("RC-21")
@pytest.mark.parametrize(("reviewed", "upper", "other", "ratio", "part", "owes"), [
    (100, 0, 0, "0", 100, 0), (100, 0, 0, "1", 100, 100), (100, 60, 40, "1/2", 0, 0), (100, 60, 41, "1/2", 0, 0),
    (100, 60, 39, "1/2", 1, 1), (0, 0, 0, "1", 0, 0),
    (100, 1, 0, "1/3", 99, 33),
])  # fmt: skip
def test_what_the_county_owes(reviewed: int, upper: int, other: int, ratio: str, part: int, owes: int) -> None:
    found = settlement(
        RUICHENG, day=DAY, reviewed_settlement=reviewed, upper_subsidies=upper, other_contributions=other, county_ratio=Fraction(ratio)
    )  # fmt: skip
    assert (found.governments_part, found.county_owes, found.rule) == (part, owes, "RC-21")


@pytest.mark.parametrize(
    ("figures", "ratio"),
    [((-1, 0, 0), "1"), ((1, -1, 0), "1"), ((1, 5, -1), "1"), ((1, 0, 0), "-1/9"), ((1, 0, 0), "10/9")],
)
def test_impossible_settlements_are_refused(figures: tuple[int, int, int], ratio: str) -> None:
    with pytest.raises(ValueError, match="负数|之间"):
        settlement(
            RUICHENG, day=DAY, reviewed_settlement=figures[0], upper_subsidies=figures[1], other_contributions=figures[2],
            county_ratio=Fraction(ratio),
        )  # fmt: skip


def test_a_share_of_nothing_and_below_nothing() -> None:
    with pytest.raises(ValueError, match="负数"):
        funding_share(LIUZHOU, day=DAY, sources=[Source("city", 5), Source("utility", -1)])
    nothing = funding_share(LIUZHOU, day=DAY, sources=[Source("city", 0)])
    assert (nothing.passed, nothing.short_by) == (False, None)
    silent = funding_share(place("national"), day=DAY, sources=[Source("city", 5)])
    assert (silent.passed, silent.total, silent.rule) == (None, 5, None)
