"""What residents may read about places and projects, joined over the apps. Only published facts; no personal value passes through here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from approvals.models import Survey
from approvals.notices.public import Listed, notices_in
from approvals.surveys.public import public_surveys
from approvals.votes.public import PublicVote, votes_in
from communities.models import Community
from communities.queries import EligibilityView, eligibility_of
from communities.queries.complaints import PublicComplaints, public_complaints
from communities.rules.search import fold
from funding.disclosure import PublicMoney
from offices.models import Division
from offices.queries import bodies_by_slug
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Citation
from projects.models import Project, StageDay
from projects.queries.aftercare import PublicAftercare, public_aftercare
from projects.queries.duties import DutyRow, duties_of
from projects.queries.projects import stage_rows, timeline_rows
from projects.queries.public import PublicPlan, public_plan
from projects.queries.public_money import money_of
from projects.queries.public_schemes import PublicScheme, public_scheme
from projects.queries.works import PublicWorks, public_works
from projects.rules.gates import gates_of
from projects.rules.stages import ORDER, REPORTING, SILENT_AFTER, STAGE, STAGES, Stage, next_move, reached, steps_asked
from renovation.words import date_words

SHORTEST_PLACE = 2
ANSWERING = ("county_renovation_authority", "county_leading_group_office", "county_housing", "city_housing")


@dataclass(frozen=True)
class Region:
    """A city with its counties that have communities in the register, each with their number."""

    city: Division | None
    counties: tuple[tuple[Division, int], ...]


def regions() -> list[Region]:
    """Counties with public communities, by city (two queries)."""
    counts = dict(
        Community.objects.public()
        .filter(county__isnull=False)
        .values_list("county_id")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found: dict[int | None, tuple[Division | None, list[tuple[Division, int]]]] = {}
    for county in Division.objects.filter(pk__in=counts).select_related("city").order_by("city__code", "code", "pk"):
        found.setdefault(county.city_id, (county.city, []))[1].append((county, counts[county.pk]))
    return [Region(city, tuple(rows)) for city, rows in found.values()]


def counties_called(text: str) -> list[Division]:
    """Counties with public communities whose name stands in the text, or begins with it: 柳北区, 柳北, 柳北区的小区 (two queries)."""
    asked = fold(text)
    if len(asked) < SHORTEST_PLACE:
        return []
    counties = [county for region in regions() for county, _ in region.counties]
    return [row for row in counties if fold(row.name) in asked or fold(row.name).startswith(asked)]


def division_of(uid: UUID) -> Division | None:
    """A division by its uid."""
    return Division.objects.filter(uid=uid).select_related("city").first()


def communities_of(division: Division) -> QuerySet[Community]:
    """Public communities below a division, by name."""
    return (
        Community.objects.public()
        .filter(**{division.column: division.pk})
        .select_related("division")
        .order_by("name_key", "pk")
    )


IN_WORDS = (
    ("已完工", "accepted"),
    ("正在施工", "works"),
    ("已列入计划，准备开工", "approved"),
    ("还没有列入年度计划", ""),
)


def stages_of(communities: Sequence[Community]) -> dict[int, str]:
    """What residents are told of the latest published project of each community, by key; none where there is none (one query)."""
    rows = Project.objects.public().filter(parts__community__in=communities).order_by("plan_year", "pk")
    return {key: STAGE[stage].plain for key, stage in rows.values_list("parts__community_id", "stage")}


def counts_of(division: Division) -> list[tuple[str, int]]:
    """How many communities of a division are done, under way, waiting and in no plan (one query)."""
    latest = Project.objects.public().filter(parts__community=OuterRef("pk")).order_by("-plan_year", "-pk")
    rows = communities_of(division).order_by().annotate(now=Subquery(latest.values("stage")[:1]))
    found = dict.fromkeys((words for words, _ in IN_WORDS), 0)
    for stage, number in rows.values_list("now").annotate(number=Count("pk")):
        found[next(words for words, least in IN_WORDS if not least or (stage and reached(stage, least)))] += number
    return list(found.items())


@dataclass(frozen=True)
class Progress:
    """Where a project stands, in the words of its page."""

    project: Project
    stage: Stage
    days: Sequence[StageDay]
    duties: Sequence[DutyRow]
    today: dt.date

    @property
    def finish(self) -> str:
        """When the works are to end: 计划2026年10月31日完工, empty where no day is planned or they have ended."""
        day = next((day for day in self.days if day.stage == "accepted"), None)
        if day is None or day.planned_on is None or ORDER[self.project.stage] >= ORDER["accepted"]:
            return ""
        return f"计划{date_words(day.planned_on)}完工"

    @property
    def next(self) -> tuple[str, dt.date | None]:
        """The next step and the day planned for its stage; an empty label after the last."""
        number = ORDER[self.project.stage] + 1
        if number >= len(STAGES):
            return "", None
        stage = STAGES[number]
        day = next((day for day in self.days if day.stage == stage.key), None)
        move = next_move(self.project.stage)
        return move.label if move else stage.label, day.planned_on if day else None

    @property
    def delay(self) -> str:
        """Why what comes next is late, in the words of whoever moved its day."""
        return next(
            (day.reason for day in self.days if day.reason and ORDER[day.stage] > ORDER[self.project.stage]), ""
        )

    @property
    def why(self) -> tuple[tuple[str, Citation], ...]:
        """What the documents ask for before the next step, each with its clause; what they ask for once is said once."""
        layers = layers_of(self.project.division)
        facts = frozenset(key for key, value in self.project.facts.items() if value)
        found: dict[str, Citation] = {}
        for step in steps_asked(self.project.stage):
            for provision in gates_of(layers, day=self.today, step=step, facts=facts):
                if provision.strength in ("must", "in_principle"):
                    found.setdefault(provision.params.label, citation(layers, provision))
        return tuple(found.items())

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Rows of the stepper."""
        return stage_rows(self.project, self.days)

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """Rows of the timeline, due days of the document with their clause."""
        return timeline_rows(self.project, self.days, self.duties)

    @property
    def silent_for(self) -> int | None:
        """Days since the last report where these are more than 30; None while it is fresh or the project is finished."""
        if self.project.reported_on is None or self.project.stage not in REPORTING:
            return None
        days = (self.today - self.project.reported_on).days
        return days if days > SILENT_AFTER else None


def progress_of(community: Community, today: dt.date) -> Progress | None:
    """The latest published project of a community; None where it is in no issued plan yet (four queries at most)."""
    projects = (
        Project.objects.public().filter(parts__community=community).select_related("implementing_body", "division")
    )
    project = projects.order_by("-plan_year", "-pk").first()
    if project is None:
        return None
    days = list(project.stage_days.all())
    return Progress(project, STAGE[project.stage], days, duties_of([project], today)[project.uid], today)


@dataclass(frozen=True)
class Call:
    """Whom to call."""

    name: str
    phone: str


@dataclass(frozen=True)
class Page:
    """Everything on a community's page."""

    community: Community
    progress: Progress | None
    eligibility: EligibilityView
    call: Call | None
    plan: PublicPlan | None
    notices: Sequence[Listed]
    complaints: PublicComplaints
    surveys: Sequence[Survey] = ()
    votes: Sequence[PublicVote] = ()
    works: PublicWorks | None = None
    scheme: PublicScheme | None = None
    aftercare: PublicAftercare | None = None
    money: PublicMoney | None = None


def call_of(community: Community, progress: Progress | None = None) -> Call | None:
    """The community's own number, else that of the implementing body, else the office in charge; only office numbers are kept here."""
    if community.contact_phone:
        return Call("小区咨询电话", community.contact_phone)
    body = progress.project.implementing_body if progress else None
    if body is not None and body.phone:
        return Call(body.name, body.phone)
    return office_of(community.division)


def office_of(division: Division) -> Call | None:
    """The office in charge of a place with its number."""
    bodies = bodies_by_slug(division, ANSWERING)
    found = next((bodies[slug] for slug in ANSWERING if slug in bodies and bodies[slug].phone), None)
    return Call(found.name, found.phone) if found else None


def page_of(community: Community, today: dt.date, at: dt.datetime) -> Page:
    """The page of a community on a day."""
    progress = progress_of(community, today)
    plan = public_plan(progress.project, today=today, duties=progress.duties) if progress else None
    return Page(
        community,
        progress,
        eligibility_of(community, today),
        call_of(community, progress),
        plan,
        notices_in(community, today),
        public_complaints(community),
        public_surveys(community),
        votes_in(community, at),
        works=public_works(progress.project, community) if progress else None,
        scheme=public_scheme(progress.project, community) if progress else None,
        aftercare=public_aftercare(progress.project if progress else None, community),
        money=money_of([progress.project], whole=False)[0].money if progress else None,
    )
