"""Reads of complaints: the staff's list with repeats, a resident's receipt, what everybody may read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from communities.models import Community, Complaint, ComplaintAnswer
from communities.rules.complaints import REPEAT_WITHIN
from communities.rules.masks import mask_name, mask_phone
from offices.models import Division, User
from offices.receipts import read_number


@dataclass(frozen=True)
class ComplaintFilter:
    """What a staff member asks; empty values ask nothing."""

    division: Division | None = None
    community: Community | None = None
    state: str = ""  # open, answered, overdue
    category: str = ""
    repeats: bool = False


def with_repeats(rows: QuerySet[Complaint]) -> Any:
    """Each with ``repeats``: how many of its community came in the 90 days before it, of the same category or the same telephone."""
    same = Q(category=OuterRef("category")) | Q(
        person__phone_hash=OuterRef("person__phone_hash"), person__phone_hash__gt=""
    )
    since = ExpressionWrapper(OuterRef("received_at") - REPEAT_WITHIN, output_field=DateTimeField())
    earlier = (
        Complaint.objects.filter(same, community=OuterRef("community"), received_at__lt=OuterRef("received_at"))
        .filter(received_at__gte=since)
        .order_by()
        .values("community")
        .annotate(number=Count("pk", distinct=True))
        .values("number")
    )
    return rows.annotate(repeats=Coalesce(Subquery(earlier, output_field=IntegerField()), 0))


def complaints_in_scope(user: User, asked: ComplaintFilter, today: dt.date) -> Any:
    """Open ones by deadline, then the answered ones, newest first."""
    rows = with_repeats(Complaint.objects.visible_to(user)).select_related("community", "handler_body", "handler")
    if asked.division is not None:
        rows = rows.filter(**{asked.division.column: asked.division.pk})
    if asked.community is not None:
        rows = rows.filter(community=asked.community)
    if asked.category:
        rows = rows.filter(category=asked.category)
    if asked.state == "overdue":
        rows = rows.filter(state=Complaint.State.OPEN, deadline__lt=today)
    elif asked.state:
        rows = rows.filter(state=asked.state)
    if asked.repeats:
        rows = rows.filter(repeats__gt=0)
    return rows.order_by(F("state").desc(), "deadline", "-pk")


def repeats_of(row: Complaint) -> list[Complaint]:
    """The complaints that this one repeats, newest first."""
    person = getattr(row, "person", None)
    same = Q(category=row.category)
    if person is not None and person.phone_hash:
        same |= Q(person__phone_hash=person.phone_hash)
    rows = Complaint.objects.filter(same, community=row.community, received_at__lt=row.received_at)
    return list(rows.filter(received_at__gte=row.received_at - REPEAT_WITHIN).distinct().order_by("-pk")[:20])


def masked_complainant(row: Complaint) -> dict[str, str]:
    """Who complained, as staff see it before opening it with a reason; empty where he didn't tell."""
    person = getattr(row, "person", None)
    if person is None:
        return {}
    home = "已填写" if person.home else ""
    return {"name": mask_name(person.name), "phone": mask_phone(person.phone), "home": home}


@dataclass(frozen=True)
class ComplaintReceipt:
    """A complaint as who holds its number reads it, without personal values."""

    complaint: Complaint
    answers: Sequence[ComplaintAnswer]
    may_reopen: bool


def complaint_receipt(number: str) -> ComplaintReceipt | None:
    """The complaint of a number as typed; None for none."""
    plain = read_number(number)
    rows = Complaint.objects.filter(number=plain).select_related("community", "handler_body")
    row = rows.first() if plain else None
    if row is None:
        return None
    answers = list(row.answers.select_related("body"))
    return ComplaintReceipt(row, answers, row.state == Complaint.State.ANSWERED and row.reopened_at is None)


@dataclass(frozen=True)
class PublicComplaints:
    """Of a community: how many came, how many are answered, and the public parts of the latest answers."""

    received: int
    answered: int
    latest: Sequence[ComplaintAnswer]


def public_complaints(community: Community) -> PublicComplaints:
    """What everybody may read of a community's complaints (two queries)."""
    numbers = Complaint.objects.filter(community=community).aggregate(
        received=Count("pk"), answered=Count("pk", filter=Q(state=Complaint.State.ANSWERED))
    )
    answers = ComplaintAnswer.objects.filter(complaint__community=community, complaint__state="answered")
    shown = answers.exclude(public_text="").select_related("complaint", "body").order_by("-pk")[:5]
    return PublicComplaints(numbers["received"], numbers["answered"], list(shown))
