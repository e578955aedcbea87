"""Official forms as PDF, Word and Excel: the same words in each, drafts marked, formulas kept as texts, strangers refused."""

from decimal import Decimal
from typing import Any

import docx
import openpyxl
import pytest
from fpdf import FPDF

from communities.models import Import
from offices.official import Column, Form, Grid, excel, pdf, word
from offices.sheets import Sheet
from projects.models import AnnualPlan
from projects.papers import official
from tests.projects.conftest import World

BAD = ("61", "=cmd|' /C calc'!A0", 1, Decimal("0.00"), "")
SUMS = ("合计", "61个小区", 1831, Decimal("74070.00"), None)
ROWS = tuple((f"{number}", f"第{number}小区", number, Decimal("1234.50"), None) for number in range(1, 61))
COLUMNS = (Column("序号", 6), Column("小区", 30), Column("户数", 10), Column("面积㎡", 14), Column("备注", 20))
FORM = Form(
    title="年度计划表", issuer="芮城县住房和城乡建设局", place="芮城县", unit="单位：万元", draft=True, landscape=True,
    lines=(("文号", "芮政办发〔2022〕23号"),), seals=("填报单位", "审核单位"), words=("=1+1",),
    grids=(Grid(COLUMNS, (*ROWS, BAD), total=SUMS),),
)  # fmt: skip


def test_the_workbook_holds_numbers_texts_the_sum_and_repeats_its_head() -> None:
    sheet = openpyxl.load_workbook(excel.written(FORM)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (
        cells[0][0] == "年度计划表（草稿）"
        and "填报单位（盖章）：芮城县住房和城乡建设局" in cells[1][0]
        and cells[1][4] == "单位：万元"
    )
    head = next(number for number, row in enumerate(cells) if row[0] == "序号")
    assert cells[head + 1][:4] == ["1", "第1小区", 1, 1234.5] and cells[head + 62][:4] == [
        "合计",
        "61个小区",
        1831,
        74070,
    ]
    assert sheet.print_title_rows == f"${head + 1}:${head + 1}" and sheet.page_setup.orientation == "landscape"
    bad = next(row for row in sheet.iter_rows() if row[0].value == "61")
    assert bad[1].data_type == "s" and bad[1].value == "=cmd|' /C calc'!A0"


def test_the_document_has_a_table_with_a_repeated_head_and_room_for_seals() -> None:
    document = docx.Document(word.written(FORM))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "年度计划表（草稿）" and document.sections[0].header.paragraphs[0].text == "草稿"
    assert (
        any("审核单位（盖章）" in text for text in texts)
        and document.sections[0].page_width > document.sections[0].page_height
    )
    about, table = document.tables
    assert [cell.text for cell in about.rows[0].cells] == ["文号", "芮政办发〔2022〕23号"]
    assert [cell.text for cell in table.rows[1].cells] == ["1", "第1小区", "1", "1,234.50", ""]
    assert table.rows[-1].cells[0].text == "合计" and "w:tblHeader" in table.rows[0]._tr.xml


def test_a_year_is_no_quantity_and_who_fills_in_stands_where_nothing_is_left_blank(
    world: World, imported: Import
) -> None:
    form = official.plan(world.wang, AnnualPlan.objects.get(year=2021).uid)
    assert form is not None and form.issuer == world.housing.name and form.unit == "单位：栋、户、㎡"
    table = docx.Document(word.written(form)).tables[0]
    assert [cell.text for cell in table.rows[1].cells][:5] == ["2021", "原卷烟厂小区", "华泰北路", "1994", "2"]
    sheet = openpyxl.load_workbook(excel.written(form)).active
    assert sheet is not None and form.issuer in str(sheet["A2"].value)
    assert (sheet["A4"].number_format, sheet["G4"].number_format) == ("0", "#,##0.00")
    assert "单位负责人" in str([cell.value for row in sheet.iter_rows() for cell in row])


def test_the_pdf_repeats_its_head_on_every_page_and_a3_is_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    cell = FPDF.multi_cell

    def noted(self: Any, *args: Any, **values: Any) -> Any:
        drawn.append(str(values.get("text", args[2] if len(args) > 2 else "")))
        return cell(self, *args, **values)

    monkeypatch.setattr(Sheet, "multi_cell", noted)
    small = pdf.written(FORM).read()
    pages = small.count(b"/Type /Page\n")
    assert small.startswith(b"%PDF") and pages >= 3
    large = pdf.written(FORM, size="A3").read()
    assert b"841.89" in small and b"1190.55" in large and large.count(b"/Type /Page\n") < pages
