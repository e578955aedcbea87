"""Residents' money home by home: computed to the cent, frozen, collected, refunded, and held against the ledger of its fund."""

from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from communities import actions as register
from communities.models import Home
from funding import actions
from funding.collecting import collected, dues, own_share
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.rules.apportionment import HomeWeight, by_agreement
from offices.rulebooks import layers_of
from policies.load import BUNDLED, load_library
from policies.refusal import Forbidden, Invalid, Refused
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, D, Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(money: Money) -> list[Home]:
    """Three homes of 50, 75.50 and 100 ㎡ on floors 1, 2 and 3 of a project with 1,000 yuan of residents' money planned."""
    project, clerk = money.project(), money.user("clerk")
    building = register.add_building(by=clerk, at=AT, community=project.communities.get(), values={"name": "3号楼"})
    money.fund(money.source("1000.00", "resident_direct"), project, "1000.00")
    return [
        register.add_home(
            by=clerk, at=AT, building=building,
            values={"room": f"{floor}01", "floor": floor, "private_area": area, "area_source": "register"},
        )
        for floor, area in ((1, "50.00"), (2, "75.50"), (3, "100.00"))
    ]  # fmt: skip


def share(money: Money, amount: str = "1000.00", way: str = "area", **more: Any) -> Apportionment:
    given_ = {"by": money.user("clerk"), "at": AT, "today": TODAY, "fund": Fund.objects.get(), "title": "外墙"}
    return actions.apportion(**given_, way=way, amount=amount, **more)  # type: ignore[arg-type]


def confirmed(money: Money, row: Apportionment) -> Apportionment:
    return actions.confirm_apportionment(by=money.user("second"), at=AT, row=row)


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


@pytest.mark.rule("LZ-18")
@pytest.mark.rule("YL-21")
def test_money_is_collected_home_by_home_and_refunded(money: Money, homes: list[Home]) -> None:
    row = share(money, "300.00")
    due = row.dues.order_by("pk")[0]
    clerk, second = money.user("clerk"), money.user("second")
    pay = {"by": clerk, "at": AT, "today": TODAY, "due": due, "day": DAY}
    with pytest.raises(Refused):
        actions.record_due(**pay, amount="1", voucher="收1")
    with pytest.raises(Forbidden):
        actions.confirm_apportionment(by=clerk, at=AT, row=row)
    row = confirmed(money, row)
    first = actions.record_due(**pay, amount="60.00", voucher="收1")
    assert collected(row).paid == 0  # it counts once another has checked it
    with pytest.raises(Forbidden):
        actions.check_due(by=clerk, at=AT, row=first)
    actions.check_due(by=second, at=AT, row=first)
    for amount, voucher, code in (("6.53", "收2", "beyond_due"), ("1.00", "收1", "receipt_exists")):
        with pytest.raises(Refused) as caught:
            actions.record_due(**pay, amount=amount, voucher=voucher)
        assert caught.value.code == code
    actions.check_due(by=second, at=AT, row=actions.record_due(**pay, amount="6.52", voucher="收2"))
    assert (collected(row).paid, collected(row).settled, collected(row).left) == (D("66.52"), 1, D("233.48"))
    with pytest.raises(Refused):
        actions.record_due(**pay, kind="refund", amount="66.53", voucher="退1")
    back = actions.record_due(**pay, kind="refund", amount="66.52", voucher="退1")
    actions.check_due(by=second, at=AT, row=back)
    assert (collected(row).paid, collected(row).settled) == (0, 0)


def test_the_homes_list_is_held_against_the_ledger(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    due = row.dues.order_by("pk")[0]
    paid = actions.record_due(
        by=money.user("clerk"), at=AT, today=TODAY, due=due, day=DAY, amount="66.52", voucher="收1"
    )
    actions.check_due(by=money.user("second"), at=AT, row=paid)
    assert collected(row).difference == D("-66.52")
    fund = Fund.objects.get()
    actions.receive(by=money.user("checker"), at=AT, today=TODAY, fund=fund, amount="66.52", day=DAY, voucher="银1")
    assert collected(row).difference == 0


def test_an_owner_sees_his_own_homes_alone(money: Money, homes: list[Home]) -> None:
    clerk = money.user("clerk")
    persons = [
        register.add_person(
            by=clerk, at=AT, community=homes[0].building.community, values={"name": name, "kind": "natural", "phone": phone}
        )
        for name, phone in (("张三", "13800000001"), ("李四", "13800000002"))
    ]  # fmt: skip
    for home, person in zip(homes, persons, strict=False):
        register.add_ownership(by=clerk, at=AT, home=home, person=person)
    row = share(money, "300.00")
    assert own_share([persons[0].pk], row.project_uid) == []  # not before it is confirmed
    confirmed(money, row)
    assert [due.amount for due in own_share([persons[0].pk], row.project_uid)] == [D("66.52")]


def test_the_database_holds_it_too(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    due = row.dues.order_by("pk")[0]
    for act in (
        lambda: HomeDue.objects.filter(pk=due.pk).update(amount="1.00"),
        lambda: Apportionment.objects.filter(pk=row.pk).update(amount="301.00"),
        lambda: Apportionment.objects.filter(pk=row.pk).update(confirmed_by=None),
        lambda: due.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    over = DueReceipt.objects.create(
        due=due, amount="66.53", day=DAY, voucher="x", recorded_by=money.user("clerk"), created_at=AT, updated_at=AT
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        DueReceipt.objects.filter(pk=over.pk).update(checked_by=money.user("second"))


def test_a_thousand_homes_take_few_queries(
    money: Money, homes: list[Home], django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    Home.objects.bulk_create(
        Home(building=homes[0].building, room=f"x{n}", private_area="60.00", area_source="survey", created_at=AT, updated_at=AT)
        for n in range(997)
    )  # fmt: skip
    with django_assert_max_num_queries(40):
        row = share(money, "1000.00")
    assert row.dues.count() == 1000 and sum(due.amount for due in dues(row)) == D("1000.00")
    client = Client()
    client.force_login(money.user("second"), backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_max_num_queries(40):
        page = client.get(f"/staff/money/apportionments/{row.uid}/")
    assert page.status_code == 200 and "1,000 户" in page.content.decode()
    assert client.post(f"/staff/money/apportionments/{row.uid}/confirm/").status_code == 302


def test_the_form_reads_floors_and_says_what_it_can_not(
    money: Money, homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    client, fund = Client(), Fund.objects.get()
    client.force_login(money.user("clerk"), backend="django.contrib.auth.backends.ModelBackend")
    url = f"/staff/money/projects/{fund.project_uid}/apportionments/"
    sent = {"fund": str(fund.uid), "title": "电梯", "amount": "200", "way": "table", "agreement": "协议",
            "floors": "1 0\n2 1/2\n3 1"}  # fmt: skip
    for bad in ("1 0\n2 1/0", "1 x", "1", "1 0\n1 1", "1 -1", "1 1e99"):
        assert client.post(url, {**sent, "floors": bad}).status_code == 400
    assert client.post(url, sent).status_code == 302
    assert amounts(Apportionment.objects.get()) == ["0.00", "66.67", "133.33"]


WEIGHTS = st.lists(st.fractions(min_value=0, max_value=50, max_denominator=40), min_size=1, max_size=30).filter(any)


@given(amount=st.integers(0, 10**12), weights=WEIGHTS)
@settings(max_examples=60, deadline=None)
def test_weights_share_the_whole_amount_each_within_a_cent(amount: int, weights: list[Fraction]) -> None:
    layers = load_library(BUNDLED).layers("liuzhou")
    found = by_agreement(layers, day=TODAY, amount=amount, homes=[HomeWeight(n, w) for n, w in enumerate(weights)])
    total = sum(weights)
    assert sum(row.amount for row in found.shares) == amount
    for row, weight in zip(found.shares, weights, strict=True):
        assert abs(row.amount - amount * weight / total) < 1
        assert weight or not row.amount


def test_the_text_is_asked_for_the_other_way(money: Money) -> None:
    found = by_agreement(
        layers_of(money.offices.divisions["城中区"]), day=TODAY, amount=100, homes=[HomeWeight(1, Fraction(1))]
    )
    assert found.rule == "LZ-18" and [row.amount for row in found.shares] == [100]
