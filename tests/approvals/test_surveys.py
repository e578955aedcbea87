"""The life of a survey: who runs it, who confirms it, and the gates that stand on it."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import SurveySheet
from approvals.standing import standing
from approvals.surveys import actions, queries
from approvals.surveys.gates import KINDS, source
from communities.models import Hazard
from offices.demonstration import Offices
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused
from projects import actions as projects
from tests.approvals.field import HOUR, UNTIL, Field
from tests.cast import AT, TODAY


@pytest.mark.rule("RC-07")
def test_a_confirmed_consent_survey_opens_the_gate_and_seven_of_ten_do_not(ruicheng: Field) -> None:
    project, survey = ruicheng.project(), ruicheng.open()
    ruicheng.doors(survey, 7)
    ruicheng.doors(survey, 2, "oppose", 201)
    under_way = ruicheng.gate(project, "plan_consent")
    assert under_way.blocks and "进行中" in under_way.explanation and "还差 1 户" in under_way.missing
    result = ruicheng.confirm(survey)
    assert (result.households, result.answered, result.choices) == (10, 9, {"agree": 7, "oppose": 2, "undecided": 0})
    short = ruicheng.gate(project, "plan_consent")
    assert short.blocks and "还差 1 户" in short.missing and short.citation.rule == "RC-07"
    again = ruicheng.open()
    ruicheng.doors(again, 8)
    ruicheng.confirm(again)
    met = ruicheng.gate(project, "plan_consent")
    assert met.outcome == "met" and "8 / 10" in met.explanation and "确认" in met.explanation


@pytest.mark.rule("RC-07")
def test_a_closed_survey_is_not_settled_before_a_leader_confirms_it(ruicheng: Field) -> None:
    project, survey = ruicheng.project(), ruicheng.open()
    ruicheng.doors(survey, 10)
    assert ruicheng.gate(project, "plan_consent").blocks
    closed = ruicheng.close(survey)
    gate = ruicheng.gate(project, "plan_consent")
    assert gate.blocks and "待确认" in gate.explanation
    with pytest.raises(Forbidden):  # a clerk is no leader
        actions.confirm_survey(by=ruicheng.clerk, at=AT, survey=closed)
    with pytest.raises(Forbidden):  # nor is another county's
        actions.confirm_survey(by=ruicheng.offices.user("潞州区", "housing", "leader"), at=AT, survey=closed)
    actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed)
    assert ruicheng.gate(project, "plan_consent").outcome == "met"
    with pytest.raises(Refused):
        actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed)


def test_who_closed_a_survey_does_not_confirm_it(ruicheng: Field) -> None:
    survey = ruicheng.open()
    closed = actions.close_survey(by=ruicheng.leader, at=AT, survey=survey)
    with pytest.raises(Forbidden) as no:
        actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed)
    assert no.value.code == "own_survey"


@pytest.mark.rule("RC-08")
def test_a_willingness_survey_answers_the_coverage_and_carries_a_grade(ruicheng: Field) -> None:
    project, survey = ruicheng.project(), ruicheng.open("willingness")
    ruicheng.doors(survey, 7)
    ruicheng.doors(survey, 1, "oppose", 201)
    closed = ruicheng.close(survey)
    with pytest.raises(Invalid) as missing:  # the document orders a grading and nobody has entered thresholds
        actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed)
    assert list(missing.value.errors) == ["grade"]
    county = ruicheng.community.county
    assert county is not None
    actions.set_grade_scale(
        by=ruicheng.clerk, at=AT, division=county, a_from=90, b_from=70, reason="县领导小组会议纪要"
    )
    view = queries.survey_page(closed, today=TODAY)
    assert view.grading.grade == "B" and "平台登记" in view.grading.words and view.grading.citation is not None
    assert view.grading.citation.rule == "RC-08"
    with pytest.raises(Invalid) as reason:  # another grade than the thresholds give wants its reason
        actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed, grade="A")
    assert list(reason.value.errors) == ["reason"]
    result = actions.confirm_survey(by=ruicheng.leader, at=AT, survey=closed)
    assert (result.grade, result.scale and result.scale.a_from) == ("B", 90)
    gate = ruicheng.gate(project, "survey_coverage")
    assert gate.outcome == "met" and "8 / 10" in gate.explanation


@pytest.mark.rule("RC-08")
def test_seven_of_ten_households_asked_are_one_short(ruicheng: Field) -> None:
    project, survey = ruicheng.project(), ruicheng.open("willingness")
    ruicheng.doors(survey, 7)
    ruicheng.confirm(survey, grade="A", reason="意愿强烈")
    gate = ruicheng.gate(project, "survey_coverage")
    assert gate.blocks and gate.missing.endswith("还差 1 户")


@pytest.mark.rule("RC-09")
def test_satisfaction_is_a_share_of_those_who_answered(ruicheng: Field) -> None:
    project = ruicheng.project()
    with pytest.raises(Invalid):  # it is about a project
        ruicheng.open("satisfaction")
    survey = ruicheng.open("satisfaction", subject=project)
    for room, face in enumerate(("very_satisfied", "satisfied", "satisfied", "fair"), 101):
        ruicheng.door(survey, str(room), face)
    ruicheng.confirm(survey)
    gate = ruicheng.gate(project, "satisfaction")
    assert gate.blocks and "3 / 4" in gate.explanation and "还差 1 人" in gate.missing
    again = ruicheng.open("satisfaction", subject=project)
    ruicheng.doors(again, 4, "satisfied")
    ruicheng.door(again, "201", "dissatisfied", role="tenant")
    ruicheng.confirm(again)
    assert ruicheng.gate(project, "satisfaction").outcome == "met"


@pytest.mark.rule("LZ-31")
@pytest.mark.rule("YL-17")
@pytest.mark.parametrize(("place", "item"), [("城中区", "LZ-31"), ("玉州区", "YL-17")])
def test_needs_by_item_are_offered_to_whoever_makes_the_scheme(offices: Offices, place: str, item: str) -> None:
    field = Field(offices, place)
    project, survey = field.project(), field.draft("willingness")
    keys = survey.items
    assert len(keys) > 20 and field.gate(project, "willingness_survey").citation.rule == item
    survey = actions.open_survey(by=field.clerk, at=AT, survey=survey)
    field.door(survey, "101", needs=[keys[3], keys[0]], hazards=["gas"])
    field.door(survey, "102", needs=[keys[3]], hazards=["gas", "fire"], role="tenant")
    field.door(survey, "103", "oppose")
    assert queries.needs(field.community) == [], "an open survey offers nothing"
    assert field.gate(project, "willingness_survey").blocks
    field.confirm(survey)
    found = queries.needs(field.community)
    assert [(need.key, need.wanted, need.asked) for need in found[:3]] == [
        (keys[3], 2, 3), (keys[0], 1, 3), (keys[1], 0, 3),
    ]  # fmt: skip
    assert queries.reported_hazards(field.community) == [("gas", "燃气管线", 2), ("fire", "消防", 1)]
    gate = field.gate(project, "willingness_survey")
    assert gate.outcome == "met" and "10户中3户答卷" in gate.explanation


@pytest.mark.rule("LZ-31")
def test_a_survey_that_nobody_answered_opens_nothing(offices: Offices) -> None:
    field = Field(offices, "城中区")
    project, survey = field.project(), field.open("willingness")
    field.confirm(survey)
    gate = field.gate(project, "willingness_survey")
    assert gate.blocks and "还没有一户答卷" in gate.missing


def test_a_consent_survey_needs_the_households_of_the_register(offices: Offices) -> None:
    field = Field(offices, households=None)
    with pytest.raises(Refused) as no:
        field.open()
    assert no.value.code == "households_unknown" and not SurveySheet.objects.exists()


def test_one_live_survey_of_a_kind(ruicheng: Field) -> None:
    ruicheng.open()
    with pytest.raises(Refused) as no:
        ruicheng.draft()
    assert no.value.code == "survey_exists"
    ruicheng.draft("willingness")


def test_who_may_run_a_survey_and_go_to_the_doors(ruicheng: Field) -> None:
    survey, offices = ruicheng.open(), ruicheng.offices
    for user in (
        offices.user("潞州区", "housing", "clerk"),
        offices.user("芮城县", "fire", "clerk"),
        offices.users["yuncheng.auditor"],
    ):
        with pytest.raises(Forbidden):
            ruicheng.door(survey, by=user)
        with pytest.raises(Forbidden):
            actions.close_survey(by=user, at=AT, survey=survey)
        with pytest.raises(Forbidden):
            actions.create_survey(by=user, at=AT, community=ruicheng.community, kind="willingness", until=UNTIL)
    ruicheng.door(survey, by=offices.user("芮城县", "housing", "approver"))
    with pytest.raises(Forbidden):  # an approver enters answers and runs nothing
        actions.close_survey(by=offices.user("芮城县", "housing", "approver"), at=AT, survey=survey)


@pytest.mark.parametrize(("values", "field"), [
    ({"kind": "vote"}, "kind"), ({"asks": "pets"}, "asks"), ({"until": TODAY - dt.timedelta(days=1)}, "until"),
    ({"until": TODAY + dt.timedelta(days=400)}, "until"), ({"items": ["没有的内容"], "kind": "willingness"}, "items"),
])  # fmt: skip
def test_a_wrong_field_of_a_survey_is_named(ruicheng: Field, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        ruicheng.draft(**{"kind": "plan_consent", **values})
    assert list(error.value.errors) == [field]


def test_a_reported_hazard_is_taken_into_the_register_once(ruicheng: Field) -> None:
    survey = ruicheng.open("willingness")
    ruicheng.door(survey, hazards=["gas"])
    with pytest.raises(Refused):
        actions.take_hazard(by=ruicheng.clerk, at=AT, survey=survey, kind="gas")
    closed = ruicheng.close(survey)
    hazard = actions.take_hazard(by=ruicheng.clerk, at=ruicheng.at + HOUR, survey=closed, kind="gas")
    assert "1 户" in hazard.description and hazard.community == ruicheng.community
    for kind in ("gas", "fire"):
        with pytest.raises(Refused):
            actions.take_hazard(by=ruicheng.clerk, at=ruicheng.at + HOUR, survey=closed, kind=kind)
    assert Hazard.objects.count() == 1


@pytest.mark.parametrize(
    ("a_from", "b_from", "reason"), [(70, 90, "会"), (90, 90, "会"), (101, 50, "会"), (90, 0, "会"), (90, 70, "")]
)
def test_thresholds_in_order_and_with_their_reason(ruicheng: Field, a_from: int, b_from: int, reason: str) -> None:
    county = ruicheng.community.county
    assert county is not None
    with pytest.raises(Invalid):
        actions.set_grade_scale(by=ruicheng.clerk, at=AT, division=county, a_from=a_from, b_from=b_from, reason=reason)


def test_a_draft_says_nothing_to_the_gates(ruicheng: Field) -> None:
    ruicheng.draft()
    assert standing([ruicheng.community.uid], KINDS)[ruicheng.community.uid] == {}


def test_a_survey_of_the_project_goes_before_that_of_its_community(ruicheng: Field) -> None:
    project, early = ruicheng.project(), ruicheng.open()
    ruicheng.doors(early, 9)
    ruicheng.confirm(early)
    own = ruicheng.open(subject=project)
    ruicheng.doors(own, 2)
    ruicheng.confirm(own)
    gate = ruicheng.gate(project, "plan_consent")
    assert gate.blocks and "2 / 10" in gate.explanation


def test_the_gates_of_many_communities_ask_in_a_bounded_number_of_queries(offices: Offices) -> None:
    fields = [Field(offices), Field(offices, "潞州区"), Field(offices, "城中区")]
    for field in fields[:1]:
        field.doors(field.open(), 2)
    with CaptureQueriesContext(connection) as one:
        source([fields[0].community.uid])
    for field in fields[1:]:
        field.doors(field.open(), 2)
        field.doors(field.open("willingness"), 2)
    with CaptureQueriesContext(connection) as many:
        found = source([field.community.uid for field in fields])
    assert len(many) == len(one) <= 3
    assert {len(rows) for rows in found.values()} == {1, 3}


@pytest.mark.rule("RC-07")
def test_declaring_too_early_is_refused_with_what_is_missing(ruicheng: Field) -> None:
    survey = ruicheng.open()
    ruicheng.doors(survey, 5)
    plan = projects.create_plan(by=ruicheng.clerk, at=AT, today=TODAY, division=ruicheng.community.division, year=2027)
    projects.add_line(by=ruicheng.clerk, at=AT, today=TODAY, plan=plan, project=ruicheng.project())
    with pytest.raises(RuleRefused) as no:
        projects.declare_plan(by=ruicheng.clerk, at=AT, today=TODAY, plan=plan)
    reason = next(r for r in no.value.reasons if r.citation and r.citation.rule == "RC-07")
    assert "还差 3 户" in reason.missing
