"""A table as read to staged rows: totals, notes and repeated headers are left out (and said so), cells become values."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from communities.imports.cells import CellError, Column, Context, Parsed, plain
from communities.imports.headers import Heading
from communities.imports.kinds import StagedRow
from communities.imports.progress import Step, nothing
from communities.imports.table import Table, cell_name

TOTAL = re.compile(
    r"(?:合计|小计|总计|共计|累计|总合计|本页合计|全县合计|全市合计|全区合计)(?:[:(（].*)?|.{0,20}(?:合计|小计|总计)"
)
_SIGNS = "备?注|说明|填报单位|填报人|填表人|填报日期|填表日期|审核人?|单位负责人|负责人|联系人|联系电话|制表人?|盖章"
FOOTER = re.compile(rf"(?:{_SIGNS})[:(（].*|注\d.*")
REMEMBERED = 20_000  # different texts of a column
_BARE_UNIT = re.compile(r"[(\[:/]?\s*((?:百万|千|万|亿)?(?:平方米|平米|m2|元))\s*[)\]]?\s*$")


@dataclass
class _Reader:
    """Reads the cells of one column. A column says the same thing many times: what is understood once is kept."""

    index: int
    column: Column
    context: Context
    known: dict[str, Parsed | CellError] = field(default_factory=dict)

    def read(self, text: str) -> Parsed:
        """As the column's parser. Raises CellError."""
        found = self.known.get(text)
        if found is None:
            try:
                found = self.column.parse(text, self.context)
            except CellError as error:
                found = error
            if len(self.known) < REMEMBERED:
                self.known[text] = found
        if isinstance(found, CellError):
            raise found
        return found


def stage(table: Table, heading: Heading, today: dt.date, step: Step = nothing) -> list[StagedRow]:
    """Staged rows of a table, in its order. Skipped rows stay in the list with the reason. ``step`` hears of every thousand rows."""
    readers = [
        _Reader(index, column, Context(_header(heading, index), today)) for index, column in heading.fields.items()
    ]
    letters = {column.field: cell_name(index, 0)[:-1] for index, column in heading.fields.items()}
    cells = dict(table.rows) if table.anchors else {}
    rows = []
    for done, (number, texts) in enumerate(table.rows):
        if done % 1000 == 0:
            step("正在读取", done, len(table.rows))
        if number < heading.first:
            continue
        row = StagedRow(number, texts, {}, letters)
        reason = _skip(texts, heading)
        if reason:
            row.status = "skipped"
            row.problems.append(
                {
                    "cell": cell_name(0, number),
                    "field": "",
                    "severity": "warning",
                    "message": f"第 {number} 行：{reason}，已跳过",
                }
            )
        else:
            for reader in readers:
                _cell(row, reader, table, cells)
            if number in table.hidden_rows:
                row.warn("", "这一行在原表中是隐藏的，已一并读取")
        rows.append(row)
    return rows


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
    known = [(i, texts[i]) for i in heading.fields if i < len(texts) and texts[i]]
    if len(known) > 1 and all(text == heading.headers.get(i) for i, text in known):
        return "是重复的表头"
    return ""


def _cell(row: StagedRow, reader: _Reader, table: Table, cells: dict[int, list[str]]) -> None:
    index, column = reader.index, reader.column
    text = row.raw[index] if index < len(row.raw) else ""
    anchor = table.anchors.get((index, row.number)) if table.anchors else None
    if not text and anchor is not None:
        above = cells.get(anchor, [])
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


def counts(rows: Iterable[StagedRow]) -> dict[str, int]:
    """Rows by status, and how many carry a warning."""
    found = {"new": 0, "update": 0, "unchanged": 0, "error": 0, "skipped": 0, "warning": 0}
    for row in rows:
        found[row.status] += 1
        found["warning"] += row.status != "skipped" and any(
            problem["severity"] == "warning" for problem in row.problems
        )
    return found
