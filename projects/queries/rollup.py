"""数据库和储备库逐级汇总 (LZ-28, YL-16): the register and the reserve by the divisions below, each figure with its list."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Sum

from communities.models import Community, Hazard
from communities.rules.eligibility import eligibility
from offices.models import LEVELS, Division, User
from offices.rulebooks import layers_of
from projects.models import PlanLine, Project, SpecialPlanEntry
from projects.queries.special import latest_versions

PARTS: Mapping[str, str] = {
    "registered": "登记小区", "surveyed": "已摸排", "unsurveyed": "未摸排", "hazards": "登记有隐患或短板", "eligible": "属改造对象",
    "special": "列入专项规划", "reserve": "在储备库", "planned": "列入年度计划",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Communities and households of one division below; ``division`` None: registered at this level itself."""

    division: Division | None
    counts: Mapping[str, int]
    households: int


@dataclass(frozen=True)
class Rollup:
    """The divisions below in order, and their sum."""

    division: Division
    rows: tuple[Row, ...]
    total: Row
    unregulated: bool


def register_of(user: User, division: Division) -> QuerySet[Any]:
    """Communities of the division, each with ``in_special``, ``in_reserve``, ``in_plan``, ``unsurveyed``, ``has_hazard``."""
    own = {"parts__community": OuterRef("pk")}
    entries = SpecialPlanEntry.objects.filter(community=OuterRef("pk"), version__in=latest_versions())
    rows = Community.objects.visible_to(user).filter(withdrawn=False, **{division.column: division.pk})
    return rows.annotate(
        in_special=Exists(entries),
        in_reserve=Exists(Project.objects.filter(stage="reserve", **own)),
        in_plan=Exists(PlanLine.objects.filter(project__parts__community=OuterRef("pk"))),
        unsurveyed=ExpressionWrapper(Q(surveyed_on__isnull=True), BooleanField()),
        has_hazard=Exists(Hazard.objects.filter(community=OuterRef("pk"))),
    )


class _Eligible:
    """Whether a community is of 改造对象 by the documents of its division; each text is asked about once."""

    def __init__(self, divisions: Mapping[int, Division], day: dt.date) -> None:
        self._divisions, self._day = divisions, day
        self._known: dict[tuple[str, str, str], bool | None] = {}

    def __call__(self, division_id: int, built: str, excluded: str) -> bool | None:
        division = self._divisions[division_id]
        key = (division.governed_by, built, excluded)
        if key not in self._known:
            layers = layers_of(division)
            answer = eligibility(layers, day=self._day, built=built, excluded=excluded or None)  # type: ignore[arg-type]
            self._known[key] = answer.eligible
        return self._known[key]


def rollup_of(user: User, division: Division, *, day: dt.date) -> Rollup:
    """Figures of every division directly below (two queries, whatever their number)."""
    tree = {row.pk: row for row in Division.objects.below(division).order_by("code", "pk")}
    named = [row.pk for row in tree.values() if row.parent_id == division.pk]
    grouped = (
        register_of(user, division)
        .order_by()
        .values_list(
            "division_id", "built_text", "excluded", "unsurveyed", "has_hazard", "in_special", "in_reserve", "in_plan"
        )
        .annotate(number=Count("pk"), homes=Sum("household_count"))
    )  # fmt: skip
    eligible = _Eligible(tree, day)
    counts: dict[int | None, Counter[str]] = {pk: Counter() for pk in named}
    homes: Counter[int | None] = Counter()
    unregulated = False
    for pk, built, excluded, unsurveyed, hazard, special, reserve, planned, number, households in grouped:
        ancestors = (getattr(tree[pk], f"{level}_id") for level in LEVELS)
        child = next((ancestor for ancestor in ancestors if ancestor in named), None)
        answer = eligible(pk, built, excluded)
        unregulated = unregulated or answer is None
        holds = {
            "registered": True, "surveyed": not unsurveyed, "unsurveyed": unsurveyed, "hazards": hazard,
            "eligible": answer is True, "special": special, "reserve": reserve, "planned": planned,
        }  # fmt: skip
        counts.setdefault(child, Counter()).update({key: number for key, held in holds.items() if held})
        homes[child] += households or 0
    found = tuple(Row(tree[pk] if pk else None, _all(own), homes[pk]) for pk, own in counts.items())
    whole: Counter[str] = Counter()
    for own in counts.values():
        whole.update(own)
    return Rollup(division, found, Row(division, _all(whole), sum(homes.values())), unregulated)


def _all(counts: Counter[str]) -> dict[str, int]:
    return {key: counts[key] for key in PARTS}


def communities_behind(user: User, division: Division, part: str, *, own: bool = False, day: dt.date) -> QuerySet[Any]:
    """The communities of one figure (``part`` of PARTS). ``own``: those registered at this level itself. KeyError for another part."""
    rows = register_of(user, division).select_related("division")
    if own:
        rows = rows.filter(division=division)
    narrowed: dict[str, Any] = {
        "registered": {}, "surveyed": {"unsurveyed": False}, "unsurveyed": {"unsurveyed": True},
        "hazards": {"has_hazard": True}, "special": {"in_special": True}, "reserve": {"in_reserve": True},
        "planned": {"in_plan": True}, "eligible": {},
    }[part]  # fmt: skip
    rows = rows.filter(**narrowed)
    if part == "eligible":
        tree = {row.pk: row for row in Division.objects.below(division)}
        eligible = _Eligible(tree, day)
        known = rows.order_by().values_list("pk", "division_id", "built_text", "excluded")
        rows = rows.filter(pk__in=[pk for pk, *asked in known if eligible(*asked)])
    return rows.order_by("county_id", "pk")
