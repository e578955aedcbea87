"""Residents' money among homes: computed to the cent by each way of the text."""

from collections import defaultdict
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communities.models import Home
from funding.models import Apportionment, HomeDue
from funding.rules.apportionment import HomeArea, HomeWeight, apportionment, by_agreement
from offices.rulebooks import layers_of
from policies.load import BUNDLED, load_library
from policies.refusal import Invalid, Refused
from tests.cast import TODAY
from tests.funding.sharing import share
from tests.funding.stage import Money

pytestmark = pytest.mark.django_db


def amounts(row: Apportionment) -> list[str]:
    return [f"{due.amount:.2f}" for due in row.dues.order_by("pk")]


@pytest.mark.rule("LZ-18")
def test_each_way_of_the_text_shares_to_the_cent(money: Money, homes: list[Home]) -> None:
    # 300 yuan over 225.5 ㎡: 66.5188, 100.4435, 133.0377: two cents go to the remainders .88 and .77 of a cent
    by_area = share(money, "300.00")
    assert amounts(by_area) == ["66.52", "100.44", "133.04"] and by_area.rule == "LZ-18"
    # 100 yuan among the second and third: 75.5 / 175.5 = 43.0199, 100 / 175.5 = 56.9800: the odd cent goes to .99 of a cent
    some = share(
        money, "100.00", "concerned", homes=[home.uid for home in homes[1:]], agreement="业主大会2026年2月决议"
    )
    assert amounts(some) == ["43.02", "56.98"]
    # floors 0, 1/2 and 1 of 200 yuan: nothing, 66.666.., 133.333..
    lift = share(
        money, "200.00", "table", agreement="加装电梯协议", floors={1: Fraction(0), 2: Fraction(1, 2), 3: Fraction(1)}
    )
    assert amounts(lift) == ["0.00", "66.67", "133.33"]


def test_what_lacks_is_named_and_nothing_is_shared(money: Money, homes: list[Home]) -> None:
    with pytest.raises(Invalid) as caught:
        share(money, way="table", agreement="协议", floors={1: Fraction(0), 3: Fraction(1)})
    assert "第 2 层" in caught.value.errors["floors"][0]
    with pytest.raises(Invalid) as caught:
        share(money, way="concerned", homes=[homes[0].uid])
    assert caught.value.errors["agreement"]
    with pytest.raises(Refused) as refused:
        share(money, "1000.01")
    assert refused.value.code == "beyond_plan"
    Home.objects.filter(pk=homes[1].pk).update(private_area=None, area_source="")
    with pytest.raises(Refused) as refused:
        share(money)
    assert refused.value.code == "no_area" and "3号楼201" in refused.value.detail
    assert not Apportionment.objects.exists() and not HomeDue.objects.exists()


LIBRARY = load_library(BUNDLED)
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=50, max_denominator=40), min_size=1, max_size=30).filter(any)


@given(amount=st.integers(0, 10**12), weights=WEIGHTS)
@settings(max_examples=60, deadline=None)
def test_weights_share_the_whole_amount_each_within_a_cent(amount: int, weights: list[Fraction]) -> None:
    layers = LIBRARY.layers("liuzhou")
    found = by_agreement(layers, day=TODAY, amount=amount, homes=[HomeWeight(n, w) for n, w in enumerate(weights)])
    total = sum(weights)
    assert sum(row.amount for row in found.shares) == amount
    for row, weight in zip(found.shares, weights, strict=True):
        assert abs(row.amount - amount * weight / total) < 1
        assert weight or not row.amount


@given(
    amount=st.integers(0, 10**9),
    areas=st.lists(st.integers(0, 20_000), min_size=1, max_size=25).filter(any),
    seed=st.randoms(),
)
@settings(max_examples=60, deadline=None)
@pytest.mark.rule("N-03")
def test_the_order_of_homes_moves_no_cent_but_between_equal_remainders(
    amount: int, areas: list[int], seed: Random
) -> None:
    layers, homes = LIBRARY.layers("national"), [HomeArea(n, area) for n, area in enumerate(areas)]
    total, mixed = sum(areas), seed.sample(homes, len(homes))
    one, two = (
        {row.home: row.amount for row in apportionment(layers, day=TODAY, amount=amount, homes=order).shares}
        for order in (homes, mixed)
    )
    assert sum(one.values()) == sum(two.values()) == amount
    assert all(abs(one[n] - Fraction(amount * area, total)) < 1 for n, area in enumerate(areas))
    by_remainder: dict[int, list[int]] = defaultdict(list)
    for n, area in enumerate(areas):
        by_remainder[amount * area % total].append(n)
    for equals in by_remainder.values():
        assert sum(one[n] for n in equals) == sum(two[n] for n in equals)


def test_homes_named_in_any_order_get_the_same(money: Money, homes: list[Home]) -> None:
    uids = [home.uid for home in homes]
    one, two = (
        share(money, "100.01", "concerned", homes=order, agreement="决议") for order in (uids, list(reversed(uids)))
    )
    assert amounts(one) == amounts(two)


def test_the_text_is_asked_for_the_other_way(money: Money) -> None:
    found = by_agreement(
        layers_of(money.offices.divisions["城中区"]), day=TODAY, amount=100, homes=[HomeWeight(1, Fraction(1))]
    )
    assert found.rule == "LZ-18" and [row.amount for row in found.shares] == [100]
