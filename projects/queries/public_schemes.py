"""Schemes as others see them: their joint review as evidence at the gates, and what residents may read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from approvals.models import Case, Paper
from approvals.standing import Standing, standing
from communities.models import Community
from communities.rules.personal import personal_in
from funding.rules.shares import SOURCE_LABELS
from offices.clock import day_of
from policies.words import date_words
from projects.models import Project, Scheme, SchemeVersion
from projects.queries.schemes import Sum, fixed_schemes
from projects.rules import scheme as rules
from projects.schemes import version_value


def reviews(projects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """Joint reviews of schemes as evidence (LZ-12, RC-15, CZ-04): one that passed stands for the version that it passed on alone."""
    schemes = fixed_schemes(projects)
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
    """The day on which a scheme was posted: by a notice of the platform, else by a recorded and checked paper."""
    for row in standing([project.uid], {"notice"})[project.uid].get("notice", ()):
        if row.figures.get("posted_on"):
            return dt.date.fromisoformat(str(row.figures["posted_on"])[:10])
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
    """A scheme as residents read it: by building, with the whole cost, who carries it, and who is to manage the place afterwards.

    ``homes``: of all its communities, 0 where one of them is not counted; ``management``: in its words, empty where it is silent.
    """

    number: int
    on: dt.date
    places: tuple[PublicPlace, ...]
    total: Decimal
    payers: tuple[Sum, ...]
    homes: int = 0
    management: str = ""

    @property
    def per_home(self) -> Decimal | None:
        """Yuan for each home on average; None where the homes are not known."""
        return (self.total / self.homes).quantize(Decimal("0.01")) if self.homes else None


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
        tuple(Sum(k, SOURCE_LABELS[k], Decimal(a).scaleb(-2)) for k, a in sums.items()),
        _homes(project),
        "" if personal_in(value.management) else value.management,
    )


def _homes(project: Project) -> int:
    counts = [count or 0 for count in project.parts.values_list("community__household_count", flat=True)]
    return sum(counts) if all(counts) else 0
