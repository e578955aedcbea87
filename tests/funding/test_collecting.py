"""Residents' money home by home: announced and hashed, collected, given back, exactly what the fund's books hold."""

import datetime as dt

import pytest

from communities import actions as register
from communities.models import Home
from funding import actions
from funding.collecting import Collected, channels, digest_of, lines, own_dues
from funding.models import Apportionment, DueReceipt, Fund
from funding.subjects import project_of
from policies.refusal import Forbidden, Invalid
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.sharing import PAY_BY, back, confirmed, paid, pay, share, sums
from tests.funding.stage import DAY, D, Money, figures, refused

pytestmark = pytest.mark.django_db


@pytest.mark.rule("LZ-18")
@pytest.mark.rule("YL-21")
def test_money_is_collected_home_by_home_and_the_fund_gets_exactly_that(money: Money, homes: list[Home]) -> None:
    row, fund = share(money, "300.00"), Fund.objects.get()
    due = row.dues.order_by("pk")[0]
    assert refused(lambda: pay(money, due)).code == "not_confirmed"
    with pytest.raises(Forbidden):
        actions.announce_apportionment(by=money.user("clerk"), at=AT, today=TODAY, row=row)
    row = confirmed(money, row)
    assert refused(lambda: pay(money, due, "66.53")).code == "beyond_due"
    first = pay(money, due, "60.00")
    assert sums(row) == Collected(D("0.00"), 3, 0, 1) and "cash" not in figures(
        fund
    )  # it counts once finance has checked it
    with pytest.raises(Forbidden):
        actions.check_receipt(by=money.user("second"), at=AT, row=first)  # not of the finance bureau
    first = actions.check_receipt(by=money.user("checker"), at=AT, row=first)
    assert first.entry is not None and first.entry.kind == "receipt" and figures(fund)["cash"] == D("60.00")
    assert refused(lambda: pay(money, due, "6.53", "收2")).code == "beyond_due"
    assert refused(lambda: pay(money, due, "1.00", "收1")).code == "receipt_exists"
    paid(money, due, "6.52", "收2")
    assert sums(row) == Collected(D("66.52"), 3, 1, 0) and figures(fund)["cash"] == D("66.52")
    by_hand = {"by": money.user("checker"), "at": AT, "today": TODAY, "fund": fund, "day": DAY, "voucher": "银1"}
    assert refused(lambda: actions.receive(**by_hand, amount="1.00")).code == "collected_by_home"


@pytest.mark.rule("YL-21")
def test_money_goes_back_to_who_paid_it_by_two_persons(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    due, fund = row.dues.order_by("pk")[0], Fund.objects.get()
    receipt = paid(money, due, "60.00")
    assert refused(lambda: back(money, receipt, "60.01")).code == "beyond_due"
    refund = back(money, receipt, "20.00")
    assert refused(lambda: back(money, receipt, "40.01", "退2")).code == "beyond_due"  # what waits counts as given back
    with pytest.raises(Forbidden):
        actions.check_receipt(
            by=money.user("checker"), at=AT, row=refund
        )  # a clerk of finance takes in, an approver pays out
    refund = actions.check_receipt(by=money.user("releaser"), at=AT, row=refund)
    assert refund.entry is not None and refund.entry.kind == "giveback" and figures(fund)["cash"] == D("40.00")
    assert sums(row).paid == D("40.00")
    for entry in (refund.entry, receipt.entry):
        ask = {"by": money.user("checker"), "at": AT, "today": TODAY, "entry": entry, "reason": "重复"}
        assert refused(lambda ask=ask: actions.ask_reversal(**ask)).code == "not_reversible"
    pay(money, due, "26.52", "收3")  # what went back may be paid again


def test_a_reversed_entry_takes_its_receipt_out(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    due = row.dues.order_by("pk")[0]
    receipt = paid(money, due, "60.00")
    asked = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=receipt.entry, reason="记错户")  # type: ignore[arg-type]
    actions.post_entry(by=money.user("releaser"), at=AT, entry=asked)
    receipt.refresh_from_db()
    assert receipt.taken_back and sums(row).paid == 0 and figures(Fund.objects.get()).get("cash") is None
    paid(money, due, "66.52", "收2")
    assert sums(row).settled == 1


def test_a_wrong_record_is_dropped_and_an_empty_apportionment_withdrawn(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    due = row.dues.order_by("pk")[0]
    wrong = pay(money, due, "60.00")
    give_up = {"at": AT, "row": row, "reason": "方案调整"}
    assert refused(lambda: actions.withdraw_apportionment(by=money.user("second"), **give_up)).code == "money_held"
    actions.drop_receipt(by=money.user("clerk"), at=AT, row=wrong)
    receipt = paid(money, due, "60.00")  # the number of a dropped record is free again
    assert refused(lambda: actions.withdraw_apportionment(by=money.user("second"), **give_up)).code == "money_held"
    actions.check_receipt(by=money.user("releaser"), at=AT, row=back(money, receipt, "60.00"))
    with pytest.raises(Forbidden):
        actions.withdraw_apportionment(by=money.user("clerk"), **give_up)
    actions.withdraw_apportionment(by=money.user("second"), **give_up)
    assert refused(lambda: pay(money, due, "1.00", "收9")).code == "withdrawn"
    assert share(money, "1000.00").amount == 1000  # what was withdrawn is free for another one


def test_a_key_acts_once_and_not_for_another_amount(money: Money, homes: list[Home]) -> None:
    first = share(money, "300.00", key="a-1")
    assert share(money, "300.00", key="a-1") == first and Apportionment.objects.count() == 1
    assert refused(lambda: share(money, "301.00", key="a-1")).status == 422
    row = confirmed(money, first)
    due = row.dues.order_by("pk")[0]
    receipt = pay(money, due, key="b-1")
    assert pay(money, due, key="b-1") == receipt and refused(lambda: pay(money, due, "11.00", key="b-1")).status == 422
    actions.check_receipt(by=money.user("checker"), at=AT, row=receipt)
    refund = back(money, receipt, "1.00", key="c-1")
    assert back(money, receipt, "1.00", key="c-1") == refund and DueReceipt.objects.count() == 2


@pytest.mark.parametrize(
    "bad", ["-1", "0", "0.001", "1e30", "NaN", "", "１００．００１", "1,00", "１００", "Infinity", "9" * 40, "1\x00"]
)
def test_nonsense_amounts_are_refused_naming_the_field(money: Money, homes: list[Home], bad: str) -> None:
    row = confirmed(money, share(money, "300.00"))
    for act in (lambda: share(money, bad), lambda: pay(money, row.dues.order_by("pk")[0], bad)):
        assert refused(act, Invalid).errors["amount"]


@pytest.mark.rule("LZ-05")
def test_the_maintenance_fund_is_shared_after_the_owners_vote_alone(money: Money, homes: list[Home]) -> None:
    project = Fund.objects.get().project_uid
    fund = money.fund(money.source("500.00", "maintenance_fund"), Project.objects.get(uid=project), "500.00")
    given_ = {"by": money.user("clerk"), "at": AT, "today": TODAY, "title": "屋面", "way": "area", "pay_by": PAY_BY}
    row = actions.apportion(**given_, fund=fund, amount="500.00")  # type: ignore[arg-type]
    found = refused(lambda: confirmed(money, row))
    assert found.code == "owners_decide" and found.reasons[0].citation.rule == "LZ-05"  # type: ignore[union-attr]
    channel = {each.kind: each for each in channels(project_of(project), TODAY)}  # type: ignore[arg-type]
    assert channel["maintenance_fund"].refusal and channel["maintenance_fund"].sums.planned == D("500.00")
    assert channel["resident_direct"].refusal is None and channel["common_revenue"].funds == []


@pytest.mark.rule("N-06")
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
    assert own_dues([persons[0].pk], TODAY) == []  # not before it is announced
    confirmed(money, row)
    (line,) = lines(own_dues([persons[0].pk], TODAY), TODAY)
    assert line.due.amount == D("66.52") and line.state == "due"
    assert line.formula == "300.00 元 × 本户 50.00 ㎡ ÷ 合计 225.50 ㎡，尾差补一分 ＝ 66.52 元"
    assert lines(own_dues([persons[0].pk], TODAY), PAY_BY)[0].state == "due"  # the last day is in time
    assert lines(own_dues([persons[0].pk], TODAY), PAY_BY + dt.timedelta(days=1))[0].state == "overdue"


def test_what_is_announced_is_hashed_with_every_home(money: Money, homes: list[Home]) -> None:
    row = share(money, "300.00")
    assert row.digest == ""
    row = confirmed(money, row)
    assert row.digest == digest_of(row) and len(row.digest) == 64
    row.dues.order_by("pk")[0]  # rows can't be changed; another amount in memory gives another hash
    row.amount = D("301.00")
    assert digest_of(row) != row.digest
