"""A funding plan against the documents: the share of residents and enterprises, who owes a part, what stays out of a cluster."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from funding.rules.money import said
from funding.rules.shares import SOURCE_LABELS, Share, Source, SourceKind, funding_share
from policies.answer import citation
from policies.kinds import Cluster, Contributors
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation, Reason
from policies.registry import answers

UNKNOWN = "unidentified"
STATES = {"secured": "已落实", "expected": "预计", "unidentified": "未落实"}
WHO = {"utility": "管线专营单位", "public_unit": "公房产权单位", "original_unit": "原产权单位"}


@dataclass(frozen=True)
class Line:
    """Money of one kind, in 分. ``kind`` may be empty while it is ``unidentified``; ``area``: another area of a cluster."""

    kind: str
    amount: int
    state: str = "expected"
    area: str = ""


@dataclass(frozen=True)
class Plan:
    """A funding plan with what is known of its project.

    ``scheme_total``: 分 of the fixed scheme, None where none is fixed. ``owing``: who owes a part, and why we think so, in words;
    ``said``: what was recorded of one who brings nothing.
    """

    lines: tuple[Line, ...]
    scheme_total: int | None = None
    owing: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    no_hidden_debt: bool = False

    @property
    def total(self) -> int:
        """分 of all lines."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Check:
    """One thing held against its clause: ``met``, ``unmet`` or ``noted``; ``blocks``: the plan is not confirmed while it is unmet."""

    outcome: str
    text: str
    citation: Citation | None = None
    missing: str = ""
    blocks: bool = False

    @property
    def reason(self) -> Reason:
        """As a reason of a refusal."""
        return Reason(self.text, self.citation, self.missing)


def sums(plan: Plan) -> dict[str, int]:
    """分 by kind as the share counts them: what nobody has promised yet, and what the scheme costs beyond the plan, is in the total alone.

    Lines for a cluster's other areas are no investment of this project and are left out.
    """
    found: dict[str, int] = {}
    for line in plan.lines:
        if not line.area:
            key = UNKNOWN if line.state == UNKNOWN else line.kind
            found[key] = found.get(key, 0) + line.amount
    gap = (plan.scheme_total or 0) - sum(found.values())
    if gap > 0:
        found[UNKNOWN] = found.get(UNKNOWN, 0) + gap
    return found


def share_of(layers: Layers, *, day: dt.date, plan: Plan) -> Share:
    """LZ-16 of a plan."""
    sources = [Source(cast(SourceKind, kind), amount) for kind, amount in sums(plan).items()]
    return funding_share(layers, day=day, sources=sources)


def checks(layers: Layers, *, day: dt.date, plan: Plan) -> tuple[Check, ...]:
    """Everything that the documents say to a plan, in one order."""
    found = [
        *_share(layers, day, plan),
        *contributor_checks(layers, day=day, plan=plan),
        *cluster_checks(layers, day=day, lines=plan.lines),
        *_debt(layers, day, plan),
        *_scheme(plan),
    ]
    return tuple(found)


def _share(layers: Layers, day: dt.date, plan: Plan) -> Iterator[Check]:
    found = share_of(layers, day=day, plan=plan)
    if found.passed is not None:
        reason = found.reasons[0]
        yield Check("met" if found.passed else "unmet", reason.text, reason.citation, reason.missing)


@answers("contributors")
def contributor_checks(layers: Layers, *, day: dt.date, plan: Plan) -> Iterator[Check]:
    """Who owes a part: brings it, or it is recorded why not. Only a must blocks; strive is noted."""
    for provision in _all(layers, "contributors", day):
        rule: Contributors = provision.params
        why = plan.owing.get(rule.who)
        if why is None:
            continue
        brought = sum(line.amount for line in plan.lines if line.kind in rule.sources and line.state != UNKNOWN)
        cited, why_not = citation(layers, provision), plan.said.get(rule.who, "").strip()
        if brought:
            yield Check("met", f"{why}：{WHO[rule.who]}出资 {said(brought)} 元", cited)
        elif why_not:
            yield Check("noted", f"{why}：{WHO[rule.who]}没有出资，说明：{why_not}", cited)
        else:
            must = provision.strength in {"must", "in_principle"}
            missing = f"请列入{WHO[rule.who]}的出资，或说明没有出资的原因"
            yield Check("unmet" if must else "noted", f"{why}：{WHO[rule.who]}没有出资", cited, missing, must)


@answers("cluster")
def cluster_checks(layers: Layers, *, day: dt.date, lines: Sequence[Line]) -> Iterator[Check]:
    """Money that stays out of a cluster's other areas."""
    for provision in _all(layers, "cluster", day):
        rule: Cluster = provision.params
        for line in lines:
            if line.area and line.kind in rule.keeps_out:
                label = SOURCE_LABELS[cast(SourceKind, line.kind)]
                text = f"“{line.area}”是片区内的其他项目，{label}不能用于它"
                missing = f"涉及 {said(line.amount)} 元，请改用其他资金"
                yield Check("unmet", text, citation(layers, provision), missing, True)


def _debt(layers: Layers, day: dt.date, plan: Plan) -> Iterator[Check]:
    for provision in layers.governing("gate", day, lambda p: p.params.evidence == "no_hidden_debt"):
        cited = citation(layers, provision)
        if plan.no_hidden_debt:
            yield Check("met", "资金计划声明不新增地方政府隐性债务", cited)
        else:
            yield Check("unmet", "资金计划没有声明不新增地方政府隐性债务", cited, "请核实后作出声明", True)


def _scheme(plan: Plan) -> Iterator[Check]:
    own = sum(line.amount for line in plan.lines if not line.area)
    if plan.scheme_total is None:
        yield Check("noted", "改造方案还没有定稿，暂不能与方案投资核对")
    elif own == plan.scheme_total:
        yield Check("met", f"与方案投资 {said(plan.scheme_total)} 元一致")
    elif own < plan.scheme_total:
        gap = plan.scheme_total - own
        yield Check(
            "unmet",
            f"比方案投资 {said(plan.scheme_total)} 元少，差额按未落实计入总投资",
            missing=f"还差 {said(gap)} 元",
        )
    else:
        yield Check("noted", f"比方案投资 {said(plan.scheme_total)} 元多 {said(own - plan.scheme_total)} 元")


def _all(layers: Layers, kind: str, day: dt.date) -> tuple[Provision, ...]:
    return tuple(layers.provisions(kind, day))
