"""The order of the reserve: exact, by the document's criteria and the place's weights; ties by share, then by name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.ranking import (
    Candidate,
    Value,
    criteria,
    fact_value,
    necessary_value,
    organisation_value,
    ranking,
    survey_value,
    weights_of,
)
from tests.rules.books import DAY, over, place, provision

RUICHENG = criteria(place("ruicheng"), DAY)


def known(**scores: Fraction | int | None) -> dict[str, Value]:
    """Values by key."""
    return {key: Value(None if score is None else Fraction(score)) for key, score in scores.items()}


@pytest.mark.parametrize(
    ("name", "rule", "keys"),
    [
        pytest.param(
            "liuzhou", "LZ-06", ["party_organisation", "participation", "residents_organisation"], marks=pytest.mark.rule("LZ-06")
        ),
        pytest.param(
            "ruicheng", "RC-11", ["residents_willing", "residents_contribute", "participation", "illegal_structures_removed"],
            marks=pytest.mark.rule("RC-11"),
        ),
        pytest.param("changzhi", "CZ-14", ["infrastructure_missing", "necessary_infrastructure"], marks=pytest.mark.rule("CZ-14")),
        pytest.param(
            "jiangxi", "JX-19", ["residents_willing", "infrastructure_missing", "necessary_infrastructure"],
            marks=pytest.mark.rule("JX-19"),
        ),
        ("yulin", "", []),
    ],
)  # fmt: skip
def test_the_criteria_are_the_documents(name: str, rule: str, keys: list[str]) -> None:
    found = criteria(place(name), DAY)
    assert [row.key for row in found] == keys
    assert all(row.citation.rule == rule and row.words for row in found)


def test_upper_money_is_not_the_reserve_and_layers_add_up() -> None:
    upper = {"of": "upper_money", "criteria": [{"key": "x", "words": "示范"}]}
    own = {"of": "reserve", "criteria": [{"key": "a", "words": "甲"}]}
    above = {"of": "reserve", "criteria": [{"key": "a", "words": "别"}, {"key": "b", "words": "乙"}]}
    layers = over(
        [provision("county", "XX-01", "ranking", upper), provision("county", "XX-02", "ranking", own)],
        [provision("province", "YY-01", "ranking", above)],
    )
    assert [(row.key, row.words) for row in criteria(layers, DAY)] == [("a", "甲"), ("b", "乙")]


@pytest.mark.rule("RC-11")
def test_a_weighted_mean_in_exact_fractions() -> None:
    weights = {
        "residents_willing": 50,
        "residents_contribute": 20,
        "participation": 20,
        "illegal_structures_removed": 10,
    }
    one = Candidate("1", "甲", known(residents_willing=Fraction(2, 3), participation=1))
    two = Candidate("2", "乙", known(residents_willing=1, residents_contribute=None, illegal_structures_removed=1))
    first, second = ranking(RUICHENG, [one, two], weights)
    assert (first.candidate.name, first.score, first.unknown) == ("乙", Fraction(3, 5), 2)
    assert (second.candidate.name, second.score) == ("甲", Fraction(8, 15))
    assert [line.adds for line in first.lines] == [Fraction(1, 2), 0, 0, Fraction(1, 10)]


def test_ties_go_to_the_larger_share_then_to_the_name() -> None:
    rows = [
        Candidate("1", "丙", {}, Fraction(1, 2)), Candidate("2", "甲", {}), Candidate("3", "乙", {}),
        Candidate("4", "丁", {}, Fraction(3, 4)),
    ]  # fmt: skip
    equal = weights_of(RUICHENG, None)
    assert equal == dict.fromkeys(equal, 1)
    assert [row.candidate.name for row in ranking(RUICHENG, rows, equal)] == ["丁", "丙", "乙", "甲"]
    assert [row.candidate.name for row in ranking((), rows, {})] == ["丁", "丙", "乙", "甲"], "未作规定"


def test_a_criterion_added_later_weighs_nothing_until_it_is_given_a_weight() -> None:
    assert weights_of(RUICHENG, {"participation": 3})["residents_willing"] == 0


SCORES = st.none() | st.fractions(0, 1, max_denominator=1000)


@given(
    st.lists(st.lists(SCORES, min_size=4, max_size=4), max_size=12),
    st.lists(st.integers(0, 100), min_size=4, max_size=4),
)
def test_the_order_is_total_and_scores_lie_between_nothing_and_one(
    table: list[list[Fraction | None]], given_weights: list[int]
) -> None:
    keys = [row.key for row in RUICHENG]
    weights = dict(zip(keys, given_weights, strict=True))
    rows = [Candidate(str(n), f"项目{n}", known(**dict(zip(keys, row, strict=True)))) for n, row in enumerate(table)]
    found = ranking(RUICHENG, rows, weights)
    assert [row.position for row in found] == list(range(1, len(rows) + 1))
    assert all(0 <= row.score <= 1 for row in found)
    assert [row.score for row in found] == sorted((row.score for row in found), reverse=True)
    assert ranking(RUICHENG, rows[::-1], weights) == found, "the order of entry decides nothing"


@pytest.mark.rule("CZ-14")
@pytest.mark.rule("JX-19")
def test_water_power_road_and_gas_count_each_once() -> None:
    value = necessary_value({"water": ["登记隐患 2 处"], "gas": ["燃气 8/10 户需要"], "elevator": ["x"]}, recorded=True)
    assert value.score == Fraction(1, 2) and "水：登记隐患 2 处" in value.words and "气：" in value.words
    assert necessary_value({}, recorded=False).score is None
    assert necessary_value({}, recorded=True).score == 0


def test_what_is_not_known_is_not_zero() -> None:
    assert survey_value(0, 0, "同意").score is None and survey_value(0, 5, "同意").score == 0
    assert fact_value([], "x").score is None and fact_value([True, False], "x").score == Fraction(1, 2)
    assert organisation_value(0, 2, "没有登记").score == 0 and organisation_value(0, 0, "").score is None
