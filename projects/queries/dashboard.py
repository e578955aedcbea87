"""What the dashboard of a division shows beside its figures: the projects behind each, and what was kept of earlier days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from approvals.models import Survey, SurveyResult
from approvals.rules.strength import LATENESS
from approvals.rules.surveys import SATISFIED
from funding.models import Fund
from funding.queries import Sums, sums_by
from offices.models import Division, Duty, User
from projects.models import FigureSnapshot, Project
from projects.queries.statistics import NEXT, PlaceFigures, Statistics, newest_reports, seen_projects
from projects.queries.works import DONE, STARTED
from projects.rules.rates import Figures, from_json
from projects.rules.stages import STAGE, Stage

PARTS = {
    "": "计划项目", "started": "已开工", "done": "已完工", "priced": "登记了总投资的", "money": "有资金的", "surveyed": "做过满意度调查的",
    "late": "有事项超期的",
}  # fmt: skip
SHOWN_DAYS = 366


@dataclass(frozen=True)
class BehindRow:
    """A project with what it adds to each figure."""

    project: Project
    stage: Stage
    sums: Sums
    completed: Decimal | None
    answered: int
    satisfied: int
    late: int


def behind(user: User, division: Division, year: int, part: str, today: dt.date) -> QuerySet[Project]:
    """The projects of a year behind a figure, in the order of entry."""
    rows = seen_projects(user, division, year).select_related("division", "county")
    surveyed = _results(rows).values("survey__subject_uid")
    conditions = {
        "": Q(), "started": Q(stage__in=STARTED), "done": Q(stage__in=DONE), "priced": Q(investment__isnull=False),
        "money": Q(uid__in=Fund.objects.values("project_uid")), "surveyed": Q(uid__in=surveyed),
        "late": Q(uid__in=_late(today).values("subject_uid")),
    }  # fmt: skip
    return rows.filter(conditions[part]).order_by("pk")


def _results(projects: QuerySet[Project] | Sequence[Project]) -> QuerySet[SurveyResult]:
    uids: Any = projects.values("uid") if isinstance(projects, QuerySet) else [row.uid for row in projects]
    rows = SurveyResult.objects.filter(survey__kind=Survey.Kind.SATISFACTION, survey__state=Survey.State.CONFIRMED)
    return rows.filter(survey__subject_uid__in=uids, answered__gte=1).order_by("survey__closed_at", "pk")


def _late(today: dt.date) -> QuerySet[Duty]:
    return Duty.objects.filter(
        subject_type="project", state=Duty.State.OPEN, due_on__lt=today, strength__in=list(LATENESS)
    )


def behind_rows(projects: Sequence[Project], today: dt.date) -> list[BehindRow]:
    """A page of projects with what each adds (four queries)."""
    uids = [row.uid for row in projects]
    sums = sums_by(Fund.objects.filter(project_uid__in=uids), "project_uid")
    said: dict[UUID, tuple[int, int]] = {}
    for uid, answered, choices in _results(projects).values_list("survey__subject_uid", "answered", "choices"):
        said[uid] = (answered, sum(number for choice, number in choices.items() if choice in SATISFIED))
    counted = _late(today).filter(subject_uid__in=uids).order_by().values_list("subject_uid").annotate(Count("pk"))
    late: dict[UUID, int] = dict(counted)
    completed = dict(
        newest_reports([row for row in projects if row.investment is not None]).values_list("project_id", "money")
    )
    return [
        BehindRow(
            row,
            STAGE[row.stage],
            sums[row.uid],
            completed.get(row.pk),
            *said.get(row.uid, (0, 0)),
            late.get(row.uid, 0),
        )
        for row in projects
    ]


def kept(division: Division, year: int, day: dt.date) -> tuple[Statistics, dt.datetime] | None:
    """The figures as they were kept on ``day`` or the last day before it, and when; None where nothing was kept by then (two queries)."""
    own = FigureSnapshot.objects.filter(division=division, year=year, day__lte=day).order_by("-day").first()
    if own is None:
        return None
    level = NEXT.get(division.level)
    below = Q(division=division)
    if level:
        below = Q(**{f"division__{division.column}": division.pk, f"division__{level}_id": F("division_id")})
    rows = (
        FigureSnapshot.objects.filter(below, year=year, day=own.day)
        .select_related("division")
        .order_by("division__code", "pk")
    )
    found = tuple(PlaceFigures(row.division, from_json(row.figures)) for row in rows)
    return Statistics(division, year, found, from_json(own.figures)), own.at


def trend(division: Division, year: int, today: dt.date) -> list[tuple[dt.date, Figures]]:
    """What was kept of a division and year in the last twelve months, oldest first (one query)."""
    since = today - dt.timedelta(days=SHOWN_DAYS)
    rows = FigureSnapshot.objects.filter(division=division, year=year, day__gte=since).order_by("day")
    return [(row.day, from_json(row.figures)) for row in rows]


def percent(part: int | Decimal, whole: int | Decimal) -> str | None:
    """A share for a drawing, in per cent with one decimal, truncated; None of nothing."""
    if not whole:
        return None
    tenths = int(Fraction(part) * 1000 / Fraction(whole))
    return f"{tenths // 10}.{tenths % 10}"
