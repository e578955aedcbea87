"""What lies on someone's desk: cases that wait for his bodies, work begun, duties that come due. Reads only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from approvals.deciders import asks_of
from approvals.models import Case, CaseAsk
from communities.models import Import
from offices.messages import inbox
from offices.models import Alert, Division, Duty, User
from projects.models import AnnualPlan, Project
from projects.rules.stages import ORDER, STAGES

HORIZON = dt.timedelta(days=30)
SHOWN, FEW = 8, 5
STARTED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["works"])
COMPLETED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["accepted"])


def counts(user: User, today: dt.date) -> dict[str, int]:
    """What the navigation counts: opinions that wait for the user (as in the inbox), open duties of his bodies past their day,
    messages not read. Two queries."""
    bodies = [membership.body_id for membership in user.active_memberships]
    late = Duty.objects.filter(body_id__in=bodies, state=Duty.State.OPEN, due_on__lt=today)
    rows: dict[str, QuerySet[Any]] = {
        "waiting": asks_of(user, today), "late": late, "unread": inbox(user).filter(read_at__isnull=True),
    }  # fmt: skip
    each = {name: Coalesce(Subquery(_number(found)), 0) for name, found in rows.items()}
    found: dict[str, Any] = User.objects.filter(pk=user.pk).values(**each).get()  # type: ignore[assignment]
    return found


def _number(rows: QuerySet[Any]) -> QuerySet[Any]:
    counted: QuerySet[Any] = rows.order_by().values(all=Value(1)).annotate(number=Count("pk")).values("number")
    return counted


@dataclass(frozen=True)
class Duties:
    """Open duties of the division in view: how many are past their day, due within 7 and 30 days, and the most urgent ones."""

    past: int
    week: int
    month: int
    first: list[Duty]


def duties(user: User, division: Division | None, today: dt.date) -> Duties:
    """Open duties that the user sees below ``division`` (two queries)."""
    rows = Duty.objects.filter(user.scope.q(), state=Duty.State.OPEN)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    week = today + dt.timedelta(days=7)
    counts: dict[str, Any] = rows.filter(due_on__lte=today + HORIZON).aggregate(
        past=Count("pk", filter=Q(due_on__lt=today)),
        week=Count("pk", filter=Q(due_on__gte=today, due_on__lte=week)),
        month=Count("pk", filter=Q(due_on__gte=today)),
    )
    first = rows.filter(due_on__lte=today + HORIZON).select_related("body").order_by("due_on", "pk")[:SHOWN]
    return Duties(counts["past"], counts["week"], counts["month"], list(first))


@dataclass(frozen=True)
class Escalated:
    """What was brought before a leader because it is owed too long, and still is: duties and opinions of the bodies that he leads."""

    duties: list[Duty]
    asks: list[CaseAsk]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.duties or self.asks)


def escalated(user: User) -> Escalated:
    """For a leader (two queries); nothing for anybody else."""
    led = [membership.body_id for membership in user.active_memberships if membership.role == "leader"]
    if not led:
        return Escalated([], [])
    told = Alert.objects.filter(duty=OuterRef("pk"), kind=Alert.Kind.ESCALATED, occurrence=OuterRef("due_on"))
    duties = Duty.objects.filter(Exists(told), body_id__in=led, state=Duty.State.OPEN).select_related("body")
    asks = CaseAsk.objects.filter(
        body_id__in=led, escalated_at__isnull=False, asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN
    )  # fmt: skip
    return Escalated(
        list(duties.order_by("due_on", "pk")[:FEW]),
        list(asks.select_related("case", "body", "stage").order_by("asked_at", "pk")[:FEW]),
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


def figures(user: User, division: Division | None, year: int) -> dict[str, int]:
    """Projects of a year below ``division``: all, started, completed (one query)."""
    rows = Project.objects.visible_to(user).filter(plan_year=year)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    return rows.aggregate(
        all=Count("pk"),
        started=Count("pk", filter=Q(stage__in=STARTED)),
        completed=Count("pk", filter=Q(stage__in=COMPLETED)),
    )
