"""An official form as a Word document that the office can go on editing: real tables, headings repeated, 草稿 on top of a draft."""

import io
from typing import IO, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from offices.official import DATED, Form, Grid, numeric, said
from offices.sheets import plain

FACE = "宋体"
LONG, SHORT, MARGIN, LABEL, ROOM = Mm(297), Mm(210), Mm(20), Mm(34), Mm(16)


def written(form: Form) -> IO[bytes]:
    """The finished document, at its beginning."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    _page(document, form)
    _paragraph(document, form.heading, size=16, bold=True, place=WD_ALIGN_PARAGRAPH.CENTER)
    if form.above or form.unit:
        _above(document, form)
    if form.opening:
        _paragraph(document, form.opening)
    if form.lines:
        _lines(document, form.lines)
    for grid in form.grids:
        _grid(document, grid)
    for text in form.words:
        _paragraph(document, text)
    if form.foot:
        _paragraph(document, form.foot)
    for label in form.seals:
        _paragraph(document, f"\n{label}（盖章）　　　　　　　　　　{DATED}\n", place=WD_ALIGN_PARAGRAPH.RIGHT)
    buffer = io.BytesIO()
    document.save(buffer)
    buffer.seek(0)
    return buffer


def _page(document: Any, form: Form) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (LONG, SHORT) if form.landscape else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if form.landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    if form.draft:
        section.header.paragraphs[0].text = "草稿"
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES")):
        foot.add_run(text)
        _field(foot, field)
    foot.add_run(" 页")


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)


def _above(document: Any, form: Form) -> None:
    """Who fills it in on the left, the unit at a stop on the right."""
    _paragraph(document, form.above)
    paragraph = document.paragraphs[-1]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(_width(document)), WD_TAB_ALIGNMENT.RIGHT)
    if form.unit:
        paragraph.add_run(f"\t{plain(form.unit)}")


def _width(document: Any) -> int:
    """Between the margins."""
    section = document.sections[0]
    return int(section.page_width - section.left_margin - section.right_margin)


def _lines(document: Any, lines: tuple[tuple[str, str], ...]) -> None:
    """What the form is about, boxed."""
    table = document.add_table(rows=len(lines), cols=2, style="Table Grid")
    wide = Emu(_width(document) - LABEL)
    for row, (label, text) in zip(table.rows, lines, strict=True):
        row.cells[0].width, row.cells[1].width = LABEL, wide
        row.cells[0].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        row.cells[0].paragraphs[0].add_run(plain(label))
        row.cells[1].paragraphs[0].add_run(plain(text))
    _paragraph(document, "")


def _paragraph(
    document: Any, text: str, *, size: float = 10.5, bold: bool = False, place: Any = WD_ALIGN_PARAGRAPH.LEFT
) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.alignment = place
    run = paragraph.add_run(plain(text))
    run.bold, run.font.size = bold, Pt(size)


def _grid(document: Any, grid: Grid) -> None:
    if grid.title:
        _paragraph(document, grid.title, size=11, bold=True)
    rows = [tuple(column.label for column in grid.columns), *grid.rows, *([grid.total] if grid.total else [])]
    table = document.add_table(rows=len(rows), cols=len(grid.columns), style="Table Grid")
    right = [numeric(grid, number) for number in range(len(grid.columns))]
    wide, whole = _width(document), sum(column.width for column in grid.columns)
    for place, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
        strong = place == 0 or (bool(grid.total) and place == len(rows) - 1)
        if grid.room and place:
            row.height, row.height_rule = ROOM, WD_ROW_HEIGHT_RULE.AT_LEAST
        for number, (cell, value) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph, column = cell.paragraphs[0], grid.columns[number]
            run = paragraph.add_run(plain(said(value, column)))
            run.bold, run.font.size = strong, Pt(9)
            cell.width = Emu(wide * column.width // whole)
            if not place or column.name:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif right[number]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
