"""An official form as a Word document that the office can go on editing: real tables, headings repeated, 草稿 on top of a draft."""

import io
from typing import IO, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from offices.official import Form, Grid, numeric, said
from offices.sheets import plain

FACE = "宋体"
LONG, SHORT, MARGIN = Mm(297), Mm(210), Mm(20)


def written(form: Form) -> IO[bytes]:
    """The finished document, at its beginning."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    _page(document, form)
    _paragraph(document, form.heading, size=16, bold=True, centred=True)
    _paragraph(document, form.above)
    if form.opening:
        _paragraph(document, form.opening)
    for label, text in form.lines:
        _paragraph(document, f"{label}：{text}")
    for grid in form.grids:
        _grid(document, grid)
    for text in form.words:
        _paragraph(document, text)
    for label in form.seals:
        _paragraph(document, f"\n{label}（盖章）：　　　　　　　　　　　　年　　月　　日\n")
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


def _paragraph(document: Any, text: str, *, size: float = 10.5, bold: bool = False, centred: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(plain(text))
    run.bold, run.font.size = bold, Pt(size)


def _grid(document: Any, grid: Grid) -> None:
    if grid.title:
        _paragraph(document, grid.title, size=11, bold=True)
    rows = [tuple(column.label for column in grid.columns), *grid.rows, *([grid.total] if grid.total else [])]
    table = document.add_table(rows=len(rows), cols=len(grid.columns), style="Table Grid")
    right = [numeric(grid, number) for number in range(len(grid.columns))]
    for place, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
        strong = place == 0 or (bool(grid.total) and place == len(rows) - 1)
        for number, (cell, value) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(plain(said(value)))
            run.bold, run.font.size = strong, Pt(9)
            if right[number] and place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
