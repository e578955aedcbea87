"""Kinds of question that a provision can speak on, and the typed parameters of each.

Code asks ``layers.governing("vote", day)`` and reads typed parameters; which place it asks never matters.
Fractions are written ``2/3`` in the data and are exact ``Fraction`` here.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from policies.content_kinds import ContentLimit, Facilities, FundUse, Means, SubsidyScope
from policies.model import Frozen, Strength
from policies.moneykinds import Cluster as Cluster
from policies.moneykinds import Contributors as Contributors
from policies.moneykinds import Payers as Payers
from policies.moneykinds import RingFence as RingFence
from policies.moneykinds import Settlement as Settlement
from policies.moneykinds import SourceUse as SourceUse
from policies.signing import Signatory
from policies.yearkinds import Assessment, UpwardFiling


def _fraction(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool | float):
        raise ValueError("写成分数文本（如 2/3），不要写小数")
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"不是分数：{value!r}") from error


Share = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(str), Field(ge=0, le=1)]


class Threshold(Frozen):
    """A share that must be reached: exactly one of ``at_least`` (以上, number included) and ``more_than`` (过半数, not included; N-04)."""

    at_least: Share | None = None
    more_than: Share | None = None

    @model_validator(mode="after")
    def _one(self) -> "Threshold":
        if (self.at_least is None) == (self.more_than is None):
            raise ValueError("at_least 与 more_than 必须且只能写一个")
        return self

    @property
    def share(self) -> Fraction:
        """The number itself."""
        value = self.at_least if self.at_least is not None else self.more_than
        assert value is not None
        return value

    @property
    def strict(self) -> bool:
        """True where the number itself is not enough."""
        return self.more_than is not None

    def met(self, part: Fraction | int, whole: Fraction | int) -> bool:
        """Whether ``part`` of ``whole`` reaches the threshold. Nothing of nothing never does."""
        if whole <= 0:
            return False
        return part > self.share * whole if self.strict else part >= self.share * whole

    def stricter_than(self, other: "Threshold") -> bool:
        """Order by how much it asks."""
        return (self.share, self.strict) > (other.share, other.strict)


Band = Literal["must", "priority", "eligible", "quota", "none"]
Exclusion = Literal["shantytown", "demolish_rebuild", "self_built", "urban_village"]
Matter = Literal[
    "scheme", "property_service", "raise_maintenance_fund", "use_maintenance_fund", "common_revenue", "operate_common_parts",
]  # fmt: skip
Milestone = Literal[
    "plan_declaration", "opinion_survey", "scheme_design", "project_approval", "start", "municipal_works",
    "substantial_completion", "completion", "settlement",
]  # fmt: skip
MILESTONE_LABELS: dict[str, str] = {
    "plan_declaration": "申报年度计划", "opinion_survey": "完成民意调查", "scheme_design": "完成方案设计",
    "project_approval": "完成项目立项", "start": "开工", "municipal_works": "水、电、路、气等市政配套基础设施基本完工",
    "substantial_completion": "基本完成改造", "completion": "全面完成改造",
    "settlement": "完成竣工财务结算评审",
}  # fmt: skip
SETTLEMENT: Milestone = "settlement"  # reached by the confirmed settlement, never reported by hand
# Steps of a project's life that gates guard; the stages themselves stand in projects/rules/stages.py.
Step = Literal["survey", "plan", "declare", "scheme", "review", "start", "works", "accept", "close", "aftercare"]
Evidence = Literal[
    "exclusions", "eligibility", "facts", "willingness_survey", "survey_coverage", "plan_consent", "vote", "fund_vote",
    "satisfaction", "notice", "signed_application", "application_papers", "preparatory_papers", "funding_share",
    "central_subsidy", "fiscal_capacity", "no_hidden_debt", "residents_organisation", "department_plans", "whole_area",
    "hazards_answered", "basic_items_answered", "scheme_papers", "unified_opinion", "review", "permits", "procurement",
    "supervision", "pipeline_plan", "heritage_paper", "contract_mode", "consents_of_neighbours", "residents_supervision",
    "acceptance_parties", "separate_acceptances", "acceptance_filing", "final_account", "archive", "handover", "manager",
    "management_rules", "maintenance_fund_mechanism", "project_allotment", "lessons", "cost_split", "joint_meeting",
    "division_survey",
]  # fmt: skip


class EligibilityYears(Frozen):
    """改造对象 by built year (the latest of a range). No bands: the document sets no year."""

    class Row(Frozen):
        """Built in ``until`` or before (year included)."""

        until: int
        band: Band
        strength: Strength

    bands: tuple[Row, ...] = ()
    later: Band
    reading_of_later: str = ""


class Exclusions(Frozen):
    """What is not an old residential community, with the document's word for each category."""

    class Row(Frozen):
        """One excluded category."""

        category: Exclusion
        words: str

    rows: tuple[Row, ...]


class Vote(Frozen):
    """Thresholds of an owners' decision. Area and heads are asked apart."""

    matters: tuple[Matter, ...]
    participation_area: Threshold
    participation_heads: Threshold
    agreement_area: Threshold
    agreement_heads: Threshold


class FixedDay(Frozen):
    """A day of a year relative to the plan year; ``day: end`` is the last day of the month."""

    month: int = Field(ge=1, le=12)
    day: int | Literal["end"]
    year_offset: int = 0


class BeforeFestival(Frozen):
    """The day before the Spring Festival of plan year + ``year_offset``."""

    festival: Literal["spring_festival"]
    year_offset: int = 1


class Deadline(Frozen):
    """A due day of a plan or a project."""

    subject: Literal["plan", "project"]
    milestone: Milestone
    due: FixedDay | BeforeFestival
    national_task_only: bool = False


class ProgrammeTarget(Frozen):
    """What a programme period has to reach; never part of a project's due days."""

    class Row(Frozen):
        """Communities of a band (built until, from) and what is asked of them.

        ``part``: the text asks for some of them without a number (部分): counted and shown, never judged.
        """

        built_from: int | None = None
        built_until: int | None = None
        strength: Strength
        words: str
        part: bool = False

    class Year(Frozen):
        """Number of communities that the document plans for a year; ``done``: the document itself reports them done."""

        year: int
        communities: int
        done: bool = False
        strength: Strength = "strive"

    by: FixedDay
    by_year: int
    bands: tuple[Row, ...] = ()
    years: tuple[Year, ...] = ()
    total: int | None = None


class NoticePeriod(Frozen):
    """How long a public notice stands. The day of posting is not counted (N-05)."""

    subject: Literal["scheme"]
    days: int = Field(ge=1)
    counted_in: Literal["working_days", "calendar_days"]


class NoticeWithoutLength(Frozen):
    """A notice is ordered but its length is not (未作规定): the notice's own length is entered."""

    subject: Literal["scheme"]


class Percentage(Frozen):
    """A share of households or respondents that must be reached."""

    share: Threshold
    of: Literal["households", "respondents"]
    of_words: str = Field(description="the denominator in Chinese, and that it is our reading where it is")


class SubsidyContent(Frozen):
    """Content that a project on central subsidy must hold."""

    at_least: int
    of: tuple[Literal["water", "power", "road", "gas"], ...]
    or_any: tuple[Literal["elevator"], ...] = ()


class SubsidyYears(Frozen):
    """Which communities central subsidy supports first; later ones with a recorded reason."""

    first_until: int
    later: Literal["with_reason", "no"]


class FundingShare(Frozen):
    """Least share of residents and enterprises in the total investment."""

    share: Threshold
    counts: tuple[str, ...]


class Apportionment(Frozen):
    """How residents' money is shared among homes."""

    by: Literal["private_area"]
    alternatives: tuple[str, ...] = ()


Permit = Literal["land_use", "planning_land_permit", "planning_works_permit", "drawing_review"]
Fact = Literal[
    "land_ownership_change", "planning_conditions_change", "new_build", "alteration_or_extension", "structural_change",
    "adds_floor_area", "low_risk", "commitment_signed",
]  # fmt: skip


class PermitWaivers(Frozen):
    """When a permit is not needed: every fact must be as given."""

    class Row(Frozen):
        """One permit and the facts under which it is waived, with the words that say so."""

        permit: Permit
        when: dict[Fact, bool]
        words: str

    waivers: tuple[Row, ...]


class Route(Frozen):
    """The stages through which a plan or a scheme passes. Bodies are named level_kind; utilities have no level."""

    class Stage(Frozen):
        """Bodies asked side by side; ``needs`` says whether all or one must agree."""

        name: str
        act: Literal["declare", "review", "approve", "joint_issue"]
        bodies: tuple[str, ...] = Field(min_length=1)
        needs: Literal["all", "one"] = "all"
        more_bodies_may_join: bool = False

    subject: Literal["plan", "scheme"]
    drafted_by: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)


class Gate(Frozen):
    """This provision guards a step: ``evidence`` says what answers it.

    ``requires`` lists the papers or parties one by one where the text names them; ``one_of`` means any one of them is enough.
    ``applies_when`` limits the gate to projects with these facts (``heritage``, ``elevator``, ``central_subsidy``, ``pipelines``…).
    """

    class Paper(Frozen):
        """One paper or party that the text asks for."""

        key: str
        label: str
        optional: bool = False

    step: Step
    evidence: Evidence
    label: str = Field(description="what must be there, in Chinese, as the gate list prints it")
    matter: Matter | None = None
    requires: tuple[Paper, ...] = ()
    one_of: bool = False
    applies_when: tuple[str, ...] = ()


class Ranking(Frozen):
    """What comes first in the reserve or for upper money; weights are the place's own to set."""

    class Criterion(Frozen):
        """One criterion in the document's words."""

        key: str
        words: str

    of: Literal["reserve", "upper_money"]
    criteria: tuple[Criterion, ...]


class Grading(Frozen):
    """Communities are graded by what their residents say. No thresholds: where the text has none, the place enters its own."""

    by: Literal["willingness_survey"]


class Warranty(Frozen):
    """N-07: days for filing and least warranty periods from acceptance."""

    class Period(Frozen):
        """Years, heating seasons, or None for the design life."""

        key: str
        label: str
        years: int | None = None
        seasons: int | None = None

    filing_days: int
    periods: tuple[Period, ...]


class Counting(Frozen):
    """How a floor counts (N-02, N-04, N-05): documented parameters of the functions that apply them."""

    points: dict[str, str]


class RecordedFacts(Frozen):
    """Facts of a community that are recorded with evidence, key to the document's words."""

    facts: dict[str, str]


class Statement(Frozen):
    """Anything the platform shows, files or works through without a parameter of its own; ``figures`` holds numbers it names."""

    figures: dict[str, Any] = {}


KINDS: dict[str, type[Frozen]] = {
    "eligibility_years": EligibilityYears,
    "exclusions": Exclusions,
    "recorded_facts": RecordedFacts,
    "vote": Vote,
    "deadline": Deadline,
    "programme_target": ProgrammeTarget,
    "notice_period": NoticePeriod,
    "notice_without_length": NoticeWithoutLength,
    "plan_consent": Percentage,
    "survey_coverage": Percentage,
    "satisfaction": Percentage,
    "subsidy_content": SubsidyContent,
    "subsidy_years": SubsidyYears,
    "funding_share": FundingShare,
    "apportionment": Apportionment,
    "payers": Payers,
    "ring_fence": RingFence,
    "source_use": SourceUse,
    "contributors": Contributors,
    "cluster": Cluster,
    "facilities": Facilities,
    "subsidy_scope": SubsidyScope,
    "content_limit": ContentLimit,
    "means": Means,
    "fund_use": FundUse,
    "settlement": Settlement,
    "permit_waivers": PermitWaivers,
    "route": Route,
    "gate": Gate,
    "ranking": Ranking,
    "grading": Grading,
    "signatory": Signatory,
    "upward_filing": UpwardFiling,
    "assessment": Assessment,
    "warranty": Warranty,
    "counting": Counting,
    "statement": Statement,
}
