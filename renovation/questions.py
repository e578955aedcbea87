"""The questions of a worked example: what each takes, which function answers it, and the documented keys of its answer.

Input is checked strictly: an unknown or missing key, a float where a text belongs, or a wrong type is not understood.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from approvals.rules.notice_period import last_day
from approvals.rules.percentages import Percentage, plan_consent, satisfaction, survey_coverage
from approvals.rules.routes import Subject as RouteSubject
from approvals.rules.routes import route
from approvals.rules.tally import Choice, Voter, tally
from communities.rules.eligibility import eligibility
from communities.rules.numbers import hundredths, hundredths_text
from funding.rules.apportionment import HomeArea, HomeWeight, apportionment, by_agreement
from funding.rules.settlement import settlement
from funding.rules.shares import Source, SourceKind, funding_share
from funding.rules.subsidy import Works, central_subsidy
from policies.calendar import WorkingCalendar
from policies.kinds import Exclusion, Fact, Matter
from policies.layers import Layers
from projects.rules.deadlines import Subject, deadlines
from projects.rules.permits import permits


def iso_day(value: object) -> dt.date:
    """A date object or an ISO text. ValueError otherwise."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return dt.date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"没有这一天：{value!r}") from error
    raise ValueError(f"不是日期（如 2026-03-01）：{value!r}")


def _ratio(value: object) -> Fraction:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,9}(/\d{1,9}|\.\d{1,9})?", value, re.ASCII):
        raise ValueError(f'必须是分数或小数的文本（如 "2/3"、"0.6"）：{value!r}')
    try:
        return Fraction(value)
    except ZeroDivisionError as error:
        raise ValueError(f"分母不能为零：{value!r}") from error


Day = Annotated[dt.date, BeforeValidator(iso_day)]
Hundredths = Annotated[int, BeforeValidator(hundredths)]
Count = Annotated[int, Field(ge=0)]


class Input(BaseModel):
    """Base of every input: strict types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EligibilityInput(Input):
    """Built years as found; an unquoted year is taken as its text, null as blank."""

    built: str | int | None
    excluded: Exclusion | None


class VoterInput(Input):
    """Areas of a voter's homes with the voter's choice."""

    homes: list[Hundredths]
    choice: Choice


class VoteInput(Input):
    """A vote with its roll."""

    matter: Matter
    voters: list[VoterInput]


class DeadlinesInput(Input):
    """A plan or a project of a plan year."""

    subject: Subject
    plan_year: int = Field(ge=1, le=9998)
    national_task: bool


class NoticeInput(Input):
    """Day of posting."""

    posted_on: Day


class ConsentInput(Input):
    """Households and those that agree."""

    households: Count
    agreeing: Count


class CoverageInput(Input):
    """Households and those asked."""

    households: Count
    asked: Count


class SatisfactionInput(Input):
    """Respondents and the satisfied among them."""

    respondents: Count
    satisfied: Count


class SubsidyInput(EligibilityInput):
    """A community and the works of its project."""

    works: list[Works]


class SourceInput(Input):
    """Money of a kind."""

    kind: SourceKind
    amount: Hundredths


class ShareInput(Input):
    """All sources of a project."""

    sources: list[SourceInput]


class HomeInput(Input):
    """A home with its private area, or with its weight by a table that was agreed (a lift's floors)."""

    home: str | int
    area: Hundredths | None = None
    weight: Annotated[Fraction, BeforeValidator(_ratio)] | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)


class ApportionmentInput(Input):
    """An amount and the homes that share it."""

    amount: Hundredths
    homes: list[HomeInput]

    @model_validator(mode="after")
    def _one_way(self) -> "ApportionmentInput":
        """All homes by area or all by weight."""
        given = {(home.area is not None, home.weight is not None) for home in self.homes}
        if given - {(True, False)} and given - {(False, True)}:
            raise ValueError("各户都写 area（面积），或都写 weight（约定的系数）")
        return self


class SettlementInput(Input):
    """Figures of a reviewed settlement."""

    reviewed_settlement: Hundredths
    upper_subsidies: Hundredths
    other_contributions: Hundredths
    county_ratio: Annotated[Fraction, BeforeValidator(_ratio)]

    model_config = ConfigDict(arbitrary_types_allowed=True)


class PermitsInput(Input):
    """Facts of a scheme."""

    land_ownership_change: bool
    planning_conditions_change: bool
    new_build: bool
    alteration_or_extension: bool
    structural_change: bool
    adds_floor_area: bool
    low_risk: bool
    commitment_signed: bool

    @property
    def facts(self) -> dict[Fact, bool]:
        """The facts by name."""
        return self.model_dump()  # type: ignore[return-value]


class RouteInput(Input):
    """What passes."""

    subject: RouteSubject


Answered = dict[str, Any]
Model = TypeVar("Model", bound=Input)


@dataclass(frozen=True)
class Question(Generic[Model]):
    """``ask`` answers with the documented keys, dates as ISO texts, areas and money as texts with two decimals."""

    input: type[Model]
    keys: tuple[str, ...]
    ask: Callable[[Layers, dt.date, Model, WorkingCalendar], Answered]


def _eligibility(layers: Layers, day: dt.date, given: EligibilityInput, _: WorkingCalendar) -> Answered:
    answer = eligibility(layers, day=day, built=given.built, excluded=given.excluded)
    return {
        "eligible": answer.eligible,
        "band": answer.band,
        "built_from": answer.built.earliest,
        "built_to": answer.built.latest,
        "rule": answer.rule,
    }


def _vote_tally(layers: Layers, day: dt.date, given: VoteInput, _: WorkingCalendar) -> Answered:
    voters = [Voter(tuple(voter.homes), voter.choice) for voter in given.voters]
    answer = tally(layers, day=day, matter=given.matter, voters=voters)
    return {
        "passed": answer.passed,
        "total_area": hundredths_text(answer.total_area),
        "total_heads": answer.total_heads,
        "participating_area": hundredths_text(answer.participating_area),
        "participating_heads": answer.participating_heads,
        "agreeing_area": hundredths_text(answer.agreeing_area),
        "agreeing_heads": answer.agreeing_heads,
        "unmet": list(answer.unmet),
        "rule": answer.rule,
    }


def _deadlines(layers: Layers, day: dt.date, given: DeadlinesInput, calendar: WorkingCalendar) -> Answered:
    rows = deadlines(
        layers,
        day=day,
        subject=given.subject,
        plan_year=given.plan_year,
        national_task=given.national_task,
        calendar=calendar,
    )
    return {
        "due": [
            {"rule": row.rule, "day": row.day.isoformat(), "strength": row.strength} for row in rows if row.applicable
        ]
    }


def _notice_period(layers: Layers, day: dt.date, given: NoticeInput, calendar: WorkingCalendar) -> Answered:
    answer = last_day(layers, day=day, posted_on=given.posted_on, calendar=calendar)
    return {
        "last_day": answer.last_day.isoformat() if answer.last_day else None,
        "counted_in": answer.counted_in,
        "rule": answer.rule,
    }


def _percentage(answer: Percentage) -> Answered:
    return {"passed": answer.passed, "short_by": answer.short_by, "rule": answer.rule}


def _plan_consent(layers: Layers, day: dt.date, given: ConsentInput, _: WorkingCalendar) -> Answered:
    return _percentage(plan_consent(layers, day=day, households=given.households, agreeing=given.agreeing))


def _survey_coverage(layers: Layers, day: dt.date, given: CoverageInput, _: WorkingCalendar) -> Answered:
    return _percentage(survey_coverage(layers, day=day, households=given.households, asked=given.asked))


def _satisfaction(layers: Layers, day: dt.date, given: SatisfactionInput, _: WorkingCalendar) -> Answered:
    return _percentage(satisfaction(layers, day=day, respondents=given.respondents, satisfied=given.satisfied))


def _central_subsidy(layers: Layers, day: dt.date, given: SubsidyInput, _: WorkingCalendar) -> Answered:
    answer = central_subsidy(layers, day=day, built=given.built, excluded=given.excluded, works=given.works)
    return {"allowed": answer.allowed, "rule": answer.rule}


def _funding_share(layers: Layers, day: dt.date, given: ShareInput, _: WorkingCalendar) -> Answered:
    answer = funding_share(layers, day=day, sources=[Source(source.kind, source.amount) for source in given.sources])
    share = None
    if answer.counted is not None:
        share = {"numerator": hundredths_text(answer.counted), "denominator": hundredths_text(answer.total)}
    return {
        "passed": answer.passed,
        "share": share,
        "short_by": None if answer.short_by is None else hundredths_text(answer.short_by),
        "rule": answer.rule,
    }


def _apportionment(layers: Layers, day: dt.date, given: ApportionmentInput, _: WorkingCalendar) -> Answered:
    weights = [HomeWeight(home.home, home.weight) for home in given.homes if home.weight is not None]
    areas = [HomeArea(home.home, home.area) for home in given.homes if home.area is not None]
    if weights:
        answer = by_agreement(layers, day=day, amount=given.amount, homes=weights)
    else:
        answer = apportionment(layers, day=day, amount=given.amount, homes=areas)
    return {
        "shares": [{"home": share.home, "amount": hundredths_text(share.amount)} for share in answer.shares],
        "rule": answer.rule,
    }


def _settlement(layers: Layers, day: dt.date, given: SettlementInput, _: WorkingCalendar) -> Answered:
    answer = settlement(layers, day=day, **dict(given))
    owes = None if answer.county_owes is None else hundredths_text(answer.county_owes)
    return {"county_owes": owes, "rule": answer.rule}


def _permits(layers: Layers, day: dt.date, given: PermitsInput, _: WorkingCalendar) -> Answered:
    answer = permits(layers, day=day, facts=given.facts)
    return {"needed": list(answer.needed), "waived": list(answer.waived), "rule": answer.rule}


def _route(layers: Layers, day: dt.date, given: RouteInput, _: WorkingCalendar) -> Answered:
    answer = route(layers, day=day, subject=given.subject)
    return {
        "stages": [{"bodies": list(stage.bodies), "needs": stage.needs} for stage in answer.stages],
        "rule": answer.rule,
    }


QUESTIONS: dict[str, Question[Any]] = {
    "eligibility": Question(EligibilityInput, ("eligible", "band", "built_from", "built_to", "rule"), _eligibility),
    "vote_tally": Question(
        VoteInput,
        (
            "passed", "total_area", "total_heads", "participating_area", "participating_heads", "agreeing_area",
            "agreeing_heads", "unmet", "rule",
        ),
        _vote_tally,
    ),
    "deadlines": Question(DeadlinesInput, ("due",), _deadlines),
    "notice_period": Question(NoticeInput, ("last_day", "counted_in", "rule"), _notice_period),
    "plan_consent": Question(ConsentInput, ("passed", "short_by", "rule"), _plan_consent),
    "survey_coverage": Question(CoverageInput, ("passed", "short_by", "rule"), _survey_coverage),
    "satisfaction": Question(SatisfactionInput, ("passed", "short_by", "rule"), _satisfaction),
    "central_subsidy": Question(SubsidyInput, ("allowed", "rule"), _central_subsidy),
    "funding_share": Question(ShareInput, ("passed", "share", "short_by", "rule"), _funding_share),
    "apportionment": Question(ApportionmentInput, ("shares", "rule"), _apportionment),
    "settlement": Question(SettlementInput, ("county_owes", "rule"), _settlement),
    "permits": Question(PermitsInput, ("needed", "waived", "rule"), _permits),
    "route": Question(RouteInput, ("stages", "rule"), _route),
}  # fmt: skip
