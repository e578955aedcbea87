"""An official form as PDF: A4 or A3, headings repeated on every page, 草稿 across a draft, room for seals."""

from typing import IO

from fpdf.enums import WrapMode
from fpdf.fonts import FontFace

from offices.official import Form, Grid, numeric, said
from offices.sheets import MARGIN, Sheet, plain

SEAL = 42


def written(form: Form, *, size: str = "A4") -> IO[bytes]:
    """The finished PDF, at its beginning. ``size``: A4 or A3. Raises Refused where the installation lacks the typeface."""
    sheet = Sheet(title=form.title, draft=form.draft, landscape=form.landscape, size=size)
    sheet.add_page()
    sheet.line_of(form.heading, size=16, bold=True, height=10, align="C")
    sheet.ln(2)
    sheet.line_of(form.above, size=10)
    sheet.ln(1)
    if form.opening:
        sheet.line_of(form.opening, height=7)
        sheet.ln(1)
    for label, text in form.lines:
        sheet.pair(label, text or "　", width=34)
    for grid in form.grids:
        _grid(sheet, grid)
    for text in form.words:
        sheet.ln(1)
        sheet.line_of(text)
    _seals(sheet, form.seals)
    return sheet.written()


def _grid(sheet: Sheet, grid: Grid) -> None:
    sheet.ln(2)
    if grid.title:
        sheet.line_of(grid.title, size=11, bold=True, height=7)
    sheet.face(9)
    bold = FontFace(emphasis="BOLD")
    align = tuple("RIGHT" if numeric(grid, number) else "LEFT" for number in range(len(grid.columns)))
    widths = tuple(column.width for column in grid.columns)
    with sheet.table(
        col_widths=widths, text_align=align, headings_style=bold, line_height=5.2, padding=1, wrapmode=WrapMode.CHAR, width=sheet.epw
    ) as table:  # fmt: skip
        head = table.row()
        for column in grid.columns:
            head.cell(plain(column.label), align="CENTER")
        for cells in grid.rows:
            row = table.row()
            for cell in cells:
                row.cell(plain(said(cell)))
        if grid.total:
            row = table.row(style=bold)
            for cell in grid.total:
                row.cell(plain(said(cell)))


def _seals(sheet: Sheet, seals: tuple[str, ...]) -> None:
    if not seals:
        return
    room = sheet.epw / max(2, min(len(seals), 4))
    if sheet.get_y() + SEAL > sheet.h - MARGIN:
        sheet.add_page()
    top = sheet.get_y() + 4
    for number, label in enumerate(seals[:4]):
        sheet.seal_zone(MARGIN + number * room, top, f"{label}（盖章）", size=min(room, SEAL * 1.3))
