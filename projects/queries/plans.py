"""Reads of annual plans: the list with its sums, and one plan with everything its page shows in a bounded number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from approvals.models import Case, GateException, Opinion, Paper
from communities.models import Community
from offices.models import Division, User
from policies.layers import Layers
from projects.content import line_communities, lines_of, totals
from projects.gates import (
    BEFORE_DECLARATION,
    OF_PLAN,
    exceptions_held,
    gates_of_plan,
    gates_of_project,
    kinds_at,
    papers_held,
    situations,
)
from projects.models import AnnualPlan, PlanLine, PlanVersion, Project, ProjectCommunity
from projects.queries.duties import DutyRow, duties_of
from projects.queries.gates import Summary, summary
from projects.rules.gates import GateAnswer
from projects.rules.quota import Quota, ceiling_of, quota
from projects.rules.stages import STAGE


def with_figures(plans: QuerySet[AnnualPlan]) -> QuerySet[AnnualPlan]:
    """Plans with ``line_count``, ``community_count``, ``households`` and ``floor_area``: each asked for the plans
    that are shown, never of all plans before a page is cut off."""
    lines = PlanLine.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    found = ProjectCommunity.objects.filter(project__lines__plan=OuterRef("pk")).order_by()
    parts = found.values("project__lines__plan")
    return plans.annotate(
        line_count=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
        community_count=Coalesce(Subquery(parts.annotate(n=Count("pk")).values("n")), 0),
        households=Subquery(parts.annotate(n=Sum("community__household_count")).values("n")),
        floor_area=Subquery(parts.annotate(n=Sum("community__floor_area")).values("n")),
    )


def plans_in_scope(
    user: User, *, division: Division | None = None, year: int | None = None, state: str = ""
) -> QuerySet[AnnualPlan]:
    """Plans that the user sees, newest year first."""
    plans = AnnualPlan.objects.visible_to(user).select_related("division")
    if division is not None:
        plans = plans.filter(**{division.column: division.pk})
    if year is not None:
        plans = plans.filter(year=year)
    if state:
        plans = plans.filter(state=state)
    return plans.order_by("-year", "division__code", "pk")


def live_year(today: dt.date) -> Any:
    """As a column of divisions: the newest year with an issued plan there (next year at most), else with any plan; else null."""
    place = Q(division=OuterRef("pk")) | Q(county=OuterRef("pk")) | Q(city=OuterRef("pk")) | Q(province=OuterRef("pk"))
    rows = AnnualPlan.objects.filter(place, year__lte=today.year + 1).order_by("-year").values("year")
    return Coalesce(Subquery(rows.filter(state=AnnualPlan.State.ISSUED)[:1]), Subquery(rows[:1]))


def mark_key(project: Project, community: Community) -> str:
    """What names a row of the plan in an opinion that returns it."""
    return f"{project.uid}:{community.uid}"


@dataclass(frozen=True)
class Marks:
    """With what a plan came back: the opinions of its last round that returned it, and the rows that they named (project:community)."""

    opinions: tuple[Opinion, ...] = ()
    rows: frozenset[str] = frozenset()


def marks_of(plan: AnnualPlan) -> Marks:
    """What is to be mended in a returned plan (one query); nothing of any other."""
    if plan.state != AnnualPlan.State.RETURNED:
        return Marks()
    said = Opinion.objects.filter(
        case__subject_type="annualplan", case__subject_uid=plan.uid, case__state=Case.State.RETURNED,
        verdict=Opinion.Verdict.RETURN, round=F("case__round"),
    )  # fmt: skip
    found = tuple(said.select_related("body", "by").order_by("at", "pk"))
    return Marks(found, frozenset(key for opinion in found for key in opinion.fields))


@dataclass
class LineView:
    """A line as the plan's page shows it: its communities in the official columns, its gates, its papers."""

    line: PlanLine
    communities: list[Community]
    gates: list[GateAnswer]
    summary: Summary
    papers: list[Paper] = field(default_factory=list)
    exceptions: list[GateException] = field(default_factory=list)

    @property
    def project(self) -> Project:
        """Its project."""
        return self.line.project

    @property
    def places(self) -> list[tuple[Community, str]]:
        """Its communities, each with the name by which a return marks it."""
        return [(community, mark_key(self.project, community)) for community in self.communities]

    @property
    def stage_label(self) -> str:
        """The word of its project's stage."""
        return STAGE[self.line.project.stage].label


@dataclass
class PlanPage:
    """One plan with everything its page shows."""

    plan: AnnualPlan
    lines: list[LineView]
    totals: dict[str, Any]
    gates: list[GateAnswer]
    papers: list[Paper]
    layers: Layers
    today: dt.date
    quota: Quota | None = None

    @cached_property
    def duties(self) -> list[DutyRow]:
        """Its deadlines (one query, where a page shows them)."""
        return duties_of([self.plan], self.today)[self.plan.uid]

    @cached_property
    def case(self) -> Case | None:
        """Its latest case (one query)."""
        return case_of(self.plan)

    @cached_property
    def marks(self) -> Marks:
        """With what it came back (one query for a returned plan)."""
        return marks_of(self.plan)

    @cached_property
    def versions(self) -> list[PlanVersion]:
        """What was issued, newest first (one query); nothing before the first issue."""
        return list(self.plan.versions.select_related("by").order_by("-number")) if self.plan.issued_on else []

    @property
    def alone(self) -> list[LineView]:
        """Lines that stand alone where the document asks for whole areas (YL-18)."""
        asked = ((row, gate) for row in self.lines for gate in row.gates if gate.gate.evidence == "whole_area")
        return [row for row, gate in asked if gate.outcome != "met"]

    @property
    def area(self) -> Decimal:
        """Sum of the floor area in ㎡."""
        return Decimal(self.totals["floor_area"])

    @property
    def blocking(self) -> list[GateAnswer]:
        """Every gate that stands against the declaration."""
        return [
            *[gate for gate in self.gates if gate.blocks],
            *[gate for row in self.lines for gate in row.summary.blocking],
        ]

    @property
    def lines_ready(self) -> int:
        """Lines against which nothing stands."""
        return sum(row.summary.ready for row in self.lines)

    @property
    def waiting_papers(self) -> list[Paper]:
        """Papers that a second person has yet to check."""
        every = [*self.papers, *[paper for row in self.lines for paper in row.papers]]
        return [paper for paper in every if paper.checked_by_id is None]


def plan_page(plan: AnnualPlan, *, layers: Layers, today: dt.date) -> PlanPage:
    """The plan with lines, gates, papers, deadlines, versions and its last case (about ten queries for any number of lines)."""
    lines = lines_of(plan)
    subjects: list[AnnualPlan | Project] = [plan, *[line.project for line in lines]]
    papers, exceptions = papers_held(subjects), exceptions_held(subjects)
    kinds = kinds_at(layers, day=today, steps=BEFORE_DECLARATION) | OF_PLAN
    held = situations(subjects, kinds=kinds, papers=papers, exceptions=exceptions)
    return PlanPage(
        plan=plan,
        lines=[
            _line(line, layers, today, held[line.project.uid], papers[line.project.uid], exceptions[line.project.uid])
            for line in lines
        ],
        totals=totals(lines),
        gates=gates_of_plan(plan, layers=layers, day=today, situation=held[plan.uid]),
        papers=papers[plan.uid],
        layers=layers,
        today=today,
        quota=quota_of(plan, lines, layers, today),
    )


def quota_of(plan: AnnualPlan, lines: Sequence[PlanLine], layers: Layers, today: dt.date) -> Quota | None:
    """Share of the communities taken in 按一定比例 (YL-01). A ceiling that an older version let through counts as none."""
    try:
        ceiling = ceiling_of(plan.quota_ceiling)
    except ValueError:
        ceiling = None
    communities = [(row.name, row.built_text) for line in lines for row in line_communities(line)]
    return quota(layers, day=today, communities=communities, ceiling=ceiling)


def _line(
    line: PlanLine, layers: Layers, today: dt.date, held: Any, papers: list[Paper], exceptions: list[GateException]
) -> LineView:
    gates = gates_of_project(line.project, layers=layers, day=today, steps=BEFORE_DECLARATION, situation=held)
    return LineView(line, line_communities(line), gates, summary(gates), papers, exceptions)


def case_of(plan: AnnualPlan) -> Case | None:
    """The plan's latest case."""
    return (
        Case.objects.filter(subject_type="annualplan", subject_uid=plan.uid)
        .select_related("submitted_by")
        .order_by("-pk")
        .first()
    )


@dataclass(frozen=True)
class LineChange:
    """How a line of one version differs from the version before: added, removed, or fields from → to."""

    name: str
    kind: str
    fields: tuple[tuple[str, str, str], ...] = ()


FIELD_LABELS = {
    "name": "项目名称", "national_task": "国家年度任务", "investment": "总投资（元）", "remark": "备注", "address": "位置",
    "built": "建成时间", "buildings": "栋数", "households": "户数", "floor_area": "面积㎡",
}  # fmt: skip


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[LineChange]:
    """What changed between two versions' contents, line by line. Pure."""
    old = {row["project"]: row for row in before["lines"]}
    new = {row["project"]: row for row in after["lines"]}
    changes = [LineChange(row["name"], "added") for uid, row in new.items() if uid not in old]
    changes += [LineChange(row["name"], "removed") for uid, row in old.items() if uid not in new]
    for uid, row in new.items():
        fields = _fields(old[uid], row) if uid in old else ()
        if fields:
            changes.append(LineChange(row["name"], "changed", fields))
    return changes


def _fields(old: dict[str, Any], new: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    own = ("name", "national_task", "investment", "remark")
    found = [(FIELD_LABELS[key], _word(old[key]), _word(new[key])) for key in own if old[key] != new[key]]
    places = {place["uid"]: place for place in old["communities"]}
    for place in new["communities"]:
        former = places.get(place["uid"], {})
        found += [
            (f"{place['name']} {FIELD_LABELS[key]}", _word(former.get(key)), _word(place[key]))
            for key in ("address", "built", "buildings", "households", "floor_area")
            if former.get(key) != place[key]
        ]
    return tuple(found)


def _word(value: Any) -> str:
    if value in (None, ""):
        return "未填报"
    return {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class VersionView:
    """An issued version with what it changed."""

    version: PlanVersion
    changes: list[LineChange]


def version_views(versions: Sequence[PlanVersion]) -> list[VersionView]:
    """Versions, newest first, each with its difference to the one before (the first has none)."""
    older = [*versions[1:], None][: len(versions)]
    return [
        VersionView(version, difference(before.content, version.content) if before else [])
        for version, before in zip(versions, older, strict=True)
    ]
