"""What a body answers for, and what waits for it right now (a bounded number of queries for any number of bodies)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from approvals.models import Case, CaseAsk, Notice
from communities.models import Complaint
from offices.acting import AUTHORITIES
from offices.models import Body, Division, Duty, User
from offices.rulebooks import layers_of
from projects.models import ContractMode, Party, Permit, Project, UpwardFiling
from projects.rules.bodies import Charge, charges


@dataclass(frozen=True)
class BodyPage:
    """A body with its duties and what waits for it, as far as the user sees it. ``asks``: opinions owed, longest waiting first."""

    body: Body
    charges: tuple[Charge, ...]
    asks: QuerySet[CaseAsk]
    returned: QuerySet[Case]
    duties: QuerySet[Duty]
    complaints: QuerySet[Complaint]
    notices: QuerySet[Notice]
    filings: QuerySet[UpwardFiling]
    permits: list["PermitsWaiting"]


def body_page(user: User, body: Body, *, today: dt.date) -> BodyPage:
    """Everything about one body; the lists are lazy."""
    cases = Case.objects.visible_to(user)
    waiting = CaseAsk.objects.filter(
        body=body, asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN, case__in=cases
    )
    notices = Notice.objects.visible_to(user).filter(body=body, state=Notice.State.POSTED, last_day__gte=today)
    return BodyPage(
        body=body,
        charges=charges_of(body),
        asks=waiting.select_related("case__submitted_body", "stage").order_by("asked_at", "pk"),
        returned=cases.filter(submitted_body=body, state=Case.State.RETURNED).order_by("submitted_at", "pk"),
        duties=Duty.objects.visible_to(user).filter(body=body, state=Duty.State.OPEN).order_by("due_on", "pk"),
        complaints=Complaint.objects.visible_to(user)
        .filter(handler_body=body, state=Complaint.State.OPEN)
        .select_related("community").order_by("deadline", "pk"),
        notices=notices.order_by("last_day", "pk"),
        filings=UpwardFiling.objects.visible_to(user)
        .filter(to_body=body, received_on__isnull=True)
        .select_related("division").order_by("filed_on", "pk"),
        permits=permits_waiting(user, body),
    )  # fmt: skip


@dataclass(frozen=True)
class PermitsWaiting:
    """A project before its start: papers entered on its one page, and those that wait for a second person."""

    project: Project
    entered: int
    unchecked: int


def permits_waiting(user: User, body: Body) -> list[PermitsWaiting]:
    """开工手续 that the office which keeps a division's projects has to bring in or to check (two queries); none of another office."""
    if not {body.kind, *body.also} & set(AUTHORITIES):
        return []
    own = Q(county=body.division_id) | Q(county__isnull=True, division=body.division_id)
    projects = Project.objects.visible_to(user).filter(own)
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    entered, *others = (
        model._default_manager.filter(project__in=projects, current=True)
        .order_by()
        .values_list("project")
        .annotate(n=Count("pk"), unchecked=Count("pk", filter=Q(checked_by__isnull=True)))
        for model in (Permit, Party, ContractMode)
    )
    for project, number, unchecked_number in entered.union(*others, all=True):
        counts[project][0] += number
        counts[project][1] += unchecked_number
    unchecked = [pk for pk, (_, waiting) in counts.items() if waiting]
    waiting = projects.filter(Q(stage="reviewed") | Q(pk__in=unchecked)).order_by("plan_year", "pk")
    return [PermitsWaiting(project, *counts[project.pk]) for project in waiting]


def charges_of(body: Body) -> tuple[Charge, ...]:
    """Its duties in the words of the documents over its division (no query where the division is loaded)."""
    layers = layers_of(body.division)
    return charges(layers, level=body.division.level, kinds=(body.kind, *body.also), unlevelled=Body.UNLEVELLED)


@dataclass(frozen=True)
class BodyRow:
    """A body in the list: opinions owed, open deadlines and how many of them are late, complaints, number of duties in the documents."""

    body: Body
    charges: int
    asks: int
    duties: int
    late: int
    complaints: int


def bodies_of(user: User, division: Division, *, today: dt.date) -> list[BodyRow]:
    """The bodies of a division with their counts (four queries)."""
    bodies = list(Body.objects.filter(division=division, active=True).select_related("division").order_by("pk"))
    asks = CaseAsk.objects.filter(asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN)
    asks = asks.filter(body__in=bodies, case__in=Case.objects.visible_to(user))
    owed = _numbers(asks.values("body").annotate(n=Count("pk")), bodies)
    open_ = Duty.objects.visible_to(user).filter(body__in=bodies, state=Duty.State.OPEN).order_by()
    duties = {
        row["body"]: (row["n"], row["late"])
        for row in open_.values("body").annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    }
    complaints = (
        Complaint.objects.visible_to(user).filter(handler_body__in=bodies, state=Complaint.State.OPEN).order_by()
    )
    handled = _numbers(complaints.values("handler_body").annotate(n=Count("pk", distinct=True)), bodies, "handler_body")
    return [
        BodyRow(body, len(charges_of(body)), owed[body.pk], *duties.get(body.pk, (0, 0)), handled[body.pk])
        for body in bodies
    ]


def _numbers(rows: Any, bodies: Sequence[Body], key: str = "body") -> dict[int, int]:
    return dict.fromkeys((body.pk for body in bodies), 0) | {row[key]: row["n"] for row in rows}
