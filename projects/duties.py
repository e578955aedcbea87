"""Deadlines of plans and projects: computed from the rulebook when a fact changes, kept as duties."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from offices import duties
from offices.calendar import calendar
from offices.models import Body, Division
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from projects.models import AnnualPlan, Project
from projects.permissions import KEEPER_KINDS
from projects.rules.deadlines import Due, deadlines

Subject = Literal["plan", "project"]


def keeper(division: Division) -> Body | None:
    """The office that keeps plans and projects in the division: the one whom reminders concern."""
    bodies = Body.objects.filter(division=division, active=True).order_by("pk")
    return next((body for body in bodies if {body.kind, *body.also} & KEEPER_KINDS), None)


def refresh_plan(plan: AnnualPlan, *, at: dt.datetime, today: dt.date) -> None:
    """Compute the plan's own deadlines anew (LZ-09)."""
    found = deadlines(
        layers_of(plan.division), day=today, subject="plan", plan_year=plan.year, national_task=False, calendar=calendar()
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
    """The same for several projects; what they share (calendar, keeping office, days of a year) is worked out once."""
    days = calendar()
    divisions = Division.objects.in_bulk({pk for project in projects for pk in (project.division_id, project.county_id) if pk})
    keepers: dict[int, Body | None] = {}
    found: dict[tuple[str, int | None, bool], tuple[Due, ...]] = {}
    for project in projects:
        division = divisions[project.division_id]
        county = divisions[project.county_id or project.division_id]
        if county.pk not in keepers:
            keepers[county.pk] = keeper(county)
        key = (division.governed_by, project.plan_year, project.national_task)
        if key not in found:
            found[key] = _of_project(division, project, days, today)
        duties.sync(
            subject=project, title=project.name, link=f"/staff/projects/{project.uid}/", division=division, body=keepers[county.pk],
            rows=_rows(found[key], rulebook=project.rulebook, plan_year=project.plan_year or 0), at=at, today=today,
        )  # fmt: skip


def _of_project(division: Division, project: Project, days: WorkingCalendar, today: dt.date) -> tuple[Due, ...]:
    if project.plan_year is None:
        return ()
    return deadlines(
        layers_of(division), day=today, subject="project", plan_year=project.plan_year, national_task=project.national_task, calendar=days
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
