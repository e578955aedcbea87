"""Deadlines: marked by the day, told once, caught up after an outage."""

import datetime as dt

import pytest

from offices import duties
from offices.demonstration import Offices
from offices.messages import inbox
from offices.models import Alert, Duty
from tests.cast import AT

DAY = dt.timedelta(days=1)
DUE = dt.date(2026, 10, 31)


def at(day: dt.date) -> dt.datetime:
    """Nine o'clock of a day."""
    return dt.datetime.combine(day, AT.timetz())


def owed(
    offices: Offices, *, due: dt.date = DUE, strength: str = "must", applicable: bool = True, year: int = 2027
) -> Duty:
    """芮城县住建局 has something to do by a day."""
    body = offices.body("芮城县", "housing")
    row = duties.Row(
        "LZ-09", "liuzhou", "plan_declaration", strength, year, due, applicable, "" if applicable else "文件施行之前"
    )
    duties.sync(
        subject=body, title="芮城县2027年度计划", link="/staff/plans/x/", division=body.division, body=body, rows=[row], at=AT,
        today=AT.date(),
    )  # fmt: skip
    return Duty.objects.get(subject_uid=body.uid)


def sweep(day: dt.date) -> dict[str, int]:
    """The sweep of a day."""
    return duties.sweep(at=at(day), today=day)


def told(offices: Offices) -> list[str]:
    """Titles that the clerk was sent, in order."""
    clerk = offices.user("芮城县", "housing", "clerk")
    return [m.title for m in inbox(clerk).order_by("pk")]


@pytest.mark.parametrize(
    ("days", "strength", "mark"),
    [
        (31, "must", ""), (30, "must", "coming"), (1, "must", "coming"), (0, "must", "due"), (-1, "must", "breached"),
        (-1, "in_principle", "late"), (-1, "strive", "late"),
    ],
)  # fmt: skip
def test_the_mark_follows_the_day_and_the_strength(offices: Offices, days: int, strength: str, mark: str) -> None:
    duty = owed(offices, strength=strength)
    sweep(DUE - days * DAY)
    duty.refresh_from_db()
    assert duty.mark == mark


def test_each_reminder_is_told_once_however_often_the_sweep_runs(offices: Offices) -> None:
    owed(offices)
    day = DUE - 40 * DAY
    while day <= DUE + 3 * DAY:
        sweep(day)
        sweep(day)
        day += DAY
    subject = "：芮城县2027年度计划"
    assert told(offices) == [
        f"{word}{subject}" for word in ("30天内到期", "7天内到期", "明日到期", "今日到期", "已逾期")
    ]
    assert sweep(day) == {"marked": 0, "inserted": 0, "told": 0}


def test_after_an_outage_only_the_latest_reminder_is_told(offices: Offices) -> None:
    owed(offices)
    sweep(DUE - 40 * DAY)
    sweep(DUE - DAY)  # nothing ran for thirty-nine days
    assert told(offices) == ["明日到期：芮城县2027年度计划"]


def test_a_clock_a_day_ahead_and_back_reminds_nobody_twice_or_backwards(offices: Offices) -> None:
    owed(offices)
    sweep(DUE - 7 * DAY)  # the clock ran a day ahead of the true DUE − 8
    sweep(DUE - 8 * DAY)
    sweep(DUE - 7 * DAY)
    assert told(offices) == ["7天内到期：芮城县2027年度计划"]


def test_a_day_that_moves_may_be_told_again(offices: Offices) -> None:
    owed(offices)
    sweep(DUE)
    duty = owed(offices, due=DUE + 60 * DAY)
    assert duty.mark == ""
    sweep(DUE + 60 * DAY)
    assert told(offices) == ["今日到期：芮城县2027年度计划"] * 2


def test_what_is_done_or_not_applicable_is_neither_marked_nor_told(offices: Offices) -> None:
    duty = owed(offices)
    duties.fulfil(
        subject=offices.body("芮城县", "housing"), milestone="plan_declaration", on=DUE + DAY, at=at(DUE + DAY)
    )
    sweep(DUE + 5 * DAY)
    duty.refresh_from_db()
    assert (duty.state, duty.mark, duty.was_late) == ("done", "", True)
    owed(offices, applicable=False, year=2028)
    sweep(DUE + 5 * DAY)
    assert told(offices) == [] and not Alert.objects.exists()


def test_the_people_of_the_body_are_told_and_nobody_else(offices: Offices) -> None:
    owed(offices)
    sweep(DUE)
    for role, count in (("clerk", 1), ("leader", 1), ("approver", 0)):
        assert inbox(offices.user("芮城县", "housing", role)).count() == count
    assert inbox(offices.user("芮城县", "finance", "clerk")).count() == 0


def test_the_sweep_is_set_based(offices: Offices, django_assert_max_num_queries: object) -> None:
    body = offices.body("芮城县", "housing")
    rows = [duties.Row(f"R-{n:02d}", "liuzhou", "start", "must", 2026, DUE) for n in range(90)]
    duties.sync(subject=body, title="x", link="", division=body.division, body=body, rows=rows, at=AT, today=AT.date())
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert sweep(DUE)["told"] == 90


@pytest.mark.parametrize("days", [31, 30, 9, 8, 7, 4, 3, 2, 1, 0, -1])
def test_a_clock_three_days_ahead_and_back_tells_each_kind_once_and_the_latest_last(
    offices: Offices, days: int
) -> None:
    owed(offices)
    true = DUE - days * DAY
    sweep(true + 3 * DAY)
    first = told(offices)
    assert len(first) <= 1, "only the latest kind of the day that the clock shows"
    for n in range(4):  # back, and on to where it had been
        sweep(true + n * DAY)
        assert told(offices) == first
