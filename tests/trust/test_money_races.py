"""The small storm of money on every run, and single acts that two persons take at one moment."""

from typing import Any

import pytest

from funding import actions
from funding.models import Fund, JournalEntry
from offices.demonstration import Offices
from tests.cast import AT, TODAY
from tests.funding.stage import D, Money, figures
from tests.trust.processes import together
from tests.trust.storm import storm

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]


def test_a_storm_of_payments_and_reversals_leaves_the_books_sound(stage: Offices, record_property: Any) -> None:
    found = storm(Money(stage), payments=80, reversals=16, copies=3, workers=6, funds=4)
    assert found.sound, found
    assert found.payments >= 60 and found.reversals > 0
    assert found.refused["rule"] > 0, "the last ones asked for more than the funds hold"
    assert found.refused["done"] + sum(n for code, n in found.refused.items() if code != "done") == found.sent
    record_property(
        "figure",
        f"{found.sent} requests, {found.payments} payments, {found.reversals} reversals: unbalanced {found.unbalanced}, negative "
        f"{found.negative}, across funds {found.across}, doubled {found.doubled}, lost {found.lost}",
    )


def test_ten_releases_of_one_payment_pay_once(stage: Offices) -> None:
    money = Money(stage)
    _, fund, contract = money.whole()
    payment = money.check(money.request(contract, "60000.00"))
    said = together(10, lambda n: money.release(payment, key="" if n % 2 else f"k{n // 4}").pk)
    assert JournalEntry.objects.filter(kind="payment").count() == 1
    assert {each.code for each in said if each.error} <= {"payment_state"}
    assert figures(fund)["paid"] == D("58200.00")


def test_ten_allotments_never_pass_what_was_appropriated(stage: Offices) -> None:
    money = Money(stage)
    source, projects = money.source("5000.00"), [money.project(f"小区{n}") for n in range(4)]
    finance = money.user("checker")
    said = together(10, lambda n: actions.allot(
        by=finance, at=AT, today=TODAY, source=source, project=projects[n % 4].uid, amount="1000.00", day=TODAY).pk)  # fmt: skip
    source.refresh_from_db()
    assert source.allotted == D("5000.00") and sum(fund.allotted for fund in Fund.objects.all()) == D("5000.00")
    assert [each.code for each in said if each.error] == ["beyond_appropriation"] * 5


def test_eight_second_persons_reverse_once(stage: Offices) -> None:
    money = Money(stage)
    _, fund, contract = money.whole()
    paid = money.pay(contract, "1000.00")
    back = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=paid, reason="重复")
    people = [money.colleague(f"person{n}") for n in range(8)]
    said = together(8, lambda n: actions.post_entry(by=people[n], at=AT, entry=back).pk)
    assert [each.code for each in said if each.error] == ["entry_state"] * 7
    assert figures(fund)["cash"] == D("100000.00")
