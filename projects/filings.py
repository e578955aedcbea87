"""A new official calendar moves the last day for filing an acceptance: the duty follows, and it is told what moved."""

import datetime as dt

from django.utils import timezone

from offices.calendar import Moved
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from projects.actions.acceptance import refresh
from projects.models import Acceptance
from projects.rules.warranty import filing

LOOK_BACK = dt.timedelta(days=60)  # longer than any filing takes


def filings_moved(before: WorkingCalendar, after: WorkingCalendar, today: dt.date) -> list[Moved]:
    """Acceptances of the last weeks that are not filed yet and whose day is another one by the new calendar (N-05, N-07)."""
    waiting = Acceptance.objects.filter(passed_on__gte=today - LOOK_BACK, filing_checked_by__isnull=True)
    at = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
    found = []
    for row in waiting.select_related("division", "project__division", "project__county").order_by("pk"):
        layers, passed = layers_of(row.division), row.passed_on
        assert passed is not None
        old, new = (filing(layers, day=passed, accepted_on=passed, calendar=days) for days in (before, after))
        if old is not None and new is not None and old.due_on != new.due_on:
            refresh(row, at=at, today=today)
            found.append(Moved(f"{row.project.name}竣工验收备案期限", old.due_on, new.due_on, new.citation))
    return found
