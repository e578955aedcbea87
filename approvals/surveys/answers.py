"""Answers: inserted while the survey is open, never changed; the latest of a household counts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from approvals.models import CountingAnswer, Survey, SurveyAnswer, SurveySheet
from approvals.rules.surveys import household_key
from approvals.surveys.access import require_runner, require_visitor
from approvals.surveys.actions import locked
from communities.models import Home
from offices.clock import day_of
from offices.history import record
from offices.models import User
from offices.receipts import new_number
from policies.refusal import Invalid, Refused

MOST_NEEDS = 200


@dataclass(frozen=True)
class Door:
    """The household as the questionnaire names it."""

    building: str
    unit: str
    room: str
    home: Home | None = None

    @property
    def key(self) -> str:
        """What the answer is counted by."""
        return f"home:{self.home.pk}" if self.home else household_key(self.building, self.unit, self.room)


@transaction.atomic
def give_answer(
    *, by: User | None, at: dt.datetime, survey: Survey, role: str, choice: str, channel: str, home: Home | None = None,
    building: str = "", unit: str = "", room: str = "", needs: Sequence[str] = (), hazards: Sequence[str] = (), words: str = "",
    serial: str = "", beyond_register: bool = False,
) -> SurveyAnswer:  # fmt: skip
    """Take in one answer. ``by`` None: a resident online, for his own ``home`` or door. ``beyond_register``: the register is short and
    the household is taken nevertheless, with a warning on the result.

    Raises Refused before the opening and after the close, Invalid naming each wrong field, Forbidden.
    """
    survey = locked(survey)
    body = None if by is None else require_visitor(by, survey)
    sheet = _open_sheet(survey, at)
    _check(
        survey,
        sheet,
        role=role,
        choice=choice,
        channel=channel,
        by=by,
        needs=needs,
        hazards=hazards,
        words=words,
        serial=serial,
    )
    door = _door(survey, home, building, unit, room)
    if not beyond_register:
        _within_register(survey, sheet, door)
    order = {item["key"]: number for number, item in enumerate(sheet.questions["items"])}
    answer = SurveyAnswer(
        sheet=sheet, home=door.home, household=door.key, building=door.building, unit=door.unit, room=door.room, role=role,
        channel=channel, serial=serial.strip(), choice=choice, needs=sorted(set(needs), key=order.__getitem__),
        hazards=sorted(set(hazards)), words=words.strip(), receipt=new_number("D"), by=by, body=body, at=at,
    )  # fmt: skip
    _insert(answer)
    _count(answer)
    data: dict[str, Any] = {"answer": str(answer.uid), "channel": channel, "own": by is None}
    record(by=by, at=at, action="survey.answer", subject=survey, data=data, body=body)
    return answer


def _open_sheet(survey: Survey, at: dt.datetime) -> SurveySheet:
    """The frozen questionnaire of a survey that takes answers now."""
    if survey.state == Survey.State.DRAFT:
        raise Refused("调查还没有开始", code="survey_not_open")
    if survey.state != Survey.State.OPEN or day_of(at) > survey.until:
        raise Refused("调查已经截止，不再收答卷", code="survey_not_open")
    return survey.sheet


def _check(
    survey: Survey, sheet: SurveySheet, *, role: str, choice: str, channel: str, by: User | None, needs: Sequence[str],
    hazards: Sequence[str], words: str, serial: str,
) -> None:  # fmt: skip
    """Every field against the frozen questionnaire. Raises Invalid."""
    asked = sheet.questions
    errors: dict[str, list[str]] = {}
    if role not in SurveyAnswer.Role.values:
        errors["role"] = ["请选择答卷人是业主、租户还是其他"]
    elif asked["asks"] == Survey.Asks.OWNERS and role == SurveyAnswer.Role.TENANT:
        errors["role"] = ["这次调查只问业主"]
    if choice not in asked["choices"]:
        errors["choice"] = ["请选择一项意见"]
    staff = {SurveyAnswer.Channel.DOOR, SurveyAnswer.Channel.PAPER}
    if channel not in (staff if by is not None else {SurveyAnswer.Channel.ONLINE}):
        errors["channel"] = ["没有这种渠道"]
    known = {item["key"] for item in asked["items"]}
    if len(needs) > MOST_NEEDS or any(key not in known for key in needs):
        errors["needs"] = ["问卷里没有这一项"]
    if any(kind not in asked["hazards"] for kind in hazards):
        errors["hazards"] = ["没有这一类隐患"]
    if len(words) > 500 or "\x00" in words:
        errors["words"] = ["最多 500 字"]
    errors |= _serial_errors(channel, serial)
    if errors:
        raise Invalid("答卷没有提交：有内容需要更正", errors=errors)


def _serial_errors(channel: str, serial: str) -> dict[str, list[str]]:
    if channel == SurveyAnswer.Channel.PAPER and not serial.strip():
        return {"serial": ["请填写纸质问卷的编号"]}
    if (channel != SurveyAnswer.Channel.PAPER and serial.strip()) or len(serial) > 40 or "\x00" in serial:
        return {"serial": ["只有纸质问卷有编号，最多 40 字"]}
    return {}


def _door(survey: Survey, home: Home | None, building: str, unit: str, room: str) -> Door:
    """The household: a registered home of this community, or a door by its text where the register has no such home."""
    if home is not None:
        if home.building.community_id != survey.community_id:
            raise Invalid("这一户不在本小区", errors={"home": ["这一户不在本小区"]})
        return _registered(home)
    if any(len(text) > most or "\x00" in text for text, most in ((building, 60), (unit, 20), (room, 20))):
        raise Invalid("门牌过长", errors={"room": ["楼栋最多 60 字，单元、房号最多 20 字"]})
    key = household_key(building, unit, room)
    if not key:
        raise Invalid("请写明是哪一户", errors={"room": ["请填写房号"]})
    homes = Home.objects.filter(building__community=survey.community)
    for known in homes.select_related("building", "merged_into__building"):
        if household_key(known.building.name, known.unit, known.room) == key:
            return _registered(known)
    return Door(building.strip(), unit.strip(), room.strip())


def _registered(home: Home) -> Door:
    """A registered home; one that was entered twice answers as the one that stays."""
    one = home.merged_into or home
    return Door(one.building.name, one.unit, one.room, one)


def _within_register(survey: Survey, sheet: SurveySheet, door: Door) -> None:
    """A door that the register does not hold is taken as long as it is no more than the register counts. Raises Refused."""
    if door.home is not None:
        return
    registered = Home.objects.filter(building__community=survey.community, merged_into__isnull=True).count()
    known = max(survey.community.household_count or 0, registered)
    if registered and registered >= known:
        raise Refused(
            "登记册的房屋里没有这一户：请核对楼栋、单元、房号，确有此户的勾选“登记册漏登”", code="beyond_register"
        )
    others = CountingAnswer.objects.filter(sheet=sheet).exclude(household=door.key).count()
    if others >= known:
        raise Refused(
            f"登记册共 {known} 户，已答 {others} 户：请核对门牌，确有此户的勾选“登记册漏登”", code="beyond_register"
        )


def _insert(answer: SurveyAnswer) -> None:
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("这个编号的纸质问卷已经录入", code="serial_entered", errors={"serial": ["编号已录入"]}) from error


def _count(answer: SurveyAnswer) -> None:
    """From now on this answer counts for its household; the earlier one stays on record.

    Also the one that was given while the home was not registered and its door was a text: one household, one counting answer.
    """
    names = {answer.household, household_key(answer.building, answer.unit, answer.room)}
    rows = CountingAnswer.objects.filter(sheet=answer.sheet, household__in=names)
    if not rows.update(household=answer.household, answer=answer):
        CountingAnswer.objects.create(sheet=answer.sheet, household=answer.household, answer=answer)


@transaction.atomic
def erase_words(*, by: User, at: dt.datetime, answer: SurveyAnswer) -> None:
    """Blank the free words of an answer (a name or a telephone number was written there); what counts stays. Raises Forbidden."""
    survey = answer.sheet.survey
    body = require_runner(by, survey)
    SurveyAnswer.objects.filter(pk=answer.pk).update(words="")
    record(by=by, at=at, action="survey.erase", subject=survey, data={"answer": str(answer.uid)}, body=body)
