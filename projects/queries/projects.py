"""Reads of projects: the list with its filters, one project with everything its page shows, and the reserve."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from approvals.models import GateException, Paper
from communities.models import Community
from communities.rules.eligibility import BAND_LABELS, Eligibility, eligibility
from communities.rules.search import fold
from offices.models import Division, Duty, HistoryEntry, User
from offices.once import once
from policies.layers import Layers
from policies.refusal import Reason
from policies.words import date_words
from projects.gates import exceptions_held, gates_of_project, kinds_at, papers_held, situations
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity, StageDay
from projects.queries.duties import DutyRow, duties_of
from projects.queries.permits import permit_reasons
from projects.rules.gates import GateAnswer
from projects.rules.stages import ORDER, STAGE, STAGES, Move, next_move, steps_asked

DONE = tuple(stage.key for stage in STAGES if stage.pipeline == "done")
LIVE = tuple(stage.key for stage in STAGES if stage.pipeline != "done")


def _open_duties() -> QuerySet[Duty]:
    return Duty.objects.filter(subject_type="project", subject_uid=OuterRef("uid"), state=Duty.State.OPEN)


def with_next_due(projects: QuerySet[Project], today: dt.date) -> Any:
    """Projects with ``next_due`` (the earliest open due day), ``is_late`` and ``households`` (all in one query)."""
    earliest = _open_duties().order_by("due_on").values("due_on")[:1]
    households = (
        ProjectCommunity.objects.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(total=Sum("community__household_count"))
        .values("total")
    )
    return projects.annotate(
        next_due=Subquery(earliest),
        is_late=Exists(_open_duties().filter(due_on__lt=today)),
        households=Subquery(households),
    )


def projects_in_scope(
    user: User, *, today: dt.date, division: Division | None = None, year: int | None = None, stage: str = "", text: str = "",
    late: bool = False,
) -> QuerySet[Project]:  # fmt: skip
    """Projects that the user sees, filtered; by plan year and position of entry."""
    projects: Any = Project.objects.visible_to(user).select_related("division")
    if division is not None:
        projects = projects.filter(**{division.column: division.pk})
    if year is not None:
        projects = projects.filter(plan_year=year)
    if stage:
        projects = projects.filter(stage=stage)
    if text.strip():
        projects = projects.filter(matching(text))
    projects = with_next_due(projects, today)
    if late:
        projects = projects.filter(is_late=True)
    parts = Prefetch("parts", queryset=ProjectCommunity.objects.select_related("community").order_by("pk"))
    found: QuerySet[Project] = projects.prefetch_related(parts).order_by("plan_year", "pk")
    return found


def matching(text: str) -> Q:
    """Projects whose name, or whose communities' names, address or pinyin, hold the text."""
    communities = ProjectCommunity.objects.filter(project=OuterRef("pk"), community__search_text__contains=fold(text))
    return Q(name__icontains=text.strip()) | Q(Exists(communities))


def stage_rows(project: Project, days: Sequence[StageDay]) -> list[dict[str, Any]]:
    """The stage table for ``components/stepper.html``."""
    here = ORDER[project.stage]
    by_stage = {day.stage: day for day in days}
    rows = []
    for stage in STAGES:
        number, day = ORDER[stage.key], by_stage.get(stage.key)
        state = "done" if number < here else "now" if number == here else "next"
        rows.append({"label": stage.label, "state": state, "note": _day_note(day), "key": stage.key})
    return rows


def _day_note(day: StageDay | None) -> str:
    if day is None:
        return ""
    if day.actual_on:
        return date_words(day.actual_on)
    return f"计划{date_words(day.planned_on)}" if day.planned_on else ""


# Stage → milestone of a deadline that its day answers.
MILESTONE_OF = {"designed": "scheme_design", "reviewed": "project_approval", "works": "start", "accepted": "completion"}


def timeline_rows(project: Project, days: Sequence[StageDay], duties: Sequence[DutyRow]) -> list[dict[str, Any]]:
    """Planned, actual and due days in the order of time, for ``components/timeline.html``.

    A stage carries the earliest applicable day that a document sets for it; milestones without a stage of their own stand among the
    stages by their due day.
    """
    by_stage = {day.stage: day for day in days}
    here = ORDER[project.stage]
    rows: list[dict[str, Any]] = []
    applicable = [row for row in duties if row.duty.state != Duty.State.NOT_APPLICABLE]
    for stage in STAGES:
        number, day = ORDER[stage.key], by_stage.get(stage.key)
        due = next((row for row in applicable if row.duty.milestone == MILESTONE_OF.get(stage.key)), None)
        if day is None and due is None and number != here:
            continue
        rows.append(
            {
                "label": stage.label,
                "state": "done" if number < here else "now" if number == here else "next",
                "planned": day.planned_on if day else None,
                "actual": day.actual_on if day else None,
                "reason": day.reason if day else "",
                "due": due.duty.due_on if due else None,
                "citation": due.citation if due else None,
            }
        )
    shown = set(MILESTONE_OF.values())
    for row in applicable:
        if row.duty.milestone not in shown:
            _insert_by_day(rows, _milestone_row(row))
    return rows


def _insert_by_day(rows: list[dict[str, Any]], milestone: dict[str, Any]) -> None:
    """Before the first row whose day (due, else planned, else actual) is later; rows without a day stay where their stage stands."""
    days = [row["due"] or row["planned"] or row["actual"] for row in rows]
    place = next((number for number, day in enumerate(days) if day and day > milestone["due"]), None)
    rows.insert(_after_last_day(days) if place is None else place, milestone)


def _after_last_day(days: Sequence[dt.date | None]) -> int:
    return next((number + 1 for number in range(len(days) - 1, -1, -1) if days[number]), len(days))


def _milestone_row(row: DutyRow) -> dict[str, Any]:
    return {
        "label": row.label,
        "state": "done" if row.duty.done_on else "next",
        "planned": None,
        "actual": row.duty.done_on,
        "reason": "",
        "due": row.duty.due_on,
        "citation": row.citation,
    }


@dataclass
class ProjectPage:
    """One project with everything its page shows."""

    project: Project
    communities: list[Community]
    days: list[StageDay]
    gates: list[GateAnswer]
    papers: list[Paper]
    exceptions: list[GateException]
    duties: list[DutyRow]
    plan: AnnualPlan | None
    line: PlanLine | None
    history: list[HistoryEntry]
    earlier: list[Project]
    permits: list[Reason]

    @property
    def against(self) -> int:
        """How many demands stand against the next step: gates, and permits that the facts leave needed (RC-17)."""
        return len(self.blocking) + len(self.permits)

    @property
    def move(self) -> Move | None:
        """The step that leads on."""
        return next_move(self.project.stage)

    @property
    def stage(self) -> Any:
        """The stage in which it stands."""
        return STAGE[self.project.stage]

    @property
    def blocking(self) -> list[GateAnswer]:
        """Gates that stand against the next step."""
        return [gate for gate in self.gates if gate.blocks]

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Rows of the stepper."""
        return stage_rows(self.project, self.days)

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """Rows of the timeline."""
        return timeline_rows(self.project, self.days, self.duties)

    @property
    def open_duties(self) -> list[DutyRow]:
        """Duties that may be reported as done."""
        return [row for row in self.duties if row.duty.state == Duty.State.OPEN]


def project_page(project: Project, *, layers: Layers, today: dt.date) -> ProjectPage:
    """The project with gates, papers, days, duties, plan and history in a bounded number of queries."""
    parts, earlier = _parts_and_earlier(project)
    project._prefetched_objects_cache = {"parts": parts}  # type: ignore[attr-defined]
    papers, exceptions = papers_held([project]), exceptions_held([project])
    kinds = kinds_at(layers, day=today, steps=steps_asked(project.stage))
    held = situations([project], kinds=kinds, papers=papers, exceptions=exceptions)[project.uid]
    lines = PlanLine.objects.filter(project=project).select_related("plan__division")
    line: PlanLine | None = once(("line", project.uid), lambda: lines.first())
    history = HistoryEntry.objects.filter(subject_type="project", subject_uid=project.uid).select_related("by", "body")
    return ProjectPage(
        project=project,
        communities=[part.community for part in parts],
        days=list(project.stage_days.select_related("recorded_by")),
        gates=gates_of_project(project, layers=layers, day=today, situation=held),
        papers=papers[project.uid],
        exceptions=exceptions[project.uid],
        duties=duties_of([project], today)[project.uid],
        plan=line.plan if line else None,
        line=line,
        history=list(history.order_by("-at", "-pk")[:40]),
        earlier=earlier,
        permits=permit_reasons(project, layers=layers, day=today) if "start" in steps_asked(project.stage) else [],
    )


def _parts_and_earlier(project: Project) -> tuple[list[ProjectCommunity], list[Project]]:
    """The project's communities, and what was renovated there before (one query)."""
    own = ProjectCommunity.objects.filter(project=project).values("community")
    rows = ProjectCommunity.objects.filter(Q(project=project) | Q(project__stage__in=DONE), community__in=own)
    found = list(rows.select_related("community", "project").order_by("pk"))
    parts = [part for part in found if part.project_id == project.pk]
    return parts, list(dict.fromkeys(part.project for part in found if part.project_id != project.pk))


@dataclass(frozen=True)
class ReserveRow:
    """A community without a live project, with the answer of the place's document on its eligibility."""

    community: Community
    eligibility: Eligibility

    @property
    def band(self) -> str:
        """The band in words."""
        return BAND_LABELS[self.eligibility.band]


def reserve_projects(division: Division) -> QuerySet[Project]:
    """Projects of the reserve: in no plan yet."""
    parts = Prefetch("parts", queryset=ProjectCommunity.objects.select_related("community").order_by("pk"))
    return (
        Project.objects.filter(**{division.column: division.pk}, stage="reserve").prefetch_related(parts).order_by("pk")
    )


def free_communities(division: Division) -> QuerySet[Community]:
    """Communities of the register that are in no live project (LZ-28)."""
    live = ProjectCommunity.objects.filter(community=OuterRef("pk"), project__stage__in=LIVE)
    rows = Community.objects.public().filter(**{division.column: division.pk})
    return rows.filter(~Exists(live)).select_related("division").order_by("pk")


def reserve_rows(communities: Sequence[Community], *, layers: Layers, today: dt.date) -> list[ReserveRow]:
    """Communities with their band under the document. No query."""
    return [
        ReserveRow(c, eligibility(layers, day=today, built=c.built_text, excluded=c.excluded or None))  # type: ignore[arg-type]
        for c in communities
    ]
