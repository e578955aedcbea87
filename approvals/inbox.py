"""The inbox: what waits for somebody, what he decided, put forward or was copied in, most urgent first, narrowed as the address says.

How urgent a case is says the document: the earliest day that one sets for its subject and that is not met. Cases without such a day come
after those with one, longest waiting first.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from approvals.copies import copied_to
from approvals.deciders import asks_of
from approvals.models import Case, CaseAsk, CaseCopy, Opinion
from offices.models import Division, Duty, User
from offices.once import keep

DUE = {"late": "已超期", "today": "今日到期", "week": "7天内到期", "none": "文件未定期限"}
FOLLOWED = 500  # waiting cases among which the neighbours of one are looked for


@dataclass(frozen=True)
class Narrowed:
    """What the address asks for; empty: everything."""

    kind: str = ""
    division: Division | None = None
    due: str = ""
    body: UUID | None = None
    text: str = ""


def _due_of(path: str, column: str) -> Subquery:
    """A column of the duty of a case's subject that is open and falls first."""
    duties = Duty.objects.filter(
        subject_type=OuterRef(f"{path}subject_type"), subject_uid=OuterRef(f"{path}subject_uid"), state=Duty.State.OPEN
    )
    return Subquery(duties.order_by("due_on", "pk").values(column)[:1])


def _by_case(rows: QuerySet[Any], path: str, asked: Narrowed, today: dt.date) -> QuerySet[Any]:
    """Rows with ``due_on``, ``due_rule`` and ``due_strength``, narrowed by their case."""
    columns = {"due_on": "due_on", "due_rule": "rule_id", "due_strength": "strength"}
    rows = rows.annotate(**{name: _due_of(path, column) for name, column in columns.items()})
    if asked.kind:
        rows = rows.filter(**{f"{path}subject_type": asked.kind})
    if asked.division is not None:
        rows = rows.filter(**{f"{path}{asked.division.column}": asked.division.pk})
    if asked.text:
        rows = rows.filter(**{f"{path}title__icontains": asked.text})
    within = {
        "late": Q(due_on__lt=today), "today": Q(due_on=today), "none": Q(due_on__isnull=True),
        "week": Q(due_on__range=(today, today + dt.timedelta(days=7))),
    }  # fmt: skip
    return rows.filter(within[asked.due]) if asked.due in within else rows


def waiting(user: User, today: dt.date, asked: Narrowed | None = None) -> QuerySet[CaseAsk]:
    """Opinions that the user may give today, in his own right or as a delegate: the most urgent first, then the longest waiting."""
    asked = asked or Narrowed()
    rows = asks_of(user, today).select_related("case__division", "case__submitted_body", "body", "stage")
    if asked.body is not None:
        rows = rows.filter(body__uid=asked.body)
    return _by_case(rows, "case__", asked, today).order_by(F("due_on").asc(nulls_last=True), "asked_at", "pk")


def decided(user: User, today: dt.date, asked: Narrowed) -> QuerySet[Opinion]:
    """Opinions of the user's bodies, newest first."""
    rows = Opinion.objects.filter(body_id__in=[m.body_id for m in user.active_memberships])
    if asked.body is not None:
        rows = rows.filter(body__uid=asked.body)
    rows = rows.select_related("case__division", "body", "stage", "by", "for_user")
    return _by_case(rows, "case__", asked, today).order_by("-at", "-pk")


def submitted(user: User, today: dt.date, asked: Narrowed) -> QuerySet[Case]:
    """Cases that the user's bodies put forward: those not closed first, the most urgent of them on top."""
    rows = Case.objects.filter(submitted_body_id__in=[m.body_id for m in user.active_memberships])
    if asked.body is not None:
        rows = rows.filter(submitted_body__uid=asked.body)
    rows = rows.select_related("division", "submitted_body")
    ordering = (F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-submitted_at", "-pk")
    return _by_case(rows, "", asked, today).order_by(*ordering)


def copied(user: User, today: dt.date, asked: Narrowed) -> QuerySet[CaseCopy]:
    """Copies to the user or to one of his bodies, newest first."""
    rows = CaseCopy.objects.filter(copied_to(user))
    if asked.body is not None:
        rows = rows.filter(body__uid=asked.body)
    rows = rows.select_related("case__division", "case__submitted_body", "by", "body")
    return _by_case(rows, "case__", asked, today).order_by("-at", "-pk")


@dataclass(frozen=True)
class Place:
    """Where a case stands among those that wait: the ones before and after it. ``number`` 0: it does not wait."""

    number: int = 0
    all: int = 0
    before: UUID | None = None
    after: UUID | None = None

    @property
    def words(self) -> str:
        """How many wait; 500多 where not all were looked at."""
        return f"{self.all}{'多' if self.all >= FOLLOWED else ''}"


def place_of(case: Case, user: User, today: dt.date, asked: Narrowed) -> Place:
    """The neighbours of a case in the inbox as it was narrowed (two queries)."""
    rows = list(waiting(user, today, asked).values_list("case__uid", "body_id")[:FOLLOWED])
    found = list(dict.fromkeys(uid for uid, _ in rows))
    if asked.body is None and case.uid in found and len(rows) < FOLLOWED:
        keep(("owed", case.pk), {body for uid, body in rows if uid == case.uid})
    if case.uid not in found:
        return Place(0, len(found), None, found[0] if found else None)
    at = found.index(case.uid)
    return Place(at + 1, len(found), found[at - 1] if at else None, found[at + 1] if at + 1 < len(found) else None)
