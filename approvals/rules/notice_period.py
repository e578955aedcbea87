"""How long a public notice stands, to the day (N-05: the day of posting is not counted)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from policies.answer import UNREGULATED, Answer, because
from policies.calendar import DAY, WorkingCalendar
from policies.kinds import NoticePeriod
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Reason
from policies.registry import answers
from policies.words import date_words

COUNTED_WORDS = {"working_days": "个工作日", "calendar_days": "天"}


@dataclass(frozen=True, kw_only=True)
class NoticeEnd(Answer):
    """``last_day`` is the last day on which the notice has to stand; None: 未作规定.

    ``skipped`` are the days inside the period that did not count, or that the end moved over. ``estimated`` is True where a year's
    schedule was not yet published. ``ordered_by`` is a provision that orders a notice without saying how long.
    """

    last_day: dt.date | None
    counted_in: Literal["working_days", "calendar_days"] | None
    days: int | None = None
    skipped: tuple[dt.date, ...] = ()
    estimated: bool = False
    ordered_by: Provision | None = None


@answers("notice_period", "notice_without_length", "counting")
def last_day(layers: Layers, *, day: dt.date, posted_on: dt.date, calendar: WorkingCalendar) -> NoticeEnd:
    """Last day of a notice of a scheme posted on ``posted_on``, by the documents in force on ``day``.

    Of the lowest answer and what stands above it as a must, the one that ends last decides: longer is stricter.
    """
    lowest = layers.governing("notice_period", day)
    if not lowest:
        ordered = next(layers.provisions("notice_without_length", day), None)
        reasons: tuple[Reason, ...] = UNREGULATED
        if ordered:
            reasons = (because(layers, ordered, "要求公示而未规定期限，按公示本身写明的期限"),)
        return NoticeEnd(provision=None, reasons=reasons, last_day=None, counted_in=None, ordered_by=ordered)
    ends = [
        (provision, *_end(provision.params, posted_on, calendar))
        for provision in lowest + layers.uppers("notice_period", day)
    ]
    provision, last, skipped = max(ends, key=lambda end: end[1])  # the first of equals: the lowest
    rule: NoticePeriod = provision.params
    text = f"公示不少于 {rule.days} {COUNTED_WORDS[rule.counted_in]}，公示当日不计，至{date_words(last)}"
    return NoticeEnd(
        provision=provision,
        reasons=(because(layers, provision, text),),
        last_day=last,
        counted_in=rule.counted_in,
        days=rule.days,
        skipped=skipped,
        estimated=any(calendar.status(year) == "estimated" for year in range(posted_on.year, last.year + 1)),
    )


def _end(rule: NoticePeriod, posted_on: dt.date, calendar: WorkingCalendar) -> tuple[dt.date, tuple[dt.date, ...]]:
    """Last day and the days skipped. Calendar days that end on a rest day end on the next working day (N-05)."""
    if rule.counted_in == "calendar_days":
        end = posted_on + DAY * rule.days
        moved = calendar.next_working(end)
        return moved, tuple(end + DAY * number for number in range((moved - end).days))
    current, counted, skipped = posted_on, 0, list[dt.date]()
    while counted < rule.days:
        current += DAY
        if calendar.is_working(current):
            counted += 1
        else:
            skipped.append(current)
    return current, tuple(skipped)
