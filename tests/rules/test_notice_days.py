"""The period of a notice day by day: hand-worked ends at the edges of the calendar, and what must hold of every calendar."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.rules.notice_days import OwnLength, Period, end_of, period, rest_words
from approvals.rules.notice_period import last_day
from approvals.rules.notices import state_on
from policies.calendar import WorkingCalendar, YearTable
from tests.rules.books import over, place, provision

CALENDAR = WorkingCalendar()
DAY = dt.timedelta(days=1)
YEAR = 2031
TABLE = WorkingCalendar({YEAR: YearTable(YEAR, "official", "x"), YEAR + 1: YearTable(YEAR + 1, "official", "x")})


def day(text: str) -> dt.date:
    """ISO text as a day."""
    return dt.date.fromisoformat(text)


def of(where: str, posted: str, own: OwnLength | None = None) -> Period:
    """The period of a scheme's notice posted on a day."""
    found = period(place(where), day=day(posted), posted_on=day(posted), calendar=CALENDAR, own=own)
    assert found is not None
    return found


@pytest.mark.rule("LZ-08")
@pytest.mark.parametrize(
    ("posted", "last", "skipped", "made_up"),
    [
        (
            "2025-01-24",
            "2025-02-07",
            9,
            1,
        ),  # Saturday 25 off; Sunday 26 worked, 27; 28 January to 4 February off; 5, 6, 7
        ("2025-01-27", "2025-02-10", 9, 1),  # 5, 6, 7, make-up Saturday 8, 10
        ("2025-02-07", "2025-02-13", 1, 1),  # make-up Saturday 8; Sunday 9 is off
        ("2025-04-03", "2025-04-11", 3, 0),  # Qingming Friday 4 to Sunday 6: 7 to 11
        ("2025-09-30", "2025-10-14", 9, 1),  # 1–8 October and Sunday 12 are off: 9, 10, make-up Saturday 11, 13, 14
        ("2026-02-14", "2026-02-28", 9, 1),  # posted on a worked Saturday: 15–23 off; 24, 25, 26, 27, make-up 28
        ("2026-02-15", "2026-02-28", 8, 1),  # posted on the first day off
        ("2026-02-16", "2026-02-28", 7, 1),  # posted on New Year's Eve
        ("2026-10-01", "2026-10-13", 7, 1),  # 8, 9, make-up Saturday 10, 12, 13
        ("2026-05-09", "2026-05-15", 1, 0),  # posted on a make-up Saturday, which itself is not counted
        ("2026-06-18", "2026-06-26", 3, 0),  # Dragon Boat 19–21
        ("2026-01-01", "2026-01-08", 2, 1),  # 2 and 3 off, Sunday 4 worked: 4, 5, 6, 7, 8
    ],
)
def test_working_days_by_hand(posted: str, last: str, skipped: int, made_up: int) -> None:
    found = of("liuzhou", posted)
    assert found.last_day == day(last) and not found.estimated and not found.own
    assert [note.counts for note in found.notes].count(False) == skipped
    assert [note.counts for note in found.notes].count(True) == made_up
    assert sum(CALENDAR.is_working(day(posted) + DAY * n) for n in range(1, (day(last) - day(posted)).days + 1)) == 5


@pytest.mark.rule("RC-12")
@pytest.mark.parametrize(
    ("posted", "last", "moved"),
    [
        ("2025-01-22", "2025-01-27", 0),  # Monday before the festival is worked
        ("2025-01-24", "2025-02-05", 7),  # 29 January moves over the festival
        ("2025-02-03", "2025-02-08", 0),  # make-up Saturday stays
        ("2025-03-31", "2025-04-07", 2),  # Saturday 5 April
        ("2026-02-11", "2026-02-24", 8),  # 16 February moves to the 24th
        ("2026-02-18", "2026-02-24", 1),  # the last day off
        ("2026-02-19", "2026-02-24", 0),
        ("2026-10-02", "2026-10-08", 1),  # the last day of the holiday
        ("2026-10-05", "2026-10-10", 0),  # make-up Saturday stays
        ("2026-10-06", "2026-10-12", 1),  # Sunday 11 moves to Monday
    ],
)
def test_calendar_days_by_hand(posted: str, last: str, moved: int) -> None:
    found = of("ruicheng", posted)
    assert (found.last_day, found.counted_in) == (day(last), "calendar_days")
    assert [note.counts for note in found.notes].count(False) == moved
    assert all("顺延" in note.why for note in found.notes if not note.counts)


@pytest.mark.parametrize("posted", ["2029-09-28", "2030-12-30", "2031-01-20"])
def test_a_year_not_yet_published_is_marked(posted: str) -> None:
    assert of("liuzhou", posted).estimated and of("ruicheng", posted).estimated


def test_the_reason_of_each_day_is_said() -> None:
    why = {note.day: note.why for note in of("liuzhou", "2025-01-24").notes}
    assert why[day("2025-01-25")] == "休息日（星期六），不计"
    assert why[day("2025-01-26")] == "星期日，调休上班，计入"
    assert why[day("2025-01-29")] == "节假日（春节），不计"


@pytest.mark.rule("CZ-04")
def test_the_notice_s_own_length_decides_where_no_document_does() -> None:
    assert period(place("changzhi"), day=day("2026-03-02"), posted_on=day("2026-03-02"), calendar=CALENDAR) is None
    found = of("changzhi", "2026-03-02", OwnLength(7, "calendar_days"))
    assert found.own and found.last_day == day("2026-03-09")
    assert [reason.citation.rule for reason in found.reasons if reason.citation] == ["CZ-04"]


def test_a_length_of_its_own_only_lengthens() -> None:
    ruled = of("liuzhou", "2026-03-02")
    assert of("liuzhou", "2026-03-02", OwnLength(3, "working_days")).last_day == ruled.last_day
    longer = of("liuzhou", "2026-03-02", OwnLength(9, "calendar_days"))
    assert longer.own and longer.last_day == day("2026-03-11") and longer.provision is not None


def test_the_last_day_itself_still_belongs_to_the_period() -> None:
    last = day("2026-03-09")
    assert [state_on("posted", last, last + DAY * n) for n in (-1, 0, 1)] == ["posted", "posted", "ended"]
    assert state_on("closed", last, last + DAY) == "closed"


days_of_year = st.dates(dt.date(YEAR, 1, 1), dt.date(YEAR, 11, 30))
lengths = st.builds(OwnLength, st.integers(1, 30), st.sampled_from(["working_days", "calendar_days"]))


@settings(max_examples=150, deadline=None)
@given(days_of_year, lengths)
def test_it_never_ends_before_its_days_have_passed(posted: dt.date, length: OwnLength) -> None:
    last = end_of(length, posted, TABLE)
    assert last >= posted + DAY * length.days and TABLE.is_working(last)
    longer = end_of(OwnLength(length.days + 1, length.counted_in), posted, TABLE)
    assert longer >= last


@settings(max_examples=150, deadline=None)
@given(days_of_year, lengths, st.sets(st.dates(dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)), max_size=25))
def test_another_holiday_never_ends_it_earlier(posted: dt.date, length: OwnLength, off: set[dt.date]) -> None:
    more = WorkingCalendar(
        {
            YEAR: YearTable(YEAR, "official", "x", dict.fromkeys(off, False)),
            YEAR + 1: YearTable(YEAR + 1, "official", "x"),
        }
    )
    assert end_of(length, posted, more) >= end_of(length, posted, TABLE)


@pytest.mark.rule("N-05")
def test_only_what_a_reader_stumbles_over_is_noted() -> None:
    monday_end, friday_end = of("ruicheng", "2026-03-04"), of("ruicheng", "2026-03-01")
    assert [(found.last_day.isoformat(), found.notes) for found in (monday_end, friday_end)] == [
        ("2026-03-09", ()),
        ("2026-03-06", ()),
    ]
    moved = of("ruicheng", "2026-03-02").notes
    assert [note.why for note in moved] == ["期满日为休息日（星期六），顺延", "休息日（星期日），顺延"]
    assert of("liuzhou", "2026-03-02", OwnLength(6, "working_days")).last_day == day("2026-03-10")
    nameless = WorkingCalendar({YEAR: YearTable(YEAR, "official", "x", {dt.date(YEAR, 3, 4): False})})
    assert rest_words(dt.date(YEAR, 3, 4), nameless) == "调休放假"


def test_of_two_documents_the_later_end_decides_whatever_it_skips() -> None:
    county = provision(
        "county", "XX-01", "notice_period", {"subject": "scheme", "days": 10, "counted_in": "calendar_days"}
    )
    above = provision(
        "province", "YY-01", "notice_period", {"subject": "scheme", "days": 5, "counted_in": "working_days"}
    )
    posted = dt.date(2026, 3, 2)
    assert last_day(over([county], [above]), day=posted, posted_on=posted, calendar=CALENDAR).rule == "XX-01"
    turn = WorkingCalendar({YEAR: YearTable(YEAR, "official", "x"), YEAR + 1: YearTable(YEAR + 1, "estimated", "x")})
    found = last_day(over([county], []), day=posted, posted_on=dt.date(YEAR, 12, 28), calendar=turn)
    assert found.estimated and not last_day(over([], []), day=posted, posted_on=posted, calendar=CALENDAR).estimated
