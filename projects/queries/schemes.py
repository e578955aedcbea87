"""Reads of schemes: the draft with its sums and checks, fixed versions and their difference, what residents may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from approvals.models import Case, Paper
from approvals.standing import Standing
from communities.models import Community, Hazard
from offices.clock import day_of
from policies.layers import Layers
from policies.words import date_words
from projects.models import Project, Scheme, SchemeFile, SchemeItem, SchemeReply, SchemeVersion
from projects.rules import scheme as rules
from projects.rules.scheme import Entry, Need, catalogue
from projects.rules.scheme_items import Check
from projects.rules.schemes import scheme_checks
from projects.rules.situation import Place
from projects.schemes import scheme_value, version_value

# What a hazard of the survey calls for, in words that the catalogues use.
HAZARD_WORDS: Mapping[str, str] = {"drainage": "排水", "gas": "供气", "water": "供水", "power": "供电", "fire": "消防"}
NeedSource = Callable[[Sequence[Community]], Iterable[tuple[Community, str, str, bool]]]
# Wishes of residents from elsewhere: (community, key, name of the catalogue's item, whether the wish is strong), for many communities.
NEED_SOURCES: list[NeedSource] = []


def needs_of(communities: Sequence[Community], layers: Layers) -> tuple[Need, ...]:
    """What schemes of these communities have to answer: hazards of the register, then wishes (a bounded number of queries)."""
    basic = {entry.item.name for entry in catalogue(layers) if entry.item_class == rules.BASIC}
    found = [_hazard(row, basic) for row in _hazards(communities)]
    for source in NEED_SOURCES:
        for community, key, name, strong in source(communities):
            words = f"{community.name}居民希望改造：{name}"
            found.append(
                Need(f"need:{community.uid}:{key}"[:120], words, community.name, False, strong, name, name in basic)
            )
    return tuple(found)


def _hazards(communities: Sequence[Community]) -> list[Hazard]:
    ids = [community.pk for community in communities]
    return list(Hazard.objects.filter(community_id__in=ids).select_related("community").order_by("pk"))


def _hazard(row: Hazard, basic: set[str]) -> Need:
    word = HAZARD_WORDS.get(row.kind, "")
    name = next((name for name in sorted(basic) if word and word in name), "")
    words = f"{row.community.name}{row.get_kind_display()}：{row.description}"
    return Need(f"hazard:{row.uid}", words, row.community.name, True, True, name, bool(name))


def places_of(project: Project) -> tuple[Place, ...]:
    """Communities of a project as the rules see them (prefetched parts are used)."""
    return tuple(
        Place(part.community.name, part.community.built_text, part.community.excluded or None, None)
        for part in project.parts.all()
    )


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
        return [Sum(kind, rules.SOURCE_LABELS[kind], Decimal(amount).scaleb(-2)) for kind, amount in found.items()]

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
    needs = needs_of(communities, layers)
    value = value.with_needs(needs)
    versions = scheme.versions.defer("content").select_related("by", "body").order_by("-number")
    return SchemePage(
        scheme=scheme,
        rows=rows,
        value=value,
        checks=checks_of(scheme, value, communities, layers=layers, day=day),
        needs=needs,
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
        and (not wanted or wanted in entry.item.name or wanted in (entry.item.group or "") or wanted in entry.item.within)
    ]


def current_values(projects: Sequence[Project], layers_for: Callable[[Project], Layers]) -> dict[UUID, rules.Scheme]:
    """The latest fixed version of each project that has one, held against the register's needs (two queries)."""
    schemes = Scheme.objects.filter(project__in=projects, current__isnull=False).select_related("current", "project")
    by_project = {scheme.project.uid: scheme for scheme in schemes}
    found: dict[UUID, rules.Scheme] = {}
    for project in projects:
        scheme = by_project.get(project.uid)
        if scheme is not None and scheme.current is not None:
            communities = [part.community for part in project.parts.all()]
            needs = needs_of(communities, layers_for(project))
            found[project.uid] = version_value(scheme.current.content).with_needs(needs)
    return found


def reviews(projects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """Joint reviews of schemes as evidence (LZ-12, RC-15, CZ-04): one that passed stands for the version that it passed on alone."""
    schemes = list(
        Scheme.objects.filter(project__uid__in=projects, current__isnull=False).select_related("current", "project")
    )
    cases: dict[UUID, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(subject_type="scheme", subject_uid__in=[s.uid for s in schemes]).order_by("pk"):
        cases[case.subject_uid].append(case)
    found: dict[UUID, list[Standing]] = {}
    for scheme in schemes:
        standing = _review(scheme, cases[scheme.uid])
        if standing is not None:
            found[scheme.project.uid] = [standing]
    return found


def _review(scheme: Scheme, cases: Sequence[Case]) -> Standing | None:
    live = [case for case in cases if case.state != Case.State.WITHDRAWN]
    if not live or scheme.current is None:
        return None
    case = live[-1]
    number, current = case.content["scheme"]["number"], scheme.current.number
    day = day_of(case.closed_at or case.submitted_at)
    url = f"/staff/cases/{case.uid}/"
    said = f"改造方案第{number}版：{case.get_state_display()}"
    if number != current:
        words = f"方案已改为第{current}版，第{number}版的审查不再有效，须重新报审"
    elif case.state == Case.State.PASSED:
        return Standing("review", {}, day, f"平台审查，改造方案第{number}版，{date_words(day)}通过", url)
    else:
        words = said
    return Standing("review", {}, day, words, url, settled=False)


def public_version(project: Project) -> SchemeVersion | None:
    """The version that residents may read: the latest that passed its review or that was posted in a notice; None before either."""
    scheme = Scheme.objects.filter(project=project, current__isnull=False).first()
    if scheme is None or not project.published:
        return None
    passed = Case.objects.filter(subject_type="scheme", subject_uid=scheme.uid, state=Case.State.PASSED).order_by("-pk")
    number = next((case.content["scheme"]["number"] for case in passed[:1]), 0)
    posted = _posted_on(project)
    rows = list(scheme.versions.order_by("-number").defer("content"))
    for row in rows:
        if row.number <= number or (posted is not None and day_of(row.at) <= posted):
            return SchemeVersion.objects.get(pk=row.pk)
    return None


def _posted_on(project: Project) -> dt.date | None:
    """The day on which a scheme was posted by a recorded and checked paper."""
    paper = Paper.objects.filter(
        subject_uid=project.uid, evidence="notice", superseded_by__isnull=True, checked_by__isnull=False
    ).first()
    text = paper.figures.get("posted_on") if paper else None
    return dt.date.fromisoformat(str(text)[:10]) if text else None


@dataclass(frozen=True)
class PublicPlace:
    """What will be done at one place, in plain words."""

    name: str
    works: tuple[str, ...]


@dataclass(frozen=True)
class PublicScheme:
    """A scheme as residents read it: by building, with the whole cost and who carries it."""

    number: int
    on: dt.date
    places: tuple[PublicPlace, ...]
    total: Decimal
    payers: tuple[Sum, ...]


def public_scheme(project: Project, community: Community) -> PublicScheme | None:
    """What the published version does in a community, building by building."""
    version = public_version(project)
    if version is None:
        return None
    value = version_value(version.content)
    places: dict[str, dict[str, None]] = {}
    for item in value.items:
        if item.community in {"", community.name}:
            where = item.building or "整个小区"
            places.setdefault(where, {})[item.name] = None
    sums = rules.sums_by_payer(value.items)
    return PublicScheme(
        version.number,
        day_of(version.at),
        tuple(PublicPlace(name, tuple(works)) for name, works in places.items()),
        Decimal(value.total).scaleb(-2),
        tuple(Sum(k, rules.SOURCE_LABELS[k], Decimal(a).scaleb(-2)) for k, a in sums.items()),
    )


def version_items(version: SchemeVersion) -> list[dict[str, Any]]:
    """Rows of a frozen version."""
    return list(version.content["scheme"]["items"])
