"""What a purse may pay for: its own document's limits, what the place says of its kind, and never more than it holds."""

import datetime as dt
from dataclasses import dataclass, field

from funding.rules.money import said
from policies.answer import Answer, because, citation
from policies.kinds import RingFence, SourceUse
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation, Reason
from policies.registry import answers

CLASS_KEYS = {"基础类": "basic", "完善类": "improved", "提升类": "upgraded"}
CLASS_LABELS = {key: label for label, key in CLASS_KEYS.items()} | {"": "未分类"}
WORKS_WORDS = {"water": "供水", "power": "供电", "road": "道路", "gas": "供气", "elevator": "加装电梯"}


@dataclass(frozen=True)
class Purse:
    """A source: its kind (``funding.rules.shares``), and the classes (basic…) and items that its own document limits it to."""

    kind: str
    name: str
    classes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """What is to be paid: an item, its class (basic, improved, upgraded or empty), its word of the four and the lift, a recorded reason."""

    item: str
    item_class: str = ""
    five: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Use(Answer):
    """``allowed`` False: ``reasons`` say why. ``shown``: allowed, but to be shown beside the figure (重点支持 other works)."""

    allowed: bool
    shown: tuple[Reason, ...] = field(default=())


def fences(layers: Layers, day: dt.date, kind: str) -> tuple[Provision, ...]:
    """Provisions that fence money of a kind, lowest document first with the musts above."""

    def speaks(provision: Provision) -> bool:
        rule: RingFence = provision.params
        return not rule.sources or kind in rule.sources

    return layers.governing("ring_fence", day, speaks) + layers.uppers("ring_fence", day, speaks)


def fence(layers: Layers, day: dt.date, kind: str) -> Citation | None:
    """The clause that a refusal about money of a kind cites; None where no document speaks (double entry refuses all the same)."""
    found = fences(layers, day, kind)
    return citation(layers, found[0]) if found else None


@answers("ring_fence", "source_use")
def may_pay(layers: Layers, *, day: dt.date, purse: Purse, work: Work) -> Use:
    """Whether a purse pays for a work: the purse's own limits stand as 专款专用, then what the place's document opens its kind for."""
    fenced = fences(layers, day, purse.kind)
    reasons = tuple(
        Reason(
            text=text, citation=citation(layers, fenced[0]) if fenced else None, missing=f"“{work.item}”不在限定范围内"
        )
        for text in _own_limits(purse, work)
    )
    uses = [p for p in layers.governing("source_use", day, lambda p: purse.kind in p.params.sources)]
    outside = [p for p in uses if not _within(p.params, work)]
    refused = tuple(
        _refusal(layers, p, work) for p in outside if p.params.how == "only" and not _reasoned(p.params, work)
    )
    shown = tuple(
        because(layers, p, _words(p.params, work))
        for p in outside
        if p.params.how == "mainly" or _reasoned(p.params, work)
    )
    decided = (fenced if reasons else ()) + tuple(outside) + fenced
    return Use(
        provision=decided[0] if decided else None,
        reasons=reasons + refused,
        allowed=not reasons and not refused,
        shown=shown,
    )


def _own_limits(purse: Purse, work: Work) -> list[str]:
    found = []
    if purse.classes and work.item_class not in purse.classes:
        allowed = "、".join(CLASS_LABELS.get(key, key) for key in purse.classes)
        found.append(
            f"“{purse.name}”限用于{allowed}，“{work.item}”属{CLASS_LABELS.get(work.item_class, work.item_class)}"
        )
    if purse.items and work.item not in purse.items:
        found.append(f"“{purse.name}”限用于{'、'.join(purse.items)}，不能用于“{work.item}”")
    return found


def _within(rule: SourceUse, work: Work) -> bool:
    return work.item_class in {CLASS_KEYS.get(word, word) for word in rule.classes} or work.five in rule.works


def _reasoned(rule: SourceUse, work: Work) -> bool:
    return rule.with_reason and bool(work.reason.strip())


def _words(rule: SourceUse, work: Work) -> str:
    what = "、".join((*rule.classes, *(WORKS_WORDS[key] for key in rule.works)))
    if rule.how == "mainly":
        return f"重点支持{what}；“{work.item}”属{CLASS_LABELS.get(work.item_class, work.item_class)}，单独列示"
    return f"“{work.item}”登记理由：{work.reason}"


def _refusal(layers: Layers, provision: Provision, work: Work) -> Reason:
    rule: SourceUse = provision.params
    what = "、".join((*rule.classes, *(WORKS_WORDS[key] for key in rule.works)))
    way = "；确属此类的请登记理由" if rule.with_reason else ""
    return because(layers, provision, f"只开放用于{what}等内容，不能用于“{work.item}”", f"请改用其他资金{way}")


@answers("ring_fence")
def within_fund(layers: Layers, *, day: dt.date, purse: Purse, wanted: int, held: int) -> Use:
    """Whether a fund that holds ``held`` 分 pays ``wanted``: never beyond what came in for its project."""
    found = fences(layers, day, purse.kind)
    provision = found[0] if found else None
    if wanted <= held:
        return Use(provision=provision, allowed=True)
    text = f"“{purse.name}”专账可用 {said(held)} 元，本次要付 {said(wanted)} 元"
    reason = Reason(
        text=text, citation=citation(layers, provision) if provision else None, missing=f"还差 {said(wanted - held)} 元"
    )
    return Use(provision=provision, reasons=(reason,), allowed=False)


def shown_uses(layers: Layers, day: dt.date) -> tuple[Citation, ...]:
    """Clauses by which money of a kind goes to some works first (重点支持): what it pays beside is listed under them."""
    found = layers.governing("source_use", day, lambda p: p.params.how == "mainly")
    return tuple(citation(layers, provision) for provision in found)
