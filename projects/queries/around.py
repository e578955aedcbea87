"""What stands around an annual plan and answers its gates: the division's survey (YL-16) and other units' plans (RC-31)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from approvals.standing import Standing
from communities.models import Community
from offices.clock import day_of
from offices.models import Division
from offices.rulebooks import layers_of
from projects.content import plans_among
from projects.models import AnnualPlan
from projects.queries.companions import besides, lines_beside
from projects.rules.companions import figures


def beside_plans(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """``division_survey`` and ``department_plans`` of annual plans whose documents ask for them."""
    found: dict[UUID, list[Standing]] = {}
    for plan in plans_among(subjects):
        rows = [survey_of(plan)] if _asked(plan.division, "division_survey") else []
        if _asked(plan.division, "department_plans"):
            rows += companions_beside(plan)
        found[plan.uid] = rows
    return found


def _asked(division: Division, evidence: str) -> bool:
    """Whether a document over the division has a gate of this evidence, in force or not."""
    provisions = (p for book in layers_of(division).books for rule in book.rules for p in rule.provisions)
    return any(p.kind == "gate" and p.params.evidence == evidence for p in provisions)


def survey_of(plan: AnnualPlan) -> Standing:
    """How many communities of the plan's division are registered and how many of them surveyed."""
    rows = Community.objects.public().filter(**{plan.division.column: plan.division_id})
    found: dict[str, Any] = rows.aggregate(
        registered=Count("pk"), surveyed=Count("pk", filter=Q(surveyed_on__isnull=False)), moved=Max("updated_at")
    )
    day = day_of(found.pop("moved") or plan.created_at)
    url = f"/staff/rollup/?division={plan.division.uid}&part=unsurveyed"
    return Standing("division_survey", found, day, "小区登记册", url)


def companions_beside(plan: AnnualPlan) -> list[Standing]:
    """What others plan in the same year or communities; nothing where no line is entered (a paper may say it)."""
    lines, taken = lines_beside(plan)
    if not lines:
        return []
    day = max(day_of(line.updated_at) for line in lines)
    said = figures(besides(plan, lines, taken), plan.year)
    return [
        Standing("department_plans", said, day, f"并列登记 {len(lines)} 条", f"/staff/plans/{plan.uid}/companions/")
    ]
