"""The lines of a scheme as a sheet in the office's style: title, 填报单位（盖章）, 单位：万元, one row a line, 合计."""

import io
from decimal import Decimal
from typing import Any

import xlsxwriter

from funding.rules.shares import SOURCE_LABELS
from projects.models import SchemeVersion
from projects.rules.scheme import Item, Scheme, sums_by_payer
from projects.rules.scheme_difference import quantity_words

COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 6), ("项目", 28), ("位置", 26), ("类别", 12), ("数量", 14), ("单价（元）", 14), ("金额（万元）", 14),
)  # fmt: skip
WAN = 1_000_000  # 分


def title(name: str, version: SchemeVersion | None) -> str:
    """Heading of the sheet and of the paper."""
    return f"{name}改造方案（第{version.number}版）" if version else f"{name}改造方案（草稿）"


def workbook(heading: str, place: str, scheme: Scheme) -> bytes:
    """The sheet as XLSX, A4 landscape. Texts are written as texts: a formula typed into a name stays a text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("方案")
    kinds = list(sums_by_payer(scheme.items))
    headers = [*COLUMNS, *((f"{SOURCE_LABELS[kind]}（万元）", 14) for kind in kinds)]
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    head = book.add_format({**base, "border": 1, "bold": True, "align": "center", "text_wrap": True})
    cell = book.add_format({**base, "border": 1, "text_wrap": True})
    number = book.add_format({**base, "border": 1, "align": "right", "num_format": "#,##0.000000"})
    price = book.add_format({**base, "border": 1, "align": "right", "num_format": "#,##0.00"})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    big = book.add_format({**base, "font_size": 16, "bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(headers) - 1, heading, big)
    words = f"填报单位（盖章）：                    辖区：{place}                    单位：万元"
    sheet.merge_range(1, 0, 1, len(headers) - 1, words, book.add_format(base))
    for column, (text, width) in enumerate(headers):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, text, head)
    for row, item in enumerate(scheme.items, start=3):
        _line(sheet, row, item, kinds, cell, price, number)
    last = 3 + len(scheme.items)
    sheet.write_string(last, 0, "合计", head)
    for column in range(1, 6):
        sheet.write_blank(last, column, None, head)
    sheet.write_number(last, 6, Decimal(scheme.total) / WAN, number)
    for column, amount in enumerate(sums_by_payer(scheme.items).values(), start=7):
        sheet.write_number(last, column, Decimal(amount) / WAN, number)
    book.close()
    return buffer.getvalue()


def _line(sheet: Any, row: int, item: Item, kinds: list[Any], cell: Any, price: Any, number: Any) -> None:
    name = item.name if item.listed else f"{item.name}（目录外）"
    texts = (str(row - 2), name, item.where, item.item_class or "未归类", quantity_words(item.quantity, item.unit))
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, cell)
    sheet.write_number(row, 5, Decimal(item.unit_price) / 100, price)
    sheet.write_number(row, 6, Decimal(item.amount) / WAN, number)
    for column, kind in enumerate(kinds, start=7):
        if kind in item.payers:
            sheet.write_number(row, column, Decimal(item.payers[kind]) / WAN, number)
        else:
            sheet.write_blank(row, column, None, cell)
