"""Reads of the works: a project's page, what residents see, what the gates are told, and the projects of a year."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from approvals.standing import Standing
from communities.models import Community
from communities.rules.masks import mask_name, mask_phone
from offices.models import Division, StoredFile, User
from projects.models import (
    Lesson,
    MonthReport,
    Party,
    Project,
    ReportPlace,
    ResidentSupervisor,
    SupervisionVisit,
    WorkPhoto,
    WorkSpan,
)
from projects.queries.quantities import measures_of
from projects.rules.quantities import InWords, Measure, in_words
from projects.rules.stages import STAGES, reached
from projects.rules.timetable import place
from projects.rules.works import MOMENTS, Row, Span, chart

PLANNED, STARTED, DONE = (
    tuple(stage.key for stage in STAGES if reached(stage.key, least)) for least in ("approved", "works", "accepted")
)


@dataclass(frozen=True)
class SpanRow:
    """A part with its bars, and how far the line of the scheme is that it does."""

    span: WorkSpan
    row: Row
    measure: Measure | None = None


@dataclass(frozen=True)
class Masked:
    """A supervising resident as pages show him."""

    uid: UUID
    name: str
    phone: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class WorksPage:
    """Everything on the page of a project's works. ``first``, ``last``: ends of the chart's axis."""

    project: Project
    spans: tuple[SpanRow, ...]
    first: dt.date | None
    last: dt.date | None
    reports: list[MonthReport]
    measures: tuple[Measure, ...]
    photos: list[WorkPhoto]
    parties: list[Party]
    supervisors: tuple[Masked, ...]
    visits: list[tuple[SupervisionVisit, str]]
    lessons: list[Lesson]

    now: int | None = None

    @property
    def unscheduled(self) -> list[Measure]:
        """Lines of the fixed scheme that no part of the works does yet."""
        held = {str(item.span.item) for item in self.spans}
        return [m for m in self.measures if m.line.listed and m.line.uid not in held]

    @property
    def waiting(self) -> list[SupervisionVisit]:
        """Visits that nobody has checked."""
        return [visit for visit, _ in self.visits if not visit.checked]


def works_page(project: Project, *, today: dt.date) -> WorksPage:
    """The page in thirteen queries."""
    spans = list(WorkSpan.objects.filter(project=project).select_related("building"))
    rows, first, last = chart([_span(span) for span in spans], today=today)
    people = list(ResidentSupervisor.objects.filter(project=project))
    names = {row.pk: mask_name(row.name) for row in people}
    visits = SupervisionVisit.objects.filter(project=project).select_related(
        "entered_by", "checked_by", "file", "project"
    )
    reports = list(
        MonthReport.objects.filter(project=project, current=True)
        .select_related("by")
        .prefetch_related(Prefetch("places", ReportPlace.objects.select_related("community")), "quantities")
    )
    measures = measures_of(project, reports[0].month if reports else None)
    by_line = {measure.line.uid: measure for measure in measures if measure.line.listed}
    return WorksPage(
        project=project,
        now=place(today, first, last) if first and last else None,
        spans=tuple(SpanRow(span, row, by_line.get(str(span.item))) for span, row in zip(spans, rows, strict=True)),
        first=first,
        last=last,
        reports=reports,
        measures=measures,
        photos=list(
            WorkPhoto.objects.filter(project=project, withdrawn_at__isnull=True).select_related("file", "community")
        ),
        parties=list(Party.objects.filter(project=project, current=True)),
        supervisors=tuple(Masked(p.uid, mask_name(p.name), mask_phone(p.phone), p.since, p.until) for p in people),
        visits=[(visit, names[visit.supervisor_id]) for visit in visits],
        lessons=list(Lesson.objects.filter(project=project).select_related("by")),
    )


def _span(row: WorkSpan) -> Span:
    return Span(row.name, row.planned_start, row.planned_end, row.actual_start, row.actual_end)


def works_records(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """Supervision by residents (RC-19) and lessons (JX-11) as evidence at the gates (three queries)."""
    found: dict[UUID, list[Standing]] = defaultdict(list)
    visits: dict[UUID, list[SupervisionVisit]] = defaultdict(list)
    for visit in SupervisionVisit.objects.filter(project__uid__in=subjects).select_related("project"):
        visits[visit.project.uid].append(visit)
    for uid, rows in visits.items():
        found[uid].append(_supervision(uid, rows))
    lessons: dict[UUID, list[Lesson]] = defaultdict(list)
    for lesson in Lesson.objects.filter(project__uid__in=subjects).select_related("project"):
        lessons[lesson.project.uid].append(lesson)
    for uid, notes in lessons.items():
        found[uid].append(_lessons(uid, notes))
    return dict(found)


def _supervision(uid: UUID, rows: Sequence[SupervisionVisit]) -> Standing:
    url, day = reverse("projects:works", args=[uid]), max(row.day for row in rows)
    checked = sum(row.checked for row in rows)
    words = f"居民代表监督记录 {checked} 次" if checked else f"居民代表监督记录 {len(rows)} 次，待第二人复核"
    return Standing("residents_supervision", {}, day, words, url, settled=checked > 0)


def _lessons(uid: UUID, rows: Sequence[Lesson]) -> Standing:
    url, day = reverse("projects:works", args=[uid]), max(row.day for row in rows)
    absent = [
        word for word, after in (("实施中的总结", False), ("完工后的评估", True)) if all(r.after != after for r in rows)
    ]
    words = f"还缺：{'、'.join(absent)}" if absent else f"总结和评估 {len(rows)} 条"
    return Standing("lessons", {}, day, words, url, settled=not absent)


def report_of(user: User, uid: UUID) -> MonthReport | None:
    """A month's report of a project that the user sees."""
    rows = MonthReport.objects.filter(uid=uid, project__in=Project.objects.visible_to(user))
    return rows.select_related("project__division", "project__county", "project__implementing_body", "by").first()


@dataclass(frozen=True)
class PublicWorks:
    """What residents read of the works: the latest report, why it is late, and the photos that are public."""

    report: MonthReport | None
    photos: tuple[WorkPhoto, ...]
    firms: tuple[Party, ...]
    place: ReportPlace | None
    quantities: InWords

    @property
    def by_moment(self) -> list[tuple[str, list[WorkPhoto]]]:
        """施工前, 施工中, 完工后, each with its photos; what has none is left out."""
        found = [(word, [row for row in self.photos if row.moment == key]) for key, word in MOMENTS.items()]
        return [(word, rows) for word, rows in found if rows]

    @property
    def percent(self) -> int:
        """How far this community is; of a project over several, its own figure (LZ-22)."""
        assert self.report is not None
        return self.place.percent if self.place else self.report.percent


MOST_PHOTOS = 12


def public_works(project: Project, community: Community) -> PublicWorks | None:
    """The works of a published project as this community's residents read them; None where nothing is told of them (six queries)."""
    if not project.published:
        return None
    report = MonthReport.objects.filter(project=project, current=True).order_by("-month").first()
    place = report.places.filter(community=community).first() if report else None
    own = WorkPhoto.objects.filter(Q(community=community) | Q(community__isnull=True), project=project, public=True)
    photos = tuple(own.order_by("-month", "-pk")[:MOST_PHOTOS])
    firms = tuple(
        Party.objects.filter(
            project=project, current=True, checked_by__isnull=False, role__in=("contractor", "supervisor")
        )
    )
    if report is None and not photos and not firms:
        return None
    quantities = in_words(measures_of(project) if report else (), community.name)
    return PublicWorks(report, photos, firms, place, quantities)


MOST_PAIRS = 6


def before_and_after(projects: QuerySet[Project]) -> tuple[tuple[WorkPhoto, WorkPhoto], ...]:
    """The newest public photos of 施工前 and 完工后 of published projects that have both, the newest first (one query)."""
    rows = WorkPhoto.objects.filter(
        project__in=projects, public=True, project__published=True, moment__in=("before", "after")
    )
    held: dict[int, dict[str, WorkPhoto]] = defaultdict(dict)
    for row in rows.select_related("project").order_by("-month", "-pk")[: 50 * MOST_PAIRS]:
        held[row.project_id].setdefault(row.moment, row)
    pairs = [(found["before"], found["after"]) for found in held.values() if {"before", "after"} <= set(found)]
    return tuple(sorted(pairs, key=lambda pair: pair[1].month, reverse=True)[:MOST_PAIRS])


def public_photo(uid: UUID) -> StoredFile | None:
    """The picture of a public photo of a published project."""
    row = WorkPhoto.objects.filter(uid=uid, public=True, project__published=True).select_related("file").first()
    return row.file if row else None


def year_projects(user: User, division: Division, year: int) -> QuerySet[Project]:
    """Projects of the issued plans of a year that the user sees."""
    rows = Project.objects.visible_to(user).filter(plan_year=year, stage__in=PLANNED, **{division.column: division.pk})
    return rows.select_related("division", "county").order_by("pk")
