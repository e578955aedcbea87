"""The order in which a plan's lines stand: 序号 of the official table."""

import datetime as dt

from django.db import transaction

from offices.models import User
from projects.actions.lines import editable, fresh, locked_line
from projects.actions.several import save_lines, set_values
from projects.models import PlanLine
from projects.permissions import keeping_body


@transaction.atomic
def place_line(
    *, by: User, at: dt.datetime, line: PlanLine, place: int, expected_version: int | None = None
) -> int:  # fmt: skip
    """Put a line at a place of its plan (1: the first, beyond the end: the last); those between move by one. Returns the place.

    Raises Forbidden, Refused (``plan_not_editable``, ``project_not_in_plan``), Stale.
    """
    line = locked_line(line)
    keeping_body(by, line.plan.division)
    editable(line.plan)
    fresh(line, expected_version)
    rows = list(PlanLine.objects.select_for_update().filter(plan=line.plan).order_by("position", "pk"))
    mine = next(row for row in rows if row.pk == line.pk)
    rows.remove(mine)
    rows.insert(max(place, 1) - 1, mine)
    moved = [row for number, row in enumerate(rows, start=1) if set_values(row, {"position": number})]
    save_lines(line.plan, moved, by=by, at=at)
    return mine.position
