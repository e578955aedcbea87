"""Plans at their edges: quotas, sums, days on an axis, what moves with a day, warranties, the order of the reserve."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policies.calendar import WorkingCalendar
from projects.rules.moving import Fixed, Shift, late, out_of_order, shifts
from projects.rules.quota import ceiling_of, quota
from projects.rules.ranking import (
    Candidate,
    Criterion,
    Value,
    criteria,
    fact_value,
    necessary_value,
    organisation_value,
    points,
    procedures_value,
    progress_value,
    ranking,
    survey_value,
    weights_of,
)
from projects.rules.rates import Figures, as_json, from_json, rates, total
from projects.rules.situation import HeldResult, Place
from projects.rules.special import difference
from projects.rules.stages import MOVES, ORDER, SILENT_AFTER, milestones_behind
from projects.rules.timetable import next_month, ticks, weeks
from projects.rules.timetable import place as on_axis
from projects.rules.warranty import filing, milestone_words, warranty, years_after
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG, CHANGZHI = place("liuzhou"), place("ruicheng"), place("changzhi")
NEXT = DAY + dt.timedelta(days=1)


@pytest.mark.parametrize(("text", "came"), [
    ("1/5", Fraction(1, 5)), ("20%", Fraction(1, 5)), ("0.2", Fraction(1, 5)), (" ", None), ("1", Fraction(1)),
    ("0", Fraction(0)), ("100%", Fraction(1)),
    ("101%", ValueError), ("1.1", ValueError), ("1/0", ValueError), ("1/000", ValueError), ("20", ValueError),
    ("x", ValueError), ("-1", ValueError), ("３／４", Fraction(3, 4)),
])  # fmt: skip
def test_a_ceiling_as_it_is_entered(text: str, came: Any) -> None:
    if came is ValueError:
        with pytest.raises(ValueError, match="占比|分数"):
            ceiling_of(text)
    else:
        assert ceiling_of(text) == came


@pytest.mark.rule("YL-01")
def test_communities_by_quota_against_the_ceiling_of_the_plan() -> None:
    young, old = ("新苑", "2004"), ("旧苑", "1995")
    answers = [
        quota(place("yulin"), day=DAY, communities=[young] * n + [old] * (5 - n), ceiling=Fraction(1, 5))
        for n in (0, 1, 2)
    ]
    assert [(each.quota, each.over_by, each.whole, each.rule) for each in answers if each] == [
        (0, 0, 5, "YL-01"),
        (1, 0, 5, "YL-01"),
        (2, 1, 5, "YL-01"),
    ]
    assert (
        [each.reasons[0].missing for each in answers if each] == ["", "", "超出 1 个小区"]
        and answers[2]
        and answers[2].names == ("新苑", "新苑")
    )
    open_ = quota(place("yulin"), day=DAY, communities=[young], ceiling=None)
    assert (
        open_
        and open_.over_by is None
        and "未录入" in open_.reasons[0].text
        and "上限 1/5" in (answers[0].reasons[0].text if answers[0] else "")
    )
    assert (
        quota(LIUZHOU, day=DAY, communities=[young], ceiling=None) is None
        and quota(over([], []), day=DAY, communities=[], ceiling=None) is None
    )


def test_figures_add_up_and_stay_exact_in_json() -> None:
    one = Figures(planned=2, started=1, investment=Decimal("1.10"), satisfied=3)
    assert total([one, one, Figures()]) == Figures(planned=4, started=2, investment=Decimal("2.20"), satisfied=6)
    assert from_json(as_json(one)) == one and as_json(one)["investment"] == "1.10" and as_json(one)["planned"] == 2
    assert from_json({"planned": 1, "paid": "2.50"}) == Figures(planned=1, paid=Decimal("2.50"))
    assert set(as_json(Figures()).values()) == {0, "0.00"}
    assert [(each.numerator, each.denominator) for each in rates(one)[:2]] == [(1, 2), (0, 2)] and len(rates(one)) == 5


def test_an_organisation_stands_from_its_first_day_to_the_one_before_its_end() -> None:
    found = Place("桂花苑", "1990", None, 10, organisations=(("committee", DAY, NEXT), ("party", DAY, None)))
    assert [found.standing(day) for day in (DAY - dt.timedelta(days=1), DAY, NEXT)] == [
        set(),
        {"committee", "party"},
        {"party"},
    ]
    assert HeldResult({}, DAY, "x").settled


@pytest.mark.rule("LZ-28")
def test_what_changed_between_two_special_plans() -> None:
    before = {
        "title": "甲",
        "first_year": 2026,
        "last_year": 2028,
        "communities": [{"uid": 1, "name": "一"}, {"uid": 2, "name": "二"}],
    }
    after = before | {"last_year": 2029, "communities": [{"uid": 2, "name": "二里"}, {"uid": 3, "name": "三"}]}
    found = difference(before, after)
    assert (found.added, found.removed, found.texts, found.empty) == (
        ("三",),
        ("一",),
        (("规划期止", "2028", "2029"),),
        False,
    )
    assert difference(before, before).empty and not difference(before, before | {"communities": []}).empty
    assert (
        not difference(before, before | {"title": "乙"}).empty
        and not difference(before | {"communities": []}, before).empty
    )


def test_the_weeks_of_a_month_and_days_on_an_axis() -> None:
    assert [len(weeks(2026, 2)), len(weeks(2026, 3)), len(weeks(2027, 2))] == [5, 6, 4]
    assert (weeks(2026, 3)[0][0], weeks(2026, 3)[-1][-1]) == (dt.date(2026, 2, 23), dt.date(2026, 4, 5))
    assert weeks(2026, 12)[-1][-1] == dt.date(2027, 1, 3) and weeks(2027, 2)[0][0] == dt.date(2027, 2, 1)
    assert [next_month(2026, 12), next_month(2026, 1), next_month(2026, 1, -1), next_month(2026, 3, 24)] == [
        (2027, 1),
        (2026, 2),
        (2025, 12),
        (2028, 3),
    ]
    first, last = dt.date(2026, 1, 1), dt.date(2026, 1, 10)
    days = [dt.date(2025, 12, 31), first, dt.date(2026, 1, 2), last, dt.date(2026, 1, 11)]
    assert [on_axis(day, first, last) for day in days] == [None, 0, 100, 900, None]
    assert ticks(dt.date(2026, 11, 1), dt.date(2027, 2, 1)) == [(322, "2026年12月"), (655, "2027年1月"), (989, "2月")]
    assert [word for _, word in ticks(dt.date(2026, 1, 15), dt.date(2027, 3, 31))] == [
        "2026年2月",
        "4月",
        "6月",
        "8月",
        "10月",
        "12月",
        "2027年2月",
    ]
    assert [word for _, word in ticks(dt.date(2026, 1, 1), dt.date(2026, 8, 1))] == [
        "2026年2月",
        "3月",
        "4月",
        "5月",
        "6月",
        "7月",
        "8月",
    ]
    assert [word for _, word in ticks(dt.date(2026, 1, 1), dt.date(2026, 9, 1))] == ["2026年2月", "4月", "6月", "8月"]
    assert ticks(first, last) == [] and ticks(first, dt.date(2026, 1, 31)) == []


FIXED = [Fixed("completion", dt.date(2026, 9, 30), "must", None)]


def test_a_planned_day_against_its_neighbours_and_the_days_of_documents() -> None:
    def day(number: int, month: int = 9) -> dt.date:
        return dt.date(2026, month, number)

    days = {"works": day(5), "accepted": day(5)}
    assert out_of_order(days, {"works", "accepted"}) == {} and out_of_order(days | {"accepted": None}, {"works"}) == {}
    assert out_of_order({"works": day(6), "accepted": day(5)}, {"accepted", "works"}) == {
        "accepted": "早于计划“施工中”的 2026-09-06"
    }
    assert out_of_order({"works": day(6), "accepted": day(5)}, {"works"}) == {
        "works": "晚于计划“已竣工验收”的 2026-09-05"
    }
    assert out_of_order({"works": day(6), "accepted": day(5)}, ()) == {}
    assert out_of_order({"designed": day(6), "works": day(7), "accepted": day(5)}, {"designed"}).keys() == {"designed"}
    assert late({"accepted": day(1)}, {"accepted": day(30)}, FIXED) == () and late({}, {}, FIXED) == ()
    words = late({"accepted": day(1)}, {"accepted": day(1, 10)}, FIXED)
    assert len(words) == 1 and "晚1天" in words[0] and "2026年9月30日前" in words[0] and not Shift("x", None, None).late

    def moved(before: Any, after: Any) -> list[tuple[str, str, bool]]:
        found = shifts(
            LIUZHOU,
            before={"accepted": before},
            after={"accepted": after},
            fixed=FIXED,
            calendar=WorkingCalendar(),
            today=DAY,
        )
        return [(each.label, each.note.rpartition("，")[2], each.late) for each in found]

    assert moved(day(1), day(1)) == []
    rows = moved(day(1), day(2))
    assert (
        rows[0] == ("计划“已竣工验收”", "", False)
        and rows[1][1:] == ("来得及", False)
        and ("竣工验收备案期限", "", False) in rows
    )
    assert len([row for row in rows if "保修期至" in row[0]]) == 2 and moved(day(1), None)[1][1:] == (
        "没有计划日期",
        False,
    )
    gone = shifts(
        LIUZHOU, before={"accepted": day(1)}, after={"accepted": None}, fixed=[], calendar=WorkingCalendar(), today=DAY
    )
    assert all(each.before and each.after is None for each in gone) and gone[1].citation is not None
    here = shifts(LIUZHOU, before={}, after={"accepted": day(1)}, fixed=[], calendar=WorkingCalendar(), today=DAY)
    assert [each.after for each in here] == [each.before for each in gone] and here[1].after == day(16)
    # 15 days from 18 and 19 September 2026 end within the National Day holiday: the filing is due on one day and not listed as moved
    same = shifts(
        LIUZHOU,
        before={"accepted": day(18)},
        after={"accepted": day(19)},
        fixed=[],
        calendar=WorkingCalendar(),
        today=DAY,
    )
    assert "竣工验收备案期限" not in {each.label for each in same} and len(same) == 3


@pytest.mark.rule("N-07")
def test_warranties_end_on_their_date_and_the_longest_holds() -> None:
    assert [years_after(dt.date(2024, 2, 29), n) for n in (1, 4)] == [dt.date(2025, 2, 28), dt.date(2028, 2, 29)]
    parts = {part.key: part for part in warranty(LIUZHOU, day=DAY, accepted_on=DAY)}
    wall, pipes = parts["waterproofing"], parts["electrics_water_decoration"]
    heat, frame = parts["heating_and_cooling"], parts["foundation_and_structure"]
    assert (wall.ends_on, pipes.ends_on) == (dt.date(2031, 3, 1), dt.date(2028, 3, 1)) and (
        wall.wants,
        heat.ends_on,
        frame.ends_on,
    ) == ("", None, None)
    assert [wall.within(dt.date(2031, 3, n)) for n in (1, 2)] == [True, False] and heat.within(DAY) is None
    assert (wall.words, heat.words, frame.words) == (
        "5年",
        "2个采暖期、供冷期",
        "设计合理使用年限",
    ) and heat.wants.startswith("第2个")
    known = {part.key: part for part in warranty(LIUZHOU, day=DAY, accepted_on=DAY, design_life=50, seasons_end=NEXT)}
    assert (
        known["foundation_and_structure"].words == "设计合理使用年限50年"
        and known["heating_and_cooling"].ends_on == NEXT
    )

    def asks(where: str, rule: str, years: int, days: int) -> Any:
        return provision(
            where,
            rule,
            "warranty",
            {"filing_days": days, "periods": [{"key": "waterproofing", "label": "防水", "years": years}]},
        )

    for county, province, holds in ((5, 6, "YY-01"), (6, 5, "XX-01"), (5, 5, "XX-01")):
        (part,) = warranty(
            over([asks("county", "XX-01", county, 10)], [asks("province", "YY-01", province, 5)]),
            day=DAY,
            accepted_on=DAY,
        )
        assert part.citation.rule == holds
    filed = filing(
        over([asks("county", "XX-01", 5, 10)], [asks("province", "YY-01", 5, 4)]),
        day=DAY,
        accepted_on=DAY,
        calendar=WorkingCalendar(),
    )
    assert (
        filed
        and (filed.citation.rule, filed.due_on, filed.moved) == ("YY-01", dt.date(2026, 3, 5), False)
        and "顺延" not in filed.words
    )
    moved = filing(over([asks("county", "XX-01", 5, 6)], []), day=DAY, accepted_on=DAY, calendar=WorkingCalendar())
    assert moved and (moved.due_on, moved.moved) == (dt.date(2026, 3, 9), True) and "顺延" in moved.words
    assert filing(over([], []), day=DAY, accepted_on=DAY, calendar=WorkingCalendar()) is None
    assert [milestone_words(key) for key in ("acceptance_filing", "warranty:waterproofing", "warranty:x", "y")] == [
        "竣工验收备案", "保修期满前回访：防水、防渗漏", "保修期满前回访：x", "y",
    ]  # fmt: skip


CITED = criteria(RUICHENG, DAY)[0].citation


def candidate(key: str, score: str | None, share: str | None = None, name: str = "x") -> Candidate:
    values = {} if score is None else {"a": Value(Fraction(score))}
    return Candidate(key, name, values, None if share is None else Fraction(share))


@pytest.mark.rule("RC-11")
def test_a_reserve_stands_by_score_then_share_then_name() -> None:
    asked = [Criterion("a", "甲", CITED), Criterion("b", "乙", CITED)]
    rows = ranking(asked, [
        candidate("k2", "1/2"), candidate("k1", "1/2"), candidate("k3", "1/2", "1/9"), candidate("k4", "1"),
        candidate("k5", "1/2", name="a"), candidate("k6", None),
    ], {"a": 3, "b": 1})  # fmt: skip
    assert [(row.position, row.candidate.key) for row in rows] == [
        (1, "k4"),
        (2, "k3"),
        (3, "k5"),
        (4, "k1"),
        (5, "k2"),
        (6, "k6"),
    ]
    assert (rows[0].score, rows[0].unknown, rows[-1].unknown, rows[0].lines[0].weight) == (Fraction(3, 4), 1, 2, 3)
    assert ranking(asked, [candidate("k", "1")], {"a": 0, "b": 0})[0].score == 0 and asked[0].computed is False
    assert weights_of(asked, None) == {"a": 1, "b": 1} and weights_of(asked, {"a": 5}) == {"a": 5, "b": 0}
    assert [points(Fraction(n, 3)) for n in (0, 1, 2, 3)] == ["0.00", "33.33", "66.67", "100.00"] and points(
        Fraction(1, 20000)
    ) == "0.01"
    assert points(Fraction(1, 8)) == "12.50" and points(Fraction(1, 80)) == "1.25"


def test_what_is_known_of_a_project_under_a_criterion() -> None:
    assert (survey_value(0, 0, "x"), survey_value(0, 1, "x").score, survey_value(1, 2, "愿意").words) == (
        Value(None),
        0,
        "愿意 1 / 2 户",
    )
    assert organisation_value(1, 2, "x").score == Fraction(1, 2) and organisation_value(0, 0, "x").score is None
    assert fact_value([True, False, False], "x").score == Fraction(1, 3) and fact_value([], "x") == Value(None)
    needed = necessary_value({"water": ["漏"], "gas": ["旧", "少"], "road": []}, True)
    assert (needed.score, needed.words) == (Fraction(1, 2), "水：漏；气：旧、少") and necessary_value(
        {"water": ["漏"]}, False
    ) == Value(None)
    assert necessary_value({}, True).score == 0 and "没有隐患" in necessary_value({}, True).words
    assert [progress_value(n, 5, "x").score for n in (0, 5, 6)] == [0, 1, 1] and procedures_value(0, 0, ()) == Value(
        None
    )
    assert (
        procedures_value(1, 5, list("abcd")).words == "1 / 5 项已满足，缺：a、b、c、d"
        and procedures_value(2, 2, ()).words == "2 / 2 项已满足"
    )
    assert procedures_value(0, 5, list("abcde")) == Value(Fraction(0), "0 / 5 项已满足，缺：a、b、c、d等", "register")


@pytest.mark.rule("LZ-21")
def test_criteria_of_the_reserve_and_of_upper_money_are_apart_and_add_up() -> None:
    def asks(where: str, rule: str, of: str, *keys: str) -> Any:
        return provision(
            where, rule, "ranking", {"of": of, "criteria": [{"key": key, "words": f"{key}{where}"} for key in keys]}
        )

    card = {"of": "divisions", "criteria": [{"key": "results", "words": "一"}]}
    layers = over(
        [
            asks("county", "XX-01", "reserve", "participation"),
            provision("county", "XX-03", "assessment", card | {"consequences": {"favoured": "倾斜"}}),
        ],
        [
            asks("province", "YY-01", "reserve", "participation", "party_organisation"),
            asks("province", "YY-02", "upper_money", "preparation_fast"),
        ],
    )
    assert [(c.key, c.words, c.citation.rule) for c in criteria(layers, DAY)] == [
        ("participation", "participationcounty", "XX-01"), ("party_organisation", "party_organisationprovince", "YY-01"),
    ]  # fmt: skip
    assert [c.key for c in criteria(layers, DAY, "upper_money")] == ["preparation_fast", "performance"] and criteria(
        layers, DAY
    )[0].computed
    plain = over([provision("county", "XX-03", "assessment", card | {"consequences": {"criticised": "通报"}})], [])
    assert criteria(plain, DAY, "upper_money") == ()


def test_milestones_behind_a_project_stand_on_the_next_known_day() -> None:
    found = milestones_behind("works", {"reserve": DAY, "designed": DAY, "works": NEXT, "accepted": DAY})
    assert found == {"start": NEXT, "project_approval": NEXT, "scheme_design": DAY, "opinion_survey": DAY}
    assert (
        milestones_behind("reviewed", {"approved": DAY}) == {"opinion_survey": DAY}
        and milestones_behind("reserve", {"works": DAY}) == {}
    )
    assert (
        SILENT_AFTER == 30
        and all(ORDER[move.target] == ORDER[move.source] + 1 for move in MOVES[2:])
        and ORDER["reserve"] == 0
    )
