"""Money that the owners own together: the maintenance fund and common revenue are used after their own passed decision (LZ-05, N-01)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from approvals.rules.tally import Counts, Tally, decide
from policies.kinds import Matter
from policies.layers import Layers
from policies.model import Provision

ASKS_OWNERS: Mapping[str, Matter] = {"maintenance_fund": "use_maintenance_fund", "common_revenue": "common_revenue"}


def demand(layers: Layers, day: dt.date, kind: str) -> Provision | None:
    """The provision that asks for the owners' decision: the place's own, else the statute's thresholds. None for other money."""
    if kind not in ASKS_OWNERS:
        return None
    own = layers.governing("gate", day, lambda p: p.params.evidence == "fund_vote")
    statute = layers.governing("vote", day, lambda p: ASKS_OWNERS[kind] in p.params.matters)
    return next(iter(own + statute), None)


def passed(layers: Layers, day: dt.date, kind: str, figures: Mapping[str, Any]) -> Tally:
    """The decision on recorded figures of ``fund_vote`` by the thresholds in force. ValueError or KeyError for figures that are none."""
    counts = Counts(
        total_area=_area(figures["total_area"]), total_heads=int(figures["total_heads"]),
        participating_area=_area(figures["participating_area"]), participating_heads=int(figures["participating_heads"]),
        agreeing_area=_area(figures["agreeing_area"]), agreeing_heads=int(figures["agreeing_heads"]),
    )  # fmt: skip
    matter: Matter = "raise_maintenance_fund" if figures.get("raises") else ASKS_OWNERS[kind]
    return decide(layers, day=day, matter=matter, counts=counts)


def _area(text: object) -> int:
    number = Decimal(str(text)).scaleb(2)
    if number != number.to_integral_value():
        raise ValueError(f"面积最多两位小数：{text}")
    return int(number)
