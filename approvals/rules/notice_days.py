"""The period of one notice, day by day: the rule's length or the notice's own, which days count, which don't and why.

A notice may stand longer than its rule asks and never shorter; where no document says how long (CZ-04) its own length decides.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from approvals.rules.notice_period import COUNTED_WORDS, last_day
from policies.answer import because
from policies.calendar import DAY, WorkingCalendar
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Reason
from policies.words import date_words

CountedIn = Literal["working_days", "calendar_days"]
WEEKDAYS = "一二三四五六日"
LONGEST = 365  # days that a notice's own length may have
NAMED = Reason(text="公示本身写明的期限")


@dataclass(frozen=True)
class OwnLength:
    """The length that the notice itself names."""

    days: int
    counted_in: CountedIn


@dataclass(frozen=True)
class NoticeDay:
    """A day after the posting that is not a plain one: ``counts`` in the period or not, and ``why`` in Chinese."""

    day: dt.date
    counts: bool
    why: str


@dataclass(frozen=True)
class Period:
    """When a notice ends. ``provision`` is the rule that decides or asks for less; None where no document says how long.

    ``notes`` are the days inside that were skipped, that the end moved over, or that are worked on a weekend. ``estimated``: the
    schedule of a year in it is not published yet. ``own``: the notice's own length is the longer one.
    """

    last_day: dt.date
    days: int
    counted_in: CountedIn
    reasons: tuple[Reason, ...]
    provision: Provision | None
    ordered_by: Provision | None
    notes: tuple[NoticeDay, ...]
    estimated: bool
    own: bool

    @property
    def notes_shown(self) -> list[dict[str, str]]:
        """The notes with their day in words."""
        return [{"day": date_words(note.day), "why": note.why} for note in self.notes]


def period(
    layers: Layers, *, day: dt.date, posted_on: dt.date, calendar: WorkingCalendar, own: OwnLength | None = None, regulated: bool = True
) -> Period | None:  # fmt: skip
    """The period of a notice posted on ``posted_on`` by the documents in force on ``day``; None where neither a document nor the
    notice says how long. ``regulated`` False: the notice is of nothing that the documents speak about."""
    rule = last_day(layers, day=day, posted_on=posted_on, calendar=calendar) if regulated else None
    ruled = rule.last_day if rule else None
    ends = end_of(own, posted_on, calendar) if own else None
    reasons = rule.reasons if rule and rule.provision else ()
    if rule and rule.ordered_by:
        reasons = (because(layers, rule.ordered_by, f"要求公示而未规定期限，{NAMED.text}"),)
    if ends is not None and own is not None and (ruled is None or ends > ruled):
        length, last, by_own = own, ends, True
        words = f"公示本身写明 {own.days} {COUNTED_WORDS[own.counted_in]}，公示当日不计，至{date_words(ends)}"
        reasons = (Reason(text=words), *reasons)
    elif rule and ruled is not None and rule.days is not None and rule.counted_in is not None:
        length, last, by_own = OwnLength(rule.days, rule.counted_in), ruled, False
    else:
        return None
    return Period(
        last_day=last, days=length.days, counted_in=length.counted_in, reasons=reasons,
        provision=rule.provision if rule else None, ordered_by=rule.ordered_by if rule else None,
        notes=notes(length, posted_on, last, calendar), own=by_own,
        estimated=any(calendar.status(year) == "estimated" for year in range(posted_on.year, last.year + 1)),
    )  # fmt: skip


def end_of(length: OwnLength, posted_on: dt.date, calendar: WorkingCalendar) -> dt.date:
    """Last day of a length counted from the day after the posting; calendar days that end on a rest day move on (N-05)."""
    if length.counted_in == "calendar_days":
        return calendar.next_working(posted_on + DAY * length.days)
    current, counted = posted_on, 0
    while counted < length.days:
        current += DAY
        counted += calendar.is_working(current)
    return current


def notes(length: OwnLength, posted_on: dt.date, last: dt.date, calendar: WorkingCalendar) -> tuple[NoticeDay, ...]:
    """Every day of the period that a reader would stumble over, in order."""
    found = []
    for number in range(1, (last - posted_on).days + 1):
        day = posted_on + DAY * number
        working, inside = calendar.is_working(day), number <= length.days
        if length.counted_in == "working_days":
            if not working:
                found.append(NoticeDay(day, False, f"{rest_words(day, calendar)}，不计"))
            elif day.weekday() > 4:
                found.append(NoticeDay(day, True, f"{_weekday(day)}，调休上班，计入"))
        elif not inside and not working:
            found.append(NoticeDay(day, False, f"{rest_words(day, calendar)}，顺延"))
        elif number == length.days and not working:
            found.append(NoticeDay(day, False, f"期满日为{rest_words(day, calendar)}，顺延"))
        elif day == last and day.weekday() > 4:
            found.append(NoticeDay(day, True, f"{_weekday(day)}，调休上班，期满"))
    return tuple(found)


def rest_words(day: dt.date, calendar: WorkingCalendar) -> str:
    """Why a day is not worked: 节假日（春节） or 休息日（星期六）; a day off by the schedule without a name is 调休放假."""
    table = calendar.year(day.year)
    name = table.names.get(day, "")
    if day in table.exceptions:
        return f"节假日（{name}）" if name and name != "休息日" else "调休放假"
    return f"休息日（{_weekday(day)}）"


def _weekday(day: dt.date) -> str:
    return f"星期{WEEKDAYS[day.weekday()]}"
