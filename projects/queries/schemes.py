"""Reads of schemes: the draft with its sums and checks, fixed versions and their difference, what residents may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from approvals.surveys.queries import needs
from communities.models import Community, Hazard
from funding.rules.shares import SOURCE_LABELS
from offices.once import keep, kept
from policies.layers import Layers
from projects.models import Project, Scheme, SchemeFile, SchemeItem, SchemeReply, SchemeVersion
from projects.rules import scheme as rules
from projects.rules.scheme import Entry, Need, catalogue
from projects.rules.scheme_items import Check
from projects.rules.schemes import scheme_checks
from projects.rules.situation import Place
from projects.schemes import scheme_value, version_value

# What a hazard of the survey calls for, in words that the catalogues use.
HAZARD_WORDS: Mapping[str, str] = {"drainage": "排水", "gas": "供气", "water": "供水", "power": "供电", "fire": "消防"}


def needs_of(communities: Sequence[Community], layers: Layers) -> tuple[Need, ...]:
    """What schemes of these communities have to answer: hazards of the register, then wishes of their newest confirmed survey.

    No document says when a wish is strong (群众意愿强烈): more than half of the households that answered is our reading.
    """
    basic = _basic(layers)
    return (*(_hazard(row, basic) for row in _hazards(communities)), *_wishes(communities, basic))


def _basic(layers: Layers) -> frozenset[str]:
    return frozenset(entry.item.name for entry in catalogue(layers) if entry.item_class == rules.BASIC)


def _wishes(communities: Sequence[Community], basic: frozenset[str]) -> Iterator[Need]:
    for community in communities:
        for wish in needs(community):
            strong = 2 * wish.wanted > wish.asked > 0
            words = f"{community.name}：{wish.wanted}/{wish.asked} 户希望改造“{wish.label}”"
            key = f"need:{community.uid}:{wish.key}"[:120]
            yield Need(key, words, community.name, False, strong, wish.label, strong and wish.label in basic)


def _hazards(communities: Sequence[Community]) -> list[Hazard]:
    ids = [community.pk for community in communities]
    return list(Hazard.objects.filter(community_id__in=ids).select_related("community").order_by("pk"))


def _hazard(row: Hazard, basic: frozenset[str]) -> Need:
    word = HAZARD_WORDS.get(row.kind, "")
    name = next((name for name in sorted(basic) if word and word in name), "")
    words = f"{row.community.name}{row.get_kind_display()}：{row.description}"
    return Need(f"hazard:{row.uid}", words, row.community.name, True, True, name, bool(name))


def item_rows(scheme: Scheme) -> list[SchemeItem]:
    """Lines in order with payers and places (two queries)."""
    rows = scheme.items.select_related("community", "building").prefetch_related("payments")
    return list(rows.order_by("position", "pk"))


def reply_rows(scheme: Scheme) -> list[SchemeReply]:
    """Replies with the line that takes each up."""
    return list(scheme.replies.select_related("item", "by").order_by("pk"))


@dataclass(frozen=True)
class Sum:
    """分 of a class, an area or a payer."""

    key: str
    label: str
    amount: Decimal


@dataclass
class SchemePage:
    """A scheme with everything that its page shows."""

    scheme: Scheme
    rows: list[SchemeItem]
    value: rules.Scheme
    checks: tuple[Check, ...]
    needs: tuple[Need, ...]
    files: list[SchemeFile]
    versions: list[SchemeVersion]
    communities: list[Community]

    @property
    def blocking(self) -> list[Check]:
        """What stands against fixing a version."""
        return [check for check in self.checks if check.blocks]

    @property
    def total(self) -> Decimal:
        """Yuan of all lines."""
        return Decimal(self.value.total).scaleb(-2)

    @property
    def by_class(self) -> list[Sum]:
        """Sums per class or area."""
        return [
            Sum(key, key or "未归类", Decimal(amount).scaleb(-2))
            for key, amount in rules.sums_by_class(self.value).items()
        ]

    @property
    def by_payer(self) -> list[Sum]:
        """Sums per kind of source."""
        found = rules.sums_by_payer(self.value.items)
        return [Sum(kind, SOURCE_LABELS[kind], Decimal(amount).scaleb(-2)) for kind, amount in found.items()]

    @property
    def households(self) -> int | None:
        """Households of all communities; None where one is not known."""
        counts = [community.household_count for community in self.communities]
        return None if None in counts or not counts else sum(count or 0 for count in counts)

    @property
    def area(self) -> Decimal | None:
        """㎡ of all communities; None where one is not known."""
        areas = [community.floor_area for community in self.communities]
        return None if None in areas or not areas else sum((area or Decimal(0) for area in areas), Decimal(0))

    @property
    def per_household(self) -> Decimal | None:
        """Yuan a household, rounded for reading."""
        return self.total / self.households if self.households else None

    @property
    def per_area(self) -> Decimal | None:
        """Yuan a ㎡, rounded for reading."""
        return self.total / self.area if self.area else None


def draft_value(scheme: Scheme, *, number: int = 0) -> rules.Scheme:
    """The draft as the rules see it (three queries)."""
    return scheme_value(scheme, item_rows(scheme), reply_rows(scheme), number=number)


def communities_of(project: Project) -> list[Community]:
    """Communities of a project in the order of entry."""
    return [part.community for part in project.parts.select_related("community").order_by("pk")]


def checks_of(
    scheme: Scheme, value: rules.Scheme, communities: Sequence[Community], *, layers: Layers, day: dt.date
) -> tuple[Check, ...]:
    """All checks of a scheme."""
    places = tuple(Place(c.name, c.built_text, c.excluded or None, c.household_count) for c in communities)
    subsidised = scheme.project.central_subsidy
    return scheme_checks(layers, day=day, scheme=value, places=places, subsidised=subsidised)


def scheme_page(scheme: Scheme, *, layers: Layers, day: dt.date) -> SchemePage:
    """The draft with sums, checks, needs, files and versions in a bounded number of queries."""
    rows = item_rows(scheme)
    communities = communities_of(scheme.project)
    value = scheme_value(scheme, rows, reply_rows(scheme))
    asked = needs_of(communities, layers)
    value = value.with_needs(asked)
    versions = scheme.versions.defer("content").select_related("by", "body").order_by("-number")
    return SchemePage(
        scheme=scheme,
        rows=rows,
        value=value,
        checks=checks_of(scheme, value, communities, layers=layers, day=day),
        needs=asked,
        files=list(scheme.files.select_related("file")),
        versions=list(versions),
        communities=communities,
    )


def entries(layers: Layers, text: str = "", item_class: str | None = None) -> list[Entry]:
    """Items of the catalogue that hold the text, of one class where given."""
    wanted = text.strip()
    return [
        entry
        for entry in catalogue(layers)
        if (item_class is None or entry.item_class == item_class)
        and (
            not wanted or wanted in entry.item.name or wanted in (entry.item.group or "") or wanted in entry.item.within
        )
    ]


def fixed_schemes(projects: Sequence[UUID]) -> list[Scheme]:
    """Schemes of projects with a fixed version (one query; none where they are read)."""
    read: list[list[Scheme] | None] = [kept(("schemes", uid)) for uid in projects]
    if None not in read:
        return [scheme for rows in read for scheme in rows or ()]
    rows = Scheme.objects.filter(project__uid__in=projects, current__isnull=False).select_related("current", "project")
    found: dict[UUID, list[Scheme]] = defaultdict(list)
    for scheme in rows:
        found[scheme.project.uid].append(scheme)
    for uid in projects:
        keep(("schemes", uid), found[uid])
    return [scheme for rows in found.values() for scheme in rows]


def current_values(projects: Sequence[Project], layers_for: Callable[[Project], Layers]) -> dict[UUID, rules.Scheme]:
    """The latest fixed version of each project that has one, with hazards found since (two queries; parts are prefetched)."""
    schemes = {scheme.project_id: scheme for scheme in fixed_schemes([project.uid for project in projects])}
    with_one = [project for project in projects if project.pk in schemes]
    hazards: dict[int, list[Hazard]] = defaultdict(list)
    for row in _hazards([part.community for project in with_one for part in project.parts.all()]) if with_one else ():
        hazards[row.community_id].append(row)
    found: dict[UUID, rules.Scheme] = {}
    for project in with_one:
        current = schemes[project.pk].current
        assert current is not None
        basic = _basic(layers_for(project))
        live = [_hazard(row, basic) for part in project.parts.all() for row in hazards[part.community_id]]
        found[project.uid] = version_value(current.content).with_needs(live)
    return found
