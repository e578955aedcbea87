"""Which community of a county a name means, and whether it may come into a plan: asked for many names at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from communities.models import Community
from communities.rules.search import fold
from offices.models import Division
from projects.models import PlanLine, Project, ProjectCommunity
from projects.queries.projects import LIVE


@dataclass
class Named:
    """Communities of a county by folded name, and what stands on them: live projects in the reserve, lines of plans."""

    by_name: dict[str, list[Community]] = field(default_factory=lambda: defaultdict(list))
    projects: dict[int, list[Project]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[int, PlanLine] = field(default_factory=dict)

    def meant(self, name: str, address: str) -> list[Community]:
        """Communities of the name (or former name); where there are several, those of the address."""
        found = self.by_name.get(fold(name), [])
        if len(found) > 1 and address:
            return [community for community in found if community.address_key == fold(address)] or found
        return found


def named(division: Division, names: Collection[str]) -> Named:
    """Communities of the county by these names and their live projects, all locked (four queries)."""
    keys = {fold(name) for name in names}
    rows = (
        Community.objects.select_for_update(of=("self",))
        .select_related("division")
        .filter(Q(name_key__in=keys) | ~Q(former_names=""), county=division, merged_into__isnull=True, withdrawn=False)
        .order_by("pk")
    )
    found = Named()
    for community in rows:
        own = {community.name_key, *map(fold, community.former_names.replace("、", "，").split("，"))}
        for key in own & keys - {""}:
            found.by_name[key].append(community)
    ids = {community.pk for held in found.by_name.values() for community in held}
    parts = ProjectCommunity.objects.filter(community_id__in=ids, project__stage__in=LIVE).order_by("pk")
    pairs = list(parts.values_list("community_id", "project_id"))
    rows_of = Project.objects.select_for_update(of=("self",)).select_related("division", "county").order_by("pk")
    projects = {project.pk: project for project in rows_of.filter(pk__in={pk for _, pk in pairs})}
    for community_id, project_id in pairs:
        found.projects[community_id].append(projects[project_id])
    for line in PlanLine.objects.filter(project_id__in=projects).select_related("plan__division"):
        found.lines[line.project_id] = line
    return found
