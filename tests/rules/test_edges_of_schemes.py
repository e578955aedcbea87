"""A scheme at its gates: papers, hazards, who pays, central money; the platform's own results before papers; floors shown once."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policies.kinds import Gate
from policies.layers import Layers
from projects.rules.evidence import Verdict, evaluate
from projects.rules.gates import GateAnswer, answer, gates_of, shown_once
from projects.rules.scheme import Facility, Item, Need, Reply, Scheme
from projects.rules.scheme_evidence import facts_of, held_papers, missing_papers
from projects.rules.situation import Held, HeldException, HeldResult, Place, Situation
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


def item(name: str, amount: int = 100, **more: Any) -> Item:
    given: dict[str, Any] = {"item_class": "基础类", "listed": True, "payers": {"city": amount}}
    return Item(uid=name, name=name, quantity=1000, unit="项", unit_price=amount, amount=amount, **(given | more))


@pytest.mark.rule("LZ-32")
def test_what_a_scheme_holds_of_the_papers_that_a_gate_names() -> None:
    full = Scheme((item("a"), item("b", 0, payers={})), residents_funding="分摊", management="物业", number=3)
    assert set(held_papers(full).values()) == {True} and set(held_papers(EMPTY).values()) == {False}
    unpaid = held_papers(Scheme((item("a"), item("c", payers={}))))
    assert (unpaid["funding"], unpaid["budget"], unpaid["content"]) == (False, True, True)
    assert (
        held_papers(Scheme((item("a", 1),)))["budget"] and not held_papers(Scheme((item("a", 0, payers={}),)))["budget"]
    )
    papers = gate("scheme_papers", "budget", "seal", optional=("management",))
    assert missing_papers(papers, full) == ["SEAL"] and missing_papers(papers, EMPTY) == ["BUDGET", "SEAL"]
    assert is_(ask(gate("scheme_papers", "budget"), scheme=full), True, "第3版写明", computed=True)
    assert is_(ask(papers, scheme=full), False, "第3版缺：SEAL", "还缺：SEAL")
    assert is_(ask(papers, {"seal": True}, scheme=full), True, "齐备")
    assert is_(ask(papers, {"seal": True, "budget": False}, scheme=EMPTY), False, "缺：BUDGET", "还缺：BUDGET")
    assert is_(ask(papers, {"budget": True}, scheme=full), False, "缺：SEAL", "还缺：SEAL")
    assert is_(
        ask(gate("scheme_papers", "budget"), {"budget": True}), True
    )  # no scheme of the platform's own: the paper answers


@pytest.mark.rule("YL-04")
@pytest.mark.rule("YL-05")
def test_hazards_and_needs_are_answered_by_an_item_or_a_reason() -> None:
    hazard = Need("h", "漏水", "旧苑", hazard=True, strong=False)
    basic = Need("n", "路灯", "旧苑", hazard=False, strong=False, catalogue_name="路灯", basic=True)
    wish = replace(basic, key="w", words="花园", catalogue_name="花园", basic=False)
    hazards, basics = gate("hazards_answered"), gate("basic_items_answered")

    def of(asked: Gate, *items: Item, needs: tuple[Need, ...] = (hazard, basic, wish), **replies: Reply) -> Verdict:
        return ask(asked, scheme=Scheme(items, needs=needs, replies=replies, number=2))

    assert is_(of(hazards), False, "第2版没有回应：漏水", "还有 1 条没有回应", True)
    assert is_(of(hazards, h=Reply(reason="已修")), True, "逐条", computed=True)
    assert is_(of(hazards, h=Reply(reason=" ")), False, "", "还有 1 条", True)
    assert is_(of(hazards, h=Reply(item="a")), False, "", "还有 1 条", True)
    assert is_(of(hazards, item("a"), h=Reply(item="a")), True, computed=True)
    assert is_(of(hazards, needs=(replace(basic, strong=True),)), False, "路灯", "还有 1 条", True)
    assert is_(of(basics), False, "没有列入：路灯；完善类、提升类未列入 1 项（花园），只计数", "还有 1 项", True)
    assert is_(of(basics, item("路灯"), needs=(basic,)), True, "均已列入或写明理由", computed=True)
    assert "只计数" not in of(basics, needs=(basic,)).explanation
    assert of(basics, item("路灯", community="旧苑")).met and not of(basics, item("路灯", community="新苑")).met
    assert not of(basics, item("路灯", listed=False)).met and not of(basics, n=Reply(reason="不需要")).met
    assert of(basics, n=Reply(reason="不需要", by_leader=True)).met and of(basics, item("x"), n=Reply(item="x")).met


@pytest.mark.rule("CZ-07")
@pytest.mark.rule("RC-05")
def test_who_pays_is_answered_by_the_scheme_s_own_budget() -> None:
    rows = [
        {"items": ["路灯"], "how": "only", "sources": ["county"], "words": "路灯由县财政承担"},
        {"classes": ["基础类"], "how": "mainly", "sources": ["central", "city"], "words": "财政为主"},
        {"classes": ["完善类"], "how": "ratio", "sources": ["resident_direct"], "words": "业主按比例"},
        {"classes": ["提升类"], "how": "open", "sources": ["private_capital"], "words": "社会资本等"},
    ]
    layers = over([provision("county", "XX-01", "payers", {"rows": rows})], [])

    def split(*items: Item, ratio: Any = None) -> Verdict:
        return ask(gate("cost_split"), None, layers, scheme=Scheme(items, owner_ratio=ratio, number=4))

    assert is_(split(), True, "第4版的预算逐项符合", computed=True)
    lamp = item("路灯", payers={"county": 90, "city": 10})
    assert is_(split(lamp), False, "路灯由县财政承担", "市级资金不能出资，涉及 0.10 元", True)
    assert split(item("路灯", payers={"county": 100})).met
    assert split(replace(lamp, listed=False, item_class="")).met and split(item("路灯", item_class="", payers={})).met
    for paid, missing in ((51, ""), (50, "还差 0.01 元"), (49, "还差 0.02 元")):
        found = split(item("屋面", payers={"city": paid, "utility": 100 - paid}))
        assert is_(found, not missing, "", missing, True), paid
    garden = item("花园", item_class="完善类", payers={"resident_direct": 30, "city": 70})
    half, third = Fraction(1, 2), Fraction(3333, 10000)
    asked = [
        (None, "请填写业主"),
        (0, "请填写"),
        (Fraction(3, 10), ""),
        (Fraction(31, 100), "还差 0.01 元"),
        (Fraction(1, 1000), ""),
    ]
    for ratio, missing in asked:
        assert is_(split(garden, ratio=ratio), not missing, "", missing, True), ratio
    words = [split(garden, ratio=ratio).explanation for ratio in (half, third)]
    assert "业主出资比例 50%，应出 0.50 元" in words[0] and "33.33%" in words[1]
    assert split(item("x", item_class="提升类", payers={"city": 100})).met


@pytest.mark.rule("RC-03")
def test_central_money_of_a_scheme_by_community_content_and_year() -> None:
    content = {"of": ["water", "power", "road", "gas"], "at_least": 1, "or_any": ["elevator"]}
    years = {"first_until": 2000, "later": "with_reason"}
    asks = [
        provision("county", "XX-01", "subsidy_content", content),
        provision("county", "XX-02", "subsidy_years", years),
    ]
    layers = over(asks, [])
    old, young = replace(OLD, built="2000"), replace(OLD, name="新苑", built="2001")
    water, plain = item("水", payers={"central": 100}, five="water"), item("x", payers={"central": 100})

    def asked(*items: Item, places: tuple[Place, ...] = (old,), reason: str = "") -> Verdict:
        return ask(
            gate("central_subsidy"), None, layers, places=places, scheme=Scheme(items, central_reason=reason, number=5)
        )

    assert is_(asked(water), True, "第5版符合中央补助", computed=True) and is_(
        asked(plain), False, "旧苑", "还差 1 项", True
    )
    assert is_(asked(water, places=(young,)), False, "新苑建成晚于2000年", "请填写使用中央补助的理由", True)
    assert asked(water, places=(young,), reason="急需").met and not asked(water, places=(old, young)).met
    shut = over([asks[0], provision("county", "XX-02", "subsidy_years", years | {"later": "no"})], [])
    found = ask(gate("central_subsidy"), None, shut, places=(young,), scheme=Scheme((water,)))
    assert is_(found, False, "新苑", "这个小区不能使用中央补助资金", True)
    assert ask(gate("central_subsidy"), None, over([], []), places=(old,), scheme=EMPTY).met


def test_a_scheme_chooses_the_gates_that_ask_for_its_facts() -> None:
    moved = Facility("gas", "owners", "implementing", "utility", True)
    items = (
        item("a", five="elevator", payers={"central": 1}),
        item("b", payers={"common_revenue": 1}),
        item("c", facility=moved),
    )
    assert facts_of(Scheme(items)) == {"elevator", "central_subsidy", "fund_money", "utility_facilities_to_transfer"}
    assert facts_of(EMPTY) == frozenset()
    for facility in (replace(moved, owner="utility"), replace(moved, kept_by="owners")):
        assert facts_of(Scheme((item("c", facility=facility),))) == frozenset()


def own(evidence: str, rule: str = "XX-01", where: str = "county", **more: Any) -> Any:
    kept = {key: more.pop(key) for key in ("strength", "floor") if key in more}
    return provision(where, rule, "gate", {"step": "declare", "evidence": evidence, "label": "材料", **more}, **kept)


def result(asked: int, place: str = "", **more: Any) -> HeldResult:
    return HeldResult({"households": 10, "asked": asked}, DAY, "调查一", place, **more)


def judged(layers: Layers, **situation: Any) -> GateAnswer:
    (found,) = gates_of(layers, day=DAY, step="declare")
    return answer(layers, day=DAY, provision=found, situation=Situation(**situation))


@pytest.mark.rule("LZ-31")
def test_the_platform_s_own_results_go_before_a_paper() -> None:
    layers = over([own("willingness_survey")], [])
    two = (OLD, replace(OLD, name="新苑"))
    paper = Held({"households": 10, "asked": 5}, DAY, True, "p")

    def of(*results: HeldResult, papers: dict[str, Held] | None = None, **more: Any) -> GateAnswer:
        return judged(layers, results={"willingness_survey": results}, places=two, papers=papers or {}, **more)

    whole = of(result(5))
    assert (whole.outcome, whole.paper, whole.needs_check, whole.explanation) == (
        "met",
        None,
        False,
        "10户中5户答卷（调查一）",
    )
    part = of(result(5, "旧苑"))
    assert part.missing == "还缺：新苑" and "新苑尚无结果" in part.explanation and part.blocks
    filled = of(result(5, "旧苑"), papers={"willingness_survey": paper})
    assert (filled.outcome, filled.paper) == ("met", "p")
    both = of(result(5, "旧苑"), result(6, "新苑"))
    assert both.explanation == "旧苑：10户中5户答卷（调查一）；新苑：10户中6户答卷（调查一）"
    failed = of(result(5, "旧苑"), result(0, "新苑"), papers={"willingness_survey": paper})
    assert (failed.outcome, failed.missing, failed.paper) == ("unmet", "新苑：还没有一户答卷", None)
    under_way = of(result(5, settled=False))
    assert (under_way.outcome, under_way.explanation, under_way.missing) == ("unmet", "调查一", "调查一")
    unchecked = judged(layers, papers={"willingness_survey": replace(paper, checked=False)})
    assert (unchecked.outcome, unchecked.needs_check, unchecked.missing) == ("unmet", True, "材料已录入，待第二人复核")
    let = judged(layers, exceptions={("XX-01", "declare", "willingness_survey"): HeldException("市批复", "u")})
    assert (let.outcome, let.blocks, let.needs_check, let.key) == ("excepted", False, False, "willingness_survey")
    assert let.explanation.endswith("；市批复")


def test_an_own_result_speaks_for_its_community_alone() -> None:
    layers = over([own("plan_consent")], [])
    two = (OLD, replace(OLD, name="新苑", households=20))
    figures = HeldResult({"households": 10, "agreeing": 10}, DAY, "调查", "旧苑")
    assert judged(layers, results={"plan_consent": (figures,)}, places=two).missing == "还缺：新苑"
    whole = judged(layers, results={"plan_consent": (replace(figures, place=""),)}, places=two)
    assert "少于登记的 30 户" in whole.explanation and whole.missing.startswith("应以小区全部 30 户")


@pytest.mark.rule("N-07")
def test_what_guards_a_step_beside_a_lower_document_and_what_is_shown_once() -> None:
    def kept(county: Any, province: Any) -> list[str]:
        return [p.rule_id for p in gates_of(over([county], [province]), day=DAY, step="declare")]

    above = own("archive", "YY-01", "province")
    assert kept(own("archive"), above) == ["XX-01"] and kept(own("archive", strength="strive"), above) == [
        "XX-01",
        "YY-01",
    ]
    assert kept(own("archive", strength="strive"), own("archive", "YY-01", "province", strength="in_principle")) == [
        "XX-01"
    ]
    floor = own("archive", "YY-01", "province", floor=True)
    assert kept(own("archive"), floor) == ["XX-01", "YY-01"] and kept(own("lessons"), above) == ["XX-01", "YY-01"]
    assert len(gates_of(over([own("archive"), own("archive", "XX-02")], []), day=DAY, step="declare")) == 2
    assert kept(own("archive", applies_when=["heritage"]), above) == ["YY-01"]

    def once(county: Any, province: Any) -> list[tuple[str, list[str]]]:
        layers = over([county], [province])
        found = gates_of(layers, day=DAY, step="declare")
        rows = shown_once([answer(layers, day=DAY, provision=each, situation=Situation()) for each in found])
        return [(row.provision.rule_id, [cited.rule for cited in row.also]) for row in rows]

    apart = [("XX-01", []), ("YY-01", [])]
    assert (
        once(own("archive"), floor) == [("YY-01", ["XX-01"])]
        and once(own("archive", strength="strive"), floor) == apart
    )
    assert (
        once(own("lessons"), floor) == apart
        and once(own("archive", requires=[{"key": "a", "label": "A"}]), floor) == apart
    )
    one, other = (judged(over([each], [])) for each in (own("archive"), own("archive", "YY-01", floor=True)))
    leader = judged(over([own("archive", strength="in_principle")], []))
    assert (one.opened_by, other.opened_by, leader.opened_by) == ("document", "nothing", "leader")
    later = replace(other, gate=other.gate.model_copy(update={"step": "start"}))
    assert len(shown_once([one, later])) == 2 and len(shown_once([one, other])) == 1
