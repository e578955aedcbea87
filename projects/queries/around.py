"""What stands around an annual plan and answers its gates: whether the division's register is surveyed through (YL-16)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from approvals.standing import Standing
from communities.models import Community
from offices.clock import day_of
from offices.models import Division
from offices.rulebooks import layers_of
from projects.models import AnnualPlan


def beside_plans(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """``division_survey`` of annual plans whose documents ask for it (a query for the plans, one more for each plan that is asked)."""
    plans = AnnualPlan.objects.filter(uid__in=list(subjects)).select_related("division")
    return {plan.uid: [survey_of(plan)] for plan in plans if _asked(plan.division, "division_survey")}


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
