"""What stands in a county before a plan table comes in: its plans, their lines, the projects of the reserve."""

from collections import defaultdict
from dataclasses import dataclass, field

from communities.models import Import
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.queries.projects import DONE


@dataclass
class Known:
    """What stands in the county already: communities' projects, their lines, and the plans by year."""

    plans: dict[int, AnnualPlan] = field(default_factory=dict)
    lines: dict[str, dict[int, PlanLine]] = field(default_factory=lambda: defaultdict(dict))
    reserve: dict[str, list[Project]] = field(default_factory=lambda: defaultdict(list))


def known_in(source: Import) -> Known:
    """Plans, lines and reserve projects of the import's division (three queries)."""
    found = Known(
        plans={
            plan.year: plan for plan in AnnualPlan.objects.filter(division=source.division).select_related("division")
        }
    )
    parts = ProjectCommunity.objects.filter(project__county=source.division_id).select_related(
        "community__merged_into", "project"
    )
    lines = {
        line.project_id: line
        for line in PlanLine.objects.filter(plan__division=source.division).select_related("plan", "project")
    }
    for part in parts.order_by("pk"):
        community = part.community.merged_into or part.community
        key = str(community.uid)
        line = lines.get(part.project_id)
        if line is not None:
            found.lines[key][line.plan.year] = line
        elif part.project.stage not in DONE:
            found.reserve[key].append(part.project)
    return found
