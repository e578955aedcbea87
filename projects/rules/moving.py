"""What moves when a planned day moves: the days that documents count from it, and whether it still keeps those that they fix. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from approvals.rules.strength import overdue_word
from policies.calendar import WorkingCalendar
from policies.layers import Layers
from policies.model import Strength
from policies.refusal import Citation
from projects.rules.stages import STAGES, milestones_behind
from projects.rules.warranty import filing, milestone_words, warranty

Days = Mapping[str, dt.date | None]


@dataclass(frozen=True)
class Fixed:
    """A day that a document fixes for a milestone and that is still open."""

    milestone: str
    due_on: dt.date
    strength: Strength
    citation: Citation | None


@dataclass(frozen=True)
class Shift:
    """One day that moves (or comes, or goes), with its clause. ``note`` says what follows; ``late``: later than the clause allows."""

    label: str
    before: dt.date | None
    after: dt.date | None
    citation: Citation | None = None
    note: str = ""
    late: bool = False


def out_of_order(days: Days, moved: Collection[str]) -> dict[str, str]:
    """Moved stages whose planned day lies before an earlier stage's, or after a later one's, with the words."""
    found: dict[str, str] = {}
    known = [(stage, day) for stage in STAGES if (day := days.get(stage.key))]
    for (stage, day), (later, end) in combinations(known, 2):
        if end < day and later.key in moved:
            found[later.key] = f"早于计划“{stage.label}”的 {day.isoformat()}"
        elif end < day and stage.key in moved:
            found[stage.key] = f"晚于计划“{later.label}”的 {end.isoformat()}"
    return found


def late(before: Days, after: Days, fixed: Iterable[Fixed]) -> tuple[str, ...]:
    """What a move makes later than a document allows, in words."""
    return tuple(f"{row.label}：{row.note}" for row in _against(before, after, fixed) if row.late)


def shifts(
    layers: Layers, *, before: Days, after: Days, fixed: Iterable[Fixed], calendar: WorkingCalendar, today: dt.date
) -> tuple[Shift, ...]:
    """Every stage's day that moves, then what hangs on it: fixed days of documents, the filing and the warranty after acceptance."""
    own = [
        Shift(f"计划“{stage.label}”", before.get(stage.key), after.get(stage.key))
        for stage in STAGES
        if before.get(stage.key) != after.get(stage.key)
    ]
    return (*own, *_against(before, after, fixed), *_counted(layers, before, after, calendar, today))


def _against(before: Days, after: Days, fixed: Iterable[Fixed]) -> list[Shift]:
    """Milestones whose planned day moves, held against the day that the document fixes."""
    last = STAGES[-1].key
    old = milestones_behind(last, {key: day for key, day in before.items() if day})
    new = milestones_behind(last, {key: day for key, day in after.items() if day})
    found = []
    for row in fixed:
        one, two = old.get(row.milestone), new.get(row.milestone)  # type: ignore[call-overload]
        if one == two:
            continue
        days = (two - row.due_on).days if two else 0
        words = f"晚{days}天，{overdue_word(row.strength)}" if days > 0 else "来得及" if two else "没有计划日期"
        due = f"文件要求{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日前"
        found.append(Shift(milestone_words(row.milestone), one, two, row.citation, f"{due}，{words}", days > 0))
    return found


def _counted(layers: Layers, before: Days, after: Days, calendar: WorkingCalendar, today: dt.date) -> list[Shift]:
    """Days that are counted from the planned acceptance: its filing and the end of each warranty (N-07)."""
    one, two = before.get("accepted"), after.get("accepted")
    if one == two:
        return []
    ends: dict[str, tuple[str, list[dt.date | None], Citation]] = {}
    for number, day in enumerate((one, two)):
        for key, label, end, clause in _ends(layers, day, calendar, today) if day else ():
            ends.setdefault(key, (label, [None, None], clause))[1][number] = end
    return [Shift(label, days[0], days[1], clause) for label, days, clause in ends.values() if days[0] != days[1]]


def _ends(
    layers: Layers, day: dt.date, calendar: WorkingCalendar, today: dt.date
) -> list[tuple[str, str, dt.date, Citation]]:
    filed = filing(layers, day=today, accepted_on=day, calendar=calendar)
    found = [("filing", "竣工验收备案期限", filed.due_on, filed.citation)] if filed else []
    parts = warranty(layers, day=today, accepted_on=day)
    return found + [(part.key, f"{part.label}保修期至", part.ends_on, part.citation) for part in parts if part.ends_on]
