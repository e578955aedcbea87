"""Consent, coverage and satisfaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.rules.percentages import plan_consent, satisfaction, survey_coverage
from approvals.rules.strength import blocks, lateness, opening, overdue_word
from tests.rules.books import DAY, over, place, provision

RUICHENG = place("ruicheng")


@pytest.mark.rule("N-04")
@pytest.mark.rule("RC-07")
@pytest.mark.parametrize(("agreeing", "passed", "short_by"), [(31, False, 1), (32, True, 0)])
def test_consent_of_four_fifths_of_the_households(agreeing: int, passed: bool, short_by: int) -> None:
    answer = plan_consent(RUICHENG, day=DAY, households=40, agreeing=agreeing)
    assert (answer.passed, answer.short_by, answer.rule) == (passed, short_by, "RC-07")
    assert answer.reasons[0].missing == ("" if passed else "还差 1 户")


@pytest.mark.rule("RC-08")
@pytest.mark.parametrize(("asked", "passed"), [(39, False), (40, True)])
def test_four_fifths_of_the_households_are_asked(asked: int, passed: bool) -> None:
    answer = survey_coverage(RUICHENG, day=DAY, households=50, asked=asked)
    assert (answer.passed, answer.rule) == (passed, "RC-08")


@pytest.mark.rule("RC-09")
@pytest.mark.parametrize(("satisfied", "passed"), [(79, False), (80, True)])
def test_four_fifths_of_the_respondents_are_satisfied(satisfied: int, passed: bool) -> None:
    answer = satisfaction(RUICHENG, day=DAY, respondents=100, satisfied=satisfied)
    assert (answer.passed, answer.rule) == (passed, "RC-09")
    assert "人" in (answer.reasons[0].missing or "人")


def test_an_upper_must_asks_for_more() -> None:
    params = {"of": "households", "of_words": "总户数"}
    lax = provision("county", "XX-01", "plan_consent", {**params, "share": {"at_least": "1/2"}})
    must = provision("province", "YY-01", "plan_consent", {**params, "share": {"more_than": "1/2"}})
    answer = plan_consent(over([lax], [must]), day=DAY, households=10, agreeing=5)
    assert (answer.passed, answer.short_by, answer.rule) == (False, 1, "YY-01")


@pytest.mark.parametrize(("households", "agreeing"), [(5, 6), (-1, 0), (5, -1)])
def test_impossible_counts_are_refused(households: int, agreeing: int) -> None:
    with pytest.raises(ValueError, match="数目不成立"):
        plan_consent(RUICHENG, day=DAY, households=households, agreeing=agreeing)


@given(st.integers(1, 10_000), st.data())
def test_short_by_is_the_least_that_passes(households: int, data: st.DataObject) -> None:
    agreeing = data.draw(st.integers(0, households))
    answer = plan_consent(RUICHENG, day=DAY, households=households, agreeing=agreeing)
    assert answer.short_by is not None
    assert answer.passed is (agreeing * 5 >= households * 4)
    assert plan_consent(RUICHENG, day=DAY, households=households, agreeing=agreeing + answer.short_by).passed
    if answer.short_by:
        assert not plan_consent(
            RUICHENG, day=DAY, households=households, agreeing=agreeing + answer.short_by - 1
        ).passed


def test_strength_says_what_blocks_and_what_opens() -> None:
    assert [blocks(s) for s in ("must", "in_principle", "strive", "may", "def")] == [True, True, False, False, False]
    assert [opening("must"), opening("in_principle"), opening("strive")] == [
        "exception_document",
        "leaders_reason",
        None,
    ]
    assert opening("must", floor=True) is None
    assert [lateness("must"), lateness("in_principle"), lateness("strive"), lateness("may")] == [
        "breached",
        "late",
        "late",
        None,
    ]
    assert [overdue_word("must"), overdue_word("strive"), overdue_word("def")] == ["逾期", "滞后", ""]
