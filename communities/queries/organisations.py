"""Residents' organisations: which stand on a day, who signs for the owners, which communities have none (LZ-06, LZ-07, LZ-08, JX-16)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from communities.models import Community, Organisation
from communities.rules.organisations import OWN, SIGNATORY_LABELS, Signatory
from communities.rules.organisations import signatory as who_signs
from offices.models import Body, Division, User
from policies.layers import Layers

Founded = tuple[str, dt.date, dt.date | None]  # kind, established on, ended on


def in_force(day: dt.date) -> Q:
    """Organisations that stand on ``day``: established, not yet ended."""
    return Q(established_on__lte=day) & (Q(ended_on__isnull=True) | Q(ended_on__gt=day))


def organisations_of(community: Community) -> QuerySet[Organisation]:
    """All that were recorded, standing ones first."""
    rows = Organisation.objects.filter(community=community).select_related("file", "recorded_by", "community__division")
    return rows.order_by("ended_on", "-established_on", "pk")


@dataclass(frozen=True)
class SignatoryView:
    """Who signs for a community: one of its organisations, or a body in its place (``body`` None: it is not in the offices' list)."""

    answer: Signatory
    organisation: Organisation | None = None
    body: Body | None = None
    name: str = ""

    @property
    def missing(self) -> str:
        """What is missing before anybody can sign; empty where somebody can."""
        return self.answer.missing


def signatory(community: Community, *, day: dt.date, layers: Layers) -> SignatoryView:
    """Which organisation or body signs for the owners on ``day``, with the clause in ``answer.reasons`` (three queries)."""
    rows = Organisation.objects.filter(in_force(day), community=community, kind__in=OWN).order_by(
        "established_on", "pk"
    )
    standing = {row.kind: row for row in rows}
    answer = who_signs(layers, day=day, standing=standing.keys())
    if answer.kind is None:
        return SignatoryView(answer)
    if not answer.stand_in:
        own = standing[answer.kind]
        return SignatoryView(answer, organisation=own, name=own.name)
    place = community.neighbourhood
    body = Body.objects.filter(division=place, kind="neighbourhood_committee").order_by("pk").first() if place else None
    name = body.name if body else f"{place.name if place else '所在社区'}{SIGNATORY_LABELS[answer.kind]}"
    return SignatoryView(answer, body=body, name=name)


def ranking_facts(communities: Sequence[Community], *, day: dt.date) -> dict[int, dict[str, bool]]:
    """Community pk → the facts on organisations that rank the reserve, by the rulebooks' keys (LZ-06). One query."""
    facts = {row.pk: {"party_organisation": False, "residents_organisation": False} for row in communities}
    rows = Organisation.objects.filter(in_force(day), community__in=facts)
    for pk, kind in rows.values_list("community_id", "kind"):
        key = "residents_organisation" if kind in OWN else "party_organisation"
        facts[pk][key] = True
    return facts


def founded_in(communities: Sequence[Community]) -> dict[int, tuple[Founded, ...]]:
    """Community pk → what residents founded there, ended ones too (one query)."""
    found: dict[int, list[Founded]] = defaultdict(list)
    rows = Organisation.objects.filter(community__in={row.pk for row in communities}, kind__in=OWN).order_by("pk")
    for pk, kind, since, until in rows.values_list("community_id", "kind", "established_on", "ended_on"):
        found[pk].append((kind, since, until))
    return {pk: tuple(rows) for pk, rows in found.items()}


def without_organisation(user: User, *, day: dt.date, division: Division | None = None) -> QuerySet[Community]:
    """Communities of the user's scope in which residents have founded neither committee nor group: to be guided (LZ-07)."""
    rows = Community.objects.visible_to(user).filter(withdrawn=False)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    own = Organisation.objects.filter(in_force(day), community=OuterRef("pk"), kind__in=OWN)
    return rows.filter(~Exists(own)).select_related("division", "county").order_by("county_id", "pk")
