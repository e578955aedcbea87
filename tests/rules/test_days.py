"""The working-day calendar, notices and deadlines."""

import datetime as dt
from typing import Any

import pytest

from approvals.rules.notice_period import last_day
from policies.calendar import WorkingCalendar, YearTable, last_official_year, library_year
from policies.model import Provision
from projects.rules.deadlines import Due, deadlines
from tests.rules.books import DAY, over, place, provision

CALENDAR = WorkingCalendar()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2025-09-28", True),
        ("2025-10-01", False),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-03-07", False),
        ("2026-03-09", True),
    ],
)
def test_official_days_with_make_up_days(text: str, working: bool) -> None:
    assert CALENDAR.is_working(day(text)) is working


def test_years_beyond_the_published_ones_are_a_marked_estimate() -> None:
    last = last_official_year()
    assert CALENDAR.status(last) == "official"
    assert CALENDAR.status(last + 1) == "estimated"
    assert CALENDAR.status(2003) == "estimated"
    assert not CALENDAR.is_working(dt.date(last + 1, 10, 1))
    assert library_year(2025).names[day("2025-10-11")] == "国庆节（调休上班）"


@pytest.mark.parametrize(
    ("year", "festival"),
    [
        (1990, "1990-01-27"),
        (2020, "2020-01-25"),
        (2026, "2026-02-17"),
        (2027, "2027-02-06"),
        (2033, "2033-01-31"),
        (2099, "2099-01-21"),
    ],
)
def test_the_spring_festival(year: int, festival: str) -> None:
    assert CALENDAR.spring_festival(year) == day(festival)


def test_a_festival_that_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="推算不出"):
        CALENDAR.spring_festival(2300)


@pytest.mark.rule("LZ-08")
def test_a_loaded_schedule_replaces_the_estimate_and_moves_the_end() -> None:
    posted = day("2027-01-04")  # a Monday; the estimate works through to the Monday after
    estimate = last_day(place("liuzhou"), day=DAY, posted_on=posted, calendar=CALENDAR)
    assert (estimate.last_day, estimate.estimated) == (day("2027-01-11"), True)
    official = WorkingCalendar(
        {2027: YearTable(2027, "official", "〔2026〕号", {day("2027-01-05"): False, day("2027-01-09"): True})}
    )
    moved = last_day(place("liuzhou"), day=DAY, posted_on=posted, calendar=official)
    assert (moved.last_day, moved.estimated) == (day("2027-01-11"), False)
    assert moved.skipped == (day("2027-01-05"), day("2027-01-10"))


@pytest.mark.rule("LZ-08")
def test_days_skipped_are_listed() -> None:
    answer = last_day(place("liuzhou"), day=DAY, posted_on=day("2025-09-29"), calendar=CALENDAR)
    assert answer.last_day == day("2025-10-13")
    assert answer.skipped == tuple(dt.date(2025, 10, d) for d in (1, 2, 3, 4, 5, 6, 7, 8, 12))


@pytest.mark.rule("RC-12")
@pytest.mark.rule("N-05")
def test_calendar_days_that_end_on_a_rest_day_move() -> None:
    answer = last_day(place("ruicheng"), day=DAY, posted_on=day("2025-09-26"), calendar=CALENDAR)
    assert (answer.last_day, answer.rule, answer.days) == (day("2025-10-09"), "RC-12", 5)
    assert answer.skipped == tuple(dt.date(2025, 10, d) for d in range(1, 9))


@pytest.mark.rule("CZ-04")
def test_a_notice_without_a_length_is_not_regulated_and_says_who_orders_it() -> None:
    answer = last_day(place("changzhi"), day=DAY, posted_on=DAY, calendar=CALENDAR)
    assert (answer.rule, answer.last_day) == (None, None)
    assert answer.ordered_by is not None and answer.ordered_by.rule_id == "CZ-04"


@pytest.mark.parametrize(
    ("county", "province", "rule"),
    [("calendar_days", "working_days", "YY-01"), ("working_days", "calendar_days", "XX-01")],
)
def test_the_longer_notice_decides(county: str, province: str, rule: str) -> None:
    def notice(where: str, rule_id: str, counted_in: str) -> Provision:
        return provision(where, rule_id, "notice_period", {"subject": "scheme", "days": 5, "counted_in": counted_in})

    layers = over([notice("county", "XX-01", county)], [notice("province", "YY-01", province)])
    answer = last_day(layers, day=DAY, posted_on=day("2026-03-04"), calendar=CALENDAR)
    assert (answer.last_day, answer.rule) == (day("2026-03-11"), rule)


def due(layers_of: str, **more: object) -> tuple[Due, ...]:
    asked = {"subject": "project", "plan_year": 2026, "national_task": True, "calendar": CALENDAR, **more}
    return deadlines(place(layers_of), day=DAY, **asked)  # type: ignore[arg-type]


@pytest.mark.rule("RC-13")
def test_dates_before_the_document_are_shown_as_not_applicable() -> None:
    rows = due("ruicheng", plan_year=2022)
    assert [row.applicable for row in rows] == [False, False, False, False, True, True]
    assert "早于文件施行之日2022年7月5日" in rows[0].reason.text


@pytest.mark.rule("JX-06")
def test_the_day_before_the_festival_after_the_plan_year() -> None:
    assert [(row.day, row.strength) for row in due("jiangxi")] == [
        (day("2026-08-31"), "in_principle"),
        (day("2027-02-05"), "in_principle"),
    ]


@pytest.mark.rule("YL-07")
@pytest.mark.rule("YL-08")
def test_only_national_tasks_are_due() -> None:
    assert [(row.rule, row.day) for row in due("yulin")] == [("YL-07", day("2026-06-30")), ("YL-08", day("2026-12-31"))]
    assert due("yulin", national_task=False) == ()


@pytest.mark.rule("LZ-09")
def test_the_plan_is_declared_in_october_of_the_year_before() -> None:
    rows = due("liuzhou", subject="plan", plan_year=2027)
    assert [(row.rule, row.day, row.label) for row in rows] == [("LZ-09", day("2026-10-31"), "申报年度计划")]


def start(place_: str, rule: str, month: int, **more: object) -> Provision:
    params = {"subject": "project", "milestone": "start", "due": {"month": month, "day": "end"}}
    return provision(place_, rule, "deadline", params, **more)


@pytest.mark.parametrize(
    ("county", "province", "strength", "rule"),
    [(8, 6, "must", "YY-01"), (6, 8, "must", "XX-01"), (8, 6, "strive", "XX-01"), (8, 6, "in_principle", "XX-01")],
)
def test_an_upper_must_that_falls_earlier_wins(county: int, province: int, strength: str, rule: str) -> None:
    layers = over([start("county", "XX-01", county)], [start("province", "YY-01", province, strength=strength)])
    rows = deadlines(layers, day=DAY, subject="project", plan_year=2026, national_task=False, calendar=CALENDAR)
    assert [row.rule for row in rows] == [rule]


def test_an_upper_must_that_was_in_force_stands_in_for_a_lower_one_that_was_not_yet() -> None:
    layers = over(
        [start("county", "XX-01", 6, in_force_from=day("2026-02-01"))],
        [start("province", "YY-01", 8)],
    )
    rows = deadlines(layers, day=DAY, subject="project", plan_year=2025, national_task=False, calendar=CALENDAR)
    assert [(row.rule, row.applicable) for row in rows] == [("YY-01", True)]


@pytest.mark.rule("N-05")
def test_the_earliest_of_what_applies_decides_and_of_equals_the_lowest() -> None:
    def asks(where: str, rule: str, day: Any, milestone: str = "completion", **more: Any) -> Any:
        params = {"subject": "project", "milestone": milestone, "due": {"month": 6, "day": day}}
        return provision(where, rule, "deadline", params, **more)

    def told(county: list[Any], province: list[Any], day: dt.date = DAY) -> list[tuple[str, int, bool]]:
        found = deadlines(
            over(county, province),
            day=day,
            subject="project",
            plan_year=2026,
            national_task=False,
            calendar=WorkingCalendar(),
        )
        return [(due.provision.rule_id, due.day.day, due.applicable) for due in found]

    own, june = asks("county", "XX-01", 10), dt.date(2026, 6, 10)
    assert (
        told([own], [asks("province", "YY-01", 10)])
        == [("XX-01", 10, True)]
        == told([own], [asks("province", "YY-01", 11)])
    )
    assert told([own], [asks("province", "YY-01", 9), asks("province", "YY-02", 8)]) == [("YY-02", 8, True)]
    late = [
        asks("county", "XX-01", 10, in_force_from=june),
        asks("county", "XX-01", 10, in_force_from=june + dt.timedelta(days=1)),
    ]
    assert [told([each], [], june + dt.timedelta(days=1))[0][2] for each in late] == [True, False]
    assert told([late[1]], [asks("province", "YY-01", 20)], june + dt.timedelta(days=1)) == [("YY-01", 20, True)]
    others = [asks("province", "YY-01", 9, "start"), asks("province", "YY-02", 8, "project_approval")]
    assert told([own], others) == [("YY-02", 8, True), ("YY-01", 9, True), ("XX-01", 10, True)]
    assert (
        told([asks("county", "XX-01", "end")], []) == [("XX-01", 30, True)] == told([asks("county", "XX-01", 31)], [])
    )
