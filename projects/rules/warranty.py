"""N-07: when an acceptance has to be filed and how long each part is under warranty. Pure functions of days.

The 15 days of article 49 are a period counted in calendar days: the day of acceptance is not counted and an end on a rest day moves to the
next working day (N-05, 《民法典》第201、203条). Warranty periods are counted in years: they end on the same date, or on the last day of the
month that has no such date (第202条), and don't move: N-05 moves only periods counted in days.
"""

import calendar as months
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from policies.answer import citation
from policies.calendar import DAY, WorkingCalendar
from policies.kinds import MILESTONE_LABELS, Warranty
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation
from policies.registry import answers
from policies.words import date_words

Length = Literal["years", "seasons", "design_life"]
FILING = "acceptance_filing"
REVISIT = "warranty:"  # prefix of the milestone of a revisit before a part's warranty ends


@dataclass(frozen=True)
class Part:
    """One part of the works. ``ends_on``: last day of its warranty, None where a fact is still to be entered (``wants`` names it)."""

    key: str
    label: str
    provision: Provision
    citation: Citation
    length: Length
    number: int | None
    ends_on: dt.date | None
    wants: str = ""

    @property
    def words(self) -> str:
        """2年、2个采暖期（供冷期）、设计合理使用年限50年."""
        if self.length == "seasons":
            return f"{self.number}个采暖期、供冷期"
        return (
            f"{self.number}年"
            if self.length == "years"
            else f"设计合理使用年限{f'{self.number}年' if self.number else ''}"
        )

    def within(self, day: dt.date) -> bool | None:
        """Whether ``day`` lies within the warranty; None where its end is not known."""
        return None if self.ends_on is None else day <= self.ends_on


@dataclass(frozen=True)
class Filing:
    """Last day for filing the acceptance; ``moved`` where it fell on a rest day."""

    provision: Provision
    citation: Citation
    days: int
    due_on: dt.date
    moved: bool

    @property
    def words(self) -> str:
        """Why that day."""
        more = "，原为休息日，顺延（N-05）" if self.moved else ""
        return f"验收合格之日起{self.days}日内，当日不计，至{date_words(self.due_on)}{more}"


def years_after(day: dt.date, years: int) -> dt.date:
    """The same date ``years`` later; 29 February of a common year is the 28th (《民法典》第202条). ValueError beyond the calendar."""
    year = day.year + years
    return dt.date(year, day.month, min(day.day, months.monthrange(year, day.month)[1]))


@answers("warranty")
def warranty(
    layers: Layers,
    *,
    day: dt.date,
    accepted_on: dt.date,
    design_life: int | None = None,
    seasons_end: dt.date | None = None,
) -> tuple[Part, ...]:
    """The least warranty of each part from ``accepted_on`` under the documents in force on ``day``; of several the longest holds."""
    found: dict[str, Part] = {}
    for provision in (*layers.governing("warranty", day), *layers.uppers("warranty", day)):
        rule: Warranty = provision.params
        for period in rule.periods:
            part = _part(layers, provision, period, accepted_on, design_life, seasons_end)
            before = found.get(period.key)
            if before is None or (before.ends_on and part.ends_on and part.ends_on > before.ends_on):
                found[period.key] = part
    return tuple(found.values())


def _part(
    layers: Layers, provision: Provision, period: Warranty.Period, accepted_on: dt.date, design_life: int | None,
    seasons_end: dt.date | None,
) -> Part:  # fmt: skip
    length: Length = "years" if period.years else "seasons" if period.seasons else "design_life"
    number = period.years or period.seasons or design_life
    ends: dt.date | None
    if length == "seasons":
        ends, wants = seasons_end, f"第{number}个采暖期、供冷期结束日"
    else:
        ends, wants = (years_after(accepted_on, number) if number else None), "设计合理使用年限"
    return Part(
        period.key, period.label, provision, citation(layers, provision), length, number, ends, "" if ends else wants
    )


def filing(layers: Layers, *, day: dt.date, accepted_on: dt.date, calendar: WorkingCalendar) -> Filing | None:
    """Last day for filing, of several documents the earliest; None: 未作规定."""
    found = []
    for provision in (*layers.governing("warranty", day), *layers.uppers("warranty", day)):
        end = accepted_on + DAY * provision.params.filing_days
        moved = calendar.next_working(end)
        found.append(Filing(provision, citation(layers, provision), provision.params.filing_days, moved, moved != end))
    return min(found, key=lambda each: each.due_on, default=None)


PART_WORDS: Mapping[str, str] = {
    "foundation_and_structure": "地基基础和主体结构", "waterproofing": "防水、防渗漏", "heating_and_cooling": "供热与供冷",
    "electrics_water_decoration": "电气管线、给排水、设备和装修",
}  # fmt: skip


def milestone_words(milestone: str) -> str:
    """What a deadline asks, in words: milestones of documents, the filing, a revisit before a part's warranty ends."""
    if milestone == FILING:
        return "竣工验收备案"
    if milestone.startswith(REVISIT):
        key = milestone.removeprefix(REVISIT)
        return f"保修期满前回访：{PART_WORDS.get(key, key)}"
    return MILESTONE_LABELS.get(milestone, milestone)
