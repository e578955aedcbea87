"""Which permits a project needs and which its document waives, from the facts of the scheme."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Fact, Permit, PermitWaivers
from policies.layers import Layers
from policies.model import Provision
from policies.registry import answers

PERMIT_LABELS: dict[Permit, str] = {
    "land_use": "用地手续",
    "planning_land_permit": "建设用地规划许可证",
    "planning_works_permit": "建设工程规划许可证",
    "drawing_review": "施工图审查",
}
FACT_LABELS: dict[Fact, str] = {
    "land_ownership_change": "土地权属变化",
    "planning_conditions_change": "规划条件调整",
    "new_build": "新建",
    "alteration_or_extension": "改建、扩建",
    "structural_change": "建筑主体结构变动",
    "adds_floor_area": "增加建筑面积",
    "low_risk": "低风险项目",
    "commitment_signed": "已作告知承诺",
}


@dataclass(frozen=True, kw_only=True)
class Permits(Answer):
    """Both lists sorted by name.

    ``waived_by`` gives the provision and its words, ``standing_against`` the facts that keep a permit needed.
    """

    needed: tuple[Permit, ...]
    waived: tuple[Permit, ...]
    waived_by: Mapping[Permit, tuple[Provision, str]] = field(default_factory=dict)
    standing_against: Mapping[Permit, tuple[Fact, ...]] = field(default_factory=dict)


@answers("permit_waivers")
def permits(layers: Layers, *, day: dt.date, facts: Mapping[Fact, bool]) -> Permits:
    """Permits needed and waived by the lowest document that waives any; where none does all are needed. KeyError for a fact not given."""
    lowest = layers.governing("permit_waivers", day)
    waived: dict[Permit, tuple[Provision, str]] = {}
    against: dict[Permit, tuple[Fact, ...]] = {}
    for provision in lowest:
        rule: PermitWaivers = provision.params
        for row in rule.waivers:
            wrong = tuple(fact for fact, value in row.when.items() if facts[fact] != value)
            if not wrong:
                waived.setdefault(row.permit, (provision, row.words))
            else:
                against.setdefault(row.permit, wrong)
    needed = tuple(sorted(permit for permit in PERMIT_LABELS if permit not in waived))
    reasons = tuple(
        because(layers, provision, f"{PERMIT_LABELS[permit]}：{words}")
        for permit, (provision, words) in sorted(waived.items())
    )
    if not lowest:
        reasons = UNREGULATED
    elif not reasons:
        reasons = (because(layers, lowest[0], "没有可以免办的手续"),)
    return Permits(
        provision=lowest[0] if lowest else None,
        reasons=reasons,
        needed=needed,
        waived=tuple(sorted(waived)),
        waived_by=waived,
        standing_against={permit: facts_ for permit, facts_ in against.items() if permit in needed},
    )
