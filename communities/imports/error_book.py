"""The whole table as a workbook with red cells and comments: mended in Excel, it is uploaded again and found by its own headers."""

import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from communities.imports.cells import Column
from communities.imports.headings import unit_of
from communities.imports.kinds import kind_of
from communities.imports.template import LAST_ROW
from communities.models import Import, ImportRow

NUMBER = re.compile(
    r"(?:0|[1-9]\d{0,9})(?:\.\d{1,4})?"
)  # longer ones and those with leading zeros are numbers of papers
PROBLEMS, LEFT = "问题", "未导入："
COMMENTS = 20_000  # Excel opens a sheet with more slowly


def error_book(source: Import) -> bytes:
    """All rows but those left out, problems marked: red for errors, yellow for warnings."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "error": book.add_format({"bg_color": "#F8C9C4", "font_color": "#8A1C13"}),
        "warning": book.add_format({"bg_color": "#FFF1C2"}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
    }
    kind = kind_of(source.kind)
    columns = {column.field: column for column in kind.columns}
    items = [item for item in source.columns[1:] if item["field"] or item["header"] not in {"", PROBLEMS}]
    sheet = book.add_worksheet(kind.label[:31])
    for place, item in enumerate([*items, {"header": PROBLEMS, "field": ""}]):
        column = columns.get(item["field"])
        sheet.write_string(0, place, _header(item, column), styles["head"])
        sheet.set_column(place, place, 14 if place < len(items) else 60)
        if column is not None and column.choices:
            sheet.data_validation(
                1, place, LAST_ROW, place, {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            )
    sheet.freeze_panes(1, 0)
    rows = source.rows.exclude(status=ImportRow.Status.SKIPPED).order_by("number")
    left = COMMENTS
    for line, row in enumerate(rows.iterator(chunk_size=2000), start=1):
        left -= _write_row(sheet, line, row, items, styles, left)
    book.close()
    return stream.getvalue()


def _header(item: dict[str, Any], column: Column | None) -> str:
    """A header that the import finds by itself; what was not imported is named so that it isn't again."""
    if column is None:
        header = str(item["header"])
        return header if header == PROBLEMS or header.startswith(LEFT) else f"{LEFT}{header}"
    unit = item.get("unit", "")
    if not unit:
        return column.label
    bare = re.sub(r"（[^）]*）$", "", column.label) if unit_of(column.label, column) else column.label
    return f"{bare}（{unit}）"


def _write_row(
    sheet: Worksheet, line: int, row: ImportRow, items: list[dict[str, Any]], styles: dict[str, Any], left: int
) -> int:
    by_field: dict[str, list[dict[str, str]]] = {}
    for problem in row.problems:
        by_field.setdefault(problem["field"], []).append(problem)
    written = 0
    for place, item in enumerate(items):
        text = row.raw[item["index"]] if item["index"] < len(row.raw) else ""
        problems = by_field.get(item["field"], []) if item["field"] else []
        style = styles[_worst(problems)] if problems else None
        if NUMBER.fullmatch(text):
            sheet.write_number(line, place, Decimal(text), style)
        else:
            sheet.write_string(line, place, text, style)
        if problems and written < left:
            sheet.write_comment(line, place, "\n".join(_bare(problem) for problem in problems)[:800])
            written += 1
    if row.problems:
        sheet.write_string(
            line, len(items), "；".join(_bare(problem) for problem in row.problems)[:2000], styles[_worst(row.problems)]
        )
    return written


def _worst(problems: Iterable[dict[str, str]]) -> str:
    return "error" if any(problem["severity"] == "error" for problem in problems) else "warning"


def _bare(problem: dict[str, str]) -> str:
    """The message without its cell, which in this workbook is another."""
    return problem["message"].partition("：")[2]
