"""The rules of projects at their edges: who signs, what a plan beside it contradicts, codes, permits, quantities."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from policies.kinds import Fact
from projects.rules.acceptance import ARCHIVE_LIST, absent, archive_missing, parties, separate
from projects.rules.assessment import demand, figure
from projects.rules.bodies import charges
from projects.rules.companions import Beside, against_companions, figures
from projects.rules.filings import ordered
from projects.rules.parties import credit_code_error, method_error, mode_error
from projects.rules.permits import PERMIT_LABELS, permits
from projects.rules.quantities import Line, Measure, beyond, in_words, read_quantities
from projects.rules.ranking import (
    Value,
)
from projects.rules.start import blocked, demands, mode_asked, roles_asked, waivers
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG, CHANGZHI = place("liuzhou"), place("ruicheng"), place("changzhi")
NEXT = DAY + dt.timedelta(days=1)


def gate(evidence: str, *papers: Any, step: str = "accept", rule: str = "XX-01", **more: Any) -> Any:
    asked = [{"key": key, "label": key.upper(), "optional": optional} for key, optional in papers]
    return provision(
        "county", rule, "gate", {"step": step, "evidence": evidence, "label": "材料", "requires": asked, **more}
    )


@pytest.mark.rule("RC-19")
@pytest.mark.rule("CZ-16")
def test_who_signs_an_acceptance_and_what_is_accepted_apart() -> None:
    layers = over(
        [
            gate("acceptance_parties", ("a", False), ("b", True)),
            gate("separate_acceptances", ("c", False), rule="XX-02"),
        ],
        [],
    )
    assert [(each.key, each.label, each.citation.rule) for each in parties(layers, day=DAY)] == [("a", "A", "XX-01")]
    assert [each.key for each in separate(layers, day=DAY, facts=frozenset())] == ["c"]
    named = parties(RUICHENG, day=DAY)
    assert named and {each.citation.rule for each in named} == {"RC-19"}
    assert absent(named, {each.key for each in named[1:]}) == [named[0].label]
    assert any(
        each.citation.rule == "CZ-16"
        for each in separate(CHANGZHI, day=DAY, facts=frozenset({"elevator", "heritage", "pipelines"}))
    )
    assert (
        archive_missing({key for key, _ in ARCHIVE_LIST[1:]}) == [ARCHIVE_LIST[0][1]]
        and archive_missing(dict(ARCHIVE_LIST)) == []
    )


@pytest.mark.rule("RC-34")
def test_a_scorecard_is_the_documents_and_a_share_of_nothing_is_not_known() -> None:
    asked = demand(RUICHENG, DAY)
    assert asked and asked.criteria and asked.citation.rule == "RC-34" and demand(over([], []), DAY) is None
    assert {criterion.citation.rule for criterion in asked.criteria} == {"RC-34"} and asked.of in {
        "divisions",
        "bodies",
    }
    assert (figure(0, 0, "个").score, figure(1, 1, "个"), figure(0, 1, "个").score) == (
        None,
        Value(Fraction(1), "1 / 1 个", "register"),
        0,
    )
    two = {"of": "divisions", "criteria": [{"key": "results", "words": "一"}], "consequences": {"favoured": "倾斜"}}
    again = two | {
        "criteria": [{"key": "results", "words": "二"}, {"key": "on_time", "words": "三"}],
        "consequences": {"criticised": "通报"},
    }
    found = demand(
        over([provision("county", "XX-01", "assessment", two), provision("county", "XX-02", "assessment", again)], []),
        DAY,
    )
    assert found and [(c.key, c.words) for c in found.criteria] == [("results", "一"), ("on_time", "三")]
    assert [(c.key, c.words, c.citation.rule) for c in found.consequences] == [
        ("favoured", "倾斜", "XX-01"),
        ("criticised", "通报", "XX-02"),
    ]
    assert found.citation.rule == "XX-01"


@pytest.mark.rule("RC-25")
@pytest.mark.rule("LZ-25")
def test_a_body_answers_for_what_its_kind_and_level_do() -> None:
    for layers in (LIUZHOU, RUICHENG, place("yulin"), CHANGZHI, place("jiangxi")):
        duties = [
            (book.document, duty)
            for book in layers.books
            if book.bodies
            for duty in (*book.bodies.bodies, *book.bodies.duties_elsewhere)
        ]
        for level in ("province", "city", "county"):
            for kind in sorted({duty.kind for _, duty in duties}):
                for utilities in ((), (kind,)):
                    mine = [
                        (document, duty) for document, duty in duties
                        if duty.kind == "all" or (
                            bool(utilities) and duty.kind in ("utility", kind) if duty.level == "unit"
                            else duty.kind == kind and level in {
                                "each": ("province", "city", "county"), "city_and_county": ("city", "county"),
                            }.get(duty.level, (duty.level,))
                        )
                    ]  # fmt: skip
                    found = charges(layers, level=level, kinds={kind}, unlevelled=set(utilities) | {"gas_company"})
                    assert [(each.document, each.duty) for each in found] == mine, (level, kind)


def beside(year: int, **more: Any) -> Beside:
    given: dict[str, Any] = {
        "kind": "special_plans",
        "place": "桂花苑",
        "unit": "水务",
        "matched": True,
        "checked": True,
    }
    return Beside(year=year, **(given | more))


@pytest.mark.rule("RC-31")
def test_what_another_unit_plans_in_another_year_contradicts_the_plan() -> None:
    assert [beside(2027, planned=year).clashes(2026) for year in (2026, 2027, None)] == [True, False, False]
    assert not beside(2026, planned=2026).clashes(2026) and not beside(2027, planned=2026, agreed=True).clashes(2026)
    rows = [
        beside(2026, matched=False), beside(2026, matched=False, nothing=True), beside(2026, checked=False),
        beside(2027, checked=False),
        beside(2027, checked=False, planned=2026), beside(2025, kind="pipeline_plans"),
    ]  # fmt: skip
    found = figures(rows, 2026)
    clashes = ["桂花苑：水务安排在2027年"]
    assert found == {"special_plans": True, "pipeline_plans": False, "unmatched": 1, "unchecked": 2, "clashes": clashes}
    assert (
        len(against_companions(found)) == 3
        and against_companions({"unmatched": 0, "clashes": [], "unchecked": 0}) == []
    )
    assert against_companions({"clashes": list("abcdef")}) == ["年度不一致，可能重复开挖：a、b、c、d、e"]


@pytest.mark.rule("JX-08")
def test_what_is_filed_upward_and_where_nothing_is() -> None:
    kinds, clause = ordered(place("jiangxi"), DAY)
    assert kinds and clause and clause.rule == "JX-08" and ordered(over([], []), DAY) == ((), None)


@pytest.mark.parametrize(("code", "right"), [
    ("91350100M000100Y43", True), ("91350100M000100Y44", False), ("91350100M000100Y4", False), ("91350100M000100Y433", False),
    ("91350100M000100I43", False), ("00000000000000000" + "0", True), ("10000000000000000" + "Y", True),
    ("01000000000000000" + "W", True),
])  # fmt: skip
def test_a_credit_code_has_its_check_sign(code: str, right: bool) -> None:
    assert (credit_code_error(code) == "") is right
    assert ("校验位" in credit_code_error(code)) is (not right and len(code) == 18 and "I" not in code)


@pytest.mark.rule("LZ-33")
@pytest.mark.rule("CZ-15")
def test_how_a_party_is_chosen_and_a_contract_let() -> None:
    chosen = [("designer", "tender", ""), ("developer_unit", "own", ""), ("contractor", "direct", "应急抢险")]
    assert [method_error(*each) for each in chosen] == [("", "")] * 3
    wrong = [
        ("designer", "own", ""),
        ("developer_unit", "tender", ""),
        ("contractor", "direct", " "),
        ("contractor", "x", "y"),
    ]
    assert [method_error(*each)[0] for each in wrong] == ["method", "method", "reason", "method"]
    modes = [("epc", ""), ("separate", "规模小"), ("separate", " "), ("x", "y")]
    assert [mode_error(*each)[0] for each in modes] == ["", "", "reason", "mode"] and all(
        mode_error(*each)[1] for each in modes[2:]
    )


@pytest.mark.rule("RC-17")
def test_a_permit_is_waived_only_where_every_condition_holds() -> None:
    facts: dict[Fact, bool] = dict.fromkeys(
        (
            "land_ownership_change",
            "planning_conditions_change",
            "new_build",
            "alteration_or_extension",
            "structural_change",
            "adds_floor_area",
        ),
        False,
    ) | {"low_risk": True, "commitment_signed": True}  # type: ignore[assignment]
    free = permits(RUICHENG, day=DAY, facts=facts)
    assert free.waived and free.rule == "RC-17" and set(free.needed) | set(free.waived) == set(PERMIT_LABELS)
    built = permits(RUICHENG, day=DAY, facts=facts | dict.fromkeys(facts, True))
    assert not set(built.waived) - set(free.waived) and len(built.waived) < len(free.waived)
    assert built.standing_against and set(built.standing_against) <= set(built.needed)
    silent = permits(over([], []), day=DAY, facts={})
    assert (silent.needed, silent.waived, silent.rule) == (tuple(sorted(PERMIT_LABELS)), (), None)
    row = {"permit": "drawing_review", "when": {"low_risk": True}, "words": "免审"}
    none = permits(
        over([provision("county", "XX-01", "permit_waivers", {"waivers": [row]})], []),
        day=DAY,
        facts={"low_risk": False},
    )
    assert (none.waived, none.reasons[0].text, none.standing_against) == (
        (),
        "没有可以免办的手续",
        {"drawing_review": ("low_risk",)},
    )
    either = [row, row | {"when": {"low_risk": False}}]
    both = permits(
        over([provision("county", "XX-01", "permit_waivers", {"waivers": either})], []),
        day=DAY,
        facts={"low_risk": False},
    )
    assert (both.waived, both.standing_against) == (("drawing_review",), {})
    held = blocked(none, {"drawing_review": False, "land_use": True}, {"drawing_review": "不是低风险"})
    assert len(held) == 3 and [each for each in held if "用地手续" in each.text] == []
    assert [each.missing for each in held if "施工图" in each.text] == ["施工图审查已录入，待第二人复核"] and any(
        "（不是低风险）" in each.text for each in held
    )
    assert sum(each.missing.startswith("请录入") for each in held) == 2 and "尚未填写" in blocked(None, {}, {})[0].text
    assert waivers(RUICHENG, day=DAY) is not None and waivers(over([], []), day=DAY) is None


@pytest.mark.rule("LZ-33")
def test_what_the_start_asks_to_be_entered() -> None:
    layers = over([
        gate("permits", ("land_use", False), step="start"), gate("pipeline_plan", step="start", rule="XX-02"),
        gate("vote", step="start", rule="XX-03"),
        gate("procurement", ("designer", False), ("contractor", False), step="start", rule="XX-04"),
        gate("supervision", step="start", rule="XX-05"),
        gate("consents_of_neighbours", ("n", False), step="start", rule="XX-06", applies_when=["elevator"]),
    ], [])  # fmt: skip
    asked = demands(layers, day=DAY, facts=frozenset({"elevator"}))
    assert [(each.evidence, each.key, each.label, each.of_elevator) for each in asked] == [
        ("permits", "land_use", "LAND_USE", False), ("pipeline_plan", "", "材料", False), ("consents_of_neighbours", "n", "N", True),
    ]  # fmt: skip
    assert [each.key for each in demands(layers, day=DAY, facts=frozenset())] == ["land_use", ""]
    assert {role: clause.rule for role, clause in roles_asked(layers, day=DAY, facts=frozenset()).items()} == {
        "designer": "XX-04", "contractor": "XX-04", "supervisor": "XX-05",
    }  # fmt: skip
    mode = mode_asked(LIUZHOU, day=DAY, facts=frozenset())
    assert mode and mode.rule == "LZ-33" and mode_asked(layers, day=DAY, facts=frozenset()) is None


def line(uid: str, planned: int = 10_000, **more: Any) -> Line:
    return Line(uid, f"项{uid}", "桂花苑", "米", planned, **more)


def test_quantities_are_thousandths_and_more_than_planned_is_said() -> None:
    lines = {"a": line("a"), "b": line("b")}
    assert read_quantities({"a": "1.5", "b": " "}, lines) == ({"a": 1500}, {}) and read_quantities(
        {"a": "0"}, lines
    ) == ({"a": 0}, {})
    read, errors = read_quantities({"a": "-1", "b": "1", "c": "1"}, lines)
    assert (read, set(errors)) == ({"b": 1000}, {"quantity-a", "quantities"}) and "不在定稿" in errors["quantities"]
    assert "还没有定稿" in read_quantities({"a": "1"}, {})[1]["quantities"]
    assert (
        beyond({"a": 4000}, lines, {"a": 6000}) == {}
        and beyond({"a": 0}, lines, {"a": 60_000}) == {}
        and beyond({"b": 10_000}, lines, {}) == {}
    )
    assert "超出 0.001 米" in beyond({"a": 4001}, lines, {"a": 6000})["a"] and set(
        beyond({"b": 10_001}, lines, {})
    ) == {"b"}
    done = [Measure(line("a"), 10_000, 5_000), Measure(line("b", building="1栋"), 9_999), Measure(line("c"), 0)]
    done += [
        Measure(line("d", listed=False), 1),
        Measure(line("e", community="x"), 20_000),
        Measure(line("f", community="y"), 1),
    ]
    words = in_words(done, "x")
    assert (words.done, words.going) == (("项a", "项e"), (("1栋项b", Fraction(9999, 10000)),))
    assert [(m.complete, m.share) for m in done[:2]] == [(True, 1), (False, Fraction(9999, 10000))] and line("a").listed
    assert (done[0].done_words, done[0].month_words, done[1].month_words, line("a").planned_words) == (
        "10 米",
        "5 米",
        "—",
        "10 米",
    )
