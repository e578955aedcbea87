"""An accepted project, without the way there."""

import datetime as dt

from offices.models import User
from projects.models import Acceptance, Project
from tests.cast import AT


def accepted(project: Project, on: dt.date, by: User, confirmed_by: User) -> Acceptance:
    """A confirmed acceptance of ``on``."""
    row = Acceptance(
        project=project,
        held_on=on,
        opened_by=by,
        passed_on=on,
        passed_by=confirmed_by,
        passed_at=AT,
        created_at=AT,
        updated_at=AT,
    )
    row.place_in(project.division)
    row.save()
    return row
