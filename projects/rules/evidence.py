"""Whether what a paper says meets what a gate asks: one evaluator per kind of evidence, each asking the pure function of its question."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from approvals.rules.notice_period import last_day
from approvals.rules.percentages import Percentage, plan_consent, satisfaction, survey_coverage
from approvals.rules.tally import Counts, decide
from communities.rules.eligibility import eligibility
from communities.rules.organisations import SIGNATORY_LABELS, signatory
from funding.rules.money import fen, said
from funding.rules.shares import Source, SourceKind, funding_share
from funding.rules.subsidy import Works, central_subsidy
from policies.kinds import Exclusion, Gate, Matter
from policies.layers import Layers
from policies.refusal import Reason
from policies.words import date_words
from projects.rules import scheme_evidence
from projects.rules.companions import against_companions
from projects.rules.parties import MODES
from projects.rules.scheme import Scheme
from projects.rules.scheme_items import Check
from projects.rules.schemes import named
from projects.rules.situation import Place, Situation

Figures = Mapping[str, Any]
UNCHECKED = "unchecked"  # of a paper that is entered and that no second person has checked


@dataclass(frozen=True)
class Verdict:
    """Met or not, in words and with what is missing. ``computed``: from the register itself, so that no paper needs checking."""

    met: bool
    explanation: str
    missing: str = ""
    computed: bool = False


@dataclass(frozen=True)
class Question:
    """What an evaluator is given; ``figures`` None: nothing recorded yet."""

    layers: Layers
    day: dt.date
    gate: Gate
    figures: Figures | None
    situation: Situation
    on: dt.date


def evaluate(
    layers: Layers, *, day: dt.date, gate: Gate, figures: Figures | None, situation: Situation, on: dt.date | None = None
) -> Verdict:  # fmt: skip
    """The verdict on one gate; ``on``: the day of the paper that the figures are of."""
    question = Question(layers, day, gate, figures, situation, on or day)
    own = OF_SCHEME.get(gate.evidence)
    if own is not None and situation.scheme is not None:
        return own(question, situation.scheme)
    computed = COMPUTED.get(gate.evidence)
    if computed is not None:
        return computed(question)
    if gate.evidence == "whole_area" and (verdict := _whole_area(question, figures)) is not None:
        return verdict
    if figures is None:
        return Verdict(False, "尚无材料", missing=f"请录入：{gate.label}")
    try:
        return RECORDED.get(gate.evidence, _papers)(question, figures)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        return Verdict(False, "材料数据不完整", missing=f"数据有误：{error}")


def _eligibility(question: Question) -> Verdict:
    """Every community of the project must be within 改造对象."""
    outside = [
        (place, text) for place in question.situation.places for text in [_not_eligible(question, place)] if text
    ]
    if not question.situation.places:
        return Verdict(False, "项目还没有小区", missing="请选择小区", computed=True)
    if not outside:
        return Verdict(True, f"{len(question.situation.places)}个小区均在改造范围内", computed=True)
    words = "；".join(f"{place.name}：{text}" for place, text in outside)
    return Verdict(False, words, missing=f"{len(outside)}个小区不在改造范围", computed=True)


def _not_eligible(question: Question, place: Place) -> str:
    excluded = cast(Exclusion | None, place.excluded or None)
    found = eligibility(question.layers, day=question.day, built=place.built, excluded=excluded)
    return "" if found.eligible is not False else _text(found.reasons)


def _own_papers(question: Question, scheme: Scheme) -> Verdict:
    """What the scheme itself holds of the papers named; the rest may be a recorded paper (which a second person checks)."""
    absent = scheme_evidence.missing_papers(question.gate, scheme)
    if not absent:
        return Verdict(True, f"改造方案第{scheme.number}版写明了所列内容", computed=True)
    if question.figures is not None:
        held = {key: True for key, holds in scheme_evidence.held_papers(scheme).items() if holds}
        return _papers(question, {**question.figures, **held})
    return Verdict(False, f"改造方案第{scheme.number}版缺：{'、'.join(absent)}", missing=f"还缺：{'、'.join(absent)}")


def _own_split(question: Question, scheme: Scheme) -> Verdict:
    against = scheme_evidence.cost_split(question.layers, day=question.day, scheme=scheme)
    return _against(against, f"改造方案第{scheme.number}版的预算逐项符合规定")


def _own_central(question: Question, scheme: Scheme) -> Verdict:
    against = scheme_evidence.central(
        question.layers, day=question.day, scheme=scheme, places=question.situation.places
    )
    return _against(against, f"改造方案第{scheme.number}版符合中央补助的小区和内容要求")


def _against(checks: Sequence[Check], met: str) -> Verdict:
    if not checks:
        return Verdict(True, met, computed=True)
    words = "；".join(dict.fromkeys(check.text for check in checks))
    missing = "；".join(dict.fromkeys(check.missing for check in checks if check.missing))
    return Verdict(False, words, missing=missing or "不符合要求", computed=True)


def _own_basic_items(question: Question, scheme: Scheme) -> Verdict:
    needs, more = scheme_evidence.basic_items(scheme)
    if not needs:
        return Verdict(True, f"改造方案第{scheme.number}版：需要的基础类内容均已列入或写明理由{more}", computed=True)
    words = named([need.words for need in needs])
    missing = f"还有 {len(needs)} 项须列入，或由负责人写明理由"
    return Verdict(False, f"改造方案第{scheme.number}版没有列入：{words}{more}", missing=missing, computed=True)


def _own_hazards(question: Question, scheme: Scheme) -> Verdict:
    needs = scheme_evidence.hazards(scheme)
    if not needs:
        return Verdict(True, f"改造方案第{scheme.number}版：安全隐患和强烈意愿逐条有回应", computed=True)
    words = named([need.words for need in needs])
    return Verdict(
        False, f"改造方案第{scheme.number}版没有回应：{words}", missing=f"还有 {len(needs)} 条没有回应", computed=True
    )


def _central_subsidy(question: Question) -> Verdict:
    """Content and community of a project that asks for central money (read from the project, not from a paper)."""
    works = cast("tuple[Works, ...]", question.situation.works)
    for place in question.situation.places:
        excluded = cast(Exclusion | None, place.excluded or None)
        found = central_subsidy(question.layers, day=question.day, built=place.built, excluded=excluded, works=works)
        if found.allowed is False:
            missing = _missing(found.reasons) or "不符合中央补助的小区要求"
            return Verdict(False, f"{place.name}：{_text(found.reasons)}", missing=missing, computed=True)
    return Verdict(True, "符合中央补助的小区和内容要求", computed=True)


# Keys of papers that a survey gate names, to what the register holds of a community.
FACTS_OF_PLACE: Mapping[str, Callable[[Place], object]] = {
    "households": lambda place: place.households,
    "floor_area": lambda place: place.floor_area,
    "property_nature": lambda place: place.property_right,
    "built": lambda place: place.built,
}


def _whole_area(question: Question, figures: Figures | None) -> Verdict | None:
    """Part of a whole street or neighbourhood by the plan itself (YL-18); None where a paper or a leader's reason has to say."""
    neighbours = question.situation.neighbours
    if neighbours is not None and (len(question.situation.places) > 1 or neighbours):
        words = "、".join(neighbours[:5]) or "本项目的几个小区"
        return Verdict(True, f"与{words}同在一个街道或社区，一并列入本计划", computed=True)
    if figures is not None:
        return None
    if neighbours is None:
        return Verdict(False, "尚未列入计划，列入后与同一计划的小区一并判断", missing="列入计划后判断")
    missing = "请与同一街道、社区的小区一并列入，或由负责人写明单独改造的理由"
    return Verdict(False, "本计划中同一街道、社区没有其他小区，是单独列入的", missing=missing)


def _facts(question: Question) -> Verdict:
    """The figures of the survey register that the document names are filled in for every community (blank is not zero)."""
    asked = [paper for paper in question.gate.requires if not paper.optional]
    gaps = [
        f"{place.name}：{'、'.join(blank)}"
        for place in question.situation.places
        for blank in [[paper.label for paper in asked if not FACTS_OF_PLACE[paper.key](place)]]
        if blank
    ]
    if not gaps:
        return Verdict(True, "登记册所列情况齐全", computed=True)
    return Verdict(False, "登记册有未填报的情况", missing=f"未填报：{'；'.join(gaps)}", computed=True)


def _percentage(found: Percentage) -> Verdict:
    return Verdict(found.passed is not False, _text(found.reasons), missing=_missing(found.reasons))


def _plan_consent(question: Question, figures: Figures) -> Verdict:
    found = plan_consent(
        question.layers, day=question.day, households=figures["households"], agreeing=figures["agreeing"]
    )
    registered = [place.households for place in question.situation.places]
    if None not in registered and registered and figures["households"] < sum(cast("list[int]", registered)):
        # The whole community is the denominator: a paper that leaves households out would raise the share.
        total = sum(cast("list[int]", registered))
        text = f"材料按 {figures['households']} 户计算，少于登记的 {total} 户"
        return Verdict(False, text, missing=f"应以小区全部 {total} 户为基数")
    return _percentage(found)


def _survey_coverage(question: Question, figures: Figures) -> Verdict:
    return _percentage(
        survey_coverage(question.layers, day=question.day, households=figures["households"], asked=figures["asked"])
    )


def _willingness_survey(question: Question, figures: Figures) -> Verdict:
    """A survey on the platform names the households that answered (LZ-31, YL-17); a recorded paper is what is asked for itself."""
    if "asked" not in figures:
        return _papers(question, figures)
    if not figures["asked"]:
        return Verdict(False, "意愿调查没有收到答卷", missing="还没有一户答卷")
    return Verdict(True, f"{figures['households']}户中{figures['asked']}户答卷")


def _satisfaction(question: Question, figures: Figures) -> Verdict:
    return _percentage(
        satisfaction(
            question.layers, day=question.day, respondents=figures["respondents"], satisfied=figures["satisfied"]
        )
    )


def _fund_vote(question: Question, figures: Figures) -> Verdict:
    """The owners' own decision on that money: raising the fund, or using it and giving up income (LZ-05 by N-01's thresholds)."""
    return _decided(question, figures, "raise_maintenance_fund" if figures.get("raises") else "use_maintenance_fund")


def _vote(question: Question, figures: Figures) -> Verdict:
    return _decided(question, figures, question.gate.matter or "scheme")


def _decided(question: Question, figures: Figures, matter: Matter) -> Verdict:
    counts = Counts(
        total_area=_hundredths(figures["total_area"]),
        total_heads=figures["total_heads"],
        participating_area=_hundredths(figures["participating_area"]),
        participating_heads=figures["participating_heads"],
        agreeing_area=_hundredths(figures["agreeing_area"]),
        agreeing_heads=figures["agreeing_heads"],
    )
    found = decide(question.layers, day=question.day, matter=matter, counts=counts)
    return Verdict(found.passed is not False, _text(found.reasons), missing=_missing(found.reasons))


def _notice(question: Question, figures: Figures) -> Verdict:
    """The notice has stood its full period and no objection is open."""
    posted, closed = dt.date.fromisoformat(figures["posted_on"]), dt.date.fromisoformat(figures["closed_on"])
    found = last_day(question.layers, day=question.day, posted_on=posted, calendar=question.situation.calendar)
    required = found.last_day or posted
    due = date_words(required)
    if closed < required:
        return Verdict(False, f"公示至{date_words(closed)}，应至{due}", missing=f"公示期未满，应至{due}")
    if question.day < required:
        return Verdict(False, f"公示期至{due}", missing=f"公示期未满，{due}届满")
    unsettled = int(figures.get("open_objections", 0))
    if unsettled:
        return Verdict(False, f"尚有 {unsettled} 件异议未办结", missing=f"还有 {unsettled} 件异议未办结")
    return Verdict(True, f"{date_words(posted)}至{date_words(closed)}公示，无未办结异议")


def _funding_share(question: Question, figures: Figures) -> Verdict:
    given = [(cast(SourceKind, kind), amount) for kind, amount in figures.items() if amount not in (None, "")]
    sources = [Source(kind=kind, amount=fen(str(amount))) for kind, amount in given]
    found = funding_share(question.layers, day=question.day, sources=sources)
    missing = _missing(found.reasons) or ("总投资为零" if found.passed is False else "")
    return Verdict(found.passed is not False, _text(found.reasons), missing=missing)


def _fiscal_capacity(question: Question, figures: Figures) -> Verdict:
    """The plan's need of local public money against what the division states that it can bear, both in yuan."""
    capacity, needed = fen(str(figures["capacity"])), fen(str(figures["needed"]))
    text = f"计划需本级财政 {said(needed)} 元，承受能力 {said(capacity)} 元"
    over = needed - capacity
    return Verdict(over <= 0, text, missing=f"超出 {said(over)} 元" if over > 0 else "")


def _papers(question: Question, figures: Figures) -> Verdict:
    """Papers or parties named one by one; without a list the recorded paper itself is what is asked for."""
    asked = [paper for paper in question.gate.requires if not paper.optional]
    if not asked:
        return Verdict(True, "已有书面材料")
    absent = [
        f"{paper.label}（已录入，待第二人复核）" if figures.get(paper.key) == UNCHECKED else paper.label
        for paper in asked
        if figures.get(paper.key) is not True
    ]
    if question.gate.one_of and len(absent) < len(asked):
        absent = []
    if not absent:
        return Verdict(True, "所列材料齐备")
    words = "、".join(absent)
    return Verdict(
        False, f"缺：{words}", missing=f"任缺其一即可补：{words}" if question.gate.one_of else f"还缺：{words}"
    )


def _department_plans(question: Question, figures: Figures) -> Verdict:
    """Other units' plans are there, and nothing stands against them (RC-31); a paper only says that they are there."""
    verdict = _papers(question, figures)
    against = [*([verdict.missing] if verdict.missing else []), *against_companions(figures)]
    return Verdict(not against, verdict.explanation, missing="；".join(against))


def _division_survey(question: Question, figures: Figures) -> Verdict:
    """Every residential community of the division has been surveyed (YL-16)."""
    left = figures["registered"] - figures["surveyed"]
    text = f"登记小区 {figures['registered']} 个，已摸排 {figures['surveyed']} 个"
    missing = f"还有 {left} 个小区未摸排" if figures["registered"] else "请先登记辖区内的住宅小区"
    return Verdict(bool(figures["registered"]) and not left, text, missing=missing)


def _signed_application(question: Question, figures: Figures) -> Verdict:
    """Signed by the organisation that stood on the day of the paper; by another in its place only where none did (LZ-08)."""
    for place in question.situation.places:
        answer = signatory(question.layers, day=question.day, standing=place.standing(question.on))
        allowed = [kind for kind in (answer.kind, *answer.others) if kind]
        if not answer.regulated or any(figures.get(kind) is True for kind in allowed):
            continue
        who = "或".join(SIGNATORY_LABELS[kind] for kind in allowed)
        words = _text(answer.reasons)
        return Verdict(
            False, f"{place.name}：{words}", missing=f"{place.name}的申请须由{who}签字" if who else answer.missing
        )
    return _papers(question, figures)


def _contract_mode(question: Question, figures: Figures) -> Verdict:
    """LZ-33: EPC, or the reason why not. A paper that says neither answers nothing."""
    mode, reason = str(figures.get("mode", "")), str(figures.get("reason", "")).strip()
    if mode == "epc":
        return Verdict(True, "采用工程总承包（EPC）")
    if mode in MODES and reason:
        return Verdict(True, f"采用{MODES[mode]}，理由：{reason}")
    return Verdict(False, "没有登记承包方式", missing="请登记承包方式；不采用工程总承包的写明理由")


def _text(reasons: tuple[Reason, ...]) -> str:
    return "；".join(reason.text for reason in reasons)


def _missing(reasons: tuple[Reason, ...]) -> str:
    return "、".join(dict.fromkeys(reason.missing for reason in reasons if reason.missing))


def _hundredths(text: object) -> int:
    """㎡ as text with two decimals to 0.01 ㎡."""
    number = Decimal(str(text)).scaleb(2)
    if number != number.to_integral_value():
        raise ValueError(f"面积最多两位小数：{text}")
    return int(number)


COMPUTED: Mapping[str, Callable[[Question], Verdict]] = {
    "eligibility": _eligibility,
    "exclusions": _eligibility,
    "central_subsidy": _central_subsidy,
    "facts": _facts,
}
OF_SCHEME: Mapping[str, Callable[[Question, Scheme], Verdict]] = {
    "scheme_papers": _own_papers,
    "application_papers": _own_papers,
    "cost_split": _own_split,
    "central_subsidy": _own_central,
    "basic_items_answered": _own_basic_items,
    "hazards_answered": _own_hazards,
}
RECORDED: Mapping[str, Callable[[Question, Figures], Verdict]] = {
    "plan_consent": _plan_consent,
    "survey_coverage": _survey_coverage,
    "willingness_survey": _willingness_survey,
    "satisfaction": _satisfaction,
    "vote": _vote,
    "fund_vote": _fund_vote,
    "notice": _notice,
    "funding_share": _funding_share,
    "fiscal_capacity": _fiscal_capacity,
    "signed_application": _signed_application,
    "contract_mode": _contract_mode,
    "department_plans": _department_plans,
    "division_survey": _division_survey,
}
