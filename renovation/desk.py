"""What lies on someone's desk: cases that wait for his bodies, work begun, duties that come due. Reads only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from approvals.deciders import asks_of
from approvals.models import Case, CaseAsk
from approvals.votes.texts import undelivered
from communities.models import Import
from offices.messages import inbox
from offices.models import Alert, Division, Duty, User
from offices.queries import number_of, numbers
from projects.models import AnnualPlan, Project
from projects.queries.duties import Overdue, overdue
from projects.rules.stages import ORDER, STAGES

HORIZON = dt.timedelta(days=30)
SHOWN, FEW = 8, 5
STARTED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["works"])
COMPLETED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["accepted"])


def counts(user: User, today: dt.date) -> dict[str, Any]:
    """What the navigation counts, as columns: opinions that wait for the user (as in the inbox), open duties of his bodies past their day,
    messages not read."""
    bodies = [membership.body_id for membership in user.active_memberships]
    late = Duty.objects.filter(body_id__in=bodies, state=Duty.State.OPEN, due_on__lt=today)
    rows = {"waiting": asks_of(user, today), "late": late, "unread": inbox(user).filter(read_at__isnull=True)}
    return {name: number_of(found) for name, found in rows.items()}


def duties(user: User, division: Division | None, today: dt.date) -> QuerySet[Duty]:
    """Open duties that the user sees below ``division`` and that are past their day or due within HORIZON, the earliest first."""
    rows = Duty.objects.filter(user.scope.q(), state=Duty.State.OPEN, due_on__lte=today + HORIZON)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    return rows.select_related("body").order_by("due_on", "pk")


@dataclass(frozen=True)
class Days:
    """What can still be met in time, and what is past its day, kind by kind."""

    ahead: list[Duty]
    overdue: list[Overdue]


def days(user: User, division: Division | None, today: dt.date) -> Days:
    """The next duties and the latest of those past their day (two queries)."""
    rows = duties(user, division, today)
    return Days(list(rows.filter(due_on__gte=today)[:SHOWN]), overdue(rows, today=today, most=FEW))


@dataclass(frozen=True)
class Escalated:
    """What was brought before a leader because it is owed too long, and still is: duties and opinions of the bodies that he leads."""

    duties: list[Overdue]
    asks: list[CaseAsk]
    number: int = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.duties or self.asks)


def escalated(user: User, today: dt.date) -> Escalated:
    """For a leader (three queries), duties kind by kind, the latest first; nothing for anybody else. ``number``: of duties."""
    led = [membership.body_id for membership in user.active_memberships if membership.role == "leader"]
    if not led:
        return Escalated([], [])
    told = Alert.objects.filter(duty=OuterRef("pk"), kind=Alert.Kind.ESCALATED, occurrence=OuterRef("due_on"))
    duties = Duty.objects.filter(Exists(told), body_id__in=led, state=Duty.State.OPEN)
    asks = CaseAsk.objects.filter(
        body_id__in=led, escalated_at__isnull=False, asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN
    )  # fmt: skip
    return Escalated(
        overdue(duties, today=today, most=FEW),
        list(asks.select_related("case", "body", "stage").order_by("asked_at", "pk")[:FEW]),
        duties.count(),
    )


@dataclass(frozen=True)
class Begun:
    """Work that someone of the user's bodies began and has to go on with."""

    plans: list[AnnualPlan]
    imports: list[Import]
    returned: list[Case]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.plans or self.imports or self.returned)


def begun(user: User) -> Begun:
    """Draft plans and imports of the user, cases that came back to his bodies (three queries)."""
    bodies = [membership.body_id for membership in user.active_memberships]
    plans = AnnualPlan.objects.visible_to(user).filter(state__in=(AnnualPlan.State.DRAFT, AnnualPlan.State.RETURNED))
    imports = Import.objects.filter(
        by=user, state__in=(Import.State.UPLOADED, Import.State.READ, Import.State.APPLYING)
    )
    returned = Case.objects.filter(submitted_body_id__in=bodies, state=Case.State.RETURNED)
    return Begun(
        list(plans.select_related("division").order_by("-updated_at")[:SHOWN]),
        list(imports.order_by("-updated_at")[:SHOWN]),
        list(returned.order_by("-updated_at")[:SHOWN]),
    )


def figures(user: User, division: Division | None, year: int, today: dt.date, at: dt.datetime) -> dict[str, int]:
    """The key figures: duties past their day and due within a week, projects of the year (all, started, completed), short messages
    that did not go out (one query)."""
    projects = Project.objects.visible_to(user).filter(plan_year=year)
    if division is not None:
        projects = projects.filter(**{division.column: division.pk})
    due = duties(user, division, today)
    week = due.filter(due_on__range=(today, today + dt.timedelta(days=7)))
    return numbers(
        user, past=due.filter(due_on__lt=today), week=week, all=projects, started=projects.filter(stage__in=STARTED),
        completed=projects.filter(stage__in=COMPLETED), undelivered=undelivered(user, at),
    )  # fmt: skip
