"""What a new working-day calendar moves: the last days of public notices that were computed from the old one."""

import datetime as dt

from approvals.models import Paper
from approvals.rules.notice_period import last_day
from offices.calendar import Moved
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from projects.models import Project

LOOK_BACK = dt.timedelta(days=60)


def notices_moved(before: WorkingCalendar, after: WorkingCalendar, today: dt.date) -> list[Moved]:
    """Notices of the last weeks and those to come whose last day is another one by the new calendar (two queries).

    Nothing is stored of a last day: every gate asks the calendar that is in force, so that the difference is only told here.
    """
    papers = Paper.objects.filter(evidence="notice", superseded_by__isnull=True).select_related("division")
    names = dict(Project.objects.filter(uid__in=papers.values("subject_uid")).values_list("uid", "name"))
    found = []
    for paper in papers.iterator():
        posted = dt.date.fromisoformat(paper.figures["posted_on"])
        if posted < today - LOOK_BACK:
            continue
        layers = layers_of(paper.division)
        old, new = (last_day(layers, day=today, posted_on=posted, calendar=days).last_day for days in (before, after))
        if old != new:
            found.append(Moved(what=f"{names.get(paper.subject_uid, '')}公示截止日", before=old, after=new))
    return found
