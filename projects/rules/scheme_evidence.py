"""What the platform's own scheme answers at the gates: content, budget, who pays, hazards and needs. Pure.

A fixed version answers before any paper does: one that breaks a rule is not papered over. Projects without one go on with papers.
"""

import datetime as dt
from collections.abc import Mapping

from policies.kinds import Gate
from policies.layers import Layers
from projects.rules.scheme import Need, Scheme
from projects.rules.scheme_items import Check
from projects.rules.scheme_payers import central_checks, payer_checks, split_checks
from projects.rules.schemes import left_out, line_checks, named, unanswered, wishes_left
from projects.rules.situation import Place

# Keys of papers that documents name, to what the scheme holds of them.
PAPERS: Mapping[str, str] = {
    "scheme": "content", "content": "content", "budget": "budget", "funding": "funding",
    "residents_funding_plan": "residents_funding", "long_term_management_plan": "management",
}  # fmt: skip


def held_papers(scheme: Scheme) -> dict[str, bool]:
    """Which of the papers that a gate may name the scheme itself holds (LZ-32, CZ-04, YL)."""
    parts = {
        "content": bool(scheme.items),
        "budget": scheme.total > 0,
        "funding": bool(scheme.items) and all(item.payers for item in scheme.items if item.amount),
        "residents_funding": bool(scheme.residents_funding.strip()),
        "management": bool(scheme.management.strip()),
    }
    return {key: parts[part] for key, part in PAPERS.items()}


def missing_papers(gate: Gate, scheme: Scheme) -> list[str]:
    """Labels of what the gate names and the scheme does not hold; a key that no scheme can hold is missing."""
    held = held_papers(scheme)
    return [paper.label for paper in gate.requires if not paper.optional and not held.get(paper.key, False)]


def cost_split(layers: Layers, *, day: dt.date, scheme: Scheme) -> list[Check]:
    """CZ-07, RC-05: what of the budget breaks the rules of who pays."""
    lines = [check for item in scheme.items for check in payer_checks(layers, day=day, item=item)]
    return [check for check in (*split_checks(layers, day=day, scheme=scheme), *lines) if check.blocks]


def central(layers: Layers, *, day: dt.date, scheme: Scheme, places: tuple[Place, ...]) -> list[Check]:
    """CZ-03, JX-05, JX-03, RC-03: what stands against central money in this scheme."""
    found = [*central_checks(layers, day=day, scheme=scheme, places=places, subsidised=True)]
    scope = [c for item in scheme.items if item.paid_by({"central"}) for c in line_checks(layers, day=day, item=item)]
    return [check for check in (*found, *scope) if check.blocks]


def basic_items(scheme: Scheme) -> tuple[list[Need], str]:
    """YL-04: what is left out without a leader's reason, and the words of the strive half."""
    wishes = wishes_left(scheme)
    more = (
        f"；完善类、提升类未列入 {len(wishes)} 项（{named([need.words for need in wishes])}），只计数" if wishes else ""
    )
    return left_out(scheme), more


def hazards(scheme: Scheme) -> list[Need]:
    """YL-05: what is not answered."""
    return unanswered(scheme)


def facts_of(scheme: Scheme) -> frozenset[str]:
    """Facts of a project that follow from its scheme, beside those that were entered: they choose further gates."""
    held = {
        "elevator": "elevator" in scheme.works,
        "central_subsidy": any(item.paid_by({"central"}) for item in scheme.items),
        "fund_money": any(item.paid_by({"maintenance_fund", "common_revenue"}) for item in scheme.items),
        "utility_facilities_to_transfer": any(
            item.facility is not None and item.facility.owner != "utility" and item.facility.kept_by == "utility"
            for item in scheme.items
        ),
    }
    return frozenset(key for key, holds in held.items() if holds)
