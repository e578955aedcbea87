"""Which row is the header and which column is what: titles above, two-level headings and units are found by themselves.

A header row is the one (or the two or three, one above the other) in which most known columns are named. Two columns of one name, missing
columns and unknown ones are told, never guessed.
"""

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from communities.imports import limits
from communities.imports.cells import Column
from communities.imports.table import Table, cell_name

_UNIT = r"(?:百万|千|万|亿)?(?:平方米|平米|m2|元|栋|幢|户|套|座|个|年|㎡)"
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_TRAILING_UNIT = re.compile(rf"(?<=..)[/:]?(?:单位:?)?{_UNIT}$")
SERIAL = {"序号", "编号", "no", "no.", "#"}


class HeaderMissing(Exception):
    """The columns that must be there were not found; the message names them and what was found. ``heading``: what was understood."""

    def __init__(self, message: str, heading: "Heading | None" = None) -> None:
        super().__init__(message)
        self.heading = heading


@dataclass
class Heading:
    """``fields``: column index → Column; ``headers``: column index → text as found (with unit); ``first``: first data row;
    ``units``: column index → unit of its figures."""

    fields: dict[int, Column]
    headers: dict[int, str]
    first: int
    rows: tuple[int, ...]
    notes: list[str] = field(default_factory=list)
    units: dict[int, str] = field(default_factory=dict)


def canonical(header: str) -> tuple[str, str]:
    """(name without unit and brackets, the same with nothing but blanks removed), both half width and lower case."""
    text = re.sub(r"[\s*＊_]+", "", unicodedata.normalize("NFKC", header)).casefold()
    bare = _BRACKETS.sub("", text).strip(":")
    return _TRAILING_UNIT.sub("", bare), text


def find_heading(
    table: Table, columns: Sequence[Column], mapping: Mapping[str, str] | None = None, header_row: int | None = None
) -> Heading:
    """The heading of a table. ``mapping`` (column index → field, "" for none) is what the clerk has said and wins. Raises HeaderMissing."""
    best: tuple[int, Heading] | None = None
    for index, (number, cells) in enumerate(table.rows[: limits.LOOK_INTO]):
        if header_row is not None and number != header_row:
            continue
        for heading in _readings(table, index, number, cells, columns):
            score = len(heading.fields) * 100 + 10 * len(heading.rows) * _gains(heading) - index
            if best is None or score > best[0]:
                best = (score, heading)
    if header_row == 0 and table.rows:  # the clerk says that there is none: data from the first row on
        best = (0, Heading({}, {}, table.rows[0][0], (0,)))
    if best is None:
        raise HeaderMissing(_nothing(table, columns))
    heading = best[1]
    _apply(heading, columns, mapping or {})
    if not heading.fields:
        raise HeaderMissing(_nothing(table, columns), heading)
    missing = [column for column in columns if column.required and column not in heading.fields.values()]
    if missing:
        raise HeaderMissing(_missing(heading, missing), heading)
    _tell_unknown(heading)
    return heading


def _gains(heading: Heading) -> int:
    """A two-level reading must name more than the one level would; equal readings keep the shorter one."""
    return -1 if len(heading.rows) > 1 else 0


def _readings(table: Table, index: int, number: int, cells: list[str], columns: Sequence[Column]) -> list[Heading]:
    readings = [_match({i: (text,) for i, text in enumerate(cells) if text}, columns, number + 1, (number,))]
    if index + 1 < len(table.rows):
        below, lower = table.rows[index + 1]
        readings.append(_match(_two_levels(cells, lower, table.width), columns, below + 1, (number, below)))
    if index + 2 < len(table.rows):
        last, lowest = table.rows[index + 2]
        middle = [
            below or above for above, below in itertools.zip_longest(cells, table.rows[index + 1][1], fillvalue="")
        ]
        names = _two_levels(middle, lowest, table.width)
        readings.append(_match(names, columns, last + 1, (number, table.rows[index + 1][0], last)))
    return readings


def _two_levels(upper: list[str], lower: list[str], width: int) -> dict[int, tuple[str, ...]]:
    """Candidate names per column: the lower heading, upper and lower together, the upper one alone (merged downwards)."""
    names: dict[int, tuple[str, ...]] = {}
    spread = ""
    for i in range(width):
        above = upper[i] if i < len(upper) else ""
        below = lower[i] if i < len(lower) else ""
        spread = above or (spread if below else "")
        candidates = (
            below,
            f"{spread}{below}" if below else "",
            above if not below or canonical(below)[0] == "" else "",
        )
        if any(candidates):
            names[i] = tuple(dict.fromkeys(text for text in candidates if text))
    return names


def _match(
    names: Mapping[int, tuple[str, ...]], columns: Sequence[Column], first: int, rows: tuple[int, ...]
) -> Heading:
    by_name = {synonym.casefold(): column for column in columns for synonym in (column.label, *column.synonyms)}
    heading = Heading({}, {}, first, rows)
    for index, candidates in names.items():
        heading.headers[index] = candidates[0]
        for text in candidates:
            column = next((by_name[key] for key in canonical(text) if key in by_name), None)
            if column is None:
                continue
            heading.headers[index] = text
            if column in heading.fields.values():
                other = next(i for i, known in heading.fields.items() if known is column)
                heading.notes.append(
                    f"{cell_name(index, rows[-1])}“{text}”与 {cell_name(other, rows[-1])} 都像“{column.label}”，只采用左边一列"
                )
            else:
                heading.fields[index] = column
            break
    return heading


def _apply(heading: Heading, columns: Sequence[Column], mapping: Mapping[str, str]) -> None:
    by_field = {column.field: column for column in columns}
    for key, field_name in mapping.items():
        index = int(key)
        heading.fields.pop(index, None)
        if column := by_field.get(field_name):
            for other in [i for i, known in heading.fields.items() if known is column]:
                heading.fields.pop(other)
            heading.fields[index] = column
            heading.headers.setdefault(index, "")


def _tell_unknown(heading: Heading) -> None:
    unknown = [
        f"{cell_name(index, heading.rows[-1])}“{text}”"
        for index, text in heading.headers.items()
        if index not in heading.fields and canonical(text)[0] not in SERIAL and text
    ]
    if unknown:
        heading.notes.append("未导入的列：" + "、".join(unknown[:20]))


def _nothing(table: Table, columns: Sequence[Column]) -> str:
    needed = "、".join(column.label for column in columns if column.required)
    if any(column.personal for column in columns):  # without a header the first row is likely a person
        return f"没有找到表头。需要的列：{needed}。请检查表头，或下载模板填写。"
    first = "、".join(text for text in table.rows[0][1] if text)[:120] if table.rows else ""
    return f"没有找到表头。需要的列：{needed}。第一行是：{first or '空'}。请检查表头，或下载模板填写。"


def _missing(heading: Heading, missing: Sequence[Column]) -> str:
    names = "、".join(f"“{column.label}”" for column in missing)
    found = "、".join(text for text in heading.headers.values() if text)[:200] or "空"
    return f"缺少列：{names}。第 {heading.rows[-1]} 行表头中找到的是：{found}。请改正表头，或在“列对应”中指定。"
