"""Lists and details of the register."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from communities.models import Community, Home, Ownership
from communities.queries.completeness import FIELDS, with_completeness
from communities.queries.eligibility import bands_of
from communities.rules.search import fold, words
from offices.models import Division, User

MOST_FOUND = 50


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
    rows = _by_words(rows, asked.text)
    if asked.complete:
        whole = Q(filled=len(FIELDS))
        rows = rows.filter(whole if asked.complete == "yes" else ~whole)
    if asked.band:
        bands = bands_of(rows.select_related(None).only("pk", "division_id", "built_text", "excluded"), day)
        rows = rows.filter(pk__in=[pk for pk, (band, _) in bands.items() if band == asked.band])
    return rows.order_by("county_id", "pk")


def _by_words(rows: QuerySet[Community], text: str) -> QuerySet[Community]:
    for word in words(text)[:6]:
        rows = rows.filter(search_text__contains=word)
    return rows


def public_search(text: str, division: Division | None = None) -> Sequence[Community]:
    """Communities that residents find by name, former name, address, pinyin or initials; full-width signs count as half-width.

    At most ``MOST_FOUND``: names that begin with the text first, then names that hold it, then the rest.
    """
    rows = Community.objects.public()
    return _found(rows if division is None else rows.filter(**{division.column: division.pk}), text)


def registered_search(text: str) -> Sequence[Community]:
    """The same in everything that the register ever held, also what was merged (with the one that stays) or withdrawn."""
    return _found(Community.objects.select_related("merged_into"), text)


def _found(rows: QuerySet[Community], text: str) -> Sequence[Community]:
    if not words(text):
        return []
    rows = _by_words(rows.select_related("division", "county", "city"), text)
    whole = fold(text)
    rank = Case(
        When(name_key=whole, then=Value(0)),
        When(name_key__startswith=whole, then=Value(1)),
        When(name_key__contains=whole, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return list(rows.order_by(rank, "name_key", "pk")[:MOST_FOUND])


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
