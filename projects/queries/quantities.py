"""Reads of the quantities of the works: lines of the fixed scheme, what was done of each, and the running sums."""

import datetime as dt
from collections.abc import Iterable, Mapping

from projects.models import MonthReport, Project, ReportQuantity, Scheme
from projects.rules.quantities import Line, Measure
from projects.rules.scheme import Item
from projects.schemes import version_value


def lines_of(project: Project, report: MonthReport | None = None) -> dict[str, Line]:
    """Lines of the fixed scheme by uid, and those of a report that the scheme no longer holds (two queries)."""
    scheme = Scheme.objects.filter(project=project, current__isnull=False).select_related("current").first()
    items = version_value(scheme.current.content).items if scheme and scheme.current else ()
    found = {item.uid: _line(item) for item in items}
    for row in report.quantities.all() if report else ():
        found.setdefault(str(row.item), _gone(row))
    return found


def _line(item: Item) -> Line:
    return Line(item.uid, item.name, item.where, item.unit, item.quantity, item.community, item.building)


def _gone(row: ReportQuantity) -> Line:
    return Line(str(row.item), row.name, row.place, row.unit, row.planned, listed=False)


def reported(project: Project) -> list[ReportQuantity]:
    """What the reports that count say, the newest month last (one query)."""
    rows = ReportQuantity.objects.filter(report__project=project, report__current=True)
    return list(rows.select_related("report").order_by("report__month", "pk"))


def done_of(rows: Iterable[ReportQuantity], lines: Mapping[str, Line]) -> dict[str, int]:
    """Running sums by line; what was reported in another unit than the line has now is a quantity of its own."""
    sums: dict[str, int] = {}
    for row in rows:
        key = _key(row, lines)
        sums[key] = sums.get(key, 0) + row.quantity
    return sums


def _key(row: ReportQuantity, lines: Mapping[str, Line]) -> str:
    uid = str(row.item)
    return uid if uid in lines and lines[uid].unit == row.unit else f"{uid} {row.unit}"


def measures_of(project: Project, newest: dt.date | None = None) -> tuple[Measure, ...]:
    """How far each line is: those of the fixed scheme in its order, then those that were done and are in it no more (two queries).

    ``newest``: the month of the newest report.
    """
    rows, lines = reported(project), lines_of(project)
    for row in rows:
        lines.setdefault(_key(row, lines), _gone(row))
    sums = done_of(rows, lines)
    months = {_key(row, lines): row.quantity for row in rows if row.report.month == newest}
    reasons = {_key(row, lines): row.excess for row in rows if row.excess}
    return tuple(Measure(line, sums.get(key, 0), months.get(key), reasons.get(key, "")) for key, line in lines.items())


def measures_in(report: MonthReport) -> list[Measure]:
    """What one report says, with the sums up to its month: for its sheet (three queries)."""
    own = list(report.quantities.all())
    lines = {str(row.item): _gone(row) for row in own}
    earlier = [row for row in reported(report.project) if row.report.month < report.month]
    sums = done_of([*earlier, *own], lines)
    return [Measure(lines[str(row.item)], sums[str(row.item)], row.quantity, row.excess) for row in own]
