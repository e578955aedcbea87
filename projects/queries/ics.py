"""Deadlines as events of a calendar: of one person's bodies, and of one project with its planned days."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from offices.ics import Event
from offices.models import Duty, User
from projects.models import Acceptance, Project, WorkSpan
from projects.queries.duties import TYPES, DutyRow, duty_rows
from projects.rules.stages import STAGE

BACK, MOST = dt.timedelta(days=90), 2000
REMIND = (7, 1)


def person_events(user: User, *, today: dt.date, site: str) -> list[Event]:
    """Open deadlines of the user's bodies: those to come, and what is past its day for at most three months (two queries)."""
    bodies = [membership.body_id for membership in user.active_memberships]
    rows = Duty.objects.filter(
        user.scope.q(), body_id__in=bodies, subject_type__in=TYPES, state=Duty.State.OPEN, due_on__gte=today - BACK
    )
    return _events(duty_rows(rows.select_related("body").order_by("due_on", "pk")[:MOST], today), today, site)


def project_events(project: Project, *, today: dt.date, site: str) -> list[Event]:
    """Deadlines of a project and of its acceptances, planned days of its stages and ends of its works (four queries)."""
    acceptances = Acceptance.objects.filter(project=project).values("uid")
    about = Q(subject_type="project", subject_uid=project.uid) | Q(
        subject_type="acceptance", subject_uid__in=acceptances
    )
    rows = Duty.objects.filter(about).exclude(state=Duty.State.NOT_APPLICABLE).select_related("body")
    events = _events(duty_rows(rows.order_by("due_on", "pk"), today), today, site)
    url = f"{site}/staff/projects/{project.uid}/"
    for day in project.stage_days.filter(planned_on__isnull=False, actual_on__isnull=True).order_by("planned_on"):
        assert day.planned_on is not None
        title = f"计划{STAGE[day.stage].label}：{project.name}"
        uid = f"{project.uid}-{day.stage}@renovation"
        events.append(Event(uid, day.planned_on, title, day.reason, day.recorded_at, url, project.version))
    for span in WorkSpan.objects.filter(project=project, actual_end__isnull=True).order_by("planned_end", "pk"):
        title = f"计划完成{span.name}：{project.name}"
        uid = f"{span.uid}@renovation"
        events.append(Event(uid, span.planned_end, title, span.reason, span.updated_at, f"{url}works/", span.version))
    return events


def _events(rows: Iterable[DutyRow], today: dt.date, site: str) -> list[Event]:
    return [_event(row, today, site) for row in rows]


def _event(row: DutyRow, today: dt.date, site: str) -> Event:
    duty, clause = row.duty, row.citation
    done = duty.state == Duty.State.DONE
    mark = "已完成：" if done else f"{row.late_word}：" if row.late_word else ""
    source = f"{clause.document}{clause.clause}：{clause.quote}" if clause else ""
    lines = (f"{duty.rule_id}（{row.strength}）", source, f"责任机构：{duty.body}" if duty.body else "")
    return Event(
        uid=f"{duty.uid}@renovation", day=duty.due_on, title=f"{mark}{row.label}：{duty.subject_title}",
        text="\n".join(line for line in lines if line), changed_at=duty.updated_at, url=f"{site}{duty.subject_link}",
        sequence=duty.version - 1, remind=() if done or duty.due_on < today else REMIND,
    )  # fmt: skip
