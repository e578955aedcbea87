"""Lines and projects of one plan written together: what ``lines`` and ``projects`` do for one, in a bounded number of statements."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from approvals.notices import posted_for, void_for
from communities.models import Community
from offices.history import record_all
from offices.models import User
from projects.actions import days
from projects.actions.lines import touch
from projects.actions.projects import POSTED, POSTED_CHANGED
from projects.duties import refresh_projects
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.rules.stages import ORDER


@dataclass
class NewLine:
    """A project that becomes a line: of the reserve (saved) or new (not yet); ``values`` are those of the line and the project."""

    project: Project
    community: Community
    values: Mapping[str, Any] = field(default_factory=dict)
    position: int | None = None


def set_values(row: PlanLine | Project, values: Mapping[str, Any]) -> list[str]:
    """Set what differs, in memory; the names."""
    names = [name for name, value in values.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, values[name])
    return names


def save_lines(plan: AnnualPlan, lines: Collection[PlanLine], *, by: User, at: dt.datetime) -> None:
    """Lines whose place, remark or reason was set in memory: saved, one version more each."""
    for line in lines:
        touch(line, at=at)
    PlanLine.objects.bulk_update(
        lines, ("position", "remark", "stands_alone_reason", "version", "updated_at"), batch_size=300
    )
    told = [(plan, {"line": str(line.uid), "version": line.version}) for line in lines]
    record_all(by=by, at=at, action="plan.change_line", rows=told)


def save_projects(
    changed: Sequence[tuple[Project, list[str]]], *, by: User, at: dt.datetime, today: dt.date
) -> None:  # fmt: skip
    """Projects whose investment or national task was set in memory: saved; their notices and deadlines follow."""
    projects = [project for project, _ in changed]
    for project in projects:
        touch(project, at=at)
    Project.objects.bulk_update(projects, ("investment", "national_task", "version", "updated_at"), batch_size=300)
    posted = [project for project, names in changed if POSTED & set(names) and ORDER[project.stage] < ORDER["works"]]
    told = posted_for({project.uid for project in posted}) if posted else set()
    for project in posted:
        if project.uid in told:
            void_for(subject=project, by=by, at=at, reason=POSTED_CHANGED)
    rows = [(project, {"fields": sorted(names), "version": project.version}) for project, names in changed]
    record_all(by=by, at=at, action="project.change", rows=rows)
    asked = [project for project, names in changed if "national_task" in names]
    if asked:
        refresh_projects(asked, at=at, today=today)


def save_days(plannings: Sequence[days.Planning], *, by: User, at: dt.datetime, reason: str) -> None:
    """Planned days of projects that are held, one version more each."""
    projects = [planning.project for planning in plannings]
    for project in projects:
        touch(project, at=at)
    Project.objects.bulk_update(projects, ("version", "updated_at"), batch_size=300)
    days.write(plannings, by=by, at=at, reason=reason)


def save_new_lines(
    plan: AnnualPlan, entries: Sequence[NewLine], *, by: User, at: dt.datetime, today: dt.date
) -> list[PlanLine]:
    """Projects into a plan that is being written, in the order given; those that are not saved yet begin in the reserve."""
    fresh = [entry for entry in entries if entry.project.pk is None]
    Project.objects.bulk_create([entry.project for entry in fresh], batch_size=500)
    ProjectCommunity.objects.bulk_create(
        [ProjectCommunity(project=entry.project, community=entry.community) for entry in fresh], batch_size=1000
    )
    rows = [(entry.project, {"communities": [str(entry.community.uid)]}) for entry in fresh]
    record_all(by=by, at=at, action="project.add", rows=rows)
    last = plan.lines.aggregate(last=Max("position"))["last"] or 0
    lines = []
    for number, entry in enumerate(entries, start=last + 1):
        project = entry.project
        own = {name: entry.values[name] for name in ("remark", "stands_alone_reason") if name in entry.values}
        set_values(project, {name: value for name, value in entry.values.items() if name not in own})
        project.plan_year, project.stage = plan.year, "planned"
        touch(project, at=at)
        lines.append(
            PlanLine(plan=plan, project=project, position=entry.position or number, created_at=at, updated_at=at, **own)
        )
    columns = ("plan_year", "stage", "investment", "national_task", "version", "updated_at")
    Project.objects.bulk_update([entry.project for entry in entries], columns, batch_size=300)
    PlanLine.objects.bulk_create(lines, batch_size=500)
    told = [(plan, {"project": str(line.project.uid), "position": line.position}) for line in lines]
    record_all(by=by, at=at, action="plan.add_line", rows=told)
    refresh_projects([line.project for line in lines], at=at, today=today)
    return lines


def drop_lines(
    plan: AnnualPlan, lines: Collection[PlanLine], *, by: User, at: dt.datetime, today: dt.date
) -> None:  # fmt: skip
    """Projects of these lines back to the reserve; they keep their papers."""
    projects = [line.project for line in lines]
    PlanLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    for project in projects:
        project.plan_year, project.stage = None, "reserve"
        touch(project, at=at)
    Project.objects.bulk_update(projects, ("plan_year", "stage", "version", "updated_at"), batch_size=300)
    rows = [(plan, {"project": str(project.uid)}) for project in projects]
    record_all(by=by, at=at, action="plan.remove_line", rows=rows)
    refresh_projects(projects, at=at, today=today)
