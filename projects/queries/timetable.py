"""Deadlines as a month and as bars: what falls on each day, and plan against actual of a page of projects."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q

from offices.models import Duty
from policies.calendar import WorkingCalendar
from projects.models import Project, StageDay, WorkSpan
from projects.queries.duties import DutyRow, duties_of
from projects.rules.timetable import place, ticks, weeks
from projects.rules.works import Row, Span, chart

SHOWN = 3  # of one day in the month; the rest opens as a list


@dataclass(frozen=True)
class CalendarDay:
    """A day of the month view. ``name``: the holiday, or that a rest day is worked."""

    day: dt.date
    inside: bool
    working: bool
    name: str
    rows: tuple[DutyRow, ...]
    more: int


def month_days(year: int, month: int, rows: Iterable[DutyRow], calendar: WorkingCalendar) -> list[list[CalendarDay]]:
    """The month's weeks with what is due on each day. No query."""
    by_day: dict[dt.date, list[DutyRow]] = defaultdict(list)
    for row in rows:
        by_day[row.duty.due_on].append(row)

    def shown(day: dt.date) -> CalendarDay:
        found = by_day[day]
        name = calendar.year(day.year).names.get(day, "")
        return CalendarDay(
            day, day.month == month, calendar.is_working(day), name, tuple(found[:SHOWN]), max(len(found) - SHOWN, 0)
        )

    return [[shown(day) for day in week] for week in weeks(year, month)]


@dataclass(frozen=True)
class Line:
    """A project with its bars (None: nothing planned) and the days that documents set on the same axis."""

    project: Project
    row: Row | None
    dues: tuple[tuple[int, DutyRow], ...]
    duties: tuple[DutyRow, ...]

    @property
    def late(self) -> int:
        """Open duties under must that are past their day: what alone is red."""
        return sum(row.state == "late" and row.duty.strength == "must" for row in self.duties)

    @property
    def late_words(self) -> str:
        """2 项逾期."""
        return f"{self.late} 项逾期"


@dataclass(frozen=True)
class Timetable:
    """Bars of several projects on one axis. ``now``: where today lies on it."""

    lines: tuple[Line, ...]
    first: dt.date | None
    last: dt.date | None
    now: int | None
    ticks: Sequence[tuple[int, str]]


def timetable(projects: Sequence[Project], *, today: dt.date) -> Timetable:
    """Plan, actual and deadlines of projects (three queries for any number)."""
    spans = _spans(projects)
    duties = duties_of(projects, today)
    open_rows = {
        project.uid: tuple(row for row in duties[project.uid] if row.duty.state != Duty.State.NOT_APPLICABLE)
        for project in projects
    }
    also = [row.duty.due_on for rows in open_rows.values() for row in rows] + [today]
    known = [spans[project.pk] for project in projects if project.pk in spans]
    rows, first, last = chart(known, today=today, also=also)
    bars = dict(zip((project.pk for project in projects if project.pk in spans), rows, strict=True))
    if first is None or last is None:
        return Timetable(tuple(Line(each, None, (), open_rows[each.uid]) for each in projects), None, None, None, ())
    lines = []
    for project in projects:
        marks = [(place(row.duty.due_on, first, last), row) for row in open_rows[project.uid]]
        dues = tuple((at, row) for at, row in marks if at is not None)
        lines.append(Line(project, bars.get(project.pk), dues, open_rows[project.uid]))
    return Timetable(tuple(lines), first, last, place(today, first, last), ticks(first, last))


def _spans(projects: Sequence[Project]) -> dict[int, Span]:
    """Each project's works from the first to the last part; without parts, from the planned start to the planned acceptance."""
    names = {project.pk: project.name for project in projects}
    found: dict[int, Span] = {}
    stages: dict[int, dict[str, StageDay]] = defaultdict(dict)
    for day in StageDay.objects.filter(project__in=names, stage__in=("works", "accepted")):
        stages[day.project_id][day.stage] = day
    for pk, days in stages.items():
        start, end = days.get("works"), days.get("accepted")
        begin = (start.planned_on or start.actual_on) if start else None
        planned_end = end.planned_on if end else None
        if begin and planned_end and planned_end >= begin:
            done = end.actual_on if end else None
            actual = start.actual_on if start else None
            found[pk] = Span(
                names[pk], begin, planned_end, actual, done if actual and done and done >= actual else None
            )
    parts = WorkSpan.objects.filter(project__in=names).order_by().values("project")
    for row in parts.annotate(
        begin=Min("planned_start"), end=Max("planned_end"), begun=Min("actual_start"), done=Max("actual_end"),
        left=Count("pk", filter=Q(actual_end__isnull=True)),
    ):  # fmt: skip
        done = row["done"] if not row["left"] else None
        found[row["project"]] = Span(names[row["project"]], row["begin"], row["end"], row["begun"], done)
    return found
