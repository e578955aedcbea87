"""What a plan says, as plain values: frozen into cases and versions, printed into the official table."""

from decimal import Decimal
from typing import Any

from communities.models import Community
from projects.models import AnnualPlan, PlanLine


def plan_lines(plan: AnnualPlan) -> list[PlanLine]:
    """Lines in order with their projects and communities (three queries)."""
    return list(plan.lines.select_related("project").prefetch_related("project__parts__community"))


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
