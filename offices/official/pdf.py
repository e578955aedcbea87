"""An official form as PDF: A4 or A3, headings repeated on every page, 草稿 across a draft, room for seals."""

from typing import IO

from fpdf.enums import WrapMode
from fpdf.fonts import FontFace

from offices.official import DATED, Form, Grid, numeric, said
from offices.sheets import MARGIN, Sheet, plain

SEAL, ROOM, LINE = 42, 16, 0.15


def written(form: Form, *, size: str = "A4") -> IO[bytes]:
    """The finished PDF, at its beginning. ``size``: A4 or A3. Raises Refused where the installation lacks the typeface."""
    sheet = Sheet(title=form.title, draft=form.draft, landscape=form.landscape, size=size)
    sheet.add_page()
    sheet.line_of(form.heading, size=16, bold=True, height=10, align="C")
    sheet.ln(2)
    _above(sheet, form)
    if form.opening:
        sheet.line_of(form.opening, height=7)
    if form.lines:
        _lines(sheet, form.lines)
    for grid in form.grids:
        _grid(sheet, grid)
    for text in form.words:
        sheet.ln(1)
        sheet.line_of(text)
    if form.foot:
        sheet.ln(3)
        sheet.line_of(form.foot)
    _seals(sheet, form.seals)
    return sheet.written()


def _above(sheet: Sheet, form: Form) -> None:
    """Who fills it in on the left, the unit on the right."""
    if not form.above and not form.unit:
        return
    sheet.face(10)
    if form.unit:
        top = sheet.get_y()
        sheet.cell(0, 6, plain(form.unit), align="R")
        sheet.set_xy(MARGIN, top)
    sheet.line_of(form.above, size=10)
    sheet.ln(1)


def _lines(sheet: Sheet, lines: tuple[tuple[str, str], ...]) -> None:
    """What the form is about, boxed."""
    sheet.ln(1)
    sheet.face(10)
    sheet.set_line_width(LINE)
    with sheet.table(
        col_widths=(34, sheet.epw - 34), text_align=("CENTER", "LEFT"), first_row_as_headings=False, line_height=5.6, padding=1.2,
        wrapmode=WrapMode.CHAR, width=sheet.epw,
    ) as table:  # fmt: skip
        for label, text in lines:
            table.row((plain(label), plain(text)))


def _grid(sheet: Sheet, grid: Grid) -> None:
    sheet.ln(2)
    if grid.title:
        sheet.line_of(grid.title, size=11, bold=True, height=7)
    sheet.face(9)
    sheet.set_line_width(LINE)
    bold = FontFace(emphasis="BOLD")
    align = tuple(
        "CENTER" if column.name else "RIGHT" if numeric(grid, number) else "LEFT"
        for number, column in enumerate(grid.columns)
    )
    widths = tuple(column.width for column in grid.columns)
    with sheet.table(
        col_widths=widths, text_align=align, headings_style=bold, line_height=5.2, padding=1, wrapmode=WrapMode.CHAR, width=sheet.epw
    ) as table:  # fmt: skip
        head = table.row()
        for column in grid.columns:
            head.cell(plain(column.label), align="CENTER")
        for cells in grid.rows:
            row = table.row(min_height=ROOM if grid.room else None)
            for cell, column in zip(cells, grid.columns, strict=True):
                row.cell(plain(said(cell, column)))
        if grid.total:
            row = table.row(style=bold)
            for place, cell in enumerate(grid.total):
                row.cell(plain(said(cell)), align="CENTER" if place == 0 else None)


def _seals(sheet: Sheet, seals: tuple[str, ...]) -> None:
    """Who seals it and the date by hand: one at the lower right, as below a letter; several side by side."""
    if not seals:
        return
    width = sheet.epw / max(2, min(len(seals), 4))
    if sheet.get_y() + SEAL > sheet.h - MARGIN:
        sheet.add_page()
    top, left = sheet.get_y() + 10, MARGIN + (width if len(seals) == 1 else 0)
    for number, label in enumerate(seals[:4]):
        sheet.face(10.5)
        sheet.set_xy(left + number * width, top)
        sheet.multi_cell(width, 6, f"{plain(label)}（盖章）", align="C", wrapmode=WrapMode.CHAR)
        sheet.set_xy(left + number * width, top + 14)
        sheet.cell(width, 6, DATED, align="C")
