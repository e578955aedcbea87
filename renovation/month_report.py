"""The report to the upper level: the dashboard's figures by place on one official form, of today or of any day that was kept."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from offices.models import Division
from offices.official import Cell, Column, Form, Grid
from policies.words import date_words
from projects.queries.statistics import Statistics
from projects.rules.rates import Figures, Shown, rates
from renovation.words import INAPPLICABLE, percent_words

COLUMNS = (
    Column("区划", 12), Column("计划项目", 8), Column("已开工", 7), Column("开工率", 8), Column("已竣工", 7), Column("完工率", 8),
    Column("总投资", 11), Column("累计完成投资", 11), Column("投资完成率", 9), Column("安排资金", 11), Column("到位资金", 11),
    Column("资金到位率", 9), Column("惠及户数", 9), Column("逾期", 6), Column("滞后", 6),
)  # fmt: skip


def month_report(division: Division, year: int, found: Statistics, *, issuer: str, day: dt.date) -> Form:
    """项目进展月报: one row a place, 合计, amounts in 万元; a rate that has no denominator is no 0%."""
    rows = tuple(_row(place.division.name, place.figures) for place in found.rows)
    return Form(
        title=f"{division.name}{year}年度城镇老旧小区改造项目进展月报",
        issuer=issuer,
        place=division.name,
        unit="单位：万元、个、户",
        lines=(("统计截至", date_words(day)),),
        grids=(Grid(COLUMNS, rows, total=_row("合计", found.total)),),
        words=("分母为已下达计划的项目；投资完成率只计登记了总投资的项目；资金到位率＝已到位 / 已安排到项目的资金。",),
        seals=("填报人", "负责人"),
        landscape=True,
    )


def _row(name: str, figures: Figures) -> tuple[Cell, ...]:
    shown = {rate.rate.key: _percent(rate) for rate in rates(figures)}
    return (
        name, figures.planned, figures.started, shown["started"], figures.done, shown["done"],
        _wan(figures.investment) if figures.priced else None, _wan(figures.completed) if figures.priced else None, shown["invested"],
        _wan(figures.allotted), _wan(figures.received), shown["received"], figures.homes, figures.breached, figures.late,
    )  # fmt: skip


def _percent(shown: Shown) -> str:
    return percent_words(Fraction(shown.numerator) / Fraction(shown.denominator)) if shown.denominator else INAPPLICABLE


def _wan(yuan: Decimal) -> Decimal:
    """万元 with two decimals, rounded once, last."""
    return (yuan / 10_000).quantize(Decimal("0.01"))
