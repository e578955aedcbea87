"""Reads of special plans: lists, one with its versions and differences, and the plans that name a project's communities."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from communities.models import Community
from offices.models import Division, User
from projects.models import SpecialPlan, SpecialPlanEntry, SpecialPlanVersion
from projects.rules.special import Difference, difference


def content_of(plan: SpecialPlan) -> dict[str, Any]:
    """What the plan says now, as a version keeps it; communities in the order of the register (one query)."""
    communities = Community.objects.filter(pk__in=plan.places.values("community")).order_by("pk")
    return {
        "title": plan.title, "first_year": plan.first_year, "last_year": plan.last_year,
        "communities": [{"uid": str(row.uid), "name": row.name} for row in communities],
    }  # fmt: skip


def special_plans(user: User, division: Division | None = None) -> QuerySet[Any]:
    """Special plans that the user sees below ``division``, each with ``places_count`` and ``issued`` (number of its latest version)."""
    rows = SpecialPlan.objects.visible_to(user).select_related("division")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    latest = SpecialPlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number").values("number")[:1]
    return rows.annotate(places_count=Count("places"), issued=Subquery(latest)).order_by(
        "division__code", "-first_year", "pk"
    )


@dataclass(frozen=True)
class VersionView:
    """An issued version with what it changed; ``changed`` None for the first."""

    version: SpecialPlanVersion
    changed: Difference | None


def versions_of(plan: SpecialPlan) -> list[VersionView]:
    """Issued versions, newest first (one query)."""
    rows = list(plan.versions.select_related("by", "file").order_by("number"))
    before = [None, *rows[:-1]]
    views = [
        VersionView(row, difference(old.content, row.content) if old else None)
        for old, row in zip(before, rows, strict=False)
    ]
    return views[::-1]


def latest_versions() -> QuerySet[SpecialPlanVersion]:
    """The latest issued version of every special plan."""
    latest = SpecialPlanVersion.objects.filter(plan=OuterRef("plan")).order_by("-number").values("pk")[:1]
    return SpecialPlanVersion.objects.filter(pk=Subquery(latest))


def special_plans_of(communities: Iterable[Community]) -> list[SpecialPlanVersion]:
    """The latest versions that name one of the communities (one query)."""
    entries = SpecialPlanEntry.objects.filter(community__in=list(communities)).values("version")
    return list(latest_versions().filter(pk__in=entries).select_related("plan").order_by("-issued_on", "pk"))
