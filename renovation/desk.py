"""What lies on someone's desk: cases that wait for his bodies, work begun, duties that come due. Reads only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from approvals.models import Case, CaseAsk
from communities.models import Import
from offices.models import Division, Duty, User
from projects.models import AnnualPlan, Project
from projects.rules.stages import ORDER, STAGES

DECIDING = ("approver", "leader")
HORIZON = dt.timedelta(days=30)
SHOWN = 8
STARTED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["works"])
COMPLETED = tuple(stage.key for stage in STAGES if ORDER[stage.key] >= ORDER["accepted"])


def asks_waiting(user: User) -> QuerySet[CaseAsk]:
    """Opinions that the user's bodies owe and that he may give, longest waiting first."""
    bodies = {membership.body_id for membership in user.active_memberships if membership.role in DECIDING}
    asks = CaseAsk.objects.filter(
        body_id__in=bodies, asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN
    )
    return (
        asks.exclude(case__submitted_by=user)
        .select_related("case__division", "body", "stage")
        .order_by("asked_at", "pk")
    )


def waiting_count(user: User) -> int:
    """How many cases wait for the user."""
    if not any(membership.role in DECIDING for membership in user.active_memberships):
        return 0
    return asks_waiting(user).values("case").distinct().count()


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


def live_year(user: User, division: Division | None, today: dt.date) -> int:
    """The latest plan year below ``division``, next year at most: where the live work is. This year where there is no plan (one query)."""
    rows = AnnualPlan.objects.visible_to(user).filter(year__lte=today.year + 1)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    latest: int | None = rows.aggregate(latest=Max("year"))["latest"]
    return latest or today.year


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
