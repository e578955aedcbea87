"""Counting a vote: the four shares, who decides, and what a floor does."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.rules.tally import Tally, Voter, tally
from policies.layers import Layers
from tests.rules.books import DAY, over, place, provision

voters = st.lists(
    st.builds(
        Voter,
        areas=st.lists(st.integers(0, 30_000), max_size=3).map(tuple),
        choice=st.sampled_from(["agree", "oppose", "abstain", "none"]),
    ),
    max_size=12,
)
matters = st.sampled_from(["scheme", "property_service", "use_maintenance_fund"])
LIUZHOU, RUICHENG = place("liuzhou"), place("ruicheng")


def vote(layers: Layers, *roll: Voter, matter: str = "scheme", day: dt.date = DAY) -> Tally:
    return tally(layers, day=day, matter=matter, voters=roll)  # type: ignore[arg-type]


def homes(choice: str, *areas: int) -> Voter:
    return Voter(areas, choice)  # type: ignore[arg-type]


@pytest.mark.rule("LZ-04")
def test_what_is_missing_is_named_in_heads_and_square_metres() -> None:
    counted = vote(LIUZHOU, homes("agree", 100_00), homes("none", 100_00), homes("none", 100_01))
    missing = {result.test: result.missing for result in counted.results}
    # two thirds of 300.01 is 200.0066…: 200.01 is the least that reaches it, 100.00 took part
    assert missing == {
        "participation_area": 100_01,
        "participation_heads": 1,
        "agreement_area": 0,
        "agreement_heads": 0,
    }
    assert [reason.missing for reason in counted.reasons] == ["还差 100.01 ㎡", "还差 1 人", "", ""]
    assert all(reason.citation is not None and reason.citation.rule == "LZ-04" for reason in counted.reasons)


@pytest.mark.rule("N-04")
@pytest.mark.rule("LZ-04")
@pytest.mark.parametrize(("agreeing", "passed"), [(150_00, True), (149_99, False)])
def test_three_quarters_of_the_area_to_the_hundredth(agreeing: int, passed: bool) -> None:
    roll = [homes("agree", 10), homes("agree", 10), homes("agree", agreeing - 20), homes("oppose", 200_00 - agreeing)]
    assert vote(LIUZHOU, *roll).passed is passed


@pytest.mark.rule("N-04")
@pytest.mark.rule("RC-10")
@pytest.mark.parametrize(("heads", "passed"), [(2, False), (3, True)])
def test_half_of_four_is_not_more_than_half(heads: int, passed: bool) -> None:
    roll = [homes("agree" if number < heads else "oppose", 80_00) for number in range(4)]
    counted = vote(RUICHENG, *roll, matter="property_service")
    assert (counted.passed, counted.rule) == (passed, "RC-10")


@pytest.mark.rule("N-01")
@pytest.mark.parametrize("name", ["yulin", "changzhi", "jiangxi", "ruicheng", "national"])
def test_a_scheme_without_a_rule_of_the_place_needs_three_quarters(name: str) -> None:
    three, two = [homes("agree", 50_00)] * 3, [homes("agree", 50_00)] * 2
    assert vote(place(name), *three, homes("oppose", 50_00)).passed is True
    counted = vote(place(name), *two, homes("oppose", 50_00))
    assert (counted.passed, counted.rule) == (False, "N-01")


def thresholds(part: str, agree: str) -> dict[str, object]:
    more = {"at_least": part}
    return {
        "matters": ["scheme"],
        "participation_area": more,
        "participation_heads": more,
        "agreement_area": {"at_least": agree},
        "agreement_heads": {"at_least": agree},
    }


@pytest.mark.rule("N-01")
def test_a_floor_tightens_a_laxer_document_and_is_named_when_it_decides() -> None:
    lax = provision("county", "XX-01", "vote", thresholds("1/2", "1/2"))
    floor = provision("province", "N-01", "vote", thresholds("2/3", "3/4"), floor=True)
    counted = vote(over([lax], [floor]), homes("agree", 60_00), homes("oppose", 40_00))
    assert (counted.passed, counted.unmet, counted.rule) == (False, ("agreement_area", "agreement_heads"), "N-01")
    assert vote(over([lax], [floor]), homes("agree", 60_00)).rule == "XX-01"
    both_fail = vote(over([lax], [floor]), homes("oppose", 60_00))
    assert both_fail.rule == "XX-01"


def test_a_stricter_document_is_not_loosened_from_above() -> None:
    strict = provision("county", "XX-01", "vote", thresholds("2/3", "9/10"))
    floor = provision("province", "N-01", "vote", thresholds("2/3", "3/4"), floor=True)
    counted = vote(over([strict], [floor]), *[homes("agree", 10_00)] * 8, *[homes("oppose", 10_00)] * 2)
    assert (counted.passed, counted.rule) == (False, "XX-01")


def test_an_upper_strive_does_not_tighten() -> None:
    lax = provision("county", "XX-01", "vote", thresholds("1/2", "1/2"))
    wish = provision("province", "YY-01", "vote", thresholds("2/3", "3/4"), strength="strive")
    assert vote(over([lax], [wish]), homes("agree", 60_00), homes("oppose", 60_00)).passed is True


def test_a_negative_area_is_refused() -> None:
    with pytest.raises(ValueError, match="面积不能为负数"):
        vote(LIUZHOU, homes("agree", -1))


@given(voters, matters, st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_does_not_matter(roll: list[Voter], matter: str, chance: random.Random) -> None:
    shuffled = list(roll)
    chance.shuffle(shuffled)
    assert vote(LIUZHOU, *roll, matter=matter) == vote(LIUZHOU, *shuffled, matter=matter)


@given(voters, matters, st.integers(0, 30_000))
def test_one_more_agreeing_voter_never_fails_a_passed_vote(roll: list[Voter], matter: str, area: int) -> None:
    before = vote(LIUZHOU, *roll, matter=matter)
    after = vote(LIUZHOU, *roll, homes("agree", area), matter=matter)
    assert not (before.passed and not after.passed)


@given(voters, matters)
def test_what_is_missing_is_the_least_that_reaches_the_threshold(roll: list[Voter], matter: str) -> None:
    for result in vote(RUICHENG, *roll, matter=matter).results:
        if result.missing is None:
            assert not result.met
            continue
        assert result.met == (result.missing == 0)
        assert result.threshold.met(result.part + result.missing, result.whole)
        if result.missing:
            assert not result.threshold.met(result.part + result.missing - 1, result.whole)


@given(voters, matters)
def test_a_vote_passes_exactly_when_nothing_is_unmet(roll: list[Voter], matter: str) -> None:
    counted = vote(LIUZHOU, *roll, matter=matter)
    assert counted.passed is (not counted.unmet)
    if not counted.participating_heads:
        assert len(counted.unmet) == 4
