"""开工率, 完工率, 投资完成率, 资金到位率, 满意度 and what is late, of any number of projects: counts that add up, rates with both numbers.

Pure functions. A rate without a denominator says nothing; it is never 0% or 100%.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Figures:
    """What projects of one year come to. Projects count once they stand in an issued plan; money is yuan, people are those who answered.

    ``homes``: households of projects whose every community has them registered; ``homes_unknown``: projects where one has not.
    ``priced``: projects whose total investment is known, ``investment`` its sum, ``completed``
    what their newest monthly reports say was done (累计完成投资).
    ``answered`` and ``satisfied``: of the newest confirmed satisfaction survey of each project (``surveyed`` projects).
    ``breached``: open deadlines past under must (逾期); ``late``: under anything weaker (滞后).
    """

    planned: int = 0
    started: int = 0
    done: int = 0
    homes: int = 0
    homes_unknown: int = 0
    priced: int = 0
    investment: Decimal = ZERO
    completed: Decimal = ZERO
    allotted: Decimal = ZERO
    received: Decimal = ZERO
    paid: Decimal = ZERO
    spent: Decimal = ZERO
    surveyed: int = 0
    answered: int = 0
    satisfied: int = 0
    breached: int = 0
    late: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Sum up, number by number: rates are made of sums, never of rates."""
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})


NAMES = tuple(field.name for field in fields(Figures))


def total(rows: Iterable[Figures]) -> Figures:
    """All together."""
    found = Figures()
    for row in rows:
        found = found + row
    return found


@dataclass(frozen=True)
class Rate:
    """A rate by its name in data: its word, its two numbers in ``Figures``, what it counts and what it means."""

    key: str
    label: str
    numerator: str
    denominator: str
    unit: str
    meaning: str


RATES: tuple[Rate, ...] = (
    Rate("started", "开工率", "started", "planned", "个", "已开工项目 / 已下达计划的项目"),
    Rate("done", "完工率", "done", "planned", "个", "已竣工验收项目 / 已下达计划的项目"),
    Rate(
        "invested",
        "投资完成率",
        "completed",
        "investment",
        "元",
        "累计完成投资（各项目最近一期月报）/ 总投资，只算登记了总投资的项目",
    ),
    Rate("received", "资金到位率", "received", "allotted", "元", "已到位资金 / 已安排（分配到项目）的资金"),
    Rate("satisfied", "满意度", "satisfied", "answered", "人", "满意及以上 / 答卷人数，各项目最近一次确认的满意度调查"),
)


@dataclass(frozen=True)
class Shown:
    """A rate with its figures."""

    rate: Rate
    numerator: int | Decimal
    denominator: int | Decimal


def rates(figures: Figures) -> tuple[Shown, ...]:
    """The five rates of some figures, in their order."""
    return tuple(Shown(rate, getattr(figures, rate.numerator), getattr(figures, rate.denominator)) for rate in RATES)


MONEY = ("investment", "completed", "allotted", "received", "paid", "spent")


def as_json(figures: Figures) -> dict[str, int | str]:
    """Counts as numbers, yuan as text."""
    values = {name: getattr(figures, name) for name in NAMES}
    return {name: f"{value:.2f}" if name in MONEY else value for name, value in values.items()}


def from_json(values: Mapping[str, Any]) -> Figures:
    """Figures as they were kept; a number that was not known then is zero."""
    known: dict[str, Any] = {name: values[name] for name in NAMES if name in values}
    whole: dict[str, Any] = {name: Decimal(value) if name in MONEY else value for name, value in known.items()}
    return Figures(**whole)


LABELS: Mapping[str, str] = {
    "planned": "计划项目",
    "started": "已开工",
    "done": "已完工",
    "homes": "惠及户数",
    "homes_unknown": "户数未登记的项目",
    "priced": "登记了总投资的项目",
    "investment": "总投资",
    "completed": "累计完成投资（有总投资的项目最近一期月报）",
    "allotted": "已安排资金",
    "received": "到位资金",
    "paid": "拨付",
    "spent": "支出",
    "surveyed": "做过满意度调查的项目",
    "answered": "答卷人数",
    "satisfied": "满意及以上",
    "breached": "逾期",
    "late": "滞后",
}
