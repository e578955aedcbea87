"""Letters to households: a code for each that has not answered, printed once; and what a resident does with it.

Where a community's homes are not registered one by one the office lists the doors: a code belongs to one door from the start, so that
it answers for no other, and a door that is registered later is still one household (``approvals.surveys.answers``).
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from approvals.codes import find_letter, issue_letters, mark_used, shown
from approvals.models import Code, CountingAnswer, Survey, SurveyAnswer
from approvals.rules.surveys import door_words, household_key
from approvals.surveys.access import require_runner
from approvals.surveys.actions import locked
from approvals.surveys.answers import give_answer
from communities.models import Home
from offices.history import record
from offices.models import Body, User
from policies.refusal import Invalid, Refused

DOOR = "door:"  # holder of a code: a door by its household key; others are the uid of a registered home
MOST_DOORS, LONGEST_KEY = 500, 56


@dataclass(frozen=True)
class SurveyLetter:
    """A letter as it is printed; the code is nowhere else."""

    door: str
    code: str


@transaction.atomic
def print_letters(*, by: User, at: dt.datetime, survey: Survey, building: str = "") -> list[SurveyLetter]:
    """New codes for the homes (of a building) that have not answered; earlier letters of these homes stop working.

    Raises Refused where the survey is not open or the community has no homes registered, Forbidden.
    """
    survey, body = _printing(by, survey)
    done = CountingAnswer.objects.filter(sheet__survey=survey, answer__home__isnull=False).values("answer__home")
    homes = (
        Home.objects.filter(building__community=survey.community, merged_into__isnull=True)
        .exclude(pk__in=done)
        .select_related("building")
    )
    rows = list(
        (homes.filter(building__name=building) if building else homes).order_by("building", "unit", "room", "pk")
    )
    if not rows:
        raise Refused("没有可以发信的住户：小区还没有逐户登记，或都已答卷", code="nobody_to_write_to")
    return _issued(by, at, survey, body, {str(home.uid): _door(home) for home in rows})


def _printing(by: User, survey: Survey) -> tuple[Survey, Body]:
    survey = locked(survey)
    body = require_runner(by, survey)
    if survey.state != Survey.State.OPEN:
        raise Refused("只有进行中的调查可以打印信函", code="survey_not_open")
    return survey, body


def _issued(by: User, at: dt.datetime, survey: Survey, body: Body, doors: Mapping[str, str]) -> list[SurveyLetter]:
    """Codes for these holders, with their doors in words."""
    codes = issue_letters(subject=survey, holders=doors, at=at)
    record(by=by, at=at, action="survey.letters", subject=survey, data={"rows": len(doors)}, body=body)
    return [SurveyLetter(door, shown(codes[holder])) for holder, door in doors.items()]


@transaction.atomic
def print_door_letters(*, by: User, at: dt.datetime, survey: Survey, doors: str) -> list[SurveyLetter]:
    """New codes for doors that the office lists, one a line (楼栋 单元 房号), whether the register holds them or not; each once.

    Raises Invalid naming each line that is no door, Refused where there would be more households than the register counts, Forbidden.
    """
    survey, body = _printing(by, survey)
    keys = _listed(doors)
    homes = Home.objects.filter(building__community=survey.community).select_related("building")
    known = {household_key(home.building.name, home.unit, home.room): home for home in homes.order_by("-pk")}
    answered = set(CountingAnswer.objects.filter(sheet__survey=survey).values_list("household", flat=True))
    rows: dict[str, str] = {}
    for key in keys:
        home = known.get(key)
        one = home and (home.merged_into or home)
        if (f"home:{one.pk}" if one else key) not in answered:
            rows[str(one.uid) if one else DOOR + key] = _door(one) if one else door_words(*_place(key).values())
    if not rows:
        raise Refused("没有可以发信的住户：所列门牌都已答卷", code="nobody_to_write_to")
    _within_register(survey, {holder for holder in rows if holder.startswith(DOOR)})
    return _issued(by, at, survey, body, rows)


def _listed(text: str) -> list[str]:
    """Household keys of the lines, each once, in their order."""
    lines = [(number, line.split()) for number, line in enumerate(re.sub("[,，、;；]", " ", text).splitlines(), 1)]
    keys: dict[str, None] = {}
    wrong = []
    for number, parts in lines:
        key = household_key(*("", "", *parts)[-3:]) if len(parts) == 1 else ""
        if len(parts) in (2, 3):
            key = household_key(parts[0], parts[1] if len(parts) == 3 else "", parts[-1])
        if key and len(key) <= LONGEST_KEY and "\x00" not in key:
            keys[key] = None
        elif parts:
            wrong.append(f"第 {number} 行不是门牌：应为楼栋、单元、房号，用空格隔开")
    if not keys and not wrong:
        wrong = ["请每行填写一户的门牌"]
    if len(keys) > MOST_DOORS:
        wrong = [f"一次最多 {MOST_DOORS} 户，请分批打印"]
    if wrong:
        raise Invalid("信函没有打印：门牌需要更正", errors={"doors": wrong[:20]})
    return list(keys)


def _place(key: str) -> dict[str, str]:
    """A household's key as a door again: the same key comes out of it."""
    building, unit, room = key.split("/")
    return {"building": f"{building}号楼" if building.isdigit() else building, "unit": unit, "room": room}


def _within_register(survey: Survey, doors: set[str]) -> None:
    """Registered homes and doors with a letter are together no more than the register counts: a code is one household's say."""
    homes = Home.objects.filter(building__community=survey.community, merged_into__isnull=True).count()
    earlier = Code.objects.filter(
        subject_uid=survey.uid, kind=Code.Kind.LETTER, holder__startswith=DOOR, revoked_at__isnull=True
    ).exclude(holder__in=doors)
    most, found = survey.community.household_count or 0, homes + earlier.count() + len(doors)
    if doors and found > most:
        raise Refused(
            f"登记册共 {most} 户，加上所列门牌是 {found} 户：请核对门牌；户数登记有误的，先更正小区登记册",
            code="beyond_register",
        )


def _door(home: Home) -> str:
    return door_words(home.building.name, home.unit, home.room)


@dataclass(frozen=True)
class Resident:
    """Whom a code stands for: the household in words, and as ``give_answer`` asks for it (home, or building, unit and room)."""

    survey: Survey
    place: Mapping[str, Any]
    door: str
    answered: bool


def resident_of(survey: Survey, code: str) -> Resident:
    """The household of a letter's code. Raises Refused for a wrong or revoked one."""
    found = find_letter(subject=survey.uid, text=code)
    if found.holder.startswith(DOOR):
        key = found.holder.removeprefix(DOOR)
        given = CountingAnswer.objects.filter(sheet__survey=survey, household=key).exists()
        place = _place(key)
        return Resident(survey, place, door_words(*place.values()), given)
    home = Home.objects.select_related("building").filter(
        uid=UUID(found.holder), building__community=survey.community_id
    ).first()  # fmt: skip
    if home is None:
        raise Refused("这个验证码对应的住户已不在登记册中，请联系社区", code="code_unknown")
    return resident_at(survey, home)


def resident_at(survey: Survey, home: Home) -> Resident:
    """The household of a registered home."""
    given = CountingAnswer.objects.filter(sheet__survey=survey, household=f"home:{home.pk}").exists()
    return Resident(survey, {"home": home}, _door(home), given)


@transaction.atomic
def answer_online(
    *, at: dt.datetime, who: Resident, code: str, role: str, choice: str, needs: Sequence[str] = (), hazards: Sequence[str] = (),
    words: str = "",
) -> SurveyAnswer:  # fmt: skip
    """A resident's own answer; a later one of his home counts instead. ``code``: of his letter, empty where his telephone showed who he is.

    Raises Refused, Invalid.
    """
    answer = give_answer(
        by=None, at=at, survey=who.survey, **who.place, role=role, choice=choice, needs=needs, hazards=hazards, words=words,
        channel=SurveyAnswer.Channel.ONLINE,
    )  # fmt: skip
    if code:
        mark_used(code=find_letter(subject=who.survey.uid, text=code), at=at)
    return answer
