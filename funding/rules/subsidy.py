"""Central subsidy: which community and which works may draw on it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from communities.rules.eligibility import Eligibility, eligibility
from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Exclusion, SubsidyContent, SubsidyYears
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Reason
from policies.registry import answers

Works = Literal["water", "power", "road", "gas", "elevator", "other"]
WORKS_LABELS: dict[str, str] = {
    "water": "供水",
    "power": "供电",
    "road": "道路",
    "gas": "供气",
    "elevator": "加装电梯",
    "other": "其他",
}


@dataclass(frozen=True, kw_only=True)
class Subsidy(Answer):
    """``allowed`` None: 未作规定. ``reason_needed``: allowed only with a recorded reason (built later than the years supported first)."""

    allowed: bool | None
    reason_needed: bool = False
    eligibility: Eligibility


@answers("subsidy_content", "subsidy_years")
def central_subsidy(
    layers: Layers, *, day: dt.date, built: str | int | None, excluded: Exclusion | None, works: Iterable[Works]
) -> Subsidy:
    """Whether a project may draw central money: a community that is not eligible never does, then its works, then its years.

    A later year that the document supports with a reason is allowed, and ``reason_needed`` says so.
    """
    place = eligibility(layers, day=day, built=built, excluded=excluded)
    if place.eligible is False:
        return Subsidy(provision=place.provision, reasons=place.reasons, allowed=False, eligibility=place)
    content = layers.governing("subsidy_content", day) + layers.uppers("subsidy_content", day)
    years = layers.governing("subsidy_years", day) + layers.uppers("subsidy_years", day)
    if not content and not years:
        return Subsidy(provision=None, reasons=UNREGULATED, allowed=None, eligibility=place)
    done = frozenset(works)
    unmet = [p for p in content if not _holds(p.params, done)] + [
        p for p in years if _shut_out(p.params, place.built.latest)
    ]
    late = any(_later(p.params, place.built.latest) for p in years)
    reasons = tuple(_content_reason(layers, p, done) for p in content) + tuple(
        _years_reason(layers, p, place.built.latest) for p in years
    )
    return Subsidy(
        provision=(unmet or list(content + years))[0],
        reasons=reasons,
        allowed=not unmet,
        reason_needed=not unmet and late,
        eligibility=place,
    )


def _holds(rule: SubsidyContent, done: frozenset[str]) -> bool:
    return len(done & set(rule.of)) >= rule.at_least or bool(done & set(rule.or_any))


def _later(rule: SubsidyYears, latest: int | None) -> bool:
    """Not shown to be among the years supported first: later, or not known."""
    return latest is None or latest > rule.first_until


def _shut_out(rule: SubsidyYears, latest: int | None) -> bool:
    return rule.later == "no" and _later(rule, latest)


def _content_reason(layers: Layers, provision: Provision, done: frozenset[str]) -> Reason:
    rule: SubsidyContent = provision.params
    found = [work for work in rule.of if work in done]
    names = "、".join(WORKS_LABELS[work] for work in rule.of + rule.or_any if work in done) or "无"
    missing = ""
    if not _holds(rule, done):
        instead = "，或者" + "、".join(WORKS_LABELS[work] for work in rule.or_any) if rule.or_any else ""
        missing = f"还差 {rule.at_least - len(found)} 项{instead}"
    return because(
        layers, provision, f"{len(rule.of)} 项设施中有 {len(found)} 项，至少 {rule.at_least} 项；内容：{names}", missing
    )


def _years_reason(layers: Layers, provision: Provision, latest: int | None) -> Reason:
    rule: SubsidyYears = provision.params
    if not _later(rule, latest):
        return because(layers, provision, f"{rule.first_until} 年底前建成，重点支持")
    when = "建成年份不详" if latest is None else f"{latest} 年建成，晚于 {rule.first_until} 年"
    return because(layers, provision, f"{when}，{'须登记理由' if rule.later == 'with_reason' else '不予支持'}")
