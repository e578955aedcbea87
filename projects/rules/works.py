"""The works as they go: whether a report may be filed, what is late, and where the bars of a plan lie. Pure functions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MOMENTS: Final = {"before": "施工前", "during": "施工中", "after": "完工后"}
WHOLE = 100


@dataclass(frozen=True)
class Span:
    """A part of the works with its days; None: not planned, not begun, not ended."""

    name: str
    planned_start: dt.date
    planned_end: dt.date
    actual_start: dt.date | None = None
    actual_end: dt.date | None = None


def span_errors(span: Span, *, today: dt.date, reason: str) -> dict[str, str]:
    """What is wrong with the days of a part: order, the future, and an end later than planned without its reason. Field → why."""
    errors: dict[str, str] = {}
    if span.planned_end < span.planned_start:
        errors["planned_end"] = "不能早于计划开始"
    if span.actual_start and span.actual_start > today:
        errors["actual_start"] = "实际日期不能晚于今天"
    if span.actual_end and span.actual_end > today:
        errors["actual_end"] = "实际日期不能晚于今天"
    if span.actual_end and not span.actual_start:
        errors["actual_start"] = "已完成的要填实际开始"
    elif span.actual_end and span.actual_start and span.actual_end < span.actual_start:
        errors["actual_end"] = "不能早于实际开始"
    if is_late(span, span.actual_end or today) and not reason.strip():
        errors["reason"] = "晚于计划完成日期，要写明原因"
    return errors


def is_late(span: Span, on: dt.date) -> bool:
    """Whether the part ended after its planned day, or on ``on`` is past it and not ended."""
    return (span.actual_end or on) > span.planned_end


def month_of(day: dt.date) -> dt.date:
    """The first of the month: how a reported month is written."""
    return day.replace(day=1)


def month_end(month: dt.date) -> dt.date:
    """The last day of a month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def report_errors(
    *, month: dt.date, percent: int, before: int, after: int | None, late: Sequence[str], delay: str, started: dt.date | None,
    today: dt.date,
) -> dict[str, str]:  # fmt: skip
    """What is wrong with a month's report. ``before``, ``after``: percent of the neighbours (0 and None without). Field → why."""
    errors: dict[str, str] = {}
    if month > today:
        errors["month"] = "不能填报以后的月份"
    elif started is not None and month < month_of(started):
        errors["month"] = f"早于开工月份（{started.year}年{started.month}月）"
    if not 0 <= percent <= WHOLE:
        errors["percent"] = "应为0到100的整数"
    elif percent < before:
        errors["percent"] = f"不能低于前一期的 {before}%"
    elif after is not None and percent > after:
        errors["percent"] = f"不能高于后一期的 {after}%"
    if late and not delay.strip():
        errors["delay"] = f"有内容晚于计划（{'、'.join(late[:5])}），要写明延误原因"
    return errors


def place_errors(
    *, percent: int, places: Mapping[UUID, int], expected: Mapping[UUID, str], before: Mapping[UUID, int]
) -> dict[str, str]:
    """LZ-22 (连片): a project over several communities says of each how far it is; none goes back, and the whole lies between them.

    ``expected``: its communities by name; ``before``: percent of each in the report before. Field → why.
    """
    if len(expected) < 2:
        return {"places": "只有一个小区，不分小区填报"} if places else {}
    errors = {f"place-{uid}": f"请填写“{name}”的形象进度" for uid, name in expected.items() if uid not in places}
    if set(places) - set(expected):
        errors["places"] = "有的小区不在本项目"
    for uid, value in places.items():
        if not 0 <= value <= WHOLE:
            errors[f"place-{uid}"] = "应为0到100的整数"
        elif value < before.get(uid, 0):
            errors[f"place-{uid}"] = f"不能低于前一期的 {before[uid]}%"
    if not errors and not min(places.values()) <= percent <= max(places.values()):
        errors["percent"] = f"应在各小区的进度之间（{min(places.values())}%至{max(places.values())}%）"
    return errors


@dataclass(frozen=True)
class Bar:
    """Where a bar begins and how wide it is, in tenths of a per cent of the whole width."""

    x: int
    width: int


@dataclass(frozen=True)
class Row:
    """A part with its planned and its actual bar."""

    span: Span
    planned: Bar
    actual: Bar | None
    late: bool


def chart(
    spans: Sequence[Span], *, today: dt.date, also: Sequence[dt.date] = ()
) -> tuple[tuple[Row, ...], dt.date | None, dt.date | None]:
    """Bars of plan and actual on one axis, which goes from the first to the last day of any, and of ``also``; no axis without parts."""
    if not spans:
        return (), None, None
    first = min(*(min(s.planned_start, s.actual_start or s.planned_start) for s in spans), *also, dt.date.max)
    last = max(
        *(max(s.planned_end, s.actual_end or (today if s.actual_start else s.planned_end)) for s in spans),
        *also,
        dt.date.min,
    )
    days = (last - first).days + 1

    def bar(start: dt.date, end: dt.date) -> Bar:
        x = (start - first).days * 1000 // days
        return Bar(x, max(((end - first).days + 1) * 1000 // days - x, 4))

    rows = tuple(
        Row(
            span,
            bar(span.planned_start, span.planned_end),
            bar(span.actual_start, max(span.actual_end or today, span.actual_start)) if span.actual_start else None,
            is_late(span, today),
        )
        for span in spans
    )
    return rows, first, last
