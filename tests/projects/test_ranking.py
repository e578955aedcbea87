"""The reserve in its order over HTTP: fed by surveys, the register and entered facts; weights with who, when and why."""

from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from approvals.surveys import actions as surveys
from communities import actions as register
from communities.models import Community, Organisation
from offices.demonstration import Offices
from policies.refusal import Forbidden, Invalid
from projects import actions
from projects.actions.ranking import record_ranking_fact, set_weights
from projects.models import Project, RankingFact, RankingWeights
from projects.queries.ranking import Reserve, reserve_of
from tests.approvals.field import UNTIL, Field
from tests.cast import AT, TODAY, cast

EQUAL = dict.fromkeys(("residents_willing", "residents_contribute", "participation", "illegal_structures_removed"), 25)


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Offices:
    """The named cast."""
    settings.DATA = tmp_path
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    return cast()


def enter(field: Field, name: str) -> Project:
    """Another community of ten households with its project in the reserve."""
    values = {"name": name, "built_text": "1995", "household_count": 10, "building_count": 1}
    community = register.add_community(
        by=field.clerk, at=AT, division=field.community.division, values=values, evidence="普查"
    )
    field.community = Community.objects.select_related("division", "county").get(pk=community.pk)
    return actions.add_project(
        by=field.clerk, at=AT, today=TODAY, division=community.division, name=name, communities=[community]
    )


def asked(field: Field, agreeing: int, *, kind: str = "willingness", **more: Any) -> None:
    """A confirmed survey of the field's community."""
    survey = field.open(kind)
    field.doors(survey, agreeing, **more)
    field.confirm(survey, **({"grade": "A", "reason": "例"} if kind == "willingness" else {}))


def order(field: Field, year: int = 2026) -> Reserve:
    """The reserve of the field's county."""
    return reserve_of(field.clerk, field.community.division, year=year, today=TODAY)


def names(view: Reserve) -> list[str]:
    """Names in their order."""
    return [row.candidate.name for row in view.ranked]


def browser(user: Any) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


@pytest.mark.rule("RC-11")
def test_surveys_entered_facts_and_weights_move_the_order(offices: Offices) -> None:
    field = Field(offices)
    few = enter(field, "甲小区")
    asked(field, 2)
    many = enter(field, "乙小区")
    asked(field, 9)
    enter(field, "丙小区")
    view = order(field)
    assert names(view) == ["乙小区", "甲小区", "丙小区"] and view.weights is None
    assert view.ranked[0].score == Fraction(9, 10) / 4 * 2, "willing and taking part, the others not filled in"
    assert view.ranked[2].unknown == 4
    for key in ("residents_contribute", "illegal_structures_removed"):
        record_ranking_fact(
            by=field.clerk, at=AT, today=TODAY, project=few, criterion=key, percent=100, evidence="核查记录"
        )
    assert names(order(field))[0] == "甲小区"
    weights = {**dict.fromkeys(EQUAL, 0), "residents_willing": 100}
    set_weights(
        by=field.clerk,
        at=AT,
        today=TODAY,
        division=field.community.division,
        year=2026,
        weights=weights,
        reason="县评审办法",
    )
    view = order(field)
    assert names(view) == ["乙小区", "甲小区", "丙小区"] and view.ranked[0].score == Fraction(9, 10)
    assert view.weights is not None and view.weights.reason == "县评审办法"
    assert names(order(field, 2027))[0] == "甲小区", "another year has its own weights"
    assert many.stage == "reserve"


@pytest.mark.rule("LZ-06")
def test_a_party_organisation_and_an_owners_committee_come_first(offices: Offices) -> None:
    field = Field(offices, "城中区")
    enter(field, "甲小区")
    enter(field, "乙小区")
    for kind in ("party_group", "owners_committee"):
        Organisation.objects.create(
            community=field.community, kind=kind, name=kind, established_on=TODAY, evidence="备案", recorded_by=field.clerk,
            created_at=AT, updated_at=AT,
        )  # fmt: skip
    view = order(field)
    assert names(view) == ["乙小区", "甲小区"] and view.ranked[0].score == Fraction(2, 3)
    lines = {line.criterion.key: line for line in view.ranked[0].lines}
    assert lines["residents_organisation"].value.words == "乙小区已成立"
    assert lines["participation"].value.score is None
    assert lines["party_organisation"].criterion.citation.rule == "LZ-06"


@pytest.mark.rule("CZ-14")
@pytest.mark.rule("JX-19")
@pytest.mark.parametrize("place", ["潞州区", "东湖区"])
def test_what_water_power_road_and_gas_need_comes_first(offices: Offices, place: str) -> None:
    field = Field(offices, place)
    enter(field, "甲小区")
    enter(field, "乙小区")
    for kind in ("gas", "drainage"):
        register.record_hazard(by=field.clerk, at=AT, community=field.community, kind=kind, description="锈蚀")
    register.record_fact(
        by=field.clerk, at=AT, community=field.community, key="municipal_facilities", holds=True, evidence="现场照片"
    )
    view = order(field)
    assert names(view) == ["乙小区", "甲小区"]
    lines = {line.criterion.key: line.value for line in view.ranked[0].lines}
    assert lines["necessary_infrastructure"].score == Fraction(1, 2) and lines["infrastructure_missing"].score == 1
    assert "登记隐患 1 处" in lines["necessary_infrastructure"].words


def test_half_of_the_households_make_a_need(offices: Offices) -> None:
    field = Field(offices, "东湖区")
    enter(field, "甲小区")
    survey = field.open("willingness")
    road = next(item["key"] for item in survey.sheet.questions["items"] if item["five"] == "road")
    field.door(survey, "101", needs=[road])
    field.door(survey, "102", "oppose")
    field.confirm(survey)
    lines = {line.criterion.key: line.value for line in order(field).ranked[0].lines}
    assert lines["necessary_infrastructure"].score == Fraction(1, 4)
    assert lines["residents_willing"].score == Fraction(1, 10), "of all households, not of those who answered"


@pytest.mark.parametrize(("changes", "field"), [
    ({"participation": 101}, "participation"), ({"participation": -1}, "participation"), ({"x": 1}, "x"),
    ({"participation": True}, "participation"), (dict.fromkeys(EQUAL, 0), "weights"),
])  # fmt: skip
def test_weights_that_are_none_are_named(offices: Offices, changes: dict[str, Any], field: str) -> None:
    place = Field(offices)
    with pytest.raises(Invalid) as no:
        set_weights(
            by=place.clerk, at=AT, today=TODAY, division=place.community.division, year=2026, weights={**EQUAL, **changes}, reason="办法"
        )  # fmt: skip
    assert list(no.value.errors) == [field] and not RankingWeights.objects.exists()


def test_who_may_weigh_and_enter_and_that_both_stay(offices: Offices) -> None:
    field = Field(offices)
    project, division = enter(field, "甲小区"), field.community.division
    for user in (offices.user("潞州区", "housing", "clerk"), offices.user("芮城县", "finance", "leader")):
        with pytest.raises(Forbidden):
            set_weights(by=user, at=AT, today=TODAY, division=division, year=2026, weights=EQUAL, reason="办法")
        with pytest.raises(Forbidden):
            record_ranking_fact(
                by=user, at=AT, today=TODAY, project=project, criterion="residents_contribute", percent=1, evidence="x"
            )
    with pytest.raises(Invalid):  # the platform reads it from the survey
        record_ranking_fact(
            by=field.clerk, at=AT, today=TODAY, project=project, criterion="participation", percent=100, evidence="x"
        )
    set_weights(by=field.clerk, at=AT, today=TODAY, division=division, year=2026, weights=EQUAL, reason="办法")
    for percent in (40, 70):
        record_ranking_fact(
            by=field.clerk, at=AT, today=TODAY, project=project, criterion="residents_contribute", percent=percent, evidence="承诺书"
        )  # fmt: skip
    assert RankingFact.objects.count() == 2 and order(field).ranked[0].score == Fraction(7, 40)
    for statement in ("UPDATE projects_rankingfact SET percent = 1", "DELETE FROM projects_rankingweights"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.rule("RC-11")
def test_the_page_shows_criteria_weights_values_and_clauses(offices: Offices) -> None:
    field = Field(offices)
    project = enter(field, "甲小区")
    asked(field, 9, kind="plan_consent")
    clerk = browser(field.clerk)
    page = clerk.get(reverse("projects:ranking")).content.decode()
    assert "平台默认、文件未作规定" in page and "居民意愿强" in page and "RC-11" in page and "同意 9 / 10 户" in page
    weights = reverse("projects:ranking_weights")
    assert clerk.post(weights, {**EQUAL, "participation": "500", "reason": "办法"}).status_code == 400
    assert clerk.post(weights, {**EQUAL, "reason": "县评审办法"}).status_code == 302
    page = clerk.get(reverse("projects:ranking")).content.decode()
    assert "县评审办法" in page and "25 / 100" in page and "平台默认" not in page
    facts = reverse("projects:ranking_facts", args=[project.uid])
    wrong = clerk.post(facts, {"criterion": "participation", "percent": "5", "evidence": "x"})
    assert wrong.status_code == 400
    values = {"criterion": "illegal_structures_removed", "percent": "100", "evidence": "拆除违建3处"}
    assert clerk.post(facts, values).status_code == 302
    assert "拆除违建3处" in clerk.get(reverse("projects:ranking")).content.decode()
    city = browser(offices.user("运城市", "housing", "clerk")).get(reverse("projects:ranking")).content.decode()
    assert "各县（市、区）分别排序" in city


def test_programs_read_the_same_order(offices: Offices) -> None:
    field = Field(offices)
    enter(field, "甲小区")
    asked(field, 9, kind="plan_consent")
    at = "/api/v1/projects/ranking/"
    client = browser(field.clerk)
    found = client.get(at, {"division": str(field.community.division.uid), "year": "2026"}).json()
    (row,) = found["projects"]
    assert (row["position"], row["agreeing"]["percent"]) == (1, "90.00")
    assert found["criteria"][0]["rule"]["id"] == "RC-11" and found["weights_note"]
    assert row["values"][0]["score"] == {"numerator": 9, "denominator": 10, "percent": "90.00"}
    assert client.get(at, {"division": str(offices.divisions["潞州区"].uid)}).status_code == 404
    for query in (
        {},
        {"division": "x"},
        {"division": str(field.community.division.uid), "year": "x"},
    ):
        assert client.get(at, query).status_code == 400
    assert Client().get(at).status_code == 401


def test_a_long_reserve_asks_a_bounded_number_of_queries(offices: Offices, django_assert_max_num_queries: Any) -> None:
    field = Field(offices)
    for number in range(12):
        enter(field, f"小区{number}")
    survey = surveys.create_survey(by=field.clerk, at=AT, community=field.community, kind="plan_consent", until=UNTIL)
    assert survey.state == "draft"
    with django_assert_max_num_queries(12):
        assert len(order(field).ranked) == 12
