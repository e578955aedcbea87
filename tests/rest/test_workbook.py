"""The workbook of an export: read back by two readers it says what went in, and no text of it is a formula."""

import io

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from policies.refusal import Invalid
from rest import exports, workbook

TEXTS = [
    "&<>\"'",
    "=1+1",
    "_x0041_",
    "a\x01b",
    " vor und nach ",
    "两行\n第二行",
    "芮城县㎡",
    "a\tb",
    "\x1b\x0b",
    "字\U00020000",
    "0",
    "01",
]


def made(columns: list[str], rows: list[list[object]]) -> io.BytesIO:
    """A workbook in memory."""
    file = io.BytesIO()
    workbook.write(file, columns, rows)
    file.seek(0)
    return file


def test_what_goes_in_comes_out_in_both_readers() -> None:
    rows: list[list[object]] = [[text, number, None, 2**60] for number, text in enumerate(TEXTS)]
    file = made(["名称 & 说明", "数", "空", "大"], rows)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    read = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert read[0] == ["名称 & 说明", "数", "空", "大"] and sheet.freeze_panes == "A2" and sheet["A1"].font.bold
    spelled = {"a\x01b": "a_x0001_b", "\x1b\x0b": "_x001B__x000B_", "_x0041_": "_x005F_x0041_"}  # as Excel spells them
    assert [row[0] for row in read[1:]] == [spelled.get(text, text) for text in TEXTS]
    assert [row[1:] for row in read[1:]] == [[number, None, str(2**60)] for number in range(len(TEXTS))]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "inlineStr", "n"}
    file.seek(0)
    again = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert [row[1] for row in again[1:]] == list(range(len(TEXTS))) and again[2][0] == "=1+1"


def test_columns_beyond_z_and_no_rows_at_all() -> None:
    sheet = openpyxl.load_workbook(made([f"列{n}" for n in range(60)], [list(range(60))])).active
    assert sheet is not None and (sheet["AA2"].value, sheet["BH2"].value) == (26, 59)
    empty = openpyxl.load_workbook(made(["甲"], [])).active
    assert empty is not None and empty.max_row == 1


def test_formulas_are_disarmed_and_too_many_rows_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = exports.as_xlsx([{"a": "=cmd|' /C calc'!A0", "b": -1, "c": True}], ["a", "b", "c"], "表")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None and [cell.value for cell in sheet[2]] == ["'=cmd|' /C calc'!A0", -1, "true"]
    monkeypatch.setattr(exports, "XLSX_ROWS", 2)
    with pytest.raises(Invalid, match="一张工作表放不下"):
        exports.as_xlsx([{"a": 1}] * 3, ["a"], "表")
