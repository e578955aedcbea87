"""Figures of a year by place: for the staff over what they see, for everybody over published projects. Nothing is counted twice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from approvals.models import Survey, SurveyResult
from approvals.rules.strength import lateness
from approvals.rules.surveys import LEAST_SHOWN, SATISFIED
from funding.disclosure import KindRow, by_kind, flows_of
from funding.models import Fund
from funding.queries import Sums, sums_by
from funding.rules.disclosure import LEAST_HOMES, RESIDENTS, Flow
from offices.models import Division, Duty, User
from projects.models import MonthReport, Project, ProjectCommunity
from projects.queries.works import DONE, PLANNED, STARTED
from projects.rules.rates import ZERO, Figures, total

NEXT = {"province": "city", "city": "county"}


@dataclass(frozen=True)
class PlaceFigures:
    """A division with its figures."""

    division: Division
    figures: Figures


@dataclass(frozen=True)
class Statistics:
    """The figures of a division and year: of the divisions right below it, and all together."""

    division: Division
    year: int
    rows: tuple[PlaceFigures, ...]
    total: Figures


def public_projects(division: Division | None, year: int | None) -> QuerySet[Project]:
    """Published projects of a division and below, of one year or all."""
    return _chosen(Project.objects.public(), division, year)


def seen_projects(user: User, division: Division | None, year: int | None) -> QuerySet[Project]:
    """Projects in issued plans that the user sees."""
    return _chosen(Project.objects.visible_to(user), division, year)


def _chosen(rows: QuerySet[Project], division: Division | None, year: int | None) -> QuerySet[Project]:
    rows = rows.filter(stage__in=PLANNED)
    rows = rows.filter(**{division.column: division.pk}) if division else rows
    return rows.filter(plan_year=year) if year else rows


def public_funds(projects: QuerySet[Project]) -> QuerySet[Fund]:
    """Purses of published projects whose money is told: without that of residents where a project joins too few households."""
    counted = projects.annotate(
        homes=Sum("parts__community__household_count"),
        unknown=Count("parts", filter=Q(parts__community__household_count__isnull=True)),
    )
    few = counted.filter(Q(homes__isnull=True) | Q(homes__lt=LEAST_HOMES) | Q(unknown__gt=0))
    rows = Fund.objects.filter(project_uid__in=projects.values("uid"))
    return rows.exclude(source__kind__in=RESIDENTS, project_uid__in=few.values("uid"))


def statistics(division: Division, year: int, *, today: dt.date, user: User | None = None) -> Statistics:
    """Figures of a year: with a user of what he sees, else what everybody may know (nine queries)."""
    projects = seen_projects(user, division, year) if user else public_projects(division, year)
    column = f"{NEXT[division.level]}_id" if division.level in NEXT else division.column
    found = figures_by(projects, column, year=year, today=today, public=user is None)
    places = Division.objects.filter(pk__in=[pk for pk in found if pk]).order_by("code", "pk")
    rows = [PlaceFigures(place, found[place.pk]) for place in places]
    if None in found:  # of a division that has none of the next level: a project of the city itself
        rows.append(PlaceFigures(division, found[None]))
    return Statistics(division, year, tuple(rows), total(found.values()))


def figures_by(
    projects: QuerySet[Project], column: str, *, year: int, today: dt.date, public: bool
) -> dict[int | None, Figures]:
    """Figures of projects of one year by a column of their place, in eight queries for any number of them."""
    found: dict[int | None, dict[str, Any]] = defaultdict(dict)
    funds = public_funds(projects) if public else Fund.objects.filter(project_uid__in=projects.values("uid"))
    for place, numbers in _projects(projects, column):
        found[place].update(numbers)
    for place, numbers in _homes(projects, column).items():
        found[place].update(numbers)
    for place, sums in sums_by(funds, column).items():
        found[place].update(allotted=sums.planned, received=sums.received, paid=sums.paid, spent=sums.spent)
    for place, done in _completed(projects, column).items():
        found[place]["completed"] = done
    for place, numbers in _satisfaction(projects, column, least=LEAST_SHOWN if public else 1).items():
        found[place].update(numbers)
    for place, numbers in _lateness(projects, column, today).items():
        found[place].update(numbers)
    return {place: Figures(**numbers) for place, numbers in found.items() if numbers.get("planned")}


def _projects(projects: QuerySet[Project], column: str) -> Iterable[tuple[int | None, dict[str, Any]]]:
    rows = projects.order_by().values_list(column).annotate(
        planned=Count("pk"), started=Count("pk", filter=Q(stage__in=STARTED)), done=Count("pk", filter=Q(stage__in=DONE)),
        priced=Count("investment"), invested=Sum("investment"),
    )  # fmt: skip
    for place, planned, started, done, priced, investment in rows:
        numbers = {"planned": planned, "started": started, "done": done, "priced": priced}
        yield place, {**numbers, "investment": investment or ZERO}


def _homes(projects: QuerySet[Project], column: str) -> dict[int | None, dict[str, int]]:
    rows = (
        ProjectCommunity.objects.filter(project__in=projects)
        .order_by()
        .values_list(f"project__{column}", "project_id")
        .annotate(
            homes=Sum("community__household_count"),
            unknown=Count("pk", filter=Q(community__household_count__isnull=True)),
        )
    )
    found: dict[int | None, dict[str, int]] = defaultdict(lambda: {"homes": 0, "homes_unknown": 0})
    for place, _, homes, unknown in rows:
        found[place]["homes" if not unknown else "homes_unknown"] += homes if not unknown else 1
    return found


def newest_reports(projects: QuerySet[Project] | Sequence[Project]) -> QuerySet[MonthReport]:
    """The newest month's report of each project, as it counts now."""
    later = MonthReport.objects.filter(project=OuterRef("project"), current=True, month__gt=OuterRef("month"))
    return MonthReport.objects.filter(~Exists(later), project__in=projects, current=True).order_by()


def _completed(projects: QuerySet[Project], column: str) -> dict[int | None, Decimal]:
    """累计完成投资 of the newest report of each project whose total investment is known."""
    rows = newest_reports(projects.filter(investment__isnull=False))
    return dict(rows.values_list(f"project__{column}").annotate(Sum("money")))


def _satisfaction(projects: QuerySet[Project], column: str, *, least: int) -> dict[int | None, dict[str, int]]:
    """The newest confirmed satisfaction survey of each project; those with fewer than ``least`` answers are left out."""
    rows = (
        SurveyResult.objects.filter(
            survey__kind=Survey.Kind.SATISFACTION, survey__state=Survey.State.CONFIRMED, answered__gte=least,
            survey__subject_uid__in=projects.values("uid"),
        )
        .order_by("survey__closed_at", "pk")
        .values_list("survey__subject_uid", f"survey__{column}", "answered", "choices")
    )  # fmt: skip
    newest = {uid: (place, answered, choices) for uid, place, answered, choices in rows}
    found: dict[int | None, dict[str, int]] = defaultdict(lambda: {"surveyed": 0, "answered": 0, "satisfied": 0})
    for place, answered, choices in newest.values():
        numbers = found[place]
        numbers["surveyed"] += 1
        numbers["answered"] += answered
        numbers["satisfied"] += sum(number for choice, number in choices.items() if choice in SATISFIED)
    return found


def _lateness(projects: QuerySet[Project], column: str, today: dt.date) -> dict[int | None, dict[str, int]]:
    rows = (
        Duty.objects.filter(subject_type="project", subject_uid__in=projects.values("uid"), state=Duty.State.OPEN, due_on__lt=today)
        .order_by()
        .values_list(column, "strength")
        .annotate(Count("pk"))
    )  # fmt: skip
    found: dict[int | None, dict[str, int]] = defaultdict(lambda: {"breached": 0, "late": 0})
    for place, strength, number in rows:
        kind = lateness(strength)
        if kind:
            found[place][kind] += number
    return found


@dataclass(frozen=True)
class MoneyOf:
    """Money of a division and year by kind of source, and where it goes."""

    rows: tuple[KindRow, ...]
    flows: tuple[Flow, ...]
    total: Sums

    @property
    def planned(self) -> Decimal:
        """All that was allotted."""
        return self.total.planned


def money_of(projects: QuerySet[Project], *, public: bool) -> MoneyOf:
    """Money of projects by kind (two queries); the public's without what would point at a household."""
    funds = public_funds(projects) if public else Fund.objects.filter(project_uid__in=projects.values("uid"))
    rows = by_kind(funds, told_together=public)
    found = Sums()
    for row in rows:
        found.add(row.sums)
    return MoneyOf(rows, flows_of(funds, rows, told_together=public), found)


def years_of(projects: QuerySet[Project]) -> list[int]:
    """Plan years that there are projects of, the newest first (one query)."""
    rows = projects.order_by("-plan_year").exclude(plan_year=None)
    return [year for year in rows.values_list("plan_year", flat=True).distinct() if year is not None]
