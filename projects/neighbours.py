"""Which communities of one plan lie in the same street or neighbourhood: 整片改造 (YL-18)."""

from collections import defaultdict
from collections.abc import Iterable

from projects.models import AnnualPlan, PlanLine, Project

Names = tuple[str, ...]


def neighbours_of(subjects: Iterable[AnnualPlan | Project]) -> dict[int, Names]:
    """By project id: other communities of its plan in the street or neighbourhood of one of its own (one query).

    Projects in no plan are left out; plans among the subjects are passed over.
    """
    asked = {subject.pk for subject in subjects if isinstance(subject, Project)}
    rows = PlanLine.objects.filter(plan__lines__project__in=asked).values_list(
        "plan_id",
        "project_id",
        "project__parts__community__name",
        "project__parts__community__street_id",
        "project__parts__community__neighbourhood_id",
    )
    at: dict[tuple[int, int], set[tuple[int, str]]] = defaultdict(set)
    units: dict[int, set[tuple[int, int]]] = {}
    for plan, project, name, *places in rows.distinct():
        own = units.setdefault(project, set())
        for place in places:
            if place is not None and name is not None:
                at[(plan, place)].add((project, name))
                own.add((plan, place))
    return {project: _others(project, own, at) for project, own in units.items() if project in asked}


def _others(project: int, units: set[tuple[int, int]], at: dict[tuple[int, int], set[tuple[int, str]]]) -> Names:
    return tuple(sorted({name for unit in units for other, name in at[unit] if other != project}))
