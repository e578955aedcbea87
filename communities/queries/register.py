"""Lists and details of the register."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from communities.models import Community, Home, Ownership
from communities.queries.completeness import FIELDS, with_completeness
from communities.queries.eligibility import bands_of
from communities.queries.search import by_words
from offices.models import Division, User


@dataclass(frozen=True)
class RegisterFilter:
    """What a staff member asks of the register; empty values ask nothing."""

    division: Division | None = None
    text: str = ""
    band: str = ""
    complete: str = ""  # yes, no
    withdrawn: bool = False


def register_list(user: User, asked: RegisterFilter, day: dt.date) -> QuerySet[Community]:
    """Communities of the user's scope that answer the filter, each with ``filled``; ordered by place and entry."""
    rows = with_completeness(Community.objects.visible_to(user)).select_related("division", "county")
    rows = rows.filter(withdrawn=asked.withdrawn)
    if asked.division is not None:
        rows = rows.filter(**{asked.division.column: asked.division.pk})
    rows = by_words(rows, asked.text)
    if asked.complete:
        whole = Q(filled=len(FIELDS))
        rows = rows.filter(whole if asked.complete == "yes" else ~whole)
    if asked.band:
        bands = bands_of(rows.select_related(None).only("pk", "division_id", "built_text", "excluded"), day)
        rows = rows.filter(pk__in=[pk for pk, (band, _) in bands.items() if band == asked.band])
    return rows.order_by("county_id", "pk")


def public_community(uid: UUID) -> Community | None:
    """The community of this uid as residents may see it; one that was merged leads to the one that stays."""
    rows = Community.objects.select_related("division", "county", "city", "merged_into__division")
    found = rows.filter(uid=uid).first()
    if found is not None and found.merged_into is not None:
        found = rows.filter(pk=found.merged_into.pk).first()
    return None if found is None or found.withdrawn or found.merged_into_id else found


def homes_of(community: Community) -> QuerySet[Home]:
    """Homes in the order of their buildings, each with ``open_ones`` (ownerships in force with their persons)."""
    owners = Ownership.objects.filter(until__isnull=True).select_related("person").order_by("pk")
    return (
        Home.objects.filter(building__community=community, merged_into__isnull=True)
        .select_related("building")
        .prefetch_related(Prefetch("ownerships", queryset=owners, to_attr="open_ones"))
        .order_by("building_id", "unit", "room", "pk")
    )
