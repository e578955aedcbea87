"""What plans and projects have against a merge of two communities: a merge moves no reference, so what stands twice would stay so."""

from collections.abc import Iterable

from communities.merges import register_guard
from communities.models import Community
from policies.refusal import Reason
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.rules.stages import STAGES

LIVE = tuple(stage.key for stage in STAGES if stage.pipeline != "done")


@register_guard
def stand_together(stay: Community, go: Community) -> tuple[Reason, ...]:
    """Reasons while both are parts of one project, or lines of live plans: money and households would be counted twice.

    A project is live until it is closed, and so is its line in a plan (a refused plan may be declared anew); one of the two is taken out
    first, then they can be merged.
    """
    kept, gone = _live(stay), _live(go)
    shared = [project for pk, project in kept.items() if pk in gone]
    if shared:
        names = "、".join(f"“{project.name}”" for project in shared)
        return (Reason(f"两个小区同在项目{names}中，不能合并；请先从项目中移出一个。", subject=str(shared[0].uid)),)
    plans, others = _plans(kept), _plans(gone)
    if not plans or not others:
        return ()
    both = [plan for plan in plans if plan in others]
    if both:
        names = "、".join(f"“{plan}”" for plan in both)
        return (Reason(f"两个小区都已列入{names}，不能合并；请先从计划中调出一个。", subject=str(both[0].uid)),)
    text = f"“{stay.name}”已列入“{plans[0]}”，“{go.name}”已列入“{others[0]}”，不能合并；请先从计划中调出一个。"
    return (Reason(text, subject=str(others[0].uid)),)


def _live(community: Community) -> dict[int, Project]:
    links = (
        ProjectCommunity.objects.filter(community=community, project__stage__in=LIVE)
        .select_related("project")
        .order_by("pk")
    )
    return {link.project_id: link.project for link in links}


def _plans(projects: Iterable[int]) -> list[AnnualPlan]:
    lines = PlanLine.objects.filter(project__in=projects).select_related("plan__division").order_by("plan__year", "pk")
    return list(dict.fromkeys(line.plan for line in lines))
