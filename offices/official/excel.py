"""An official form as a workbook: A4, header rows repeated, numbers as numbers, texts as texts (a typed formula stays a text)."""

import io
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from offices.official import Cell, Form, Grid
from offices.sheets import plain

LEAST = 4  # columns that the lines above a table spread over


def written(form: Form) -> IO[bytes]:
    """The finished workbook, at its beginning."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("表")
    formats = _formats(book)
    last = max([LEAST, *(len(grid.columns) for grid in form.grids)]) - 1
    sheet.set_paper(9)
    if form.landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    above = [form.above, *([form.opening] if form.opening else []), *(f"{label}：{text}" for label, text in form.lines)]
    sheet.merge_range(0, 0, 0, last, plain(form.heading), formats["title"])
    for row, text in enumerate(above, start=1):
        sheet.merge_range(row, 0, row, last, plain(text), formats["note"])
    row = 1 + len(above)
    for number, column in enumerate(form.grids[0].columns if form.grids else ()):
        sheet.set_column(number, number, column.width)
    if len(form.grids) == 1 and not form.grids[0].title:
        sheet.repeat_rows(row)
        sheet.freeze_panes(row + 1, 0)
    for grid in form.grids:
        row = _grid(sheet, row, grid, formats)
    for text in (*form.words, *(f"{label}（盖章）：" for label in form.seals)):
        sheet.merge_range(row, 0, row, last, plain(text), formats["note"])
        row += 1
    book.close()
    buffer.seek(0)
    return buffer


def _grid(sheet: Any, row: int, grid: Grid, formats: dict[str, Any]) -> int:
    if grid.title:
        sheet.write_string(row, 0, plain(grid.title), formats["note"])
        row += 1
    for number, column in enumerate(grid.columns):
        sheet.write_string(row, number, column.label, formats["head"])
    for cells in grid.rows:
        row += 1
        for number, value in enumerate(cells):
            _write(sheet, row, number, value, formats["cell"], formats["number"])
    if grid.total:
        row += 1
        for number, value in enumerate(grid.total):
            _write(sheet, row, number, value, formats["head"], formats["total"])
    return row + 2


def _write(sheet: Any, row: int, column: int, value: Cell, text: Any, number: Any) -> None:
    if isinstance(value, Decimal | int):
        sheet.write_number(row, column, value, number)
    elif value:
        sheet.write_string(row, column, plain(value), text)
    else:
        sheet.write_blank(row, column, None, text)


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
    boxed = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
        "note": book.add_format({**base, "align": "left"}),
        "head": book.add_format({**boxed, "bold": True, "align": "center"}),
        "cell": book.add_format({**boxed, "align": "left"}),
        "number": book.add_format({**boxed, "align": "right"}),
        "total": book.add_format({**boxed, "bold": True, "align": "right"}),
    }
