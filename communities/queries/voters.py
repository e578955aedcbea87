"""The roll of a community as it stands on a day: five queries for any number of homes (N-02, domain.md)."""

import datetime as dt
from collections import defaultdict
from fractions import Fraction

from django.db.models import Q

from communities.models import Agency, Building, Community, Home, Ownership, Person, RollSettlement
from communities.rules.roll_problems import problems_of
from communities.rules.rooms import unit_key
from communities.rules.voters import (
    REOPENED,
    RollDraft,
    RollFacts,
    RollHolding,
    RollHome,
    RollPerson,
    RollProblem,
    RollVoter,
    Settled,
    draft,
)

__all__ = ["RollDraft", "RollHome", "RollProblem", "RollVoter", "draft_roll", "facts_of", "settlements_of"]


def draft_roll(community: Community, *, day: dt.date, building: Building | None = None, unit: str = "") -> RollDraft:
    """Voters and problems of ``community`` on ``day``; ``building`` and ``unit`` (一单元 and 1 agree) restrict the homes.

    An ownership counts where since ≤ day < until. Problems are settled by ``communities.actions.settle_roll``.
    """
    facts = facts_of(community, day=day)
    settlements = settlements_of(community)
    scope = None
    if building is not None or unit:
        scope = frozenset(
            home.home_id
            for home in facts.homes
            if (building is None or home.building_id == building.pk)
            and (not unit or unit_key(home.unit) == unit_key(unit))
        )
    return draft(facts, problems_of(facts, settlements), settlements, scope)


def facts_of(community: Community, *, day: dt.date) -> RollFacts:
    """What the rules ask for (four queries)."""
    homes = Home.objects.filter(building__community=community, merged_into__isnull=True).values_list(
        "pk", "uid", "building_id", "building__name", "unit", "room", "floor", "private_area", "area_source"
    )
    persons = Person.objects.filter(community=community)  # an owner stands in the list of his community
    holdings = (
        Ownership.objects.in_force(day)
        .filter(home__building__community=community, home__merged_into__isnull=True)
        .values_list("home_id", "person_id", "share_numerator", "share_denominator", "evidence")
    )
    papers: dict[int, list[int]] = defaultdict(list)
    for pk, person in _agencies(community, day):
        papers[person].append(pk)
    whole = community.floor_area
    return RollFacts(
        homes=[RollHome(*row[:7], _hundredths(row[7]), row[8]) for row in homes],
        persons={
            row[0]: RollPerson(*row)
            for row in persons.values_list("pk", "uid", "version", "kind", "name", "id_number", "phone")
        },
        holdings=[RollHolding(home, person, Fraction(part, of), text) for home, person, part, of, text in holdings],
        agents=papers,
        floor_area=None if whole is None else _hundredths(whole),
        households=community.household_count,
    )


def _agencies(community: Community, day: dt.date) -> list[tuple[int, int]]:
    return list(
        Agency.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            person__community=community, valid_from__lte=day, checked_at__isnull=False, withdrawn_at__isnull=True,
        ).values_list("pk", "person_id")
    )  # fmt: skip


def _hundredths(area: object) -> int:
    return 0 if area is None else int(area * 100)  # type: ignore[operator]


def settlements_of(community: Community) -> dict[tuple[str, str], Settled]:
    """Decisions that stand, by kind and key (one query); reopened ones decide nothing."""
    rows = RollSettlement.objects.filter(community=community, superseded_by__isnull=True).exclude(decision=REOPENED)
    return {
        (kind, key): Settled(pk, decision, homes)
        for pk, kind, key, decision, homes in rows.values_list("pk", "kind", "key", "decision", "homes")
    }
