"""A table as read to staged rows: totals, notes and repeated headers are left out (and said so), cells become values."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from communities.imports.cells import CellError, Column, Context, Parsed, plain
from communities.imports.headers import Heading
from communities.imports.headings import Extent
from communities.imports.kinds import StagedRow
from communities.imports.table import Row, Table, cell_name

TOTAL = re.compile(
    r"(?:合计|小计|总计|共计|累计|总合计|本页合计|全县合计|全市合计|全区合计)(?:[:(（].*)?|.{0,20}(?:合计|小计|总计)"
)
_SIGNS = "备?注|说明|填报单位|填报人|填表人|填报日期|填表日期|审核人?|单位负责人|负责人|联系人|联系电话|制表人?|盖章"
FOOTER = re.compile(rf"(?:{_SIGNS})[:(（].*|注\d.*")
REMEMBERED = 5_000  # different texts of a column
_BARE_UNIT = re.compile(r"[(\[:/]?\s*((?:百万|千|万|亿)?(?:平方米|平米|m2|元))\s*[)\]]?\s*$")


class _Reader:
    """Reads the cells of one column. A column says the same thing many times: what is understood once is kept."""

    def __init__(self, index: int, column: Column, context: Context) -> None:
        self.index, self.column, self.context = index, column, context
        self.clean: dict[str, dict[str, Any]] = {}  # texts about which there is nothing to say
        self._known: dict[str, Parsed | CellError] = {}

    def read(self, text: str) -> Parsed:
        """As the column's parser. Raises CellError."""
        found = self._known.get(text)
        if found is None:
            try:
                found = self.column.parse(text, self.context)
            except CellError as error:
                found = error
            self._keep(text, found)
        if isinstance(found, CellError):
            raise found
        return found

    def understood(self, text: str) -> dict[str, Any] | None:
        """The values of a text met for the first time; None where there is something to say of it (``read`` says what)."""
        if text in self._known:
            return None
        try:
            found = self.column.parse(text, self.context)
        except CellError:
            return None
        self._keep(text, found)
        missing = self.column.required and not plain(text)
        return None if found.warnings or missing else found.values

    def _keep(self, text: str, found: Parsed | CellError) -> None:
        if len(self._known) < REMEMBERED:
            self._known[text] = found
            missing = self.column.required and not plain(text)
            if isinstance(found, Parsed) and not found.warnings and not missing:
                self.clean[text] = found.values


class Stager:
    """Stages the rows of one table, one after another, in its order."""

    def __init__(self, table: Table, heading: Heading, today: dt.date) -> None:
        self.table, self.heading = table, heading
        self.extent = Extent(heading)
        self._readers = [
            _Reader(index, column, Context(_header(heading, index), today)) for index, column in heading.fields.items()
        ]
        self._letters = {column.field: cell_name(index, 0)[:-1] for index, column in heading.fields.items()}
        self._anchors = frozenset(table.anchors.values())
        self._anchored: dict[int, list[str]] = {}

    def rows(self, part: Iterable[Row]) -> list[StagedRow]:
        """The staged rows of a part of the table."""
        return [row for number, texts in part if (row := self.stage(number, texts)) is not None]

    def stage(self, number: int, texts: list[str]) -> StagedRow | None:
        """The staged row, skipped ones with the reason; None for what stands above the first row of data."""
        if number in self._anchors:
            self._anchored[number] = texts
        self.extent.see(number, texts)
        if number < self.heading.first:
            return None
        row = StagedRow(number, texts, {}, self._letters)
        reason = _skip(texts, self.heading)
        if reason:
            row.status = "skipped"
            message = f"第 {number} 行：{reason}，已跳过"
            row.problems.append({"cell": cell_name(0, number), "field": "", "severity": "warning", "message": message})
            return row
        anchors, size, values = self.table.anchors, len(texts), row.values
        for reader in self._readers:
            text = texts[reader.index] if reader.index < size else ""
            clean = reader.clean.get(text)
            if clean is None and text:
                clean = reader.understood(text)
            if clean is not None and (text or not anchors):
                values.update(clean)
            else:
                self._cell(row, reader, text)
        if number in self.table.hidden_rows:
            row.warn("", "这一行在原表中是隐藏的，已一并读取")
        return row

    def _cell(self, row: StagedRow, reader: _Reader, text: str) -> None:
        index, column = reader.index, reader.column
        anchor = self.table.anchors.get((index, row.number)) if self.table.anchors else None
        if not text and anchor is not None:
            above = self._anchored.get(anchor, [])
            merged = above[index] if index < len(above) else ""
            if column.fill_down:
                text = merged
                row.raw += [""] * (index + 1 - len(row.raw))
                row.raw[index] = text
            elif merged:
                row.warn(column.field, f"{column.label}与第 {anchor} 行合并为一格，只计在第 {anchor} 行")
        try:
            parsed = reader.read(text)
        except CellError as error:
            row.error(column.field, f"{column.label}{error}")
            return
        row.values |= parsed.values
        for warning in parsed.warnings:
            row.warn(column.field, f"{column.label}{warning}")
        if column.required and not plain(text):
            row.error(column.field, f"{column.label}未填写")


def stage(table: Table, heading: Heading, today: dt.date) -> list[StagedRow]:
    """Staged rows of a whole table, in its order. Skipped rows stay in the list with the reason."""
    return Stager(table, heading, today).rows(table.rows)


def _header(heading: Heading, index: int) -> str:
    return f"({heading.units[index]})" if index in heading.units else header_with_unit(heading.headers.get(index, ""))


def header_with_unit(header: str) -> str:
    """The header with its unit in brackets, as the reader of numbers expects it: 面积万㎡ → 面积(万m2)."""
    text = unicodedata.normalize("NFKC", header).strip()
    return _BARE_UNIT.sub(lambda found: f"({found[1]})", text)


def _skip(texts: list[str], heading: Heading) -> str:
    filled = [text for text in texts if text]
    if len(filled) <= 2 or any("计" in text for text in filled[:3]):  # all that the patterns below could meet
        first = re.sub(r"\s+", "", unicodedata.normalize("NFKC", filled[0]))
        if TOTAL.fullmatch(first) and (len(first) <= 8 or len(filled) == 1):
            return f"是“{first[:20]}”行"
        if any(re.sub(r"\s+", "", text) in {"合计", "小计", "总计"} for text in filled[:3]):
            return "是合计行"
        if len(filled) <= 2 and FOOTER.match(first):
            return "是表尾说明"
    return "是重复的表头" if _repeats(texts, heading) else ""


def _repeats(texts: list[str], heading: Heading) -> bool:
    """Whether the row says the heading once more: more than one cell of its columns, and all of them the header."""
    same = 0
    for index in heading.fields:
        text = texts[index] if index < len(texts) else ""
        if text and text != heading.headers.get(index):
            return False
        same += bool(text)
    return same > 1
