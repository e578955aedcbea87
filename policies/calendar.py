"""Working days in China: official years from the published schedule, later years as a marked estimate.

Official years come from ``chinesecalendar`` (the State Council's schedules, make-up Saturdays included). Other years are estimated from
``holidays``: statutory holidays and weekends, without make-up days, because nobody knows them before they are published. A table of days
loaded by the administrator replaces either.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import chinese_calendar
import holidays

Status = Literal["official", "estimated"]
DAY = dt.timedelta(days=1)
FEASTS = {feast.value: feast.chinese for feast in chinese_calendar.Holiday}


@dataclass(frozen=True)
class YearTable:
    """Days of a year that differ from the plain week (Monday to Friday): day to whether it is worked; ``names`` say why."""

    year: int
    status: Status
    source: str
    exceptions: Mapping[dt.date, bool] = field(default_factory=dict)
    names: Mapping[dt.date, str] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool:
        """Whether ``day`` (of this year) is a working day."""
        return self.exceptions.get(day, day.weekday() < 5)


def _days(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + DAY * number for number in range((dt.date(year, 12, 31) - first).days + 1)]


def _official(year: int) -> YearTable | None:
    exceptions: dict[dt.date, bool] = {}
    names: dict[dt.date, str] = {}
    try:
        for day in _days(year):
            working = chinese_calendar.is_workday(day)
            if working != (day.weekday() < 5):
                exceptions[day] = working
                name = FEASTS.get(str(chinese_calendar.get_holiday_detail(day)[1]), "休息日")
                names[day] = f"{name}（调休上班）" if working else name
    except NotImplementedError:  # the library's way to say that the year is not published in it
        return None
    return YearTable(year, "official", "chinesecalendar（国务院办公厅公布的安排）", exceptions, names)


def _estimated(year: int) -> YearTable:
    feasts = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = {day: name for day, name in feasts.items() if day.year == year and day.weekday() < 5}
    return YearTable(year, "estimated", "holidays（推算，不含调休上班日）", dict.fromkeys(off, False), off)


@cache
def library_year(year: int) -> YearTable:
    """The year as the bundled libraries know it: official where they hold the published schedule, else an estimate."""
    return _official(year) or _estimated(year)


@cache
def last_official_year() -> int:
    """The last year whose published schedule the library holds, found by asking it year after year."""
    year = 2004
    while _official(year + 1):
        year += 1
    return year


@cache
def _spring_festival(year: int) -> dt.date:
    feasts = holidays.country_holidays("CN", years=year, language="zh_CN")
    days = [day for day, name in feasts.items() if day.year == year and "春节" in name.split("; ")]
    if not days:
        raise ValueError(f"推算不出 {year} 年的春节（可推算 1950—2100 年）")
    return min(days)


class WorkingCalendar:
    """Working days by year. ``tables`` (from the database) replace what the libraries know of those years."""

    def __init__(self, tables: Mapping[int, YearTable] | None = None) -> None:
        self._tables = dict(tables or {})

    def year(self, year: int) -> YearTable:
        """The table that this calendar uses for ``year``."""
        return self._tables.get(year) or library_year(year)

    def is_working(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        return self.year(day.year).is_working(day)

    def status(self, year: int) -> Status:
        """``official`` once the State Council has published the year, ``estimated`` before."""
        return self.year(year).status

    def spring_festival(self, year: int) -> dt.date:
        """First day of the lunar year that begins in ``year``. ValueError outside 1950–2100."""
        return _spring_festival(year)

    def next_working(self, day: dt.date) -> dt.date:
        """``day`` itself if worked, else the next working day."""
        while not self.is_working(day):
            day += DAY
        return day
