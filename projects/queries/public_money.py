"""The money of published projects for everybody: which project has how many households, and what its ledger says in public words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from communities.models import Community
from funding.disclosure import PublicMoney, public_money
from projects.models import Project, ProjectCommunity

MOST_PROJECTS = 20


@dataclass(frozen=True)
class ProjectMoney:
    """A published project with its money."""

    project: Project
    money: PublicMoney


def homes_of(projects: Iterable[Project]) -> dict[UUID, int | None]:
    """uid → households of all communities that a project joins; None where one of them is not known (one query)."""
    rows = ProjectCommunity.objects.filter(project__in=list(projects)).order_by("pk")
    found: dict[UUID, int | None] = {project.uid: 0 for project in projects}
    for uid, number in rows.values_list("project__uid", "community__household_count"):
        known = found[uid]
        found[uid] = None if known is None or number is None else known + number
    return found


def money_of(projects: Sequence[Project], *, whole: bool = True) -> list[ProjectMoney]:
    """Published projects with their money (without ``whole`` sums by kind alone), in a bounded number of queries; others are left out."""
    shown = [project for project in projects if project.published]
    found = public_money(homes_of(shown), whole=whole)
    return [ProjectMoney(project, found[project.uid]) for project in shown]


def community_money(community: Community) -> list[ProjectMoney]:
    """Every published project of a community with its money, the newest plan first."""
    rows = Project.objects.public().filter(parts__community=community).order_by("-plan_year", "-pk")
    return money_of(list(rows[:MOST_PROJECTS]))
