"""Residents' money shared among homes to the cent: by private area, or by a table that was agreed; what stands of each home's share."""

import datetime as dt
import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Literal

from policies.answer import UNREGULATED, Answer, because
from policies.layers import Layers
from policies.registry import answers


@dataclass(frozen=True)
class HomeArea:
    """A home (any key) with its private area in 0.01 ㎡."""

    home: Hashable
    area: int


@dataclass(frozen=True)
class HomeShare:
    """What a home pays, in 分."""

    home: Hashable
    amount: int


@dataclass(frozen=True, kw_only=True)
class Apportionment(Answer):
    """Shares in the order of the homes; they add up to the amount exactly. Empty: 未作规定.

    ``alternatives`` are other ways that the text allows.
    """

    shares: tuple[HomeShare, ...]
    alternatives: tuple[str, ...] = ()


@answers("apportionment")
def apportionment(layers: Layers, *, day: dt.date, amount: int, homes: Sequence[HomeArea]) -> Apportionment:
    """Share ``amount`` 分 among ``homes``: each its exact share rounded down, the cents left over to the largest remainders.

    Ties go to the home listed first. ValueError for a negative figure, a home listed twice, or homes without any area.
    """
    _check(amount, homes)
    lowest = layers.governing("apportionment", day)
    if not lowest:
        return Apportionment(provision=None, reasons=UNREGULATED, shares=())
    provision = lowest[0]
    total = sum(home.area for home in homes)
    text = f"按专有部分（产权）面积比例分摊，面积合计 {total // 100}.{total % 100:02d} ㎡"
    return Apportionment(
        provision=provision,
        reasons=(because(layers, provision, text),),
        shares=largest_remainders(amount, homes),
        alternatives=provision.params.alternatives,
    )


def largest_remainders(amount: int, homes: Sequence[HomeArea]) -> tuple[HomeShare, ...]:
    """Exact split of ``amount`` 分 by area; the total area must be above zero."""
    total = sum(home.area for home in homes)
    parts = [divmod(amount * home.area, total) for home in homes]
    left = amount - sum(whole for whole, _ in parts)
    order = sorted(range(len(homes)), key=lambda number: (-parts[number][1], number))
    lucky = set(order[:left])
    return tuple(HomeShare(home.home, parts[n][0] + (n in lucky)) for n, home in enumerate(homes))


def _check(amount: int, homes: Sequence[HomeArea]) -> None:
    if amount < 0 or any(home.area < 0 for home in homes):
        raise ValueError("金额和面积不能为负数")
    names = [home.home for home in homes]
    if len(set(names)) != len(names):
        raise ValueError("同一户列了两次")
    if sum(home.area for home in homes) == 0:
        raise ValueError("面积合计为零，无法分摊")


@dataclass(frozen=True)
class HomeWeight:
    """A home (any key) with its weight by an agreed table, such as a lift's floor table."""

    home: Hashable
    weight: Fraction


@answers("apportionment")
def by_agreement(layers: Layers, *, day: dt.date, amount: int, homes: Sequence[HomeWeight]) -> Apportionment:
    """Share ``amount`` 分 by agreed weights, exactly as ``apportionment`` does by area: a way that the text leaves to the owners.

    A home of weight zero pays nothing. ValueError for negative figures, a home listed twice, weights that are all zero. Where no text
    names another way than the area there are no shares and the reason says so.
    """
    if any(home.weight < 0 for home in homes):
        raise ValueError("权重不能为负数")
    common = lcm(*(home.weight.denominator for home in homes)) if homes else 1
    whole = [HomeArea(home.home, int(home.weight * common)) for home in homes]
    if amount < 0 or len({home.home for home in homes}) != len(homes):
        raise ValueError("金额不能为负数，同一户不能列两次")
    if not sum(home.area for home in whole):
        raise ValueError("权重合计为零，无法分摊")
    lowest = layers.governing("apportionment", day)
    if not lowest:
        return Apportionment(provision=None, reasons=UNREGULATED, shares=())
    provision = lowest[0]
    ways = "、".join(provision.params.alternatives)
    if not ways:
        text = "文件只规定按专有部分面积分摊，没有其他办法"
        return Apportionment(provision=provision, reasons=(because(layers, provision, text),), shares=())
    total = sum((home.weight for home in homes), Fraction(0))
    return Apportionment(
        provision=provision, reasons=(because(layers, provision, f"{ways}；按约定的权重分摊，权重合计 {total}"),),
        shares=largest_remainders(amount, whole), alternatives=provision.params.alternatives,
    )  # fmt: skip


State = Literal["nothing", "due", "part", "overdue", "paid"]
STATE_WORDS: Mapping[State, str] = {
    "nothing": "无需缴纳", "due": "待缴", "part": "已缴部分", "overdue": "逾期未缴清", "paid": "已缴清",
}  # fmt: skip


def collection_state(*, owed: int, paid: int, pay_by: dt.date | None, today: dt.date) -> State:
    """How a home stands (分). Its last day itself is in time (N-04); a fixed day doesn't move off a holiday (N-05)."""
    if not owed:
        return "nothing"
    if paid >= owed:
        return "paid"
    if pay_by is not None and today > pay_by:
        return "overdue"
    return "part" if paid else "due"


def formula_words(*, way: str, total: int, weight: Fraction, whole: Fraction, amount: int) -> str:
    """One home's share with its own figures, exactly as it was computed (分; areas in 0.01 ㎡): what an owner reads and can check."""
    exact = total * weight / whole
    if way == "table":
        left, right = f"本户系数 {weight}", f"系数合计 {whole}"
    else:
        left, right = (f"{text} {_shown(int(area))} ㎡" for text, area in (("本户", weight), ("合计", whole)))
    cents = exact.numerator // exact.denominator
    rest = "" if exact == cents else "，舍去不足一分的尾数" if amount == cents else "，尾差补一分"
    return f"{_shown(total)} 元 × {left} ÷ {right}{rest} ＝ {_shown(amount)} 元"


def _shown(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def digest(head: Mapping[str, Any], homes: Iterable[Sequence[str]]) -> str:
    """SHA-256 over the canonical JSON of what is announced: the head, then (uid, label, area, weight, amount) of each home as texts."""
    text = json.dumps(
        [dict(head), [list(home) for home in homes]], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
