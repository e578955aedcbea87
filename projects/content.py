"""What a plan says, as plain values: frozen into cases and versions, printed into the official table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from communities.models import Community
from offices.once import keep, kept
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity


def parts_read(path: str = "parts") -> "Prefetch[Any]":
    """Communities of many projects in one query. A prefetch of ``parts__community`` names each community in a condition of its own,
    which SQLite refuses beyond a thousand of them."""
    return Prefetch(path, queryset=ProjectCommunity.objects.select_related("community").order_by("pk"))


def lines_read(plan: int) -> list[PlanLine] | None:
    """Lines of a plan (by pk) with projects and communities, where the page has read them."""
    found: list[PlanLine] | None = kept(("lines", plan))
    return found


def plans_among(subjects: Sequence[UUID]) -> list[AnnualPlan]:
    """The annual plans among subjects (one query; none where ``situations`` was given them)."""
    read: Sequence[AnnualPlan | Project] | None = kept(("subjects", tuple(subjects)))
    if read is not None:
        return [row for row in read if isinstance(row, AnnualPlan)]
    return list(AnnualPlan.objects.filter(uid__in=list(subjects)).select_related("division"))


def lines_of(plan: AnnualPlan) -> list[PlanLine]:
    """Lines in order with projects and communities (two queries)."""
    lines = list(plan.lines.select_related("project__division").prefetch_related(parts_read("project__parts")))
    for line in lines:
        line.plan = plan
    return keep(("lines", plan.pk), lines)


def plan_lines(plan: AnnualPlan) -> list[PlanLine]:
    """Lines in order with their projects and communities (two queries)."""
    return list(plan.lines.select_related("project").prefetch_related(parts_read("project__parts")))


def line_communities(line: PlanLine) -> list[Community]:
    """Communities of a line in the order in which they were added."""
    return [part.community for part in sorted(line.project.parts.all(), key=lambda part: part.pk)]


def plan_content(plan: AnnualPlan) -> dict[str, Any]:
    """The plan as text values: what approvers see and what a version keeps."""
    lines = plan_lines(plan)
    rows = [
        {
            "project": str(line.project.uid),
            "name": line.project.name,
            "national_task": line.project.national_task,
            "investment": _text(line.project.investment),
            "remark": line.remark,
            "communities": [_community(community) for community in line_communities(line)],
        }
        for line in lines
    ]
    return {"division": plan.division.name, "year": plan.year, "lines": rows, "totals": totals(lines)}


def totals(lines: list[PlanLine]) -> dict[str, Any]:
    """合计 of a plan: sums first, rounds never; a blank figure is counted as missing, not as zero."""
    communities = [community for line in lines for community in line_communities(line)]
    return {
        "lines": len(lines),
        "communities": len(communities),
        "buildings": sum(c.building_count or 0 for c in communities),
        "households": sum(c.household_count or 0 for c in communities),
        "floor_area": _text(sum((c.floor_area or Decimal(0) for c in communities), Decimal("0.00"))),
        "blank": sum(1 for c in communities if None in (c.building_count, c.household_count, c.floor_area)),
    }


def _community(community: Community) -> dict[str, Any]:
    return {
        "uid": str(community.uid),
        "name": community.name,
        "address": community.address,
        "built": community.built_text,
        "buildings": community.building_count,
        "households": community.household_count,
        "floor_area": _text(community.floor_area),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
