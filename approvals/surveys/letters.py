"""Letters to homes: a code for each registered home that has not answered, printed once; and what a resident does with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from approvals.codes import find_letter, issue_letters, mark_used, shown
from approvals.models import CountingAnswer, Survey, SurveyAnswer
from approvals.rules.surveys import door_words
from approvals.surveys.access import require_runner
from approvals.surveys.actions import locked
from approvals.surveys.answers import give_answer
from communities.models import Home
from offices.history import record
from offices.models import User
from policies.refusal import Refused


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
    survey = locked(survey)
    body = require_runner(by, survey)
    if survey.state != Survey.State.OPEN:
        raise Refused("只有进行中的调查可以打印信函", code="survey_not_open")
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
    codes = issue_letters(subject=survey, holders=[str(home.uid) for home in rows], at=at)
    record(by=by, at=at, action="survey.letters", subject=survey, data={"rows": len(rows)}, body=body)
    return [SurveyLetter(_door(home), shown(codes[str(home.uid)])) for home in rows]


def _door(home: Home) -> str:
    return door_words(home.building.name, home.unit, home.room)


@dataclass(frozen=True)
class Resident:
    """Whom a code stands for: the home, in words."""

    survey: Survey
    home: Home
    door: str
    answered: bool


def resident_of(survey: Survey, code: str) -> Resident:
    """The home of a letter's code. Raises Refused for a wrong or revoked one."""
    found = find_letter(subject=survey.uid, text=code)
    home = Home.objects.select_related("building").filter(
        uid=UUID(found.holder), building__community=survey.community_id
    ).first()  # fmt: skip
    if home is None:
        raise Refused("这个验证码对应的住户已不在登记册中，请联系社区", code="code_unknown")
    given = CountingAnswer.objects.filter(sheet__survey=survey, household=f"home:{home.pk}").exists()
    return Resident(survey, home, _door(home), given)


@transaction.atomic
def answer_online(
    *, at: dt.datetime, survey: Survey, code: str, role: str, choice: str, needs: Sequence[str] = (), hazards: Sequence[str] = (),
    words: str = "",
) -> SurveyAnswer:  # fmt: skip
    """A resident's own answer by the code of his letter; a later one of his home counts instead. Raises Refused, Invalid."""
    who = resident_of(survey, code)
    answer = give_answer(
        by=None, at=at, survey=survey, home=who.home, role=role, choice=choice, needs=needs, hazards=hazards, words=words,
        channel=SurveyAnswer.Channel.ONLINE,
    )  # fmt: skip
    mark_used(code=find_letter(subject=survey.uid, text=code), at=at)
    return answer
