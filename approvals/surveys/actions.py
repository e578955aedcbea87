"""The life of a survey: drawn up, opened (the questionnaire is frozen), extended, closed, confirmed by a second person."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from approvals.models import GradeScale, Survey, SurveyHazard, SurveyResult, SurveySheet
from approvals.rules.surveys import CHOICES, GRADES, catalogue_items, grading
from approvals.surveys.access import confirming_body, require_runner
from approvals.surveys.queries import figures_of, scale_of
from communities.actions import record_hazard
from communities.models import Community, Hazard
from offices.clock import day_of
from offices.history import record
from offices.models import Body, Division, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, Stale

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def create_survey(
    *, by: User, at: dt.datetime, community: Community, kind: str, until: dt.date, title: str = "", asks: str = "residents",
    intro: str = "", items: Sequence[str] | None = None, subject: Any = None,
) -> Survey:  # fmt: skip
    """Draw up a survey of a community, for itself or for ``subject`` (a project of it; the caller vouches that it is one).

    ``items``: keys of catalogue items that a willingness survey offers (None: the whole catalogue). Raises Invalid, Forbidden, Refused.
    """
    body = require_runner(by, community)
    if kind == Survey.Kind.SATISFACTION and subject is None:
        raise Invalid("满意度调查针对一个改造项目：请从项目页发起", errors={"kind": ["请从项目页发起满意度调查"]})
    about: Any = community if subject is None else subject
    survey = Survey(
        community=community, subject_type=about._meta.model_name, subject_uid=about.uid, kind=kind, body=body, created_by=by,
        created_at=at, updated_at=at,
    )  # fmt: skip
    survey.place_in(community.division)
    _fill(survey, title=title, asks=asks, intro=intro, until=until, items=items, today=day_of(at))
    try:
        with transaction.atomic():
            survey.save()
    except IntegrityError as error:
        raise Refused("这个小区已有一个同类调查没有办结，请先办结或继续使用它", code="survey_exists") from error
    record(
        by=by,
        at=at,
        action="survey.create",
        subject=survey,
        data={"community": str(community.uid), "kind": kind},
        body=body,
    )
    return survey


@transaction.atomic
def change_survey(
    *, by: User, at: dt.datetime, survey: Survey, expected_version: int | None = None, **changes: Any
) -> Survey:
    """Change a draft: title, asks, intro, until, items. An opened questionnaire never changes (Refused)."""
    survey = locked(survey)
    body = require_runner(by, survey)
    _fresh(survey, expected_version)
    if survey.state != Survey.State.DRAFT:
        raise Refused("问卷开始后不能再改；确需修改的，截止后另行组织调查", code="survey_frozen")
    values = {name: getattr(survey, name) for name in ("title", "asks", "intro", "until", "items")}
    _fill(survey, **{**values, **changes}, today=day_of(at))
    _save(survey, at)
    record(by=by, at=at, action="survey.change", subject=survey, data={"fields": sorted(changes)}, body=body)
    return survey


def _fill(
    survey: Survey, *, title: str, asks: str, intro: str, until: dt.date, items: Sequence[str] | None, today: dt.date
) -> None:
    """Set what a draft says. Raises Invalid naming each wrong field."""
    errors: dict[str, list[str]] = {}
    if survey.kind not in Survey.Kind.values:
        errors["kind"] = ["没有这一类调查"]
    if asks not in Survey.Asks.values:
        errors["asks"] = ["没有这一类对象"]
    if not today <= until <= today + LONGEST:
        errors["until"] = ["截止日期应在今天至一年之内"]
    known = [item.key for item in catalogue_items(layers_of(survey.community.division))]
    wanted = [] if survey.kind != Survey.Kind.WILLINGNESS else known if items is None else list(dict.fromkeys(items))
    if unknown := [key for key in wanted if key not in known]:
        errors["items"] = [f"改造内容目录里没有：{'、'.join(str(key) for key in unknown[:5])}"]
    if errors:
        raise Invalid("调查没有保存：有内容需要更正", errors=errors)
    survey.title = title.strip()[:120] or f"{survey.community.name}{Survey.Kind(survey.kind).label}"
    survey.asks, survey.intro, survey.until = asks, intro.strip(), until
    survey.items = [key for key in known if key in set(wanted)]


@transaction.atomic
def open_survey(*, by: User, at: dt.datetime, survey: Survey, expected_version: int | None = None) -> Survey:
    """Open it: the questionnaire is frozen with its hash and the register's households. Raises Refused where a denominator is missing."""
    survey = locked(survey)
    body = require_runner(by, survey)
    _fresh(survey, expected_version)
    if survey.state != Survey.State.DRAFT:
        raise Refused("这个调查已经开始过", code="survey_frozen")
    if survey.until < day_of(at):
        raise Invalid("截止日期已过，请先修改", errors={"until": ["截止日期已过"]})
    if survey.community.household_count is None and survey.kind != Survey.Kind.SATISFACTION:
        raise Refused(
            "小区登记册没有填户数：同意和征求意见的比例以登记的户数为分母，请先补填", code="households_unknown"
        )
    questions = questions_of(survey)
    text = json.dumps(questions, ensure_ascii=False, sort_keys=True)
    SurveySheet.objects.create(
        survey=survey, questions=questions, content_hash=hashlib.sha256(text.encode()).hexdigest(),
        households=survey.community.household_count, opened_at=at,
    )  # fmt: skip
    survey.state, survey.opened_by, survey.opened_on = Survey.State.OPEN, by, day_of(at)
    _save(survey, at)
    record(by=by, at=at, action="survey.open", subject=survey, data={"hash": survey.sheet.content_hash}, body=body)
    return survey


def questions_of(survey: Survey) -> dict[str, Any]:
    """What the questionnaire asks, as it will be frozen: plain values with every word that is printed."""
    items = {item.key: item for item in catalogue_items(layers_of(survey.community.division))}
    return {
        "title": survey.title, "asks": survey.asks, "intro": survey.intro, "choices": CHOICES[survey.kind],
        "items": [
            {"key": key, "label": items[key].label, "class": items[key].item_class, "five": items[key].five}
            for key in survey.items if key in items
        ],
        "hazards": dict(Hazard.Kind.choices) if survey.kind == Survey.Kind.WILLINGNESS else {},
    }  # fmt: skip


@transaction.atomic
def extend_survey(
    *, by: User, at: dt.datetime, survey: Survey, until: dt.date, reason: str, expected_version: int | None = None
) -> Survey:
    """Move the last day of an open survey later, with the reason."""
    survey = locked(survey)
    body = require_runner(by, survey)
    _fresh(survey, expected_version)
    if survey.state != Survey.State.OPEN:
        raise Refused("只有进行中的调查可以延期", code="survey_not_open")
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = ["请写明理由"]
    if not max(survey.until, day_of(at)) < until <= day_of(at) + LONGEST:
        errors["until"] = ["应晚于原截止日期，且在一年之内"]
    if errors:
        raise Invalid("没有延期：有内容需要更正", errors=errors)
    data = {"from": survey.until.isoformat(), "to": until.isoformat()}
    survey.until = until
    _save(survey, at)
    record(by=by, at=at, action="survey.extend", subject=survey, data=data, body=body)
    return survey


@transaction.atomic
def close_survey(*, by: User, at: dt.datetime, survey: Survey, expected_version: int | None = None) -> Survey:
    """Close it: from this moment no answer comes in. The row is locked, so that an answer is in before or refused after."""
    survey = locked(survey)
    body = require_runner(by, survey)
    _fresh(survey, expected_version)
    if survey.state != Survey.State.OPEN:
        raise Refused("只有进行中的调查可以截止", code="survey_not_open")
    survey.state, survey.closed_by, survey.closed_at = Survey.State.CLOSED, by, at
    _save(survey, at)
    record(by=by, at=at, action="survey.close", subject=survey, data={"rows": survey.sheet.counting.count()}, body=body)
    return survey


@transaction.atomic
def confirm_survey(
    *, by: User, at: dt.datetime, survey: Survey, grade: str = "", reason: str = "", expected_version: int | None = None
) -> SurveyResult:
    """A leader of the authority, who did not close it, confirms the figures; from then on the gates stand on them.

    A willingness survey may carry the community's grade: the one that the entered thresholds give, or another with its reason; where the
    document orders a grading it must carry one. Raises Forbidden, Refused, Invalid.
    """
    survey = locked(survey)
    body = _confirmer(by, survey)
    _fresh(survey, expected_version)
    if survey.state != Survey.State.CLOSED:
        raise Refused("截止后才能确认结果", code="survey_not_closed")
    found = figures_of(survey)
    scale = scale_of(survey)
    grade = _grade(survey, grade.strip(), reason.strip(), scale, at)
    result = SurveyResult.objects.create(
        survey=survey, households=found.households, answered=found.answered, choices=dict(found.choices),
        needs=[list(row) for row in found.needs], hazards=[list(row) for row in found.hazards], warnings=list(found.warnings),
        grade=grade, grade_reason=reason.strip() if grade else "", scale=scale if grade else None, by=by, at=at,
    )  # fmt: skip
    survey.state = Survey.State.CONFIRMED
    _save(survey, at)
    data = {"rows": found.answered, "grade": grade}
    record(by=by, at=at, action="survey.confirm", subject=survey, data=data, body=body)
    return result


def _confirmer(by: User, survey: Survey) -> Body:
    body = confirming_body(by, survey)
    if body is None:
        raise Forbidden("调查结果须由组织单位的负责人确认")
    if by.pk in {survey.closed_by_id, survey.opened_by_id}:
        raise Forbidden("开始或截止调查的人不能确认结果，请由另一位负责人确认", code="own_survey")
    return body


def _grade(survey: Survey, grade: str, reason: str, scale: GradeScale | None, at: dt.datetime) -> str:
    """The grade that is recorded. Raises Invalid naming what is missing."""
    if survey.kind != Survey.Kind.WILLINGNESS:
        return ""
    found = figures_of(survey)
    numbers = (scale.a_from, scale.b_from) if scale else None
    answer = grading(
        layers_of(survey.division), day=day_of(at), agreeing=found.agreeing, whole=found.answered, scale=numbers
    )
    grade = grade or answer.grade or ""
    if grade and grade not in GRADES:
        raise Invalid("没有这一级", errors={"grade": [f"应为 {'、'.join(GRADES)} 之一"]})
    if not grade and answer.ordered:
        raise Invalid("文件要求对小区分级：请登记分级标准，或选择等级并写明理由", errors={"grade": ["请选择等级"]})
    if grade and grade != answer.grade and not reason:
        raise Invalid("等级与标准算出的不同（或没有标准），请写明理由", errors={"reason": ["请写明理由"]})
    return grade


@transaction.atomic
def set_grade_scale(
    *, by: User, at: dt.datetime, division: Division, a_from: int, b_from: int, reason: str
) -> GradeScale:
    """Enter the place's own thresholds of 分级, in per cent; earlier ones stay on record. Raises Invalid, Forbidden."""
    body = require_runner(by, division)
    errors: dict[str, list[str]] = {}
    if not 1 <= b_from < a_from <= 100:
        errors["a_from"] = ["应为 1 至 100 的整数，且 A 级高于 B 级"]
    if not reason.strip():
        errors["reason"] = ["请写明依据（会议、文件）"]
    if errors:
        raise Invalid("分级标准没有保存", errors=errors)
    scale = GradeScale(a_from=a_from, b_from=b_from, reason=reason.strip(), by=by, at=at, created_at=at, updated_at=at)
    scale.place_in(division)
    scale.save()
    record(by=by, at=at, action="survey.scale", subject=scale, data={"a_from": a_from, "b_from": b_from}, body=body)
    return scale


@transaction.atomic
def take_hazard(*, by: User, at: dt.datetime, survey: Survey, kind: str) -> Hazard:
    """Take what residents reported of one kind into the community's register of hazards, once. Raises Refused, Invalid, Forbidden."""
    survey = locked(survey)
    if survey.state not in (Survey.State.CLOSED, Survey.State.CONFIRMED):
        raise Refused("截止后才能把隐患转入登记册", code="survey_not_closed")
    number = dict(figures_of(survey).hazards).get(kind, 0)
    if not number:
        raise Invalid("没有住户反映这一类隐患", errors={"kind": ["没有住户反映这一类隐患"]})
    if survey.taken.filter(kind=kind).exists():
        raise Refused("这一类隐患已经转入登记册", code="hazard_taken")
    words = f"居民调查反映，{number} 户（{survey.title}）"
    hazard = record_hazard(by=by, at=at, community=survey.community, kind=kind, description=words)
    SurveyHazard.objects.create(survey=survey, kind=kind, hazard=hazard)
    return hazard


def locked(survey: Survey) -> Survey:
    """The row, locked until the transaction ends."""
    rows = Survey.objects.select_for_update(of=("self",)).select_related(
        "community__division", "division", "body__division"
    )
    return rows.get(pk=survey.pk)


def _fresh(survey: Survey, expected_version: int | None) -> None:
    if expected_version is not None and survey.version != expected_version:
        raise Stale("这个调查刚刚有变化，请刷新后再办理")


def _save(survey: Survey, at: dt.datetime) -> None:
    survey.version += 1
    survey.updated_at = at
    survey.save()
