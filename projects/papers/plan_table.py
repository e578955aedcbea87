"""年度计划表 in the layout of 附件3: title, 填报单位, one row per community, 合计; several years in one report."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from communities.models import Community
from projects.content import line_communities, plan_lines
from projects.models import AnnualPlan

COLUMNS: tuple[tuple[str, int], ...] = (
    ("年份", 8), ("小区名称", 30), ("位置", 22), ("建成时间", 14), ("栋数", 8), ("户数", 8), ("面积㎡", 14),
)  # fmt: skip


def rows(plans: Sequence[AnnualPlan]) -> list[list[Any]]:
    """Rows of the table in the official column order; blank figures stay blank, numbers stay exact."""
    result = []
    for plan in sorted(plans, key=lambda plan: plan.year):
        for line in plan_lines(plan):
            result += [_row(plan.year, community) for community in line_communities(line)]
    return result


def _row(year: int, community: Community) -> list[Any]:
    return [
        year, community.name, community.address, _built(community.built_text), community.building_count, community.household_count,
        community.floor_area,
    ]  # fmt: skip


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
    last = len(COLUMNS) - 1
    sheet.merge_range(
        0, 0, 0, last, title(plans) + ("" if all(p.state == "issued" for p in plans) else "（草稿）"), formats["title"]
    )
    sheet.merge_range(
        1, 0, 1, last, f"填报单位（盖章）：                         辖区：{plans[0].division.name}", formats["note"]
    )
    for column, (header, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write(2, column, header, formats["head"])
    body = rows(plans)
    for number, row in enumerate(body, start=3):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, formats)
    _total(sheet, 3 + len(body), body, formats)
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
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, value, formats["cell"])


def _total(sheet: Any, row: int, body: list[list[Any]], formats: dict[str, Any]) -> None:
    sheet.write_string(row, 0, "合计", formats["head"])
    sheet.write_string(row, 1, f"{len(body)}个小区", formats["head"])
    for column in (2, 3):
        sheet.write_blank(row, column, None, formats["head"])
    for column in (4, 5, 6):
        sheet.write_number(row, column, sum((line[column] or 0 for line in body), Decimal(0)), formats["total"])


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    boxed = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
        "note": book.add_format({**base, "align": "left"}),
        "head": book.add_format({**boxed, "bold": True, "align": "center"}),
        "cell": book.add_format({**boxed, "align": "left", "text_wrap": True}),
        "number": book.add_format({**boxed, "align": "right"}),
        "total": book.add_format({**boxed, "bold": True, "align": "right"}),
    }
