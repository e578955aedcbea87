"""Quantities of the works (工程量): what a month did of each line of the scheme, and how far that brings it. Pure functions.

All quantities are integer thousandths of the line's unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from projects.rules.scheme import read_quantity
from projects.rules.scheme_difference import quantity_words


@dataclass(frozen=True)
class Line:
    """A line that may be reported: its words and its quantity in the fixed scheme. ``listed``: the scheme still holds it."""

    uid: str
    name: str
    place: str
    unit: str
    planned: int
    community: str = ""
    building: str = ""
    listed: bool = True

    @property
    def planned_words(self) -> str:
        """1,260 米."""
        return quantity_words(self.planned, self.unit)


@dataclass(frozen=True)
class Measure:
    """How far a line is. ``month``: of the newest report (None: it says nothing of it); ``excess``: why more was done than planned."""

    line: Line
    done: int
    month: int | None = None
    excess: str = ""

    @property
    def share(self) -> Fraction:
        """Done of planned; above one where more was done."""
        return Fraction(self.done, self.line.planned)

    @property
    def complete(self) -> bool:
        """All that was planned is done."""
        return self.done >= self.line.planned

    @property
    def done_words(self) -> str:
        """With its unit."""
        return quantity_words(self.done, self.line.unit)

    @property
    def month_words(self) -> str:
        """With its unit; — where the newest report says nothing of it."""
        return "—" if self.month is None else quantity_words(self.month, self.line.unit)


def read_quantities(given: Mapping[str, str], lines: Mapping[str, Line]) -> tuple[dict[str, int], dict[str, str]]:
    """Entered texts as thousandths by line, and what is wrong with the others (field → why). Blank is not reported, 0 is nothing done."""
    read: dict[str, int] = {}
    errors: dict[str, str] = {}
    for uid, text in given.items():
        line = lines.get(uid)
        if line is None:
            errors["quantities"] = "有的项目不在定稿的改造方案里" if lines else "项目还没有定稿的改造方案，不能填工程量"
        elif text.strip():
            value = read_quantity(text)
            if value is None:
                errors[f"quantity-{uid}"] = f"“{line.name}”应为零或大于零的数，最多三位小数，如 12.5"
            else:
                read[uid] = value
    return read, errors


def beyond(read: Mapping[str, int], lines: Mapping[str, Line], before: Mapping[str, int]) -> dict[str, str]:
    """Lines of which this month does more than the scheme still leaves. ``before``: done in all other months. uid → what is too much."""
    found: dict[str, str] = {}
    for uid, value in read.items():
        line, total = lines[uid], before.get(uid, 0) + value
        if value and total > line.planned:
            words, over = quantity_words(total, line.unit), quantity_words(total - line.planned, line.unit)
            found[uid] = (
                f"“{line.name}”方案数量 {line.planned_words}，累计将达 {words}，超出 {over}：请更正，或写明超出的原因"
            )
    return found


@dataclass(frozen=True)
class InWords:
    """The works as residents read them: what is done, and what is under way with its share."""

    done: tuple[str, ...]
    going: tuple[tuple[str, Fraction], ...]


def in_words(measures: Iterable[Measure], community: str) -> InWords:
    """Lines of one community (and those of the whole project) on which work was done."""
    own = [m for m in measures if m.done and m.line.listed and m.line.community in {"", community}]
    named = [(f"{m.line.building}{m.line.name}", m) for m in own]
    return InWords(
        tuple(name for name, m in named if m.complete), tuple((name, m.share) for name, m in named if not m.complete)
    )
