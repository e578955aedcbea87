"""The yearly scorecard (LZ-23, YL-11, RC-34, JX-15): the document's criteria, the place's weights, exact shares. Pure; never blocks."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from policies.registry import answers
from projects.rules.ranking import Criterion, Value

NOTES: Mapping[str, str] = {
    "results": "本年度计划的项目中已竣工验收的",
    "tasks_done": "本年度计划的项目中已竣工验收的",
    "satisfaction": "已确认的满意度调查和已复核的材料中满意的",
    "residents_money": "已复核的资金计划中居民各渠道的出资（元）",
    "on_time": "到期的时限中按时完成的",
    "opinions_given": "本年度交办的审查意见中已出具的",
    "duties_in_time": "承担的到期事项中按时完成的",
}


@dataclass(frozen=True)
class Consequence:
    """What follows for the best or the worst in the document's words."""

    key: str
    words: str
    citation: Citation


@dataclass(frozen=True)
class Demand:
    """What the lowest document that speaks orders. ``of``: ``divisions`` below, or the division's own ``bodies``."""

    of: str
    criteria: tuple[Criterion, ...]
    consequences: tuple[Consequence, ...]
    citation: Citation


@answers("assessment")
def demand(layers: Layers, day: dt.date) -> Demand | None:
    """The scorecard of a place; None where no document orders one (未作规定)."""
    found = layers.governing("assessment", day)
    if not found:
        return None
    criteria: dict[str, Criterion] = {}
    follows: list[Consequence] = []
    for provision in found:
        clause = citation(layers, provision)
        for row in provision.params.criteria:
            criteria.setdefault(row.key, Criterion(row.key, row.words, clause))
        follows += [Consequence(key, words, clause) for key, words in provision.params.consequences.items()]
    return Demand(found[0].params.of, tuple(criteria.values()), tuple(follows), citation(layers, found[0]))


def figure(part: int, whole: int, unit: str) -> Value:
    """A share of the platform's own rows; nothing of nothing is nothing known (counted as 0 and shown as such)."""
    if whole <= 0:
        return Value(None, "没有数据")
    return Value(Fraction(part, whole), f"{part:,} / {whole:,} {unit}", "register")
