"""The working-day calendar of the platform: the table where a year is loaded, the libraries' knowledge elsewhere."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from offices.history import record
from offices.models import CalendarDay, CalendarYear, Membership, User
from offices.models.divisions import LEVELS
from offices.once import once
from policies.calendar import WorkingCalendar, YearTable, library_year
from policies.refusal import Citation, Forbidden, Invalid

FIRST_YEAR = 2019  # the first year that the table is filled with


@dataclass(frozen=True)
class Moved:
    """Something that a new calendar moved: what, from when, to when, by which clause."""

    what: str
    before: dt.date | None
    after: dt.date | None
    citation: Citation | None = None


# Whoever computes days from the calendar registers here: (calendar before, calendar after, today) to what moved. Called inside the
# transaction that loads a year, after its days are written.
Listener = Callable[[WorkingCalendar, WorkingCalendar, dt.date], Sequence[Moved]]
on_calendar_change: list[Listener] = []


_last: tuple[object, WorkingCalendar] | None = None


def calendar() -> WorkingCalendar:
    """Working days as loaded: one small query that tells whether the tables changed, and two more when they did."""
    found: WorkingCalendar = once("calendar", _calendar)
    return found


def _calendar() -> WorkingCalendar:
    global _last
    stamp = tuple(CalendarYear.objects.order_by("year").values_list("year", "status", "loaded_at"))
    if _last is None or _last[0] != stamp:
        _last = (stamp, _read())
    return _last[1]


def _read() -> WorkingCalendar:
    days: dict[int, dict[dt.date, CalendarDay]] = defaultdict(dict)
    for day in CalendarDay.objects.all():
        days[day.year_id][day.day] = day
    tables = {
        year.year: YearTable(
            year=year.year,
            status="official" if year.status == CalendarYear.Status.OFFICIAL else "estimated",
            source=year.source,
            exceptions={key: row.is_working for key, row in days[year.year].items()},
            names={key: row.name for key, row in days[year.year].items()},
        )
        for year in CalendarYear.objects.all()
    }
    return WorkingCalendar(tables)


@transaction.atomic
def seed(*, at: dt.datetime, years: Sequence[int]) -> None:
    """Put years into the table as the libraries know them, official or marked as estimated; a year that a person loaded stays."""
    for year in years:
        known = library_year(year)
        row = CalendarYear.objects.filter(year=year).first()
        if row is not None and (row.loaded_by_id is not None or row.status == known.status):
            continue
        _write(known, at=at, by=None)


def _write(table: YearTable, *, at: dt.datetime, by: User | None) -> None:
    CalendarYear.objects.update_or_create(
        year=table.year, defaults={"status": table.status, "source": table.source, "loaded_at": at, "loaded_by": by}
    )
    CalendarDay.objects.filter(year_id=table.year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, year_id=table.year, is_working=working, name=table.names.get(day, ""))
        for day, working in sorted(table.exceptions.items())
    )


@dataclass(frozen=True)
class Changed:
    """A day that is worked now and was not, or the other way round."""

    day: dt.date
    before: bool
    after: bool
    name: str = ""


@dataclass(frozen=True)
class Loaded:
    """What loading a year changed: its days, and what rests on them."""

    year: int
    days: tuple[Changed, ...]
    moved: tuple[Moved, ...]


def load_official_year(
    *, by: User, at: dt.datetime, today: dt.date, year: int, days: Sequence[tuple[dt.date, bool, str]], source: str
) -> list[Moved]:
    """``load_year``, of which only what moved is told."""
    return list(load_year(by=by, at=at, today=today, year=year, days=days, source=source).moved)


@transaction.atomic
def load_year(
    *, by: User, at: dt.datetime, today: dt.date, year: int, days: Sequence[tuple[dt.date, bool, str]], source: str
) -> Loaded:
    """Replace a year by its official schedule and compute everything anew that rests on it. Returns the visible difference.

    ``days`` are those that differ from the plain week: (day, worked?, name). Only a system administrator loads a calendar.
    """
    _require_topmost(by)
    _check_days(year, days, source)
    table = YearTable(
        year,
        "official",
        source.strip(),
        {day: working for day, working, _ in days},
        {day: name for day, _, name in days},
    )
    before = calendar()
    _write(table, at=at, by=by)
    changed = _difference(before.year(year), table)
    after = calendar()
    moved = [change for listener in on_calendar_change for change in listener(before, after, today)]
    record(
        by=by,
        at=at,
        action="calendar.load",
        subject=_Year(by),
        data={"year": year, "days": len(days), "moved": len(moved)},
    )
    return Loaded(year, changed, tuple(moved))


def _require_topmost(by: User) -> None:
    """The calendar is the whole platform's: a system administrator loads it above whose division no other one stands. Raises Forbidden."""
    if by.is_superuser:
        return
    own = [m.body.division for m in by.active_memberships if m.role == Membership.Role.SYSTEM_ADMIN]
    if not own:
        raise Forbidden("只有系统管理员可以载入工作日历")
    admins = Membership.objects.filter(role=Membership.Role.SYSTEM_ADMIN, active=True, user__is_active=True)
    held = set(admins.values_list("body__division_id", flat=True))
    for division in own:
        above = {getattr(division, f"{level}_id") for level in LEVELS} - {division.pk, None}
        if not above & held:
            return
    raise Forbidden("工作日历由全平台共用，请由上级的系统管理员载入")


def _difference(before: YearTable, after: YearTable) -> tuple[Changed, ...]:
    days = sorted(before.exceptions.keys() | after.exceptions.keys())
    return tuple(
        Changed(day, before.is_working(day), after.is_working(day), after.names.get(day) or before.names.get(day, ""))
        for day in days
        if before.is_working(day) != after.is_working(day)
    )


class _Year:
    """History names its subject by uid; a calendar year has none of its own and stands under its loader."""

    class _meta:
        model_name = "calendaryear"

    def __init__(self, user: User) -> None:
        self.uid = user.uid


def _check_days(year: int, days: Sequence[tuple[dt.date, bool, str]], source: str) -> None:
    errors: dict[str, list[str]] = {}
    if not source.strip():
        errors["source"] = ["请填写来源（国务院办公厅通知的文号）"]
    if not days:
        errors["days"] = ["至少要有一天"]
    seen: set[dt.date] = set()
    for number, (day, _, _) in enumerate(days, start=1):
        if day.year != year:
            errors[f"第{number}行"] = [f"{day} 不在 {year} 年"]
        if day in seen:
            errors[f"第{number}行"] = [f"{day} 出现两次"]
        seen.add(day)
    if errors:
        raise Invalid("日历没有载入：有内容需要更正", errors=errors)
