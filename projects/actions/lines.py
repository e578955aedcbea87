"""Lines of a plan that is still being written."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from offices.history import record
from offices.models import Division, User
from policies.refusal import Refused, Stale
from projects.duties import refresh_project
from projects.models import AnnualPlan, PlanLine, Project
from projects.permissions import keeping_body

OPEN_STATES = frozenset({AnnualPlan.State.DRAFT, AnnualPlan.State.RETURNED, AnnualPlan.State.REFUSED})


def editable(plan: AnnualPlan) -> None:
    """Raises Refused unless the plan may still be written."""
    if plan.state not in OPEN_STATES:
        raise Refused(
            f"{plan}{plan.get_state_display()}，不能直接修改。审批中的可先撤回；已下达的请办理计划调整。",
            code="plan_not_editable",
        )


def touch(row: AnnualPlan | PlanLine | Project, *, at: dt.datetime) -> None:
    """Raise the version and stamp the change (saved by the caller)."""
    row.version += 1
    row.updated_at = at


def fresh(row: AnnualPlan | PlanLine | Project, expected_version: int | None) -> None:
    """Raises Stale when the row has moved on since it was read."""
    if expected_version is not None and row.version != expected_version:
        raise Stale("内容已被他人修改，请刷新后再试", code="stale")


def hold_division(division: Division) -> None:
    """Wait for an import of the division, and let the next one wait: it must not meet a plan or project that it did not see."""
    Division.objects.select_for_update(no_key=True).get(pk=division.pk)


def locked_line(line: PlanLine) -> PlanLine:
    """The line, its plan locked before it: a declaration under way is waited for and then seen. Raises Refused for a line that is gone."""
    AnnualPlan.objects.select_for_update(of=("self",)).get(pk=line.plan_id)
    rows = PlanLine.objects.select_for_update(of=("self",)).select_related("plan__division", "project")
    found = rows.filter(pk=line.pk, plan_id=line.plan_id).first()
    if found is None:
        raise Refused("这一行刚刚已被移出计划，请刷新", code="project_not_in_plan")
    return found


@transaction.atomic
def add_line(
    *,
    by: User,
    at: dt.datetime,
    today: dt.date,
    plan: AnnualPlan,
    project: Project,
    position: int | None = None,
    remark: str = "",
) -> PlanLine:
    """Put a project of the reserve into a plan that is being written. Its deadlines are computed."""
    keeping_body(by, plan.division)
    plan = AnnualPlan.objects.select_for_update().get(pk=plan.pk)
    project = Project.objects.select_for_update().get(pk=project.pk)
    editable(plan)
    if project.county_id != plan.division_id:
        raise Refused(f"“{project.name}”不在{plan.division.name}", code="foreign_project")
    live = PlanLine.objects.filter(project=project).select_related("plan__division").first()
    if live is not None:
        raise Refused(f"“{project.name}”已在{live.plan}中", code="project_in_plan")
    if position is None:
        position = (plan.lines.aggregate(last=Max("position"))["last"] or 0) + 1
    line = PlanLine.objects.create(
        plan=plan, project=project, position=position, remark=remark, created_at=at, updated_at=at
    )
    project.plan_year = plan.year
    if project.stage == "reserve":
        project.stage = "planned"
    touch(project, at=at)
    project.save()
    touch(plan, at=at)
    plan.save(update_fields=("version", "updated_at"))
    record(by=by, at=at, action="plan.add_line", subject=plan, data={"project": str(project.uid), "position": position})
    refresh_project(project, at=at, today=today)
    return line


@transaction.atomic
def change_line(
    *, by: User, at: dt.datetime, line: PlanLine, expected_version: int | None = None, position: int | None = None,
    stands_alone_reason: str | None = None, remark: str | None = None,
) -> PlanLine:  # fmt: skip
    """Change what a line says of its place in the plan."""
    line = locked_line(line)
    keeping_body(by, line.plan.division)
    editable(line.plan)
    fresh(line, expected_version)
    for name, value in (("position", position), ("stands_alone_reason", stands_alone_reason), ("remark", remark)):
        if value is not None:
            setattr(line, name, value)
    touch(line, at=at)
    line.save()
    record(
        by=by,
        at=at,
        action="plan.change_line",
        subject=line.plan,
        data={"line": str(line.uid), "version": line.version},
    )
    return line


@transaction.atomic
def remove_line(
    *, by: User, at: dt.datetime, today: dt.date, line: PlanLine, expected_version: int | None = None
) -> Project:
    """Take a project out of a plan that is being written: it goes back to the reserve and keeps its papers."""
    line = locked_line(line)
    keeping_body(by, line.plan.division)
    editable(line.plan)
    fresh(line, expected_version)
    plan, project = line.plan, line.project
    line.delete()
    project.plan_year = None
    project.stage = "reserve"
    touch(project, at=at)
    project.save()
    touch(plan, at=at)
    plan.save(update_fields=("version", "updated_at"))
    record(by=by, at=at, action="plan.remove_line", subject=plan, data={"project": str(project.uid)})
    refresh_project(project, at=at, today=today)
    return project
