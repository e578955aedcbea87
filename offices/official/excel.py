"""An official form as a workbook: A4, header rows repeated, numbers as numbers, texts as texts (a typed formula stays a text)."""

import io
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from offices.official import DATED, Cell, Column, Form, Grid
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
    sheet.merge_range(0, 0, 0, last, plain(form.heading), formats["title"])
    sheet.set_row(0, 30)
    _above(sheet, form, last, formats)
    below = [*([form.opening] if form.opening else []), *(f"{label}：{text}" for label, text in form.lines)]
    for row, text in enumerate(below, start=2):
        sheet.merge_range(row, 0, row, last, plain(text), formats["note"])
    row = 2 + len(below)
    for number, column in enumerate(form.grids[0].columns if form.grids else ()):
        sheet.set_column(number, number, column.width)
    if len(form.grids) == 1 and not form.grids[0].title:
        sheet.repeat_rows(row)
        sheet.freeze_panes(row + 1, 0)
    for grid in form.grids:
        row = _grid(sheet, row, grid, formats)
    for text in (*form.words, *([form.foot] if form.foot else [])):
        sheet.merge_range(row, 0, row, last, plain(text), formats["note"])
        row += 1
    for label in form.seals:
        sheet.merge_range(row, 0, row, last, f"{plain(label)}（盖章）　　　　{DATED}", formats["seal"])
        sheet.set_row(row, 48)
        row += 1
    book.close()
    buffer.seek(0)
    return buffer


def _above(sheet: Any, form: Form, last: int, formats: dict[str, Any]) -> None:
    """Who fills it in on the left, the unit on the right, over as many columns as it needs."""
    widths = [column.width for column in form.grids[0].columns] if form.grids else []
    first = last
    while form.unit and first > 2 and sum(widths[first : last + 1]) < 2 * len(form.unit):
        first -= 1
    sheet.merge_range(1, 0, 1, first - bool(form.unit), plain(form.above), formats["note"])
    if form.unit and first < last:
        sheet.merge_range(1, first, 1, last, plain(form.unit), formats["unit"])
    elif form.unit:
        sheet.write_string(1, last, plain(form.unit), formats["unit"])


def _grid(sheet: Any, row: int, grid: Grid, formats: dict[str, Any]) -> int:
    if grid.title:
        sheet.write_string(row, 0, plain(grid.title), formats["note"])
        row += 1
    for number, column in enumerate(grid.columns):
        sheet.write_string(row, number, column.label, formats["head"])
    for cells in grid.rows:
        row += 1
        if grid.room:
            sheet.set_row(row, 45)
        for number, value in enumerate(cells):
            _write(sheet, row, number, value, formats["cell"], _number(grid.columns[number], value, formats))
    if grid.total:
        row += 1
        for number, value in enumerate(grid.total):
            whole = formats["total_exact" if isinstance(value, Decimal) else "total"]
            _write(sheet, row, number, value, formats["head"], whole)
    return row + 2


def _number(column: Column, value: Cell, formats: dict[str, Any]) -> Any:
    """Years plain, counts with their thousands, measures with two decimals: their points stand below each other."""
    return formats["name" if column.name else "exact" if isinstance(value, Decimal) else "number"]


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
        "name": book.add_format({**boxed, "align": "center", "num_format": "0"}),
        "number": book.add_format({**boxed, "align": "right", "num_format": "#,##0"}),
        "exact": book.add_format({**boxed, "align": "right", "num_format": "#,##0.00"}),
        "total": book.add_format({**boxed, "bold": True, "align": "right", "num_format": "#,##0"}),
        "total_exact": book.add_format({**boxed, "bold": True, "align": "right", "num_format": "#,##0.00"}),
        "unit": book.add_format({**base, "align": "right", "text_wrap": False}),
        "seal": book.add_format({**base, "align": "right"}),
    }
