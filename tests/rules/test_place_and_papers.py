"""Eligibility, permits, routes, and the register of who answers what."""

import pytest

import renovation.questions  # noqa: F401  (imports every rule function)
from approvals.rules.routes import route
from communities.rules.eligibility import eligibility
from policies.kinds import KINDS
from policies.layers import Layers
from policies.registry import answerers, answers
from projects.rules.permits import PERMIT_LABELS, permits
from tests.rules.books import DAY, over, place, provision


def asked(layers: Layers, built: str, excluded: str | None = None) -> tuple[bool | None, str, str | None]:
    answer = eligibility(layers, day=DAY, built=built, excluded=excluded)  # type: ignore[arg-type]
    return answer.eligible, answer.band, answer.rule


@pytest.mark.parametrize(
    ("name", "bands"),
    [
        pytest.param("liuzhou", ["must", "eligible", "eligible", "none"], marks=pytest.mark.rule("LZ-01")),
        pytest.param("yulin", ["priority", "quota", "quota", "quota"], marks=pytest.mark.rule("YL-01")),
        pytest.param("ruicheng", ["eligible"] * 4, marks=pytest.mark.rule("RC-01")),
        pytest.param("changzhi", ["priority", "eligible", "eligible", "eligible"], marks=pytest.mark.rule("CZ-01")),
        pytest.param("jiangxi", ["eligible", "none", "none", "none"], marks=pytest.mark.rule("JX-01")),
    ],
)
def test_bands_at_the_edges_of_2000_and_2005(name: str, bands: list[str]) -> None:
    assert [asked(place(name), built)[1] for built in ("2000", "2001", "2005", "2006")] == bands


@pytest.mark.parametrize("category", ["shantytown", "demolish_rebuild", "self_built", "urban_village"])
@pytest.mark.parametrize("name", ["ruicheng", "changzhi", "jiangxi"])
def test_what_the_text_excludes_is_out_whatever_its_year(name: str, category: str) -> None:
    assert asked(place(name), "1990", category)[:2] == (False, "none")


YEARS = {"bands": [{"until": 2000, "band": "eligible", "strength": "must"}], "later": "none"}


def test_an_upper_exclusion_is_added_to_a_lower_document() -> None:
    layers = over(
        [provision("county", "XX-01", "eligibility_years", {"later": "eligible"})],
        [provision("province", "YY-01", "exclusions", {"rows": [{"category": "self_built", "words": "自建房"}]})],
    )
    assert asked(layers, "2010") == (True, "eligible", "XX-01")
    assert asked(layers, "2010", "self_built") == (False, "none", "YY-01")
    assert asked(layers, "2010", "shantytown") == (True, "eligible", "XX-01")


def test_an_upper_must_shuts_out_by_its_words_and_not_by_our_reading() -> None:
    county = provision("county", "XX-01", "eligibility_years", {"later": "eligible"})
    words = provision("province", "YY-01", "eligibility_years", YEARS)
    reading = provision("province", "YY-01", "eligibility_years", {**YEARS, "reading_of_later": "读法"})
    assert asked(over([county], [words]), "2001") == (False, "none", "YY-01")
    assert asked(over([county], [words]), "不详") == (False, "none", "YY-01")
    assert asked(over([county], [words]), "2000") == (True, "eligible", "XX-01")
    assert asked(over([county], [reading]), "2001") == (True, "eligible", "XX-01")


def test_exclusions_alone_take_in_the_rest() -> None:
    rows = {"rows": [{"category": "self_built", "words": "自建房"}]}
    assert asked(over([provision("county", "XX-01", "exclusions", rows)], []), "不详") == (True, "eligible", "XX-01")


FACTS = {
    "land_ownership_change": False,
    "planning_conditions_change": False,
    "new_build": False,
    "alteration_or_extension": False,
    "structural_change": False,
    "adds_floor_area": False,
    "low_risk": True,
    "commitment_signed": True,
}


@pytest.mark.rule("RC-17")
@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        ({}, ()),
        ({"land_ownership_change": True}, ("land_use",)),
        ({"planning_conditions_change": True}, ("planning_land_permit",)),
        ({"alteration_or_extension": True}, ("planning_works_permit",)),
        ({"adds_floor_area": True}, ("planning_works_permit",)),
        ({"structural_change": True}, ("drawing_review", "planning_works_permit")),
        ({"low_risk": False}, ("drawing_review", "planning_works_permit")),
        ({"commitment_signed": False}, ("drawing_review",)),
    ],
)
def test_each_fact_keeps_its_permits(changed: dict[str, bool], needed: tuple[str, ...]) -> None:
    answer = permits(place("ruicheng"), day=DAY, facts={**FACTS, **changed})  # type: ignore[arg-type]
    assert answer.needed == needed
    assert sorted(answer.needed + answer.waived) == sorted(PERMIT_LABELS)
    assert all(answer.standing_against[permit] for permit in needed)
    assert all(answer.waived_by[permit][1] for permit in answer.waived)


def test_where_nothing_is_waived_all_are_needed_and_nothing_is_cited() -> None:
    answer = permits(place("liuzhou"), day=DAY, facts=FACTS)  # type: ignore[arg-type]
    assert (answer.needed, answer.waived, answer.rule) == (tuple(sorted(PERMIT_LABELS)), (), None)


@pytest.mark.rule("LZ-11")
@pytest.mark.rule("YL-09")
@pytest.mark.parametrize(("name", "stages", "rule"), [("liuzhou", 4, "LZ-11"), ("yulin", 3, "YL-09")])
def test_a_plan_begins_with_the_declaring_government(name: str, stages: int, rule: str) -> None:
    answer = route(place(name), day=DAY, subject="plan")
    assert (len(answer.stages), answer.rule) == (stages, rule)
    assert (answer.stages[0].bodies, answer.stages[0].act) == (("county_government",), "declare")


@pytest.mark.rule("YL-09")
def test_a_plan_is_drafted_by_two() -> None:
    assert route(place("yulin"), day=DAY, subject="plan").drafted_by == ("county_development_reform", "county_housing")


def test_every_reason_of_a_rule_cites_its_clause_word_for_word() -> None:
    reason = eligibility(place("liuzhou"), day=DAY, built="2006", excluded=None).reasons[0]
    assert reason.citation is not None
    assert (reason.citation.rule, reason.citation.document_number) == ("LZ-01", "柳政规〔2022〕3号")
    assert reason.citation.quote and reason.citation.clause


def test_every_question_with_figures_has_a_function_that_answers_it() -> None:
    named = answerers()
    assert set(named) <= set(KINDS)
    assert "approvals.rules.tally.tally" in named["vote"]
    asked_by_figures = {
        "eligibility_years", "exclusions", "vote", "deadline", "notice_period", "plan_consent", "survey_coverage", "satisfaction",
        "subsidy_content", "subsidy_years", "funding_share", "apportionment", "settlement", "permit_waivers", "route",
    }  # fmt: skip
    assert asked_by_figures <= set(named)
    with pytest.raises(KeyError):
        answers("no_such_kind")
