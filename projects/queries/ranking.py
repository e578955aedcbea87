"""The reserve of a county in its order, with every criterion's value and where it comes from (a bounded number of queries)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db.models import Q

from approvals.surveys.queries import Wish, wishes_of
from communities.models import Community, CommunityFact, Hazard, Organisation
from offices.models import Division, User
from offices.rulebooks import layers_of
from projects.content import parts_read
from projects.models import Project, RankingFact, RankingWeights
from projects.queries.upper_money import upper_values
from projects.rules.ranking import (
    Candidate,
    Criterion,
    Ranked,
    Value,
    criteria,
    fact_value,
    necessary_value,
    organisation_value,
    ranking,
    survey_value,
    weights_of,
)
from projects.rules.stages import ORDER, STAGES
from rest.remembered import Packed

RESIDENTS = frozenset({"owners_committee", "self_management_group"})
MISSING = ("municipal_facilities", "public_facilities", "community_services", "neglected")
UNFINISHED = tuple(stage.key for stage in STAGES if 0 < ORDER[stage.key] < ORDER["accepted"])
FIVE_OF_HAZARD = {"water": "water", "drainage": "water", "power": "power", "gas": "gas"}


@dataclass(frozen=True)
class Reserve:
    """A division's reserve in order. ``weights`` None: equal ones, the platform's default, because the document sets none."""

    division: Division
    year: int
    criteria: tuple[Criterion, ...]
    weights: RankingWeights | None
    versions: tuple[RankingWeights, ...]
    in_force: Mapping[str, int]
    ranked: Sequence[Ranked]


@dataclass(frozen=True)
class Known:
    """Everything that was read for many projects at once, by community or project."""

    wishes: Mapping[int, Wish]
    organisations: Mapping[int, set[str]]
    facts: Mapping[int, dict[str, bool]]
    hazards: Mapping[int, list[str]]
    entered: Mapping[int, dict[str, RankingFact]]


def reserve_of(user: User, division: Division, *, year: int, today: dt.date, of: str = "reserve") -> Reserve:
    """The reserve of a division that the user sees, ranked by its document with the weights of ``year``.

    ``of`` "upper_money": the projects of the plan year that are not finished, by what the document says of money from above.
    """
    asked = criteria(layers_of(division), today, of)
    rows = Project.objects.visible_to(user).filter(**{division.column: division.pk})
    rows = rows.filter(stage="reserve") if of == "reserve" else rows.filter(plan_year=year, stage__in=UNFINISHED)
    projects = list(rows.select_related("division").prefetch_related(parts_read()).order_by("pk"))
    versions = tuple(
        RankingWeights.objects.filter(division=division, year=year, of=of).select_related("by").order_by("-pk")[:20]
    )
    in_force = weights_of(asked, versions[0].weights if versions else None)
    known = _known(projects, today)
    around = upper_values(projects, asked, year=year, today=today) if of == "upper_money" else {}
    ranked = ranking(asked, [_candidate(row, asked, known, around.get(row.pk, {})) for row in projects], in_force)
    return Reserve(division, year, asked, versions[0] if versions else None, versions, in_force, ranked)


def packed(reserve: Reserve) -> Reserve:
    """The same in little memory, to be kept."""
    return replace(reserve, ranked=Packed(reserve.ranked))


def _known(projects: Sequence[Project], today: dt.date) -> Known:
    communities = {part.community.pk: part.community for project in projects for part in project.parts.all()}
    organisations: dict[int, set[str]] = defaultdict(set)
    standing = Q(established_on__lte=today) & (Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    for pk, kind in Organisation.objects.filter(standing, community__in=communities).values_list(
        "community_id", "kind"
    ):
        organisations[pk].add(kind)
    facts: dict[int, dict[str, bool]] = defaultdict(dict)
    for fact in CommunityFact.objects.filter(community__in=communities, key__in=MISSING):
        facts[fact.community_id][fact.key] = fact.holds
    hazards: dict[int, list[str]] = defaultdict(list)
    for pk, kind in Hazard.objects.filter(community__in=communities).values_list("community_id", "kind"):
        hazards[pk].append(kind)
    entered: dict[int, dict[str, RankingFact]] = defaultdict(dict)
    for row in RankingFact.objects.filter(project__in=projects).select_related("by").order_by("pk"):
        entered[row.project_id][row.criterion] = row  # the latest stands
    return Known(wishes_of(communities), organisations, facts, hazards, entered)


def _candidate(project: Project, asked: Sequence[Criterion], known: Known, around: Mapping[str, Value]) -> Candidate:
    places = [part.community for part in project.parts.all()]
    wishes = [known.wishes[place.pk] for place in places if place.pk in known.wishes]
    agreeing, households = sum(w.agreeing for w in wishes), sum(w.households for w in wishes)
    computed = {
        "residents_willing": survey_value(agreeing, households, "同意"),
        "participation": survey_value(sum(wish.answered for wish in wishes), households, "答卷"),
        "party_organisation": _organisation(places, known, frozenset({"party_group"})),
        "residents_organisation": _organisation(places, known, RESIDENTS),
        "infrastructure_missing": _missing(places, known),
        "necessary_infrastructure": _necessary(places, wishes, known),
        **around,
    }
    values = {row.key: computed.get(row.key) or _entered(known.entered[project.pk].get(row.key)) for row in asked}
    share = Fraction(agreeing, households) if households else None
    return Candidate(str(project.uid), project.name, values, share)


def _entered(row: RankingFact | None) -> Value:
    if row is None:
        return Value(None)
    return Value(Fraction(row.percent, 100), f"{row.evidence}（{row.by}录入 {row.percent}%）", "entered")


def _organisation(places: Sequence[Community], known: Known, kinds: frozenset[str]) -> Value:
    """How many of the communities have such an organisation."""
    having = [place for place in places if known.organisations[place.pk] & kinds]
    words = "、".join(place.name for place in having) + "已成立" if having else "没有登记"
    return organisation_value(len(having), len(places), words)


def _missing(places: Sequence[Community], known: Known) -> Value:
    """Facts of 失养失修 and 设施缺失 as the register has them."""
    holds = [held for place in places for held in known.facts[place.pk].values()]
    labels = dict(CommunityFact.Key.choices)
    found = dict.fromkeys(labels[key] for place in places for key, held in known.facts[place.pk].items() if held)
    return fact_value(holds, "、".join(str(word) for word in found) or "登记的情况都不成立")


def _necessary(places: Sequence[Community], wishes: Sequence[Wish], known: Known) -> Value:
    """水、电、路、气: hazards of the register, and what at least half of the households that answered want."""
    reasons: dict[str, list[str]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        for kind in known.hazards[place.pk]:
            if kind in FIVE_OF_HAZARD:
                counts[FIVE_OF_HAZARD[kind]] += 1
    for five, number in counts.items():
        reasons[five].append(f"登记隐患 {number} 处")
    for wish in wishes:
        for need in wish.needs:
            if need.five and need.asked and 2 * need.wanted >= need.asked:
                reasons[need.five].append(f"{need.label} {need.wanted}/{need.asked} 户需要")
    return necessary_value(reasons, bool(wishes) or any(known.hazards[place.pk] for place in places))


def facts_of(project: Project) -> list[RankingFact]:
    """Everything entered about a project, newest first."""
    return list(RankingFact.objects.filter(project=project).select_related("by").order_by("-pk")[:50])


def latest_year(division: Division) -> int | None:
    """The latest year for which the division has entered weights of its reserve."""
    return (
        RankingWeights.objects.filter(division=division, of="reserve")
        .order_by("-year")
        .values_list("year", flat=True)
        .first()
    )
