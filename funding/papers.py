"""The settlement of a project as a PDF sheet: figures, items, who entered and confirmed it, room for two seals."""

import datetime as dt
from decimal import Decimal
from typing import IO

from fpdf.fonts import FontFace

from funding.queries import SettlementPage
from offices.sheets import MARGIN, Sheet, plain
from policies.words import date_words, yuan_words

COLUMNS = ("改造内容", "计划（元）", "评审（元）", "超支（＋）节约（－）", "超支原因、由谁承担")
WIDTHS, ALIGN = (44, 30, 30, 30, 36), ("LEFT", "RIGHT", "RIGHT", "RIGHT", "LEFT")


def settlement_sheet(view: SettlementPage, *, day: dt.date) -> IO[bytes]:
    """The paper; 草稿 lies behind one that is not confirmed. ValueError without a settlement."""
    row = view.row
    if row is None:
        raise ValueError("no settlement")
    sheet = Sheet(title=str(row), issuer=(row.county or row.division).name, draft=row.confirmed_by_id is None)
    sheet.add_page()
    sheet.line_of(f"{row.project_name}竣工财务结算表", size=16, bold=True, height=10, align="C")
    sheet.line_of(f"单位：元　第{row.number}次　{row.get_state_display()}", size=9, height=6, align="R")
    sheet.pair("评审机构", row.reviewer)
    sheet.pair("评审报告", f"{row.report_number}（{date_words(row.reviewed_on)}）")
    sheet.pair("评审结算额", yuan_words(row.total))
    sheet.pair("上级补助", yuan_words(row.upper_subsidies))
    sheet.pair("居民及其他", yuan_words(row.other_contributions))
    if row.county_owes is None or row.ratio is None:
        sheet.pair("县级承担", "未作规定")
    else:
        sheet.pair(
            "需政府投入", f"{yuan_words(row.governments_part)}（评审结算额－上级补助－居民及其他出资，不小于零）"
        )
        words = (
            f"{yuan_words(row.county_owes)}（{row.ratio}，{row.ratio_paper}），已到位 {yuan_words(row.county_received)}"
        )
        sheet.pair("县级承担", f"{words}；依据 {row.rule}")
    sheet.ln(3)
    _items(sheet, view)
    for entry in view.moves:
        sheet.line_of(f"{entry.words}　{yuan_words(entry.amount)}", size=9, height=5)
    sheet.ln(2)
    sheet.pair("登记", str(row.entered_by))
    sheet.pair("复核", f"{row.confirmed_by or '待复核'}　关账 {row.closed_by or '未关账'}")
    sheet.line_of(f"打印日期 {date_words(day)}", size=9)
    top = min(sheet.get_y(), sheet.h - MARGIN - 46)
    sheet.seal_zone(MARGIN + 10, top, "（改造主管部门盖章）")
    sheet.seal_zone(MARGIN + 110, top, "（财政部门盖章）")
    return sheet.written()


def _items(sheet: Sheet, view: SettlementPage) -> None:
    sheet.face(9)
    heads = FontFace(emphasis="BOLD")
    with sheet.table(
        col_widths=WIDTHS, text_align=ALIGN, headings_style=heads, line_height=5, borders_layout="HORIZONTAL_LINES"
    ) as table:
        table.row(COLUMNS)
        for item in view.items:
            why = f"{item.reason}；{item.get_payer_display()}" if item.payer else ""
            cells = (item.item, yuan_words(item.planned), yuan_words(item.reviewed), _signed(item.difference), why)
            table.row([plain(cell) for cell in cells])
        total = sum((item.reviewed for item in view.items), Decimal(0))
        table.row(("合计", yuan_words(view.planned), yuan_words(total), _signed(total - view.planned), ""))
    sheet.ln(3)


def _signed(value: Decimal) -> str:
    return f"{'＋' if value > 0 else '－' if value < 0 else ''}{yuan_words(abs(value))}"
