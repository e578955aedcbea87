"""What the county owes after the reviewed settlement of a project."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from funding.rules.money import half_up, said
from policies.answer import UNREGULATED, Answer, because
from policies.layers import Layers
from policies.registry import answers

OFF_LABELS = {"upper_subsidies": "上级补助资金", "other_contributions": "居民及其他出资"}


@dataclass(frozen=True, kw_only=True)
class Settlement(Answer):
    """Amounts in 分: ``governments_part`` is what is left after what comes off, ``county_owes`` its ratio. None: 未作规定."""

    governments_part: int | None
    county_owes: int | None


@answers("settlement")
def settlement(
    layers: Layers,
    *,
    day: dt.date,
    reviewed_settlement: int,
    upper_subsidies: int,
    other_contributions: int,
    county_ratio: Fraction,
) -> Settlement:
    """(reviewed settlement − what the rule takes off) × ratio, halves up, never below zero. ValueError for impossible figures."""
    off = {"upper_subsidies": upper_subsidies, "other_contributions": other_contributions}
    if reviewed_settlement < 0 or min(off.values()) < 0:
        raise ValueError("金额不能为负数")
    if not 0 <= county_ratio <= 1:
        raise ValueError("县级承担比例必须在 0 与 1 之间")
    lowest = layers.governing("settlement", day)
    if not lowest:
        return Settlement(provision=None, reasons=UNREGULATED, governments_part=None, county_owes=None)
    provision = lowest[0]
    part = max(reviewed_settlement - sum(off[name] for name in provision.params.off), 0)
    owes = half_up(part * county_ratio)
    taken = "、".join(f"{OFF_LABELS[name]} {said(off[name])} 元" for name in provision.params.off)
    text = f"评审结算 {said(reviewed_settlement)} 元扣除{taken}，剩余 {said(part)} 元，县级承担 {county_ratio}，计 {said(owes)} 元"
    return Settlement(
        provision=provision, reasons=(because(layers, provision, text),), governments_part=part, county_owes=owes
    )
