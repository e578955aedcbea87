"""A report as a file: XLSX for the office (numbers as numbers, totals as formulas), PDF for the binder.

Rows are written as they are read.
"""

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from fpdf.enums import Align, WrapMode
from fpdf.fonts import FontFace

from funding.reports.tables import Column, Report
from offices.sheets import FACE, Sheet, plain
from policies.refusal import Invalid
from policies.words import count_words, date_words, wan_words, yuan_words
from rest.exports import XLSX_CELL

UNITS = {"yuan": "元", "wan": "万元"}
WAN = Decimal(10_000)
MOST = {"xlsx": 50_000, "pdf": 1_000}
HEAD = 4  # rows above the first row of data
ROOM = 1.6  # mm at either side of an amount in the PDF: the padding of its cell and the margin of its text
SIGNED = "制表：                    审核：                    负责人："


def fits(found: Report, format: str) -> None:
    """Raises Invalid where a report is too long for its format, and says what to do."""
    most = MOST[format]
    if found.count > most:
        room = f"共 {count_words(found.count)} 行，{format.upper()} 最多 {count_words(most)} 行"
        text = f"{room}；请按年度或下级区划筛选，或导出 CSV（不限行数）"
        raise Invalid(text, errors={"format": [f"最多 {most} 行"]})


def notes(found: Report, unit: str, day: Any, issuer: str) -> tuple[str, str]:
    """The two lines under the heading: who fills it in, when and in what unit; what the rows are."""
    return f"填报单位（盖章）：{issuer}    日期：{date_words(day)}    单位：{UNITS[unit]}", found.basis


def workbook(found: Report, *, unit: str, day: Any, issuer: str) -> IO[bytes]:
    """The report as XLSX at its beginning, in constant memory. Raises Invalid beyond 50,000 rows."""
    fits(found, "xlsx")
    file = tempfile.TemporaryFile()
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    try:
        _Book(book, found, unit).write(notes(found, unit, day, issuer))
        book.close()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Book:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Any, found: Report, unit: str) -> None:
        self.found, self.unit = found, unit
        self.sheet = book.add_worksheet(found.title)
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        boxed = {**base, "border": 1}
        # Cents are exact in 万元 as well: six decimals there, two in yuan.
        money = "#,##0.00" if unit == "yuan" else "#,##0.000000"
        self.formats = {
            "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
            "note": book.add_format(base),
            "head": book.add_format({**boxed, "bold": True, "align": "center", "text_wrap": True}),
            "text": book.add_format({**boxed, "text_wrap": True}),
            "count": book.add_format({**boxed, "align": "right"}),
            "date": book.add_format({**boxed, "num_format": "yyyy-mm-dd", "align": "center"}),
            "money": book.add_format({**boxed, "num_format": money, "align": "right"}),
            "total": book.add_format({**boxed, "num_format": money, "align": "right", "bold": True}),
        }

    def write(self, lines: tuple[str, str]) -> None:
        """Heading, notes, head, rows, 合计, 核对, 差额, who made and checked it."""
        columns, sheet, last = self.found.columns, self.sheet, len(self.found.columns) - 1
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD - 1)
        sheet.freeze_panes(HEAD, 0)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width + (4 if column.kind == "money" else 0))
        sheet.merge_range(0, 0, 0, last, self.found.heading, self.formats["title"])
        for number, line in enumerate(lines, start=1):
            sheet.merge_range(number, 0, number, last, line, self.formats["note"])
        for number, column in enumerate(columns):
            label = f"{column.label}（{UNITS[self.unit]}）" if column.kind == "money" else column.label
            sheet.write_string(HEAD - 1, number, label, self.formats["head"])
        at, sums = HEAD, self.found.empty()
        for row in self.found.adding(sums):
            for number, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._cell(at, number, column, value)
            at += 1
        self._foot(at, sums)

    def _cell(self, at: int, number: int, column: Column, value: Any) -> None:
        kind = self.formats[column.kind]
        if value is None or value == "":
            self.sheet.write_blank(at, number, None, kind)
        elif column.kind == "money":
            self.sheet.write_number(at, number, self._money(value), kind)
        elif column.kind == "count":
            self.sheet.write_number(at, number, value, kind)
        elif column.kind == "date":
            self.sheet.write_datetime(at, number, value, kind)
        else:
            self.sheet.write_string(at, number, _still(str(value))[:XLSX_CELL], kind)

    def _money(self, value: Decimal) -> Decimal:
        return value if self.unit == "yuan" else value / WAN

    def _foot(self, at: int, sums: dict[str, Decimal]) -> None:
        total, checked, differs = at, at + 1, at + 2
        labels = {total: "合计", checked: f"核对：{self.found.check.label}", differs: "差额（应为0）"}
        for row in (total, checked, differs):  # top to bottom: memory is constant
            self.sheet.write_string(row, 0, labels[row], self.formats["head"])
            for number, column in enumerate(self.found.columns[1:], start=1):
                if column.kind != "money":
                    self.sheet.write_blank(row, number, None, self.formats["head"])
                    continue
                self._sum(row, number, column.key, (total, checked, differs), sums)
        self.sheet.write_string(differs + 2, 0, SIGNED, self.formats["note"])

    def _sum(self, row: int, number: int, key: str, rows: tuple[int, int, int], sums: dict[str, Decimal]) -> None:
        total, checked, _ = rows
        letter = xlsxwriter.utility.xl_col_to_name(number)
        stated = self.found.check.figures[key]
        if row == checked:
            self.sheet.write_number(row, number, self._money(stated), self.formats["money"])
            return
        if row == total:
            formula = f"=SUM({letter}{HEAD + 1}:{letter}{total})" if total > HEAD else "=0"
            value = sums[key]
        else:
            # In hundredths, as no binary fraction of a cent should show up as a difference.
            formula, value = f"=ROUND({letter}{total + 1}-{letter}{checked + 1},6)", sums[key] - stated
        self.sheet.write_formula(row, number, formula, self.formats["total"], self._money(value))


def _still(text: str) -> str:
    """A text that no program takes for a formula, in the file or after it was saved as CSV."""
    return f"'{text}" if text[:1] in "=+-@\t\r\n" and text else text


def pdf(found: Report, *, unit: str, day: Any, issuer: str) -> IO[bytes]:
    """The report as PDF, A4 across, its head on every page. Raises Invalid beyond 1,000 rows."""
    fits(found, "pdf")
    sheet = Sheet(title=found.heading, issuer=issuer, landscape=True)
    sheet.set_margin(14)
    sheet.add_page()
    sheet.line_of(found.heading, size=15, bold=True, height=9, align="C")
    sheet.line_of(f"日期：{date_words(day)}　单位：{UNITS[unit]}　{found.basis}", size=9, height=6)
    sheet.face(8)
    _table(sheet, found, unit)
    sheet.ln(4)
    sheet.line_of("制表：　　　　　　　　　审核：　　　　　　　　　负责人：", size=10)
    return sheet.written()


def _table(sheet: Sheet, found: Report, unit: str) -> None:
    columns, sums = found.columns, found.empty()
    words = yuan_words if unit == "yuan" else wan_words
    rows = [
        [_word(value, column, words) for column, value in zip(columns, row, strict=True)] for row in found.adding(sums)
    ]
    stated = found.check.figures
    differs = {key: value - stated[key] for key, value in sums.items()}
    feet = [
        (label, [words(figures[column.key]) if column.kind == "money" else "" for column in columns[found.lead :]])
        for label, figures in (("合计", sums), (f"核对：{found.check.label}", stated), ("差额（应为0）", differs))
    ]
    widths = _widths(
        sheet, columns, [[column.label for column in columns], *rows, *([""] * found.lead + foot for _, foot in feet)]
    )
    aligns = tuple(Align.R if column.kind in {"money", "count"} else Align.L for column in columns)
    head = FontFace(family=FACE, emphasis="BOLD")
    with sheet.table(
        col_widths=widths, text_align=aligns, line_height=4.6, headings_style=head, wrapmode=WrapMode.CHAR, padding=0.8
    ) as table:
        table.row([column.label for column in columns])
        for row in rows:
            table.row(row)
        for label, foot in feet:
            line = table.row()
            line.cell(label, colspan=found.lead)
            for text in foot:
                line.cell(text)


def _widths(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """Millimetres of each column: no amount is cut, smaller letters where they would take more than most of the paper."""
    places = [number for number, column in enumerate(columns) if column.kind == "money"]
    sheet.face(8)
    longest = {number: max((row[number] for row in rows), key=sheet.get_string_width) for number in places}
    for size in (8, 7, 6):
        sheet.face(size)
        amounts = {number: sheet.get_string_width(text) + 2 * ROOM for number, text in longest.items()}
        if sum(amounts.values()) < 0.6 * sheet.epw:
            break
    rest = sheet.epw - sum(amounts.values())
    shares = sum(column.width for column in columns if column.kind != "money")
    return tuple(amounts.get(number, rest * column.width / shares) for number, column in enumerate(columns))


def _word(value: Any, column: Column, words: Any) -> str:
    if value is None or value == "":
        return ""
    if column.kind == "money":
        return str(words(value))
    return plain(date_words(value) if column.kind == "date" else str(value)).replace("\n", " ")
