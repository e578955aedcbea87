"""Single acts on residents' money that several persons take at one moment."""

from typing import Any

import pytest

from communities import actions as register
from funding import actions
from funding.collecting import collected
from funding.models import Apportionment, DueReceipt, Fund, JournalEntry
from offices.demonstration import Offices
from tests.cast import AT, TODAY
from tests.funding.sharing import confirmed, paid, pay, share
from tests.funding.stage import D, Money, figures
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]


def announced(money: Money) -> Apportionment:
    """100 yuan of one home."""
    project, clerk = money.project(), money.user("clerk")
    building = register.add_building(by=clerk, at=AT, community=project.communities.get(), values={"name": "3号楼"})
    values = {"room": "101", "private_area": "50.00", "area_source": "register"}
    register.add_home(by=clerk, at=AT, building=building, values=values)
    money.fund(money.source("1000.00", "resident_direct"), project, "1000.00")
    return confirmed(money, share(money, "100.00"))


def codes(said: Any) -> list[str]:
    return [each.code for each in said if each.error]


def test_ten_records_of_one_home_never_pass_what_it_owes(stage: Offices) -> None:
    money = Money(stage)
    due = announced(money).dues.get()
    said = together(10, lambda n: pay(money, due, "40.00", f"收{n}").pk)
    assert codes(said) == ["beyond_due"] * 8 and DueReceipt.objects.count() == 2


def test_eight_checks_of_one_receipt_are_one_entry(stage: Offices) -> None:
    money = Money(stage)
    row = announced(money)
    receipt = pay(money, row.dues.get(), "60.00")
    people = [money.colleague(f"person{n}") for n in range(8)]
    said = together(8, lambda n: actions.check_receipt(by=people[n], at=AT, row=receipt).pk)
    assert codes(said) == ["already_confirmed"] * 7 and JournalEntry.objects.filter(kind="receipt").count() == 1
    assert figures(Fund.objects.get())["cash"] == D("60.00") == collected([row])[row.pk].paid


def test_what_is_withdrawn_holds_nothing_whoever_was_first(stage: Offices) -> None:
    money = Money(stage)
    row = announced(money)
    receipt = pay(money, row.dues.get(), "60.00")
    other = money.user("second")

    def act(n: int) -> int:
        if n % 2:
            return int(actions.check_receipt(by=money.user("checker"), at=AT, row=receipt).pk)
        actions.drop_receipt(by=money.user("clerk"), at=AT, row=receipt)
        return int(actions.withdraw_apportionment(by=other, at=AT, row=row, reason="调整").pk)

    together(6, act)
    row.refresh_from_db()
    held = collected([row])[row.pk].paid
    assert held == figures(Fund.objects.get()).get("cash", D("0.00")) and (row.withdrawn_at is None or held == 0)


def test_eight_refunds_never_give_back_more_than_was_paid(stage: Offices) -> None:
    money = Money(stage)
    receipt = paid(money, announced(money).dues.get(), "60.00")
    said = together(
        8,
        lambda n: actions.give_back(
            by=money.user("clerk"), at=AT, today=TODAY, receipt=receipt, amount="25.00", day=TODAY, voucher=f"退{n}", reason="多缴"
        ).pk,
    )  # fmt: skip
    assert codes(said) == ["beyond_due"] * 6
