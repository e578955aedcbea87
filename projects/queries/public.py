"""What the public may know of plans and projects: issued and published ones only; staff by office and never by name."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from offices.models import Duty
from projects.duties import keeper
from projects.models import PlanLine, Project, ProjectCommunity
from projects.queries.duties import DutyRow, duties_of
from projects.queries.projects import timeline_rows
from projects.rules.stages import ORDER, STAGE, STAGES, next_move

STALE_AFTER = 30  # days without a report, after which the page says so


@dataclass(frozen=True)
class PublicProject:
    """A published project in plain words.

    ``now`` is what residents are told of the stage, ``next_step`` and ``until`` what comes and by when, ``call`` the office and its phone;
    ``silent_days`` the days since the last report where they are many (0 otherwise).
    """

    uid: UUID
    name: str
    stage: str
    now: str
    next_step: str
    until: dt.date | None
    until_basis: str
    due: DutyRow | None
    call_name: str
    call_phone: str
    timeline: list[dict[str, Any]]
    duties: list[DutyRow]
    plan_year: int | None
    document_number: str
    issued_on: dt.date | None
    national_task: bool
    reported_on: dt.date | None
    silent_days: int

    @property
    def headline(self) -> str:
        """现在：施工中，预计2027年10月31日前完工."""
        if self.until is None:
            return self.now
        return f"{self.now}，{self.until_basis}{self.until.year}年{self.until.month}月{self.until.day}日前{self.next_step}"


def _published() -> QuerySet[Project]:
    plans = Prefetch("lines", queryset=PlanLine.objects.filter(plan__state="issued").select_related("plan").order_by("-plan__year"))
    parts = Prefetch("parts", queryset=ProjectCommunity.objects.select_related("community").order_by("pk"))
    return Project.objects.public().select_related("county", "division").prefetch_related("stage_days", plans, parts)


def public_project(uid: UUID, *, today: dt.date) -> PublicProject | None:
    """A published project; None for any other."""
    found = _published().filter(uid=uid).first()
    return _views([found], today)[0] if found else None


def public_projects_of(community_uid: UUID, *, today: dt.date) -> list[PublicProject]:
    """Published projects of a community, the newest first (a community may have been renovated before)."""
    projects = _published().filter(parts__community__uid=community_uid).order_by("-plan_year", "-pk")
    return _views(list(projects), today)


def public_timeline(uid: UUID, *, today: dt.date) -> list[dict[str, Any]]:
    """The timeline of a published project (rows of ``components/timeline.html``), empty for any other."""
    found = public_project(uid, today=today)
    return found.timeline if found else []


def public_duties(projects: list[Project], today: dt.date) -> dict[UUID, list[DutyRow]]:
    """Applicable deadlines of published projects, by uid."""
    found = duties_of([project for project in projects if project.published], today)
    return {uid: [row for row in rows if row.duty.state != Duty.State.NOT_APPLICABLE] for uid, rows in found.items()}


def _views(projects: list[Project], today: dt.date) -> list[PublicProject]:
    duties = public_duties(projects, today)
    return [_view(project, duties.get(project.uid, []), today) for project in projects]


def _view(project: Project, duties: list[DutyRow], today: dt.date) -> PublicProject:
    days = {day.stage: day for day in project.stage_days.all()}
    stage = STAGE[project.stage]
    following = STAGES[ORDER[stage.key] + 1] if ORDER[stage.key] + 1 < len(STAGES) else None
    move = next_move(stage.key)
    due = next((row for row in duties if row.duty.state == Duty.State.OPEN), None)
    planned = days[following.key].planned_on if following and following.key in days else None
    line = next(iter(project.lines.all()), None)
    name, phone = _call(project)
    until, basis, step = _until(planned, move.label if move else "", due)
    return PublicProject(
        uid=project.uid, name=project.name, stage=stage.label, now=stage.plain, next_step=step, until=until, until_basis=basis, due=due,
        call_name=name, call_phone=phone, timeline=timeline_rows(project, list(days.values()), duties), duties=duties,
        plan_year=project.plan_year, document_number=line.plan.document_number if line else "",
        issued_on=line.plan.issued_on if line else None, national_task=project.national_task, reported_on=project.reported_on,
        silent_days=_silent(project, today),
    )  # fmt: skip


def _until(planned: dt.date | None, step: str, due: DutyRow | None) -> tuple[dt.date | None, str, str]:
    """The office's own planned day goes before the day of the document."""
    if planned is not None:
        return planned, "计划", step
    if due is not None:
        return due.duty.due_on, "按文件应于", due.label
    return None, "", step


def _silent(project: Project, today: dt.date) -> int:
    if project.reported_on is None or STAGE[project.stage].pipeline == "done":
        return 0
    days = (today - project.reported_on).days
    return days if days >= STALE_AFTER else 0


def _call(project: Project) -> tuple[str, str]:
    """The community's own line, else that of the office that keeps the project."""
    for part in project.parts.all():
        if part.community.contact_phone:
            return f"{part.community.name}咨询电话", part.community.contact_phone
    body = keeper(project.county or project.division)
    return (body.name, body.phone) if body else ("", "")
