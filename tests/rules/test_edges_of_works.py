"""Works and targets at their edges: days and per cents of a report, bars of a plan, bands of a
programme; a scheme's sums and differences."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from projects.rules.companions import Beside, figures
from projects.rules.scheme import (
    Facility,
    Item,
    Need,
    Reply,
    Scheme,
    line_amount,
    settle_payers,
    sums_by_class,
    sums_by_payer,
)
from projects.rules.scheme_difference import difference, plain
from projects.rules.stages import REPORTING, STAGES, next_move, reached, steps_asked
from projects.rules.targets import BuiltCount, Counts, programme
from projects.rules.works import Bar, Span, chart, is_late, month_end, place_errors, report_errors, span_errors
from tests.rules.books import over, provision

DAY = dt.date(2026, 3, 2)
ONE = dt.timedelta(days=1)


def span(start: int = 1, end: int = 10, actual: int | None = None, ended: int | None = None) -> Span:
    """Days of March 2026."""
    days = [None if number is None else dt.date(2026, 3, number) for number in (start, end, actual, ended)]
    return Span("屋面", days[0], days[1], days[2], days[3])  # type: ignore[arg-type]


@pytest.mark.parametrize(("part", "today", "reason", "wrong"), [
    (span(10, 10), 1, "", set()), (span(10, 9), 1, "", {"planned_end"}), (span(1, 10, 5), 5, "", set()),
    (span(1, 10, 6), 5, "", {"actual_start"}),
    (span(1, 10, 5, 5), 5, "", set()), (span(1, 10, 5, 6), 5, "", {"actual_end"}), (span(1, 10, None, 5), 5, "", {"actual_start"}),
    (span(1, 10, 6, 5), 6, "", {"actual_end"}), (span(1, 10, 5, 10), 20, "", set()), (span(1, 10, 5, 11), 20, "", {"reason"}),
    (span(1, 10, 5, 11), 20, "雨", set()), (span(1, 10), 10, "", set()), (span(1, 10), 11, " ", {"reason"}),
])  # fmt: skip
def test_the_days_of_a_part(part: Span, today: int, reason: str, wrong: set[str]) -> None:
    assert set(span_errors(part, today=dt.date(2026, 3, today), reason=reason)) == wrong
    assert is_late(part, dt.date(2026, 3, today)) is ("reason" in wrong or reason == "雨")


@pytest.mark.parametrize(
    ("month", "last"),
    [("2026-02", 28), ("2028-02", 29), ("2026-03", 31), ("2026-04", 30), ("2026-12", 31), ("2026-01", 31)],
)
def test_the_last_day_of_a_month(month: str, last: int) -> None:
    assert month_end(dt.date.fromisoformat(f"{month}-01")) == dt.date.fromisoformat(f"{month}-{last}")


@pytest.mark.parametrize(("changes", "wrong"), [
    ({}, ""), ({"month": DAY.replace(day=2)}, ""), ({"month": DAY + ONE}, "month"), ({"started": dt.date(2026, 3, 31)}, ""),
    ({"started": dt.date(2026, 4, 1)}, "month"),
    ({"percent": 0, "before": 0}, ""), ({"percent": -1, "before": -5}, "percent"), ({"percent": 100}, ""),
    ({"percent": 101}, "percent"),
    ({"percent": 30}, ""), ({"percent": 29}, "percent"), ({"after": 50}, ""), ({"after": 49}, "percent"),
    ({"late": ["屋面"]}, "delay"), ({"late": ["屋面"], "delay": "雨"}, ""),
    ({"late": ["屋面"], "delay": " "}, "delay"),
])  # fmt: skip
def test_a_month_s_report(changes: dict[str, Any], wrong: str) -> None:
    given: dict[str, Any] = {
        "month": DAY.replace(day=1), "percent": 50, "before": 30, "after": None, "late": [], "delay": "", "started": None,
        "today": DAY,
    }  # fmt: skip
    assert "".join(report_errors(**given | changes)) == wrong


ONE_PLACE, TWO_PLACE = UUID(int=1), UUID(int=2)


@pytest.mark.rule("LZ-22")
@pytest.mark.parametrize(("percent", "one", "two", "wrong"), [
    (0, 0, 100, set()), (100, 0, 100, set()), (50, 50, 50, set()), (51, 50, 50, {"percent"}), (49, 50, 50, {"percent"}),
    (50, -1, 50, {"place-1"}), (50, 101, 50, {"place-1"}),
    (50, 50, 30, set()), (50, 50, 29, {"place-2"}), (50, 50, None, {"place-2"}),
])  # fmt: skip
def test_each_community_says_how_far_it_is(percent: int, one: int, two: int | None, wrong: set[str]) -> None:
    places = {ONE_PLACE: one} | ({} if two is None else {TWO_PLACE: two})
    expected, before = {ONE_PLACE: "甲", TWO_PLACE: "乙"}, ({} if two == 100 or one == 50 == two else {TWO_PLACE: 30})
    found = place_errors(percent=percent, places=places, expected=expected, before=before)
    assert {name.replace(str(ONE_PLACE), "1").replace(str(TWO_PLACE), "2") for name in found} == wrong
    assert place_errors(percent=5, places={}, expected={ONE_PLACE: "甲"}, before={}) == {}
    assert set(place_errors(percent=5, places={ONE_PLACE: 5}, expected={ONE_PLACE: "甲"}, before={})) == {"places"}
    assert "places" in place_errors(percent=5, places={ONE_PLACE: 5, UUID(int=3): 5}, expected=expected, before={})


def test_bars_of_plan_and_actual_lie_on_one_axis() -> None:
    rows, first, last = chart([span(1, 10), span(11, 20, 9, 20), span(5, 6, 5)], today=dt.date(2026, 3, 20))
    assert (first, last) == (dt.date(2026, 3, 1), dt.date(2026, 3, 20)) and chart([], today=DAY) == ((), None, None)
    assert [row.planned for row in rows] == [Bar(0, 500), Bar(500, 500), Bar(200, 100)]
    assert [row.actual for row in rows] == [None, Bar(400, 600), Bar(200, 800)] and [row.late for row in rows] == [
        True,
        False,
        True,
    ]
    rows, first, last = chart([span(10, 12, 8, 11)], today=DAY, also=[dt.date(2026, 3, 7), dt.date(2026, 3, 14)])
    assert (first, last) == (dt.date(2026, 3, 7), dt.date(2026, 3, 14)) and rows[0].actual == Bar(125, 500)
    rows, first, last = chart([span(10, 12)], today=dt.date(2026, 3, 31))
    assert (first, last, rows[0].planned) == (dt.date(2026, 3, 10), dt.date(2026, 3, 12), Bar(0, 1000))
    wide = Span("x", dt.date(2026, 1, 1), dt.date(2026, 1, 1))
    rows, _, _ = chart([wide], today=DAY, also=[dt.date(2026, 12, 31)])
    assert rows[0].planned == Bar(0, 4)
    rows, _, last = chart([span(1, 10, 12)], today=dt.date(2026, 3, 5))
    assert rows[0].actual is not None and last == dt.date(2026, 3, 10)


BANDS = {
    "by": {"month": 12, "day": "end"}, "by_year": 2025,
    "bands": [
        {"built_from": 1990, "built_until": 2000, "words": "全部", "strength": "must"},
        {"built_until": 1989, "words": "力争", "strength": "strive"},
        {"built_from": 2001, "words": "部分", "strength": "must", "part": True},
    ],
}  # fmt: skip


def told(params: dict[str, Any], counts: Counts, day: dt.date, **more: Any) -> Any:
    return programme(
        over([provision("county", "XX-01", "programme_target", params, **more)], []), day=day, counts=counts
    )


@pytest.mark.rule("RC-14")
def test_a_programme_counts_its_bands_from_year_to_year() -> None:
    built = tuple(BuiltCount(year, "", 2, 1) for year in (1989, 1990, 2000, 2001)) + (
        BuiltCount(None, "", 3, 0),
        BuiltCount(None, "shantytown", 9, 0),
    )
    last = dt.date(2025, 12, 31)
    on, after = told(BANDS, Counts(built), last), told(BANDS, Counts(built), last + ONE)
    assert [(t.key, t.done, t.whole, t.state, t.passed) for t in on.targets] == [
        ("XX-01-band-1", 2, 4, "open", False), ("XX-01-band-2", 1, 2, "open", False), ("XX-01-band-3", 1, 2, "counted", False),
    ]  # fmt: skip
    assert [t.state for t in after.targets] == ["breached", "late", "counted"] and {
        t.passed for t in after.targets
    } == {True}
    assert [t.label for t in on.targets] == [
        "1990—2000年建成的（全部）",
        "1989年底前建成的（力争）",
        "2001年以后建成的（部分）",
    ]
    assert on.unknown == 3 and "另有 3 个小区" in on.reasons[-1].text and len(on.reasons) == 4
    assert [reason.missing for reason in on.reasons] == ["还差 2 个", "还差 1 个", "", ""] and [
        t.missing for t in on.targets
    ] == [2, 1, 1]
    known = told(BANDS, Counts(built[:4]), last)
    assert (known.unknown, len(known.reasons)) == (0, 3)


@pytest.mark.rule("RC-14")
def test_a_programme_counts_its_years_and_the_whole() -> None:
    years = [
        {"year": 2024, "communities": 5, "strength": "must", "done": True},
        {"year": 2025, "communities": 4, "strength": "must"},
    ]
    params = {"by": {"month": 12, "day": 31}, "by_year": 2025, "years": years, "total": 9, "bands": []}
    counts = Counts((BuiltCount(None, "", 3, 0),), {2023: 1, 2024: 2, 2025: 4, 2026: 7})
    found = told(params, counts, dt.date(2025, 12, 31))
    assert [(t.label, t.done, t.whole, t.state, t.years, bool(t.note)) for t in found.targets] == [
        ("2024年", 5, 5, "reached", (2024,), True), ("2025年", 4, 4, "reached", (2025,), False),
        ("全部", 9, 9, "reached", (2024, 2025), False),
    ]  # fmt: skip
    assert found.unknown == 0 and found.targets[0].due == dt.date(2024, 12, 31) and found.targets[2].missing == 0
    whole = told(params | {"years": [], "total": 6}, counts, dt.date(2026, 1, 1))
    assert [(t.done, t.whole, t.missing, t.state, t.years) for t in whole.targets] == [
        (7, 6, 0, "reached", (2023, 2024, 2025))
    ]
    later = told(params | {"years": [], "total": 99}, counts, dt.date(2026, 1, 1), in_force_from=dt.date(2025, 12, 31))
    assert later.targets[0].state == "breached" and later.reasons[0].missing == "还差 92 个"
    never = told(params | {"years": [], "total": 99}, counts, dt.date(2026, 1, 2), in_force_from=dt.date(2026, 1, 1))
    assert (never.targets[0].state, never.reasons[0].missing) == ("not_applicable", "")
    assert programme(over([], []), day=DAY, counts=counts).unknown == 0


def item(name: str, amount: int = 100, **more: Any) -> Item:
    given: dict[str, Any] = {"item_class": "基础类", "listed": True, "payers": {"city": amount}}
    return Item(uid=name, name=name, quantity=1500, unit="米", unit_price=amount, amount=amount, **(given | more))


@pytest.mark.parametrize(("given", "came"), [
    ([("city", 60), ("utility", None)], {"city": 60, "utility": 40}), ([("city", 100)], {"city": 100}), ([], {}),
    ([("city", 99), ("utility", None)], {"city": 99, "utility": 1}), ([("city", 100), ("utility", None)], "没有其余部分"),
    ([("city", 101), ("utility", None)], "没有其余"),
    ([("city", 99)], "少 0.01 元"), ([("city", 101)], "多 0.01 元"), ([("city", 0)], "大于零"),
    ([("city", 1), ("city", 99)], "只能写一次"),
    ([("city", None), ("utility", None)], "只能有一个"), ([("city", 1), ("utility", 99)], {"city": 1, "utility": 99}),
    ([("utility", -1), ("city", 101)], "大于零"),
])  # fmt: skip
def test_who_pays_adds_up_to_the_cent(given: Any, came: Any) -> None:
    if isinstance(came, str):
        with pytest.raises(ValueError, match=came):
            settle_payers(100, given)
    else:
        assert settle_payers(100, given) == came


def test_sums_of_a_scheme_and_what_stands_by_itself() -> None:
    rows = Scheme(
        (item("a"), item("b", 50, payers={"utility": 20, "city": 30}), item("c", 7, item_class="", payers={})),
        needs=(Need("k", "旧", "", True),),
    )
    assert (
        sums_by_class(rows) == {"基础类": 150, "": 7}
        and sums_by_payer(rows.items) == {"city": 130, "utility": 20}
        and rows.total == 157
    )
    assert list(sums_by_payer(reversed(rows.items))) == ["city", "utility"] and sums_by_payer([]) == {}
    known = rows.with_needs([Need("k", "新", "", False), Need("l", "二", "", False)])
    assert [(need.key, need.words) for need in known.needs] == [("k", "旧"), ("l", "二")]
    need = Need("k", "旧", "", True)
    assert (need.strong, need.basic, Scheme().number, Reply().by_leader) == (True, False, 0, False)
    assert [
        item("a", community=place, building=house).where for place, house in (("", ""), ("甲", ""), ("甲", "1栋"))
    ] == ["全项目", "甲", "甲 1栋"]
    assert [line_amount(1500, price) for price in (0, 1, 3)] == [0, 2, 5] and line_amount(0, 5) == 0
    for wrong in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="负数"):
            line_amount(*wrong)


def test_what_changed_between_two_versions() -> None:
    gas = Facility("燃气", "专营单位", "专营单位", "专营单位", True)
    before = Scheme((item("a"), item("b"), item("c", facility=gas)), replies={"h": Reply(reason="一")})
    after = replace(
        before,
        items=(item("a", 200), item("c", facility=replace(gas, in_step=False)), item("d")),
        owner_ratio=Fraction(1, 2),
    )
    found = difference(before, after)
    assert [(row.kind, row.item.uid) for row in found.rows] == [
        ("changed", "a"),
        ("changed", "c"),
        ("added", "d"),
        ("removed", "b"),
    ]
    assert (
        [(cell.before, cell.after) for cell in found.texts] == [("", "1/2")]
        and not found.empty
        and difference(before, before).empty
    )
    assert found.rows[1].cells[0].before == "燃气；专营单位；专营单位；专营单位；同步设计、同步实施" and found.rows[
        1
    ].cells[0].after.endswith("；不同步")
    assert found.rows[2].worth == "1.5 米，1.00 元" and plain(1_234_500) == "1234.5"
    worded, more = replace(before, replies={"h": Reply(reason="二")}), replace(before, replies={})
    assert [difference(before, other).texts[0].after for other in (worded, more)] == ["1 条（内容有改动）", "0"]
    assert not difference(before, worded).empty and not difference(before, replace(before, items=())).empty


def test_the_steps_of_a_life() -> None:
    assert [stage.key for stage in STAGES if stage.key in REPORTING] == [
        "approved",
        "designed",
        "reviewed",
        "works",
        "accepted",
    ]
    assert [steps_asked(stage) for stage in ("reserve", "planned", "works", "reviewed", "aftercare")] == [
        ("survey", "plan", "declare"), ("survey", "plan", "declare"), ("works", "accept"), ("start",), (),
    ]  # fmt: skip
    move = next_move("works")
    assert move is not None and move.target == "accepted" and next_move("aftercare") is None
    assert [reached(stage, "works") for stage in ("reviewed", "works", "accepted")] == [False, True, True]


@pytest.mark.rule("RC-31")
def test_lines_beside_a_plan_are_counted_kind_by_kind() -> None:
    row = Beside("special_plans", 2026, "桂花苑", "水务", True, True)
    rows = [
        row,
        row,
        replace(row, kind="pipeline_plans"),
        replace(row, matched=False),
        replace(row, matched=False, nothing=True),
        replace(row, checked=False),
    ]
    found = figures(rows, 2026)
    assert (found["special_plans"], found["pipeline_plans"], found["unmatched"], found["unchecked"]) == (
        True,
        True,
        1,
        1,
    )
    assert figures(rows, 2027) == {
        "special_plans": False,
        "pipeline_plans": False,
        "unmatched": 0,
        "unchecked": 0,
        "clashes": [],
    }
