"""Answers of one household at one moment, and answers beside a close, on a real PostgreSQL: one counts, none comes after."""

import pytest

import communities.imports.builtin  # noqa: F401
from approvals.models import CountingAnswer, Survey, SurveyAnswer
from approvals.surveys import actions
from approvals.surveys.answers import give_answer
from offices.demonstration import Offices
from tests.approvals.field import HOUR, Field
from tests.cast import AT
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_eight_answers_of_one_household_at_once_are_one_that_counts(stage: Offices) -> None:
    field = Field(stage)
    home, survey = field.home("101"), field.open()

    def answer(index: int) -> str:
        choice = "agree" if index % 2 else "oppose"
        where = {"home": home} if index % 3 else {"building": "1", "unit": "1", "room": "0101室"}
        given = give_answer(
            by=field.clerk, at=AT + HOUR, survey=survey, role="owner", choice=choice, channel="door", **where
        )
        return given.receipt

    said = together(8, answer)
    assert [each.error for each in said] == [""] * 8
    assert SurveyAnswer.objects.count() == 8 and CountingAnswer.objects.count() == 1
    counting = CountingAnswer.objects.select_related("answer").get()
    assert counting.answer == SurveyAnswer.objects.latest("pk"), "the last one in counts"


def test_beside_a_close_an_answer_is_in_or_refused_and_none_comes_after(stage: Offices) -> None:
    field = Field(stage)
    survey = field.open()

    def act(index: int) -> str:
        if index == 4:
            actions.close_survey(by=field.clerk, at=AT + HOUR, survey=survey)
            return "closed"
        give_answer(
            by=field.clerk,
            at=AT + HOUR,
            survey=survey,
            role="owner",
            choice="agree",
            channel="door",
            room=str(index + 1),
        )
        return "in"

    said = together(8, act)
    came = [each for each in said if each.value == "in"]
    late = [each for each in said if each.error]
    assert [each.value for each in said].count("closed") == 1 and len(came) + len(late) == 7
    assert {each.code for each in late} <= {"survey_not_open"}
    assert CountingAnswer.objects.count() == len(came)
    assert Survey.objects.get(pk=survey.pk).state == "closed"


def test_two_people_open_one_survey_once(stage: Offices) -> None:
    field = Field(stage)
    draft = field.draft()
    said = together(4, lambda index: actions.open_survey(by=field.clerk, at=AT, survey=draft).state)
    assert sorted(each.code for each in said if each.error) == ["survey_frozen"] * 3
    assert sum(each.value == "open" for each in said) == 1


def test_one_live_survey_of_a_kind_whoever_comes_first(stage: Offices) -> None:
    field = Field(stage)
    said = together(4, lambda index: str(field.draft().uid))
    assert [each.code for each in said if each.error] == ["survey_exists"] * 3
