"""Deadlines of plans and projects: computed from the rulebook when a fact changes, kept as duties."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from offices import duties
from offices.acting import AUTHORITIES
from offices.calendar import calendar
from offices.models import Body, Division
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from projects.models import AnnualPlan, Project
from projects.rules.deadlines import Due, deadlines

Subject = Literal["plan", "project"]


def keeper(division: Division) -> Body | None:
    """The office that keeps plans and projects in the division: the one whom reminders concern."""
    bodies = Body.objects.filter(division=division, active=True).order_by("pk")
    return next((body for body in bodies if {body.kind, *body.also} & AUTHORITIES), None)


def refresh_plan(plan: AnnualPlan, *, at: dt.datetime, today: dt.date) -> None:
    """Compute the plan's own deadlines anew (LZ-09)."""
    found = deadlines(
        layers_of(plan.division),
        day=today,
        subject="plan",
        plan_year=plan.year,
        national_task=False,
        calendar=calendar(),
    )
    duties.sync(
        subject=plan, title=str(plan), link=f"/staff/plans/{plan.uid}/", division=plan.division, body=keeper(plan.division),
        rows=_rows(found, rulebook=plan.rulebook, plan_year=plan.year), at=at, today=today,
        public=plan.state == AnnualPlan.State.ISSUED,
    )  # fmt: skip


def refresh_project(project: Project, *, at: dt.datetime, today: dt.date) -> None:
    """Compute the project's deadlines anew (YL-07, YL-08, RC-13, JX-06); out of every plan it has none."""
    refresh_projects([project], at=at, today=today)


def refresh_projects(projects: Sequence[Project], *, at: dt.datetime, today: dt.date) -> None:
    """The same for several projects, set-based; what they share (calendar, keeping office, days of a year) is worked out once."""
    days = calendar()
    divisions = Division.objects.in_bulk(
        {pk for project in projects for pk in (project.division_id, project.county_id) if pk}
    )
    keepers = {pk: keeper(divisions[pk]) for pk in {project.county_id or project.division_id for project in projects}}
    found: dict[tuple[str, int | None, bool, str], list[duties.Row]] = {}

    def wanted(project: Project) -> duties.Wanted:
        division = divisions[project.division_id]
        key = (division.governed_by, project.plan_year, project.national_task, project.rulebook)
        if key not in found:
            due = _of_project(division, project, days, today)
            found[key] = _rows(due, rulebook=project.rulebook, plan_year=project.plan_year or 0)
        body = keepers[project.county_id or project.division_id]
        return duties.Wanted(project, project.name, f"/staff/projects/{project.uid}/", division, body, found[key])

    duties.sync_many((wanted(project) for project in projects), at=at, today=today)


def _of_project(division: Division, project: Project, days: WorkingCalendar, today: dt.date) -> tuple[Due, ...]:
    if project.plan_year is None:
        return ()
    return deadlines(
        layers_of(division),
        day=today,
        subject="project",
        plan_year=project.plan_year,
        national_task=project.national_task,
        calendar=days,
    )


def _rows(found: tuple[Due, ...], *, rulebook: str, plan_year: int) -> list[duties.Row]:
    return [
        duties.Row(
            rule_id=due.rule,
            rulebook=rulebook,
            milestone=due.milestone,
            strength=due.strength,
            plan_year=plan_year,
            due_on=due.day,
            applicable=due.applicable,
            reason="" if due.applicable else due.reason.text,
        )
        for due in found
    ]
