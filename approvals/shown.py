"""The frozen content of a case as tables that a page prints, and what changed between two rounds. Plain Python."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policies.refusal import Citation


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns. ``key`` names the row in a return (a field to mend); empty: not to be named.

    ``link``: what its first cell opens.
    """

    cells: tuple[str, ...]
    key: str = ""
    link: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the content; ``numbers`` are the columns that are right-aligned."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()

    @property
    def marked(self) -> bool:
        """Whether a return can name rows of it."""
        return any(row.key for row in self.rows)

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells by column, for the cards of a narrow screen."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True)
class Change:
    """A row that came, went, or a cell that says something else. ``column`` empty: the whole row."""

    table: str
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class BriefDay:
    """A day that a document sets, and whether it was kept. ``must``: 逾期 (red), else 滞后 (amber)."""

    text: str
    word: str
    late: bool
    must: bool
    citation: Citation | None


@dataclass(frozen=True)
class Brief:
    """What a decision needs at one glance: (label, value, unit), gate rows for the gate list, exceptions in force, days kept or missed."""

    figures: tuple[tuple[str, int | Decimal, str], ...] = ()
    gates: tuple[dict[str, Any], ...] = ()
    exceptions: tuple[str, ...] = ()
    days: tuple[BriefDay, ...] = ()


def plain(content: Mapping[str, Any]) -> tuple[Table, ...]:
    """Any content, key by key: what is printed of a subject that says nothing better of itself."""
    rows = tuple(Row((str(key), _words(value)), key=str(key)) for key, value in content.items())
    return (Table("内容", ("项目", "内容"), rows),)


def _words(value: Any) -> str:
    if value is None:
        return "未填报"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{_words(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return "、".join(_words(each) for each in value)
    return str(value)


def changes(before: Sequence[Table], after: Sequence[Table]) -> tuple[Change, ...]:
    """What a second look should not miss: rows by their key (else their first cell), cell by cell."""
    earlier = {table.title: table for table in before}
    found: list[Change] = []
    for table in after:
        found += _rows(earlier.pop(table.title, Table(table.title, table.columns, ())), table)
    for table in earlier.values():
        found += _rows(table, Table(table.title, table.columns, ()))
    return tuple(found)


def _rows(before: Table, after: Table) -> list[Change]:
    old = {row.key or row.cells[0]: row for row in before.rows}
    found: list[Change] = []
    for row in after.rows:
        same = old.pop(row.key or row.cells[0], None)
        if same is None:
            found.append(Change(after.title, row.cells[0], "", "", "新增"))
            continue
        for column, one, two in zip(after.columns, same.cells, row.cells, strict=False):
            if one != two:
                found.append(Change(after.title, row.cells[0], column, one, two))
    found += [Change(after.title, row.cells[0], "", "删除", "") for row in old.values()]
    return found


def beyond(before: Sequence[Table], after: Sequence[Table], marked: Collection[str]) -> tuple[str, ...]:
    """Rows that can be named in a return, were not, and say something else now (or came, or went); by their words."""
    old, new = ({row.key: row for table in tables for row in table.rows if row.key} for tables in (before, after))
    touched = [key for key in {**old, **new} if key not in marked and old.get(key) != new.get(key)]
    return tuple((new.get(key) or old[key]).cells[0] for key in touched)
