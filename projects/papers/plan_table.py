"""年度计划表 in the layout of 附件3: title, 填报单位, one row per community, 合计; several years in one report."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from communities.models import Community
from projects.content import line_communities, plan_lines
from projects.duties import keeper
from projects.models import AnnualPlan
from projects.plan_columns import OFFICIAL, official_value

UNIT = "单位：栋、户、㎡"
SIGNS = ("单位负责人", "审核人", "填表人", "填报日期")


def rows(plans: Sequence[AnnualPlan]) -> list[list[Any]]:
    """Rows of the table in the official column order; blank figures stay blank, numbers stay exact."""
    result = []
    for plan in sorted(plans, key=lambda plan: plan.year):
        for line in plan_lines(plan):
            result += [_row(plan.year, community) for community in line_communities(line)]
    return result


def _row(year: int, community: Community) -> list[Any]:
    values = [(column, official_value(column, year, community)) for column in OFFICIAL]
    return [_built(value) if column.key == "built_text" else value for column, value in values]


def _built(text: str) -> int | str:
    """A plain year is a number in the sheet, as in the original; anything else stays the text that was entered."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else text


def title(plans: Sequence[AnnualPlan]) -> str:
    """Heading of the sheet: the place and the years that it covers."""
    years = sorted({plan.year for plan in plans})
    span = f"{years[0]}" if len(years) == 1 else f"{years[0]}—{years[-1]}"
    return f"{plans[0].division.name}{span}年老旧小区改造计划表"


def workbook(plans: Sequence[AnnualPlan]) -> bytes:
    """The table as XLSX: A4 landscape, repeated header, 合计, a blank zone for the seal. ``plans`` is not empty."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("计划表")
    formats = _formats(book)
    _page(sheet)
    last = len(OFFICIAL) - 1
    sheet.merge_range(
        0, 0, 0, last, title(plans) + ("" if all(p.state == "issued" for p in plans) else "（草稿）"), formats["title"]
    )
    body = keeper(plans[0].division)
    above = f"填报单位（盖章）：{body.name if body else '　' * 10}　　辖区：{plans[0].division.name}"
    sheet.merge_range(1, 0, 1, last - 2, above, formats["note"])
    sheet.merge_range(1, last - 1, 1, last, UNIT, formats["unit"])
    for number, column in enumerate(OFFICIAL):
        sheet.set_column(number, number, column.width)
        sheet.write(2, number, column.label, formats["head"])
    lines = rows(plans)
    for place, row in enumerate(lines, start=3):
        for number, value in enumerate(row):
            _write(sheet, place, number, value, formats)
    _total(sheet, 3 + len(lines), lines, formats)
    foot = "".join(f"{label}：{'　' * 8}" for label in SIGNS)
    sheet.merge_range(5 + len(lines), 0, 5 + len(lines), last, foot, formats["note"])
    book.close()
    return buffer.getvalue()


def _page(sheet: Any) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer("&C第 &P 页 共 &N 页")


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, formats["cell"])
    elif isinstance(value, Decimal | int):
        # A sheet knows only binary numbers; two decimals of any real area survive the way there and back exactly.
        sheet.write_number(row, column, value, formats["exact" if isinstance(value, Decimal) else "number"])
    else:
        sheet.write_string(row, column, value, formats["cell"])


def _total(sheet: Any, row: int, body: list[list[Any]], formats: dict[str, Any]) -> None:
    sheet.write_string(row, 0, "合计", formats["head"])
    sheet.write_string(row, 1, f"{len(body)}个小区", formats["head"])
    for number, column in enumerate(OFFICIAL[2:], start=2):
        if column.summed:
            kind = "total_exact" if column.kind == "area" else "total"
            sheet.write_number(row, number, sum((line[number] or 0 for line in body), Decimal(0)), formats[kind])
        else:
            sheet.write_blank(row, number, None, formats["head"])


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    boxed = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
        "note": book.add_format({**base, "align": "left"}),
        "head": book.add_format({**boxed, "bold": True, "align": "center"}),
        "cell": book.add_format({**boxed, "align": "left", "text_wrap": True}),
        "number": book.add_format({**boxed, "align": "right"}),
        "exact": book.add_format({**boxed, "align": "right", "num_format": "0.00"}),
        "total": book.add_format({**boxed, "bold": True, "align": "right"}),
        "total_exact": book.add_format({**boxed, "bold": True, "align": "right", "num_format": "0.00"}),
        "unit": book.add_format({**base, "align": "right"}),
    }
