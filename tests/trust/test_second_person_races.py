"""Two persons at one moment at one settlement, payment, purse or payee: one effect each, and the others are told why not."""

from collections import Counter

import pytest

from funding import actions
from funding.actions.contracts import Line
from funding.models import Commitment, Contract, JournalEntry, Payment, Settlement
from offices.demonstration import Offices
from offices.models import HistoryEntry
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, D, Money, figures
from tests.funding.test_settlement import Works
from tests.trust.processes import Said, together

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
PERSONS = 6


def codes(said: list[Said]) -> Counter[str]:
    """How many met which refusal; ``done``: none."""
    return Counter(each.code or each.error or "done" for each in said)


def acts(action: str) -> int:
    """How often the history says that it was done."""
    return HistoryEntry.objects.filter(action=action).count()


def test_a_settlement_is_closed_once(stage: Offices) -> None:
    works = Works(Money(stage, "芮城县"))
    row = works.confirm(works.enter())
    works.pay(central="557142.86", residents="92857.14", county="190000.00")
    people = [works.money.colleague(f"person{n}") for n in range(PERSONS)]
    said = together(PERSONS, lambda n: actions.close_settlement(by=people[n], at=AT, today=TODAY, settlement=row).pk)
    assert codes(said) == {"done": 1, "settlement_state": PERSONS - 1}
    assert JournalEntry.objects.filter(kind="return").count() == 3 and acts("settlement.close") == 1
    assert figures(works.central)["cash"] == figures(works.central)["retained"]


def test_closing_and_the_last_release_do_not_pass_each_other(stage: Offices) -> None:
    """Whoever is first: the payment is released once, and nothing is given back that it still needed."""
    works = Works(Money(stage, "芮城县"))
    row = works.confirm(works.enter())
    works.pay(central="557142.86", residents="92857.14", county="150000.00")
    county = works.contract.commitments.get(fund=works.county)
    contract = Contract.objects.get(pk=works.contract.pk)
    payment = works.money.check(actions.request_payment(
        by=works.money.user("clerk"), at=AT, today=TODAY, contract=contract, amounts={county: "40000.00"}, progress=contract.amount,
        words="尾款", paper="计量单", papers=works.money.papers(contract)))  # fmt: skip
    people = [works.money.colleague(f"person{n}") for n in range(4)]

    def act(n: int) -> int:
        if n % 2:
            return actions.close_settlement(by=people[n // 2], at=AT, today=TODAY, settlement=row).pk
        return actions.release_payment(
            by=people[2 + n // 2], at=AT, today=TODAY, payment=payment, voucher=f"国库{n}", released_on=DAY
        ).pk

    said = together(4, act)
    assert codes(said[::2]) == {"done": 1, "payment_state": 1}
    assert set(codes(said[1::2])) <= {"done", "not_all_paid", "settlement_state"} and codes(said[1::2])["done"] <= 1
    row = Settlement.objects.get(pk=row.pk)
    if row.state == "confirmed":
        row = works.close(row)
    held = figures(works.county)
    assert held["paid"] + held["retained"] == D("190000.00") and held["cash"] == held["retained"]
    assert row.state == "closed" and JournalEntry.objects.filter(kind="payment", part__payment=payment).count() == 1


def test_two_supplements_do_not_promise_the_same_money(stage: Offices) -> None:
    money = Money(stage)
    project = money.project()
    fund = money.fund(money.source("1000.00"), project, "1000.00")
    changes = []
    for number in range(4):
        contract = money.contract(project, "100.00", number=f"HT-{number}", payee=False)
        changes.append(actions.enter_change(
            by=money.user("clerk"), at=AT, today=TODAY, contract=contract, number="补-1", amount="400.00", signed_on=DAY, reason="加大",
            lines=[Line(fund, "400.00", "供水")]))  # fmt: skip
    people = [money.user("checker"), money.user("second")]
    said = together(4, lambda n: actions.decide_change(
        by=people[n % 2], at=AT, today=TODAY, change=changes[n], accept=True).pk)  # fmt: skip
    assert codes(said) == {"done": 2, "overdrawn": 2}
    assert figures(fund) == {"expected": D("1000.00"), "free": D("200.00"), "committed": D("800.00")}
    grown = Contract.objects.filter(supplement=D("400.00"))
    assert grown.count() == 2 == Commitment.objects.filter(contract__in=grown, amount=D("400.00")).count()


def test_money_of_a_contract_is_promised_once_whoever_confirms_it(stage: Offices) -> None:
    money = Money(stage)
    project = money.project()
    fund = money.fund(money.source("1000.00"), project, "1000.00")
    contract = actions.sign_contract(
        by=money.user("clerk"), at=AT, today=TODAY, project=project.uid, number="1", name="施工", party="建工", amount="1000.00",
        signed_on=DAY, lines=[Line(fund, "300.00", "供水")],
    )  # fmt: skip
    change = contract.changes.get()
    people = [money.user("checker"), money.user("second"), *(money.colleague(f"person{n}") for n in range(2))]
    said = together(4, lambda n: actions.decide_change(
        by=people[n], at=AT, today=TODAY, change=change, accept=n != 3).pk)  # fmt: skip
    assert codes(said) == {"done": 1, "already_confirmed": 3}
    change.refresh_from_db()
    assert figures(fund).get("committed", D(0)) == (D("300.00") if change.confirmed_by_id else 0)
    assert acts("change.confirm") + acts("change.refuse") == 1


def test_a_payment_is_checked_once(stage: Offices) -> None:
    money = Money(stage)
    _, _, contract = money.whole()
    payment = money.request(contract, "1000.00")
    people = [money.colleague(f"person{n}", role="clerk") for n in range(PERSONS)]
    said = together(PERSONS, lambda n: actions.check_payment(by=people[n], at=AT, payment=payment).checked_by_id)
    assert codes(said) == {"done": 1, "payment_state": PERSONS - 1} and acts("payment.check") == 1
    assert Payment.objects.get().checked_by_id == next(each.value for each in said if not each.error)


def test_a_payees_change_comes_before_or_after_a_release(stage: Offices) -> None:
    """Released to the account that was confirmed then, or held back while the new one waits; a refused release may be repeated."""
    money = Money(stage)
    _, fund, contract = money.whole()
    payments = [money.check(money.request(contract, "1000.00")) for _ in range(3)]
    old = contract.payees.get()

    def act(n: int) -> int:
        if n:
            return int(money.release(payments[n - 1]).pk)
        return actions.enter_payee(
            by=money.user("clerk"),
            at=AT,
            contract=contract,
            holder=contract.party,
            bank="建行",
            number="6217",
            reason="开户行变更",
        ).pk

    said = together(4, act)
    assert not said[0].error and set(codes(said[1:])) <= {"done", "payee_waits"}
    released = Payment.objects.filter(state="released")
    assert {payment.payee_id for payment in released} <= {old.pk}
    assert figures(fund).get("paid", D(0)) == released.count() * D("970.00")
    new = contract.payees.get(confirmed_by__isnull=True)
    actions.decide_payee(by=money.user("checker"), at=AT, payee=new, accept=True)
    late = [money.release(payment) for payment in payments if payment.pk not in {row.pk for row in released}]
    assert {payment.payee_id for payment in late} <= {new.pk} and figures(fund)["paid"] == D("2910.00")
