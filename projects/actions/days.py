"""Planned days of stages: several at once, from a project's page, from REST, and for many projects from the grid of their plan."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from offices.history import record_all
from offices.models import User
from policies.refusal import Invalid
from projects.actions.lines import fresh, touch
from projects.actions.projects import county_of, locked
from projects.models import Project, StageDay
from projects.permissions import keeping_body
from projects.rules.moving import Days, out_of_order
from projects.rules.stages import STAGE

Held = Mapping[str, StageDay]
NO_REASON = "推迟计划要写明原因"


@dataclass(frozen=True)
class Planning:
    """Days of one project that differ from those held (checked, not yet written)."""

    project: Project
    held: Held
    days: Days


def held_days(projects: Collection[int]) -> dict[int, dict[str, StageDay]]:
    """The days of projects (by pk), by stage (one query)."""
    found: dict[int, dict[str, StageDay]] = defaultdict(dict)
    for row in StageDay.objects.filter(project_id__in=projects):
        found[row.project_id][row.stage] = row
    return found


def prepared(*, project: Project, held: Held, days: Days, reason: str) -> Planning | None:
    """What of ``days`` is new, checked; None where nothing is. A day that moves later needs its reason; an acceptance before the start
    is no plan. Raises Invalid naming each stage."""
    unknown = [stage for stage in days if stage not in STAGE]
    if unknown:
        raise Invalid("没有这个阶段", errors={"stage": unknown})
    before = {stage: row.planned_on for stage, row in held.items()}
    moved = {stage: day for stage, day in days.items() if day != before.get(stage)}
    errors = {stage: [words] for stage, words in out_of_order({**before, **moved}, set(moved)).items()}
    if errors:
        raise Invalid("计划日期先后不对", errors=errors)
    if not reason.strip() and any(_later(before.get(stage), day) for stage, day in moved.items()):
        raise Invalid(NO_REASON, errors={"reason": ["不能为空"]}, code="reason_missing")
    return Planning(project, held, moved) if moved else None


def _later(before: dt.date | None, after: dt.date | None) -> bool:
    return before is not None and after is not None and after > before


def write(plannings: Sequence[Planning], *, by: User, at: dt.datetime, reason: str) -> None:
    """Write days of projects that are locked and touched by the caller. A stage without any day left has no row."""
    made: list[StageDay] = []
    changed: list[StageDay] = []
    gone: list[StageDay] = []
    for planning in plannings:
        for stage, day in planning.days.items():
            row = planning.held.get(stage) or StageDay(project=planning.project, stage=stage)
            row.planned_on, row.recorded_by, row.recorded_at = day, by, at
            row.reason = reason.strip() or (row.reason if row.actual_on else "")
            says_something = row.planned_on or row.actual_on
            (gone if not says_something else changed if row.pk else made).append(row)
    StageDay.objects.filter(pk__in=[row.pk for row in gone]).delete()
    StageDay.objects.bulk_create(made, batch_size=500)
    StageDay.objects.bulk_update(changed, ("planned_on", "reason", "recorded_by", "recorded_at"), batch_size=300)
    rows = [(planning.project, {"stage": stage}) for planning in plannings for stage in planning.days]
    record_all(by=by, at=at, action="project.plan_stage", rows=rows, reason=reason)


@transaction.atomic
def plan_days(
    *, by: User, at: dt.datetime, project: Project, days: Days, reason: str = "", expected_version: int | None = None
) -> None:  # fmt: skip
    """Set when stages are planned (None takes a day out); moving one later than before needs its reason, which residents read."""
    project = locked(project)
    keeping_body(by, county_of(project))
    fresh(project, expected_version)
    planning = prepared(project=project, held=held_days([project.pk])[project.pk], days=days, reason=reason)
    if planning is None:
        return
    touch(project, at=at)
    project.save(update_fields=("version", "updated_at"))
    write([planning], by=by, at=at, reason=reason)
