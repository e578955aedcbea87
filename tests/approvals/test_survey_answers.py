"""Answers of a survey: one counts a household, in time, as the frozen questionnaire asks; the database holds it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from approvals.models import CountingAnswer, Survey, SurveyAnswer, SurveyResult
from approvals.surveys import actions, queries
from approvals.surveys.answers import erase_words
from communities.models import Home
from offices.demonstration import Offices
from offices.models import HistoryEntry
from policies.refusal import Invalid, Refused, Stale
from tests.approvals.field import HOUR, UNTIL, Field
from tests.cast import AT


def refused(survey: Survey, field: Field, code: str, **more: Any) -> Refused:
    """The refusal of one answer."""
    with pytest.raises(Refused) as error, transaction.atomic():
        field.door(survey, **more)
    assert error.value.code == code, error.value.code
    return error.value


def test_a_later_answer_of_a_household_counts_and_both_stay(ruicheng: Field) -> None:
    survey = ruicheng.open()
    first = ruicheng.door(survey, "101", "oppose")
    second = ruicheng.door(survey, "０１０１室", "agree", role="tenant")
    assert first.household == second.household and SurveyAnswer.objects.count() == 2
    assert CountingAnswer.objects.get().answer == second
    assert queries.figures_of(survey).choices == {"agree": 1, "oppose": 0, "undecided": 0}


def test_a_door_that_the_register_holds_is_that_home(ruicheng: Field) -> None:
    home, survey = ruicheng.home("101"), ruicheng.open()
    answer = ruicheng.door(survey, "101")
    assert answer.home == home
    ruicheng.door(survey, choice="oppose", home=home)
    assert CountingAnswer.objects.get().answer.choice == "oppose"
    assert queries.coverage_of(survey).missing == 0


def test_a_home_of_another_community_is_refused(ruicheng: Field) -> None:
    elsewhere = Field(ruicheng.offices, "潞州区").home("101")
    error = refused(ruicheng.open(), ruicheng, "invalid", home=elsewhere)
    assert list(error.errors) == ["home"]


def test_no_more_doors_than_the_register_counts_without_a_named_warning(offices: Offices) -> None:
    field = Field(offices, households=2)
    survey = field.open()
    field.doors(survey, 2)
    error = refused(survey, field, "beyond_register", room="301")
    assert "登记册共 2 户" in error.detail
    field.door(survey, "102", "oppose")  # a household that has answered may answer again
    field.door(survey, "301", beyond_register=True)
    found = queries.figures_of(survey)
    assert (found.households, found.answered) == (3, 3) and "多于登记的 2 户" in found.warnings[0]
    assert field.confirm(survey).warnings == list(found.warnings)


def test_a_door_that_a_whole_register_does_not_hold_is_refused(offices: Offices) -> None:
    field = Field(offices, households=1)
    field.home("101")
    survey = field.open()
    refused(survey, field, "beyond_register", room="999")


def test_no_answer_before_the_opening_nor_after_the_close(ruicheng: Field) -> None:
    draft = ruicheng.draft()
    refused(draft, ruicheng, "survey_not_open")
    survey = actions.open_survey(by=ruicheng.clerk, at=AT, survey=draft)
    ruicheng.door(survey)
    ruicheng.close(survey)
    refused(survey, ruicheng, "survey_not_open", room="102")
    assert SurveyAnswer.objects.count() == 1


def test_no_answer_after_the_last_day_though_nobody_closed_it(ruicheng: Field) -> None:
    survey = ruicheng.open()
    ruicheng.at = dt.datetime.combine(UNTIL, dt.time(23, 0), AT.tzinfo)
    ruicheng.door(survey)
    ruicheng.at += 2 * HOUR
    refused(survey, ruicheng, "survey_not_open", room="102")
    with pytest.raises(Invalid):
        actions.extend_survey(by=ruicheng.clerk, at=ruicheng.at, survey=survey, until=UNTIL, reason="")
    later = UNTIL + dt.timedelta(days=7)
    actions.extend_survey(by=ruicheng.clerk, at=ruicheng.at, survey=survey, until=later, reason="入户未完成")
    ruicheng.door(survey, "102")


def test_the_questionnaire_is_frozen_once_opened(ruicheng: Field) -> None:
    draft = ruicheng.draft("willingness")
    few = draft.items[:2]
    changed = actions.change_survey(by=ruicheng.clerk, at=AT, survey=draft, items=few, expected_version=1)
    with pytest.raises(Stale):
        actions.change_survey(by=ruicheng.clerk, at=AT, survey=draft, title="改", expected_version=1)
    survey = actions.open_survey(by=ruicheng.clerk, at=AT, survey=changed)
    with pytest.raises(Refused) as frozen:
        actions.change_survey(by=ruicheng.clerk, at=AT, survey=survey, items=[])
    assert frozen.value.code == "survey_frozen"
    with pytest.raises(Refused):
        actions.open_survey(by=ruicheng.clerk, at=AT, survey=survey)
    assert [item["key"] for item in survey.sheet.questions["items"]] == few
    assert list(refused(survey, ruicheng, "invalid", needs=["别的"]).errors) == ["needs"]


@pytest.mark.parametrize("statement", [
    "UPDATE approvals_surveysheet SET questions = '{}'", "DELETE FROM approvals_surveysheet",
    "UPDATE approvals_surveyanswer SET choice = 'agree'", "UPDATE approvals_surveyanswer SET household = 'x'",
    "DELETE FROM approvals_surveyanswer", "UPDATE approvals_surveyresult SET answered = 0",
    "UPDATE approvals_survey SET kind = 'satisfaction'",
])  # fmt: skip
def test_the_database_keeps_questionnaire_answers_and_figures(ruicheng: Field, statement: str) -> None:
    survey = ruicheng.open()
    ruicheng.door(survey, "101", "oppose")
    ruicheng.confirm(survey)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_answer_before_the_opening_nor_after_the_close(ruicheng: Field) -> None:
    survey = ruicheng.open()
    answer = ruicheng.door(survey)
    ruicheng.close(survey)
    answer.pk, answer.uid, answer.receipt = None, uuid.uuid4(), "X"
    with pytest.raises(DatabaseError), transaction.atomic():
        answer.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        CountingAnswer.objects.update(household="x")
    zero = {"households": 1, "answered": 0, "choices": {}, "needs": [], "hazards": [], "by": ruicheng.leader, "at": AT}
    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyResult.objects.create(survey=ruicheng.open("willingness"), **zero)


def test_one_counting_answer_a_household_by_the_database(ruicheng: Field) -> None:
    survey = ruicheng.open()
    first, second = ruicheng.door(survey), ruicheng.door(survey)
    with pytest.raises(DatabaseError), transaction.atomic():
        CountingAnswer.objects.create(sheet=survey.sheet, household=second.household, answer=first)


def test_free_words_can_be_erased_and_the_answer_stays(ruicheng: Field) -> None:
    survey = ruicheng.open()
    answer = ruicheng.door(survey, words="打电话 13912345678")
    erase_words(by=ruicheng.clerk, at=AT, answer=answer)
    answer.refresh_from_db()
    assert answer.words == "" and answer.choice == "agree"
    assert "13912345678" not in str(list(HistoryEntry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(("values", "field"), [
    ({"role": "landlord"}, "role"), ({"choice": "very_satisfied"}, "choice"), ({"channel": "online"}, "channel"),
    ({"channel": "paper"}, "serial"), ({"serial": "7"}, "serial"), ({"words": "长" * 501}, "words"), ({"words": "a\x00"}, "words"),
    ({"room": ""}, "room"), ({"room": "1" * 21}, "room"), ({"needs": ["x"]}, "needs"), ({"hazards": ["gas"]}, "hazards"),
])  # fmt: skip
def test_a_wrong_field_of_an_answer_is_named(ruicheng: Field, values: dict[str, Any], field: str) -> None:
    error = refused(ruicheng.open(), ruicheng, "invalid", **values)
    assert list(error.errors) == [field] and not SurveyAnswer.objects.exists()


def test_tenants_answer_residents_surveys_and_not_owners_ones(ruicheng: Field) -> None:
    survey = ruicheng.open(asks="owners")
    assert list(refused(survey, ruicheng, "invalid", role="tenant").errors) == ["role"]
    ruicheng.door(survey)


def test_a_paper_is_entered_once_by_its_number(ruicheng: Field) -> None:
    survey = ruicheng.open()
    ruicheng.door(survey, "101", channel="paper", serial="0007")
    refused(survey, ruicheng, "serial_entered", room="102", channel="paper", serial="0007")


def test_a_home_entered_twice_answers_once(ruicheng: Field) -> None:
    stays, twice = ruicheng.home("101"), ruicheng.home("101", "一号楼旧名")
    Home.objects.filter(pk=twice.pk).update(merged_into=stays)
    twice.refresh_from_db()
    survey = ruicheng.open()
    ruicheng.door(survey, home=stays)
    ruicheng.door(survey, choice="oppose", home=twice)
    assert CountingAnswer.objects.get().answer.choice == "oppose"
    assert queries.coverage_of(survey).registered == 1
