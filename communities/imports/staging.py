"""A table as read to staged rows: totals, notes and repeated headers are left out (and said so), cells become values."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from communities.imports.cells import CellError, Column, Context, plain
from communities.imports.headers import Heading
from communities.imports.kinds import StagedRow
from communities.imports.table import Table, cell_name

TOTAL = re.compile(
    r"(?:合计|小计|总计|共计|累计|总合计|本页合计|全县合计|全市合计|全区合计)(?:[:(（].*)?|.{0,20}(?:合计|小计|总计)"
)
_SIGNS = "备?注|说明|填报单位|填报人|填表人|填报日期|填表日期|审核人?|单位负责人|负责人|联系人|联系电话|制表人?|盖章"
FOOTER = re.compile(rf"(?:{_SIGNS})[:(（].*|注\d.*")
_BARE_UNIT = re.compile(r"[(\[:/]?\s*((?:百万|千|万|亿)?(?:平方米|平米|m2|元))\s*[)\]]?\s*$")


def stage(table: Table, heading: Heading, today: dt.date) -> list[StagedRow]:
    """Staged rows of a table, in its order. Skipped rows stay in the list with the reason."""
    contexts = {index: Context(header_with_unit(heading.headers.get(index, "")), today) for index in heading.fields}
    cells = dict(table.rows)
    rows = []
    for number, texts in table.rows:
        if number < heading.first:
            continue
        row = StagedRow(number, texts, {}, {c.field: cell_name(i, number) for i, c in heading.fields.items()})
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
            for index, column in heading.fields.items():
                _cell(row, index, column, contexts[index], table, cells)
        rows.append(row)
    return rows


def header_with_unit(header: str) -> str:
    """The header with its unit in brackets, as the reader of numbers expects it: 面积万㎡ → 面积(万m2)."""
    text = unicodedata.normalize("NFKC", header).strip()
    return _BARE_UNIT.sub(lambda found: f"({found[1]})", text)


def _skip(texts: list[str], heading: Heading) -> str:
    filled = [text for text in texts if text]
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


def _cell(
    row: StagedRow, index: int, column: Column, context: Context, table: Table, cells: dict[int, list[str]]
) -> None:
    text = row.raw[index] if index < len(row.raw) else ""
    anchor = table.anchors.get((index, row.number))
    if not text and anchor is not None:
        above = cells.get(anchor, [])
        merged = above[index] if index < len(above) else ""
        if column.fill_down:
            text = merged
        elif merged:
            row.warn(column.field, f"{column.label}与第 {anchor} 行合并为一格，只计在第 {anchor} 行")
    try:
        parsed = column.parse(text, context)
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
