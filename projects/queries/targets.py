"""Programme targets of a division: counts of its register, and the communities behind each figure."""

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from communities.models import Community
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.model import Document
from projects.models import Project, ProjectCommunity
from projects.rules.stages import STAGES, reached
from projects.rules.targets import BuiltCount, Counts, Programme, Target, programme

# Renovated: a project of the community has been accepted, or come further.
RENOVATED = tuple(stage.key for stage in STAGES if reached(stage.key, "accepted"))
Part = Literal["", "done", "open"]


@dataclass(frozen=True)
class DivisionTargets:
    """A division with the answer of its documents; ``elsewhere``: divisions below it that have a programme of their own."""

    division: Division
    document: Document
    found: Programme
    elsewhere: tuple[Division, ...]

    def target(self, key: str) -> Target | None:
        """The target of this key, or None."""
        return next((target for target in self.found.targets if target.key == key), None)


def _renovated() -> QuerySet[Project]:
    return Project.objects.filter(parts__community=OuterRef("pk"), stage__in=RENOVATED)


def register_of(user: User, division: Division) -> QuerySet[Any]:
    """The division's communities that the user sees (no merged, no withdrawn ones) with ``done`` and ``done_year``.

    ``done_year`` is the plan year of the first renovation, so that a community counts in one year only.
    """
    first = _renovated().filter(plan_year__isnull=False).order_by("plan_year", "pk").values("plan_year")[:1]
    rows = Community.objects.visible_to(user).filter(withdrawn=False, **{division.column: division.pk})
    return rows.annotate(done=Exists(_renovated()), done_year=Subquery(first))


def counts_of(user: User, division: Division) -> Counts:
    """Counts by built year and by plan year, in one grouped query."""
    built: dict[tuple[int | None, str], list[int]] = {}
    years: dict[int, int] = {}
    grouped = register_of(user, division).order_by().values_list("built_to", "excluded", "done", "done_year")
    for built_to, excluded, done, year, number in grouped.annotate(number=Count("pk")):
        entry = built.setdefault((built_to, excluded), [0, 0])
        entry[0] += number
        if done:
            entry[1] += number
        if year is not None:
            years[year] = years.get(year, 0) + number
    rows = tuple(BuiltCount(year, excluded, whole, done) for (year, excluded), (whole, done) in built.items())
    return Counts(built=rows, done_in_year=years)


def targets_of(user: User, division: Division, *, today: dt.date) -> DivisionTargets:
    """What the documents of the division ask of it by the end of their programme, and how far it is (three queries)."""
    layers = layers_of(division)
    found = programme(layers, day=today, counts=counts_of(user, division))
    place = found.provision.place if found.provision else layers.place
    document = next(book.document for book in layers.books if book.document.place == place)
    below = (
        Division.objects.visible_to(user)
        .below(division)
        .exclude(pk=division.pk)
        .exclude(rulebook="")
        .order_by("code", "pk")
    )
    return DivisionTargets(division, document, found, tuple(below))


def communities_behind(user: User, division: Division, target: Target, part: Part = "") -> QuerySet[Any]:
    """The communities of a target: all, the done ones, or those still open; each with its projects.

    A band's are those of its built years; a year's and the whole's are those of the plan years' projects.
    """
    rows = register_of(user, division).select_related("division")
    if target.years:
        planned = Project.objects.filter(parts__community=OuterRef("pk"), plan_year__in=target.years)
        done = Q(done_year__in=target.years)
        rows = rows.filter(done if part == "done" else (done | Q(done=False) & Exists(planned)))
        rows = rows.filter(done=False) if part == "open" else rows
    else:
        rows = rows.filter(
            reduce(
                or_, (Q(built_to=built, excluded=excluded) for built, excluded in sorted(target.groups)), Q(pk__in=())
            )
        )
        rows = rows.filter(done=part == "done") if part else rows
    return rows.order_by("done", "built_to", "pk")


def projects_of(communities: list[Community]) -> dict[int, list[Project]]:
    """pk of a community → its projects, the newest plan first (one query)."""
    links = (
        ProjectCommunity.objects.filter(community__in=communities)
        .select_related("project")
        .order_by("-project__plan_year", "-pk")
    )
    found: dict[int, list[Project]] = {}
    for link in links:
        found.setdefault(link.community_id, []).append(link.project)
    return found
