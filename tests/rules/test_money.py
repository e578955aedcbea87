"""Shares, apportionment, settlement and central subsidy."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.apportionment import HomeArea, apportionment
from funding.rules.settlement import settlement
from funding.rules.shares import Source, funding_share
from funding.rules.subsidy import central_subsidy
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG = place("liuzhou"), place("ruicheng")


@pytest.mark.rule("LZ-16")
@pytest.mark.parametrize(("residents", "passed", "short_by"), [(19_99, False, 1), (20_00, True, 0)])
def test_a_fifth_to_the_cent(residents: int, passed: bool, short_by: int) -> None:
    answer = funding_share(
        LIUZHOU, day=DAY, sources=[Source("central", 100_00 - residents), Source("resident_direct", residents)]
    )
    assert (answer.passed, answer.short_by, answer.rule) == (passed, short_by, "LZ-16")
    assert answer.reasons[0].missing == ("" if passed else "还差 0.01 元")


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_short_by_is_the_least_that_passes_with_the_total_held(public: int, residents: int) -> None:
    answer = funding_share(LIUZHOU, day=DAY, sources=[Source("city", public), Source("utility", residents)])
    total = public + residents
    if not total:
        assert (answer.passed, answer.short_by) == (False, None)
        return
    assert answer.short_by is not None
    assert answer.passed is (residents * 5 >= total)
    assert (residents + answer.short_by) * 5 >= total
    assert answer.short_by == 0 or (residents + answer.short_by - 1) * 5 < total


@pytest.mark.parametrize("kind", ["loan", "special_bond", "housing_sale_revenue", "original_unit_public", "county"])
def test_public_money_and_credit_count_in_the_total_only(kind: str) -> None:
    answer = funding_share(LIUZHOU, day=DAY, sources=[Source(kind, 100_00), Source("utility", 20_00)])  # type: ignore[arg-type]
    assert (answer.counted, answer.total, answer.passed) == (20_00, 120_00, False)


def test_an_upper_must_with_a_higher_share_decides() -> None:
    lax = provision("county", "XX-01", "funding_share", {"share": {"at_least": "1/10"}, "counts": ["utility"]})
    must = provision("province", "YY-01", "funding_share", {"share": {"at_least": "1/5"}, "counts": ["utility"]})
    answer = funding_share(over([lax], [must]), day=DAY, sources=[Source("city", 85_00), Source("utility", 15_00)])
    assert (answer.passed, answer.short_by, answer.rule) == (False, 5_00, "YY-01")
    enough = funding_share(over([lax], [must]), day=DAY, sources=[Source("city", 80_00), Source("utility", 20_00)])
    assert (enough.passed, enough.rule) == (True, "XX-01")


areas = st.lists(st.integers(0, 50_000), min_size=1, max_size=30).filter(any)


@pytest.mark.rule("LZ-18")
@given(st.integers(0, 10**10), areas)
def test_an_apportionment_is_exact(amount: int, sizes: list[int]) -> None:
    homes = [HomeArea(number, area) for number, area in enumerate(sizes)]
    shares = apportionment(LIUZHOU, day=DAY, amount=amount, homes=homes).shares
    assert sum(share.amount for share in shares) == amount
    assert [share.home for share in shares] == list(range(len(sizes)))
    for share, area in zip(shares, sizes, strict=True):
        assert abs(share.amount - Fraction(amount * area, sum(sizes))) < 1


@pytest.mark.rule("LZ-18")
def test_cents_left_over_go_to_the_largest_remainders_and_ties_to_the_first() -> None:
    def amounts(amount: int, *sizes: int) -> list[int]:
        homes = [HomeArea(number, area) for number, area in enumerate(sizes)]
        return [share.amount for share in apportionment(LIUZHOU, day=DAY, amount=amount, homes=homes).shares]

    assert amounts(10, 66, 17, 17) == [6, 2, 2]
    assert amounts(1, 1, 1) == [1, 0]
    assert amounts(100_00, 50, 50, 50) == [33_34, 33_33, 33_33]


@pytest.mark.rule("N-03")
def test_where_the_document_is_silent_the_code_shares_by_private_area() -> None:
    assert apportionment(RUICHENG, day=DAY, amount=300, homes=[HomeArea("A", 1), HomeArea("B", 2)]).rule == "N-03"


@pytest.mark.parametrize(
    ("amount", "homes"),
    [
        (100, []),
        (100, [HomeArea("A", 0)]),
        (-1, [HomeArea("A", 1)]),
        (1, [HomeArea("A", -1), HomeArea("B", 2)]),
        (1, [HomeArea("A", 1)] * 2),
    ],
)
def test_homes_that_cannot_share_are_refused(amount: int, homes: list[HomeArea]) -> None:
    with pytest.raises(ValueError, match="不能为负数|列了两次|无法分摊"):
        apportionment(LIUZHOU, day=DAY, amount=amount, homes=homes)


def owes(reviewed: int, upper: int, others: int, ratio: str) -> int | None:
    return settlement(
        RUICHENG,
        day=DAY,
        reviewed_settlement=reviewed,
        upper_subsidies=upper,
        other_contributions=others,
        county_ratio=Fraction(ratio),
    ).county_owes


@pytest.mark.rule("RC-21")
@pytest.mark.parametrize(
    ("figures", "fen"),
    [
        ((1, 0, 0, "1/2"), 1),
        ((100_00, 0, 0, "1/3"), 33_33),
        ((300_00, 100_00, 100_00, "1/2"), 50_00),
        ((100, 90, 20, "1"), 0),
    ],
)
def test_the_county_owes_its_ratio_of_what_is_left(figures: tuple[int, int, int, str], fen: int) -> None:
    assert owes(*figures) == fen


@pytest.mark.parametrize("figures", [(-1, 0, 0, "1/2"), (1, 0, -1, "1/2"), (1, 0, 0, "3/2")])
def test_impossible_figures_are_refused(figures: tuple[int, int, int, str]) -> None:
    with pytest.raises(ValueError, match="不能为负数|之间"):
        owes(*figures)


@pytest.mark.rule("CZ-03")
@pytest.mark.rule("JX-05")
@pytest.mark.parametrize(("name", "rule"), [("changzhi", "CZ-03"), ("jiangxi", "JX-05")])
def test_two_of_four_or_a_lift(name: str, rule: str) -> None:
    def asked(*works: str) -> tuple[bool | None, str | None]:
        answer = central_subsidy(place(name), day=DAY, built="1996", excluded=None, works=works)  # type: ignore[arg-type]
        return answer.allowed, answer.rule

    assert asked("water", "gas") == (True, rule)
    assert asked("elevator") == (True, rule)
    assert asked("water", "other") == (False, rule)
    assert asked() == (False, rule)


@pytest.mark.rule("RC-03")
@pytest.mark.parametrize(("built", "needed"), [("2000", False), ("2001", True), ("不详", True)])
def test_later_than_2000_needs_a_reason(built: str, needed: bool) -> None:
    answer = central_subsidy(RUICHENG, day=DAY, built=built, excluded=None, works=["road"])
    assert (answer.allowed, answer.reason_needed, answer.rule) == (True, needed, "RC-03")


def test_years_that_shut_out_and_works_that_lack_are_both_asked() -> None:
    years = provision("county", "XX-01", "subsidy_years", {"first_until": 2000, "later": "no"})
    works = provision("province", "YY-01", "subsidy_content", {"at_least": 2, "of": ["water", "gas"]})

    def asked(built: str, *done: str) -> tuple[bool | None, str | None]:
        answer = central_subsidy(over([years], [works]), day=DAY, built=built, excluded=None, works=done)  # type: ignore[arg-type]
        return answer.allowed, answer.rule

    assert asked("2001", "water", "gas") == (False, "XX-01")
    assert asked("2000", "water") == (False, "YY-01")
    assert asked("2000", "water", "gas") == (True, "YY-01")


def test_what_is_missing_is_said() -> None:
    answer = central_subsidy(place("changzhi"), day=DAY, built="1996", excluded=None, works=["water"])
    assert answer.reasons[0].missing == "还差 1 项，或者加装电梯"
