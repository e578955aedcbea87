"""Reads of surveys: figures, who is still missing, what is asked of the place, and what the scheme and the gates take from them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from approvals.models import CountingAnswer, GradeScale, Survey, SurveyAnswer, SurveyResult
from approvals.rules.percentages import Percentage
from approvals.rules.surveys import LEAST_SHOWN, SMALL, Figures, Grading, Reply, figures, grading, judged
from communities.models import Community, Hazard, Home
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Citation

UNITS = {"plan_consent": "户", "willingness": "户", "satisfaction": "人"}
PART_LABELS = {"plan_consent": "同意的户数", "willingness": "已征求意见的户数", "satisfaction": "满意及以上"}
HAZARDS: dict[str, str] = {str(key): str(label) for key, label in Hazard.Kind.choices}


def figures_of(survey: Survey) -> Figures:
    """What the survey has come to: the confirmed figures where there are such, else counted now. A draft has none (all zero)."""
    result = result_of(survey)
    if result is not None:
        return _confirmed(result)
    homes = Home.objects.filter(building__community=survey.community_id, merged_into__isnull=True).count()
    rows = () if survey.state == Survey.State.DRAFT else _replies(survey)
    return figures(
        survey.kind, rows, registered=survey.community.household_count, homes=homes, items=[item["key"] for item in items_of(survey)]  # type: ignore[arg-type]
    )  # fmt: skip


def result_of(survey: Survey) -> SurveyResult | None:
    """The confirmed result, or None."""
    if survey.state != Survey.State.CONFIRMED:
        return None
    return SurveyResult.objects.select_related("by", "scale").get(survey=survey)


def _confirmed(result: SurveyResult) -> Figures:
    return Figures(
        households=result.households, answered=result.answered, choices=result.choices,
        needs=tuple((key, number) for key, number in result.needs), hazards=tuple((key, number) for key, number in result.hazards),
        warnings=tuple(result.warnings),
    )  # fmt: skip


def _replies(survey: Survey) -> Iterable[Reply]:
    rows = CountingAnswer.objects.filter(sheet__survey=survey).values_list(
        "answer__choice", "answer__needs", "answer__hazards"
    )
    return (Reply(choice, needs, hazards) for choice, needs, hazards in rows.iterator(chunk_size=2000))


def items_of(survey: Survey) -> list[dict[str, str]]:
    """Items that the frozen questionnaire offers; none for a draft."""
    return [] if survey.state == Survey.State.DRAFT else list(survey.sheet.questions["items"])


def scale_of(row: Any) -> GradeScale | None:
    """Thresholds of 分级 in force where ``row`` lies (its county's, else its city's), the latest version."""
    for column in ("county_id", "city_id"):
        place = getattr(row, column, None)
        if place is not None:
            found = GradeScale.objects.filter(division_id=place).select_related("by").order_by("-pk").first()
            if found is not None:
                return found
    return None


@dataclass(frozen=True)
class Need:
    """How many households want an item, of how many that answered."""

    key: str
    label: str
    wanted: int
    asked: int
    item_class: str = ""
    five: str = ""

    @property
    def share(self) -> Fraction | None:
        """Wanted of asked; None of nothing."""
        return Fraction(self.wanted, self.asked) if self.asked else None


def needs_of(survey: Survey, found: Figures) -> list[Need]:
    """Needs by item, most wanted first."""
    items = {item["key"]: item for item in items_of(survey)}
    return [
        Need(key, items[key]["label"], wanted, found.answered, items[key]["class"], items[key]["five"])
        for key, wanted in found.needs
        if key in items
    ]


def latest_willingness(community: Community) -> Survey | None:
    """The newest confirmed willingness survey of a community."""
    rows = Survey.objects.filter(community=community, kind=Survey.Kind.WILLINGNESS, state=Survey.State.CONFIRMED)
    return rows.select_related("sheet", "community", "division").order_by("-closed_at", "-pk").first()


def needs(community: Community) -> list[Need]:
    """What residents of a community want, item by item (LZ-31, YL-17): from its newest confirmed survey; empty where there is none.

    For whoever makes the scheme: 初步确定改造内容 follows from the wishes.
    """
    survey = latest_willingness(community)
    return [] if survey is None else needs_of(survey, figures_of(survey))


def reported_hazards(community: Community) -> list[tuple[str, str, int]]:
    """(kind, word, households) that residents reported in the newest confirmed survey (YL-05)."""
    survey = latest_willingness(community)
    return (
        []
        if survey is None
        else [(kind, HAZARDS.get(kind, kind), number) for kind, number in figures_of(survey).hazards]
    )


@dataclass(frozen=True)
class BuildingRow:
    """A building with its homes: how many, how many answered, and those still missing."""

    name: str
    homes: int
    answered: int
    missing: tuple[Home, ...]


@dataclass(frozen=True)
class Coverage:
    """Who answered and who is missing. ``doors``: answered households that the register does not hold."""

    buildings: tuple[BuildingRow, ...]
    doors: tuple[SurveyAnswer, ...]

    @property
    def registered(self) -> int:
        """Homes registered one by one."""
        return sum(row.homes for row in self.buildings)

    @property
    def missing(self) -> int:
        """Registered homes without an answer."""
        return sum(len(row.missing) for row in self.buildings)


def coverage_of(survey: Survey) -> Coverage:
    """Per building who is missing (staff only), in the order of the register (three queries)."""
    homes = Home.objects.filter(building__community=survey.community_id, merged_into__isnull=True).select_related(
        "building"
    )
    given = CountingAnswer.objects.filter(sheet__survey=survey).select_related("answer")
    answers = [row.answer for row in given.order_by("pk")]
    done = {answer.home_id for answer in answers if answer.home_id is not None}
    grouped: dict[str, list[Home]] = {}
    for home in homes.order_by("building_id", "unit", "room", "pk"):
        grouped.setdefault(home.building.name, []).append(home)
    rows = tuple(
        BuildingRow(
            name, len(all_of), sum(home.pk in done for home in all_of), tuple(h for h in all_of if h.pk not in done)
        )
        for name, all_of in grouped.items()
    )
    return Coverage(rows, tuple(answer for answer in answers if answer.home_id is None))


@dataclass(frozen=True)
class SurveyPage:
    """A survey with everything that its page and its paper show."""

    survey: Survey
    figures: Figures
    judged: Percentage
    citation: Citation | None
    threshold: Any
    needs: list[Need]
    hazards: list[dict[str, Any]]
    result: SurveyResult | None
    grading: Grading
    choices: list[tuple[str, int]] = field(default_factory=list)

    @property
    def part(self) -> int:
        """Numerator of the share that the document asks for."""
        return self.judged.part

    @property
    def whole(self) -> int:
        """Its denominator."""
        return self.judged.whole

    @property
    def part_label(self) -> str:
        """What the numerator counts."""
        return PART_LABELS[self.survey.kind]

    @property
    def unit(self) -> str:
        """户 or 人."""
        return UNITS[self.survey.kind]

    @property
    def small(self) -> bool:
        """Fewer answers than a rate can stand on."""
        return 0 < self.figures.answered < SMALL

    @property
    def few(self) -> bool:
        """Too few answers for anything to be shown publicly."""
        return self.figures.answered < LEAST_SHOWN


def survey_page(survey: Survey, *, today: dt.date) -> SurveyPage:
    """Everything of a survey on a day (a bounded number of queries)."""
    layers = layers_of(survey.division)
    day = survey.opened_on or today
    found, result = figures_of(survey), result_of(survey)
    answer = judged(layers, day=day, kind=survey.kind, found=found)  # type: ignore[arg-type]
    scale = result.scale if result else scale_of(survey)
    numbers = (scale.a_from, scale.b_from) if scale else None
    taken = set(survey.taken.values_list("kind", flat=True))
    words = survey.sheet.questions["choices"] if survey.state != Survey.State.DRAFT else {}
    return SurveyPage(
        survey=survey, figures=found, judged=answer, result=result,
        citation=citation(layers, answer.provision) if answer.provision else None,
        threshold=answer.provision.params.share if answer.provision else None, needs=needs_of(survey, found),
        hazards=[
            {"kind": kind, "label": HAZARDS.get(kind, kind), "number": number, "taken": kind in taken}
            for kind, number in found.hazards
        ],
        grading=grading(layers, day=day, agreeing=found.agreeing, whole=found.answered, scale=numbers),
        choices=[(label, found.choices.get(key, 0)) for key, label in words.items()],
    )  # fmt: skip


def surveys_in_scope(user: User, *, division: Division | None = None, kind: str = "", state: str = "") -> QuerySet[Any]:
    """Surveys that the user sees, newest first, each with ``answered``."""
    rows: Any = Survey.objects.visible_to(user).select_related("community", "division", "body")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    return rows.annotate(answered=Count("sheet__counting")).order_by("-pk")  # type: ignore[no-any-return]


def surveys_of(subjects: Sequence[UUID]) -> list[Survey]:
    """Every survey about these subjects (a project, its communities), drafts too, newest first."""
    rows = Survey.objects.filter(subject_uid__in=subjects).select_related("community", "body")
    return list(rows.order_by("-pk"))


def public_survey(uid: UUID) -> Survey | None:
    """The survey as residents may see it; None for a draft or an unknown one."""
    rows = Survey.objects.public().filter(community__withdrawn=False, community__merged_into__isnull=True)
    return rows.select_related("community", "division", "body", "sheet").filter(uid=uid).first()


def public_figures(survey: Survey) -> Figures | None:
    """Figures that may be published: confirmed ones of at least five answers; fewer would point at a person. None otherwise."""
    result = result_of(survey)
    return _confirmed(result) if result is not None and result.answered >= LEAST_SHOWN else None


def surveys_about(subjects: Sequence[UUID]) -> QuerySet[Survey]:
    """Surveys that were opened about these subjects (projects or communities), the latest last."""
    rows = Survey.objects.filter(subject_uid__in=subjects).exclude(state=Survey.State.DRAFT)
    return rows.select_related("community", "division", "sheet", "result").order_by("closed_at", "pk")


def tallies(surveys: Sequence[Survey]) -> Mapping[int, dict[str, int]]:
    """Sheet → answers by choice, of open surveys (one grouped query)."""
    found: dict[int, dict[str, int]] = {}
    rows = CountingAnswer.objects.filter(sheet__survey__in=[survey.pk for survey in surveys])
    for sheet, choice, number in rows.values_list("sheet_id", "answer__choice").annotate(number=Count("pk")):
        found.setdefault(sheet, {})[choice] = number
    return found


@dataclass(frozen=True)
class Wish:
    """What the households of a community said in their newest confirmed survey on the renovation."""

    households: int
    answered: int
    agreeing: int
    needs: tuple[Need, ...] = ()


def wishes_of(communities: Iterable[int]) -> dict[int, Wish]:
    """Community pk → what its newest confirmed consent or willingness survey came to (one query)."""
    kinds = (Survey.Kind.WILLINGNESS, Survey.Kind.PLAN_CONSENT)
    rows = Survey.objects.filter(community__in=list(communities), kind__in=kinds, state=Survey.State.CONFIRMED)
    found: dict[int, Wish] = {}
    for survey in rows.select_related("sheet", "result").order_by("closed_at", "pk"):
        figures = _confirmed(survey.result)
        found[survey.community_id] = Wish(
            figures.households, figures.answered, figures.agreeing, tuple(needs_of(survey, figures))
        )
    return found
