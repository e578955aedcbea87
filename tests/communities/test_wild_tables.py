"""Tables as they are found in offices: each built here, read by the real reader, and held against what a person would read in it."""

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from communities.imports import reader
from communities.imports.cells import read_day
from communities.imports.headers import Heading, find_heading
from communities.imports.headings import give_units, notes_of
from communities.imports.kinds import StagedRow
from communities.imports.register import CommunitiesKind
from communities.imports.staging import stage
from communities.imports.table import Table, read_lines, read_table
from communities.imports.workbook import Unreadable
from tests.communities.conftest import TODAY

COLUMNS = CommunitiesKind.columns
FIELDS = ("name", "built_text", "building_count", "household_count", "floor_area")
Sheet = Any


@dataclass
class Wild:
    """A table and what it says: (name, built, buildings, households, ㎡) of each row, and words that the clerk is told."""

    rows: list[list[Any]]
    means: list[tuple[Any, ...]]
    told: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()
    shape: Callable[[Sheet], None] = lambda sheet: None
    skipped: int = 0
    wrong: tuple[str, ...] = field(default=())


PLAIN = ["小区名称", "建成时间", "栋数", "户数", "建筑面积（㎡）"]
ONE = ("甲小区", "1998", 2, 30, "1000.00")


def _hide(sheet: Sheet) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True


def _others(sheet: Sheet) -> None:
    book = sheet.parent
    book.create_sheet("填写说明").append(["请按要求填写"])
    book.create_sheet("隐藏的").sheet_state = "hidden"
    book.move_sheet(sheet, offset=0)


WILD: dict[str, Wild] = {
    "plain": Wild([PLAIN, list(ONE)], [ONE]),
    "title, filler and unit above": Wild(
        [["某某县老旧小区统计表"], ["填报单位：住建局", None, None, None, "单位：栋、户、万平方米"],
         ["小区名称", "建成时间", "栋数", "户数", "建筑面积"], ["甲小区", 1998, 2, 30, 0.1]],
        [ONE], told=("按表上方的",), merges=("A1:E1",),
    ),
    "unit of the header wins over the line above": Wild(
        [["单位：万平方米"], PLAIN, ["甲小区", 1998, 2, 30, 1000]], [ONE],
    ),
    "unit without brackets": Wild([["小区名称", "建设年代", "总栋数", "总户数", "面积万㎡"], ["甲小区", "1998年", "2栋", "30户", "0.1"]],
                                  [("甲小区", "1998年", 2, 30, "1000.00")]),
    "unit in the cell": Wild([["小区名称", "建成时间", "栋数", "户数", "建筑面积"], ["甲小区", "1998", "2", "30", "0.1万㎡"]], [ONE]),
    "two-level heading": Wild(
        [["序号", "小区名称", "建成时间", "规模", None, None], [None, None, None, "栋数（栋）", "户数（户）", "建筑面积（万㎡）"],
         [1, "甲小区", 1998, 2, 30, 0.1]],
        [ONE], merges=("A1:A2", "B1:B2", "C1:C2", "D1:F1"),
    ),
    "three-level heading below a title of two lines": Wild(
        [["芮城县老旧小区"], ["基本情况调查表"], ["序号", "小区", "基本情况", None, None, None], [None, None, "建设", None, "规模", None],
         [None, None, "建成年份", "栋数", "户\n数", "面积\n（万㎡）"], [1, "甲\n小区", 1998, 2, 30, 0.1]],
        [ONE], merges=("A1:F1", "A2:F2", "A3:A5", "B3:B5", "C3:F3", "C4:D4", "E4:F4"),
    ),
    "columns twice and unknown ones": Wild(
        [["小区名称", "建成时间", "栋数", "户数", "户数", "建筑面积（㎡）", "网格员"], ["甲小区", 1998, 2, 30, 31, 1000, "张三"]],
        [ONE], told=("E1“户数”与 D1 都像“户数”，只采用左边一列", "未导入的列"),
    ),
    "totals, subtotals, footers and a second heading": Wild(
        [PLAIN, list(ONE), ["小计", None, 2, 30, 1000], ["乙小区", 1999, 1, 20, 900], ["小  计", None, 1, 20, 900], PLAIN,
         ["丙小区", 2000, 1, 10, 800], ["合计：", None, 4, 60, 2700], ["全县总计", None, 4, 60, 2700], ["填表人：张三", "联系电话：0359"]],
        [ONE, ("乙小区", "1999", 1, 20, "900.00"), ("丙小区", "2000", 1, 10, "800.00")], skipped=6,
    ),
    "a community called 合计花园 is none": Wild([PLAIN, ["合计花园小区", 1998, 2, 30, 1000]], [("合计花园小区", *ONE[1:])]),
    "full-width digits, blanks and separators": Wild(
        [PLAIN, ["甲 小区", "１９９８", "２", "1 979", "１,０００.５０"]], [("甲 小区", "1998", 2, 1979, "1000.50")],
    ),
    "about": Wild([PLAIN, ["甲小区", "约1998年", "2", "约30户", "1000余㎡"]], [("甲小区", "约1998年", 2, 30, "1000.00")],
                  told=("近似数",)),
    "several years": Wild([PLAIN, ["甲小区", "1998、2001年", 2, 30, 1000]], [("甲小区", "1998、2001年", 2, 30, "1000.00")],
                          told=("有多个年份：原文保留，最早按 1998、最晚按 2001",)),
    "blanks in all their writings": Wild(
        [PLAIN, ["甲小区", "不详", "-", "/", "—"], ["乙小区", None, "无", "　", "待查"]],
        [("甲小区", "不详", None, None, None), ("乙小区", "", None, None, None)],
    ),
    "numbers kept as text": Wild([PLAIN, ["甲小区", "1998", "2", "30", "1000"]], [ONE]),
    "binary fractions": Wild([PLAIN, ["甲小区", 1998.0, 2.0, 30.0, 0.1 + 0.2]], [("甲小区", "1998", 2, 30, "0.30")]),
    "a merged figure counts once": Wild(
        [PLAIN, ["甲小区", 1998, 2, 30, 1000], ["乙小区", 1998, None, None, None]],
        [ONE, ("乙小区", "1998", None, None, None)], told=("合并为一格",), merges=("D2:D3",),
    ),
    "hidden rows and columns are read and told": Wild(
        [PLAIN, list(ONE), ["乙小区", 1999, 1, 20, 900]], [ONE, ("乙小区", "1999", 1, 20, "900.00")], shape=_hide,
        told=("这一行在原表中是隐藏的", "1 列是隐藏的"),
    ),
    "several sheets": Wild([PLAIN, list(ONE)], [ONE], shape=_others, told=("未读取：填写说明",)),
    "the table begins at C5": Wild(
        [[], [], [], [], [None, None, *PLAIN], [None, None, *ONE]], [ONE],
    ),
    "a formula's error is no figure": Wild([PLAIN, ["甲小区", 1998, 2, "#DIV/0!", 1000]], [], wrong=("D2：户数“#DIV/0!”不是数字",)),
    "a formula that was never counted is no blank": Wild([PLAIN, ["甲小区", 1998, 2, "=10+20", 1000]], [], wrong=("D2：",)),
    "a float of households": Wild([PLAIN, ["甲小区", 1998, 2, 30.5, 1000]], [], wrong=("D2：户数“30.5”必须是整数",)),
    "minus, exponent, squares": Wild(
        [PLAIN, ["甲", 1998, 2, 30, "-5"], ["乙", 1998, 2, 30, "1e3"], ["丙", 1998, 2, 30, "45²"]], [],
        wrong=("E2：", "E3：", "E4："),
    ),
}  # fmt: skip


def workbook(wild: Wild) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in wild.rows:
        sheet.append(row)
    for area in wild.merges:
        sheet.merge_cells(area)
    wild.shape(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content: bytes, path: Path) -> tuple[Table, Heading, list[StagedRow]]:
    """The reader's own functions in this process: the table, its heading, its rows."""
    path.write_bytes(content)
    table = read_lines(iter(reader.read(path, path.name)))
    heading = find_heading(table, COLUMNS)
    give_units(table, heading, None)
    return table, heading, stage(table, heading, TODAY)


@pytest.mark.parametrize("name", WILD)
def test_a_wild_table_says_what_a_person_reads_in_it(name: str, tmp_path: Path) -> None:
    wild = WILD[name]
    table, heading, rows = read(workbook(wild), tmp_path / "表.xlsx")
    problems = [problem["message"] for row in rows for problem in row.problems]
    good = [tuple(row.values.get(key) for key in FIELDS) for row in rows if row.usable]
    assert good == wild.means
    assert sum(row.status == "skipped" for row in rows) == wild.skipped
    told = "；".join([*problems, *heading.notes, *notes_of(table)])
    for words in (*wild.told, *wild.wrong):
        assert words in told, told
    assert sum(row.status == "error" for row in rows) == len(wild.wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_texts_in_every_encoding_with_every_separator(encoding: str, sign: str, tmp_path: Path) -> None:
    lines = ["某某县统计表", sign.join(PLAIN), sign.join(["“甲”小区㎡", "1998", "2", "30", "1000"])]
    _, _, rows = read("\r\n".join(lines).encode(encoding), tmp_path / "表.csv")
    assert [row.values["name"] for row in rows] == ["“甲”小区m2"]


def test_separators_of_thousands_are_no_columns(tmp_path: Path) -> None:
    text = (
        "小区名称\t栋数\t户数\t建筑面积（㎡）\r\n甲小区\t1,002\t1,234\t12,345.50\r\n乙小区\t2\t2,234\t1,002,345.5\r\n"
    )
    _, _, rows = read(text.encode(), tmp_path / "粘贴的表格.txt")
    assert [(row.values["household_count"], row.values["floor_area"]) for row in rows] == [
        (1234, "12345.50"), (2234, "1002345.50")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["2022-7-5", "2022.7.5", "2022/07/05", "20220705", "2022年7月5日", "2022年07月05日", "44747", "2022-07-05 00:00"],
)
def test_days_in_all_conventions(text: str) -> None:
    assert read_day(text) == dt.date(2022, 7, 5)


def test_a_day_of_excel_and_its_serial_are_one_day(tmp_path: Path) -> None:
    content = workbook(
        Wild([["小区名称", "调查日期"], ["甲", dt.date(2022, 7, 5)], ["乙", 44747], ["丙", "２０２２．７．５"]], [])
    )
    _, _, rows = read(content, tmp_path / "表.xlsx")
    assert [row.values["surveyed_on"] for row in rows] == ["2022-07-05"] * 3


# Files that want to hurt: refused in words, within five seconds, under the reader's limit of memory


def _parts(rows: int = 2) -> dict[str, bytes]:
    content = workbook(Wild([PLAIN, *([list(ONE)] * rows)], []))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _lying() -> bytes:
    """A sheet of 64 MB whose table of contents says that it holds a few bytes."""
    parts = _parts()
    honest = len(parts[SHEET])
    content = bytearray(
        _packed({**parts, SHEET: parts[SHEET].replace(b"</sheetData>", b" " * (64 << 20) + b"</sheetData>")})
    )
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            name = bytes(content[at : at + 200])
            if SHEET.encode() in name[:120]:
                content[at + place : at + place + 4] = honest.to_bytes(4, "little")
    return bytes(content)


def _far() -> bytes:
    """One cell in the last row and column that Excel has."""
    parts = _parts()
    return _packed(
        {
            **parts,
            SHEET: parts[SHEET].replace(
                b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            ),
        }
    )


def _entities() -> Iterator[bytes]:
    parts = _parts()
    for member in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        yield _packed({**parts, member: evil + parts[member].partition(b"?>")[2]})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: _packed({**_parts(), "xl/media/a.xml": b"0" * (300 << 20)}), "压缩比异常"),
    "a table of contents that lies": (_lying, "压缩比异常|目录与内容不符|已损坏"),
    "an outer entity in the sheet": (lambda: list(_entities())[0], "无法读取"),
    "an outer entity in the workbook": (lambda: list(_entities())[1], "无法读取"),
    "an outer entity in the styles": (lambda: list(_entities())[2], "无法读取"),
    "macros": (lambda: _packed({**_parts(), "xl/vbaProject.bin": b"x"}), "带宏"),
    "macros in other letters": (lambda: _packed({**_parts(), "xl/sub/VBAProject.BIN": b"x"}), "带宏"),
    "a document": (lambda: _packed({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "不是 Excel 表格"),
    "nothing": (lambda: b"PK\x03\x04", "已损坏"),
    "half a file": (lambda: _packed(_parts())[:-900], "已损坏"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_five_seconds(name: str, tmp_path: Path) -> None:
    build, words = HOSTILE[name]
    path = tmp_path / "表.xlsx"
    path.write_bytes(build())
    began = time.monotonic()
    with pytest.raises(Unreadable, match=words):
        read_table(path, path.name)
    assert time.monotonic() - began < 15, "five seconds on a machine of its own; tests share theirs"


def test_a_cell_at_the_end_of_excel_hides_no_row_and_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(_far())
    assert [number for number, _ in read_table(path, path.name).rows] == [1, 2, 3]
