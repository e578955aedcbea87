"""Money from its source to the payee: who may, what it may pay for, and what the books say afterwards."""

import datetime as dt
from typing import Any

import pytest

from approvals import papers
from funding import actions
from funding.actions.common import KeyUsed
from funding.actions.contracts import Line
from funding.models import Account, FundingSource, Gift, JournalEntry, Payment, Request
from funding.standing import allotments
from offices.models import Message, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused
from projects.gates import gates_of_project
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.acceptance import accepted
from tests.funding.stage import DAY, D, Money, commitment, figures, refused

pytestmark = pytest.mark.django_db


def test_from_the_grant_to_the_payee(money: Money) -> None:
    project = money.project()
    source = money.source("1000000.00")
    fund = money.fund(source, project, "600000.00", "400000.00")
    contract = money.contract(project, "500000.00", Line(fund, "500000.00", "供水"), retention="3")
    assert figures(fund) == {
        "expected": D("200000.00"), "cash": D("400000.00"), "free": D("100000.00"), "committed": D("500000.00"),
    }  # fmt: skip
    money.pay(contract, "100000.00", "150000.00")
    assert figures(fund) == {
        "expected": D("200000.00"), "cash": D("303000.00"), "paid": D("97000.00"),
        "free": D("100000.00"), "committed": D("400000.00"), "retained": D("3000.00"), "spent": D("97000.00"),
    }  # fmt: skip
    row = commitment(contract)
    assert (row.amount, row.unspent, row.held) == (D("500000.00"), D("400000.00"), D("3000.00"))
    source.refresh_from_db()
    contract.refresh_from_db()
    assert (source.allotted, contract.committed) == (D("600000.00"), D("500000.00"))
    two_years_ago = TODAY.replace(year=TODAY.year - 2) - dt.timedelta(days=1)
    accepted(project, two_years_ago, money.user("clerk"), money.user("second"))
    back = actions.request_payment(
        by=money.user("clerk"), at=AT, today=TODAY, contract=contract, amounts={row: "3000.00"}, kind="retention", words="质保期满",
        paper="返还申请",
    )  # fmt: skip
    money.release(money.check(back))
    assert figures(fund)["paid"] == figures(fund)["spent"] == D("100000.00") and "retained" not in figures(fund)


def test_three_persons_and_no_superuser(money: Money) -> None:
    _, _, contract = money.whole()
    clerk, checker, releaser = (money.user(role) for role in ("clerk", "checker", "releaser"))
    root = User.objects.create_superuser(username="root", password="long-enough-1")
    payment = money.request(contract, "1000.00")
    for user in (clerk, root, money.user("second")):
        refused(lambda user=user: actions.check_payment(by=user, at=AT, payment=payment), Forbidden)
    # Someone who is clerk of housing and of finance checks no request of his own.
    both = money.colleague("both", "housing", "clerk")
    money.offices.users["both"] = both
    payment2 = actions.request_payment(
        by=both, at=AT, today=TODAY, contract=contract, amounts={commitment(contract): "10.00"}, progress=contract.amount,
        words="进度款", paper="计量单",
    )  # fmt: skip
    from_finance = money.colleague("other")
    money.check(payment)
    for user in (clerk, checker, root):
        refused(lambda user=user: actions.release_payment(
            by=user, at=AT, today=TODAY, payment=payment, voucher="1", released_on=DAY), Forbidden)  # fmt: skip
    actions.check_payment(by=releaser, at=AT, payment=payment2)
    own = refused(lambda: actions.release_payment(
        by=releaser, at=AT, today=TODAY, payment=payment2, voucher="1", released_on=DAY), Forbidden)  # fmt: skip
    assert own.code == "own_entry"
    actions.release_payment(by=from_finance, at=AT, today=TODAY, payment=payment2, voucher="1", released_on=DAY)
    assert Message.objects.filter(recipient=both, title="拨付申请已拨出").exists()
    assert Message.objects.filter(recipient=checker, title="有一笔拨付申请等待审核").exists()


def test_a_source_is_allotted_after_a_second_person_has_confirmed_it(money: Money) -> None:
    project, source = money.project(), money.source(confirmed=False)
    give = lambda: actions.allot(  # noqa: E731
        by=money.user("checker"), at=AT, today=TODAY, source=source, project=project.uid, amount="1.00", day=DAY
    )
    assert refused(give).code == "not_confirmed"
    refused(lambda: actions.confirm_source(by=money.user("checker"), at=AT, source=source), Forbidden)
    actions.confirm_source(by=money.user("leader"), at=AT, source=source)
    give()
    assert (
        refused(lambda: actions.confirm_source(by=money.user("releaser"), at=AT, source=source)).code
        == "already_confirmed"
    )


@pytest.mark.rule("LZ-19")
def test_no_payment_beyond_what_came_in_for_the_project_and_none_for_another(money: Money) -> None:
    project, other = money.project(), money.project("龙城路二轻局宿舍")
    source = money.source("1000000.00")
    fund, rich = (
        money.fund(source, project, "500000.00", "50000.00"),
        money.fund(source, other, "500000.00", "500000.00"),
    )
    contract = money.contract(project, "300000.00", Line(fund, "300000.00", "供水"), retention="0")
    no = refused(lambda: money.request(contract, "50000.01"), RuleRefused)
    assert no.reasons[0].missing == "还差 0.01 元"
    assert no.reasons[0].citation is not None and no.reasons[0].citation.rule == "LZ-19"
    assert no.reasons[0].citation.clause == "六(四)"
    line = Line(rich, "1.00", "供水")
    across = refused(
        lambda: actions.ask_funding(by=money.user("clerk"), at=AT, today=TODAY, contract=contract, lines=[line]),
        Invalid,
    )
    assert across.errors == {"lines[0].fund": ["这是另一个项目的专账，资金不得跨项目使用"]}
    foreign = money.contract(other, "100.00", Line(rich, "100.00", "供水"), number="HT-2")
    stolen = refused(lambda: actions.request_payment(
        by=money.user("clerk"), at=AT, today=TODAY, contract=contract, amounts={commitment(foreign): "1.00"}, progress="1.00",
        words="进度款", paper="计量单"), Invalid)  # fmt: skip
    assert stolen.errors == {"amount": ["不是本合同的资金，不得串用"]}


@pytest.mark.rule("LZ-19")
def test_a_request_that_waits_holds_its_money_until_it_is_decided(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source(), project, "100000.00", "50000.00")
    contract = money.contract(project, "100000.00", Line(fund, "100000.00", "供水"), retention="0")
    first = money.request(contract, "40000.00")
    refused(lambda: money.request(contract, "10000.01"), RuleRefused)
    actions.return_payment(by=money.user("checker"), at=AT, payment=first, reason="缺计量单")
    assert money.request(contract, "50000.00").state == Payment.State.REQUESTED


@pytest.mark.rule("RC-20")
def test_central_money_pays_what_its_document_limits_it_to(ruicheng: Money) -> None:
    project = ruicheng.project()
    source = ruicheng.source(classes=["basic"])
    fund = ruicheng.fund(source, project, "100000.00", "100000.00")
    item = next(row for row in layers_of(project.division).books[0].catalogue.items if row.item_class == "提升类")  # type: ignore[union-attr]
    no = refused(lambda: ruicheng.contract(project, "1000.00", Line(fund, "1000.00", item.name)), RuleRefused)
    assert no.reasons[0].citation is not None
    assert (no.reasons[0].citation.rule, no.reasons[0].citation.clause) == ("RC-20", "三(一)")
    assert "限用于基础类" in no.reasons[0].text and item.name in no.reasons[0].missing
    # Nobody gets round it by giving the item another class: the catalogue's is taken.
    refused(
        lambda: ruicheng.contract(project, "1000.00", Line(fund, "1000.00", item.name, item_class="basic")), RuleRefused
    )
    basic = next(row for row in layers_of(project.division).books[0].catalogue.items if row.item_class == "基础类")  # type: ignore[union-attr]
    assert ruicheng.contract(project, "1000.00", Line(fund, "1000.00", basic.name)).committed == D("1000.00")


@pytest.mark.rule("RC-23")
def test_provident_fund_pays_for_lifts_and_with_a_reason_for_the_like(ruicheng: Money) -> None:
    project = ruicheng.project()
    fund = ruicheng.fund(ruicheng.source(kind="provident_fund", document_number=""), project, "100000.00", "100000.00")
    no = refused(lambda: ruicheng.contract(project, "1000.00", Line(fund, "1000.00", "绿化")), RuleRefused)
    assert no.reasons[0].citation is not None and no.reasons[0].citation.rule == "RC-23"
    lift = ruicheng.contract(project, "1000.00", Line(fund, "1000.00", "加装电梯"), number="1")
    own = ruicheng.contract(project, "1000.00", Line(fund, "1000.00", "户内管线", reason="属自住住房改造"), number="2")
    assert commitment(lift).item_reason == "" and commitment(own).item_reason == "属自住住房改造"


@pytest.mark.rule("CZ-09")
def test_provident_fund_in_changzhi(db: None, money: Money) -> None:
    changzhi = Money(money.offices, "潞州区")
    project = changzhi.project()
    fund = changzhi.fund(changzhi.source(kind="provident_fund", document_number=""), project, "100000.00", "100000.00")
    no = refused(lambda: changzhi.contract(project, "1000.00", Line(fund, "1000.00", "道路")), RuleRefused)
    assert no.reasons[0].citation is not None and no.reasons[0].citation.rule == "CZ-09"
    changzhi.contract(project, "1000.00", Line(fund, "1000.00", "加装电梯"))


@pytest.mark.rule("RC-22")
@pytest.mark.rule("CZ-17")
@pytest.mark.parametrize("place", ["芮城县", "潞州区"])
def test_the_stock_of_housing_sales_and_other_departments_money_are_sources_of_their_own(
    money: Money, place: str
) -> None:
    stage = Money(money.offices, place)
    project = stage.project()
    kinds = {"housing_sale_revenue": "", "special_bond": "", "county": "民政"}
    funds = {
        kind: stage.fund(
            stage.source("9000.00", kind, channel=channel, name=f"资金{kind}"), project, "9000.00", "500.00"
        )
        for kind, channel in kinds.items()
    }
    assert len({fund.pk for fund in funds.values()}) == 3
    stage.contract(project, "400.00", Line(funds["housing_sale_revenue"], "400.00", "道路"))
    assert figures(funds["special_bond"]) == {"expected": D("8500.00"), "cash": D("500.00"), "free": D("9000.00")}
    assert FundingSource.objects.get(kind="county").channel == "民政"


@pytest.mark.rule("JX-13")
def test_central_money_goes_to_a_project_by_name_and_opens_its_gate(money: Money) -> None:
    jiangxi = Money(money.offices, "东湖区")
    project, source = jiangxi.project(), jiangxi.source("80000.00")
    Project.objects.filter(pk=project.pk).update(central_subsidy=True)
    project = Project.objects.select_related("division", "county").get(pk=project.pk)

    def gate() -> Any:
        gates = gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=("start",))
        return next(gate for gate in gates if gate.gate.evidence == "project_allotment")

    assert gate().blocks
    nobody = dt.date(2026, 1, 1)
    pool = refused(lambda: actions.allot(
        by=jiangxi.user("checker"), at=AT, today=TODAY, source=source, project=source.uid, amount="1.00", day=nobody), Invalid)  # fmt: skip
    assert pool.errors == {"project": ["没有这个项目；资金只能分配到具体项目"]}
    with pytest.raises(Refused, match="还可分配"):
        jiangxi.fund(source, project, "80000.01")
    jiangxi.fund(source, project, "80000.00")
    assert not gate().blocks and "已分配 80,000.00 元" in allotments([project.uid])[project.uid][0].words


def test_residents_money_in_the_maintenance_fund_waits_for_their_vote(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source(kind="maintenance_fund", document_number=""), project, "10000.00", "10000.00")
    sign = lambda: money.contract(project, "1000.00", Line(fund, "1000.00", "屋面"))  # noqa: E731
    no = refused(sign, RuleRefused)
    assert no.reasons[0].citation is not None and no.reasons[0].citation.rule == "LZ-05"
    vote = {
        "total_area": "3000.00", "total_heads": 40, "participating_area": "2000.00", "participating_heads": 27,
        "agreeing_area": "1000.00", "agreeing_heads": 14,
    }  # fmt: skip

    def enter(**more: Any) -> Any:
        return papers.record_paper(
            by=money.user("clerk"), at=AT, today=TODAY, subject=project, division=project.division, evidence="fund_vote",
            title="表决结果", figures={**vote, **more}, day=DAY,
        )  # fmt: skip

    papers.check_paper(by=money.user("second"), at=AT, paper=enter())
    assert "没有达到" in refused(sign, RuleRefused).reasons[0].missing, "exactly half is not more than half"
    paper = enter(agreeing_area="1000.01")
    assert "第二人复核" in refused(sign, RuleRefused).reasons[0].missing
    papers.check_paper(by=money.user("second"), at=AT, paper=paper)
    assert sign().committed == D("1000.00")


@pytest.mark.rule("RC-23")
def test_gifts_in_kind_are_valued_and_in_no_account(ruicheng: Money) -> None:
    project = ruicheng.project()
    fund = ruicheng.fund(ruicheng.source(), project, "100.00", "100.00")
    before = figures(fund)
    gift = actions.record_gift(
        by=ruicheng.user("clerk"), at=AT, today=TODAY, project=project.uid, kind="labour", words="清理杂物12工日", basis="当地日工资120元",
        value="1440.00", given_on=DAY,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions.confirm_gift(by=ruicheng.user("clerk"), at=AT, gift=gift)
    actions.confirm_gift(by=ruicheng.user("second"), at=AT, gift=gift)
    assert Gift.objects.get().value == D("1440.00")
    assert figures(fund) == before and Account.objects.count() == 7


def test_never_beyond_contract_or_progress(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source(), project, "900000.00", "900000.00")
    contract = money.contract(project, "100000.00", Line(fund, "80000.00", "供水"), retention="0")
    assert refused(lambda: money.request(contract, "100.01", "100.00")).errors == {
        "progress": ["本次申请超出完成产值 0.01 元"]
    }
    assert refused(lambda: money.request(contract, "80000.01", "100000.00")).code == "beyond_contract"
    assert refused(lambda: money.request(contract, "1.00", "100000.01"), Invalid).errors == {
        "progress": ["超出合同金额 0.01 元"]
    }
    money.pay(contract, "100.00", "100.00")
    assert "本次最多申请 0.00 元" in refused(lambda: money.request(contract, "0.01", "100.00")).detail
    assert refused(lambda: money.request(contract, "0.01", "99.99"), Invalid).errors == {
        "progress": ["不能小于此前填报的 100.00 元"]
    }
    more = [Line(fund, "20000.01", "供水")]
    over = refused(
        lambda: actions.ask_funding(by=money.user("clerk"), at=AT, today=TODAY, contract=contract, lines=more)
    )
    assert over.code == "beyond_contract"


def test_a_change_of_the_payee_needs_two_persons_and_stops_payments_meanwhile(money: Money) -> None:
    _, _, contract = money.whole()
    payment = money.check(money.request(contract, "100.00"))
    new = {"holder": "柳州建工有限公司", "bank": "建设银行", "number": "6217000099998888"}
    clerk = money.user("clerk")
    wrong = refused(
        lambda: actions.enter_payee(by=clerk, at=AT, contract=contract, **{**new, "holder": "别家公司"}), Invalid
    )
    assert set(wrong.errors) == {"reason", "holder"}
    row = actions.enter_payee(by=clerk, at=AT, contract=contract, **new, reason="开户行变更")
    assert refused(lambda: money.release(payment)).code == "payee_waits"
    refused(lambda: actions.decide_payee(by=clerk, at=AT, payee=row, accept=True), Forbidden)
    actions.decide_payee(by=money.user("checker"), at=AT, payee=row, accept=True)
    assert money.release(payment).payee == row


def test_a_reversal_once_by_two_persons_and_never_of_a_reversal(money: Money) -> None:
    _, fund, contract = money.whole()
    before = figures(fund)
    paid = money.pay(contract, "40000.00")
    back = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=paid, reason="重复拨付")
    refused(lambda: actions.post_entry(by=money.user("checker"), at=AT, entry=back), Forbidden)
    assert refused(lambda: actions.ask_reversal(
        by=money.user("checker"), at=AT, today=TODAY, entry=paid, reason="再来")).code == "already_reversed"  # fmt: skip
    actions.post_entry(by=money.user("releaser"), at=AT, entry=back)
    assert figures(fund) == before and commitment(contract).unspent == D("100000.00")
    again = refused(
        lambda: actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=back, reason="反悔")
    )
    assert again.errors == {"entry": ["冲销分录不能再冲销"]}
    assert refused(lambda: actions.post_entry(by=money.user("leader"), at=AT, entry=back)).code == "entry_state"
    money.pay(contract, "40000.00")  # the contract is paid anew


def test_money_that_is_spent_is_not_taken_back_from_its_fund(money: Money) -> None:
    _, fund, contract = money.whole()
    money.pay(contract, "40000.00")
    receipt = JournalEntry.objects.get(fund=fund, kind="receipt")
    back = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=receipt, reason="误记")
    no = refused(lambda: actions.post_entry(by=money.user("releaser"), at=AT, entry=back))
    assert no.code == "overdrawn" and "“可用”余额 61,200.00 元，还差 38,800.00 元" in no.detail
    actions.drop_entry(by=money.user("checker"), at=AT, entry=back)
    refused(lambda: actions.post_entry(by=money.user("releaser"), at=AT, entry=back))


def test_a_refund_by_two_persons_never_more_than_was_paid(money: Money) -> None:
    _, fund, contract = money.whole()
    paid = money.pay(contract, "40000.00")  # 38,800 net

    def ask(amount: str) -> JournalEntry:
        return actions.ask_refund(
            by=money.user("checker"),
            at=AT,
            today=TODAY,
            entry=paid,
            amount=amount,
            day=DAY,
            voucher="退1",
            reason="多付",
        )

    assert refused(lambda: ask("38800.01")).errors == {"amount": ["超出 0.01 元"]}
    back = ask("800.00")
    refused(lambda: actions.post_entry(by=money.user("checker"), at=AT, entry=back), Forbidden)
    actions.post_entry(by=money.user("releaser"), at=AT, entry=back)
    assert figures(fund)["paid"] == D("38000.00") and figures(fund)["cash"] == D("62000.00")
    assert commitment(contract).unspent == D("60800.00")
    assert refused(lambda: ask("38000.01")).code == "beyond_payment"
    assert refused(lambda: actions.ask_reversal(
        by=money.user("checker"), at=AT, today=TODAY, entry=paid, reason="x")).code == "not_reversible"  # fmt: skip


def test_the_same_key_answers_the_same_and_another_request_is_refused(money: Money) -> None:
    _, fund, contract = money.whole()
    first = money.request(contract, "100.00", key="k-1")
    assert money.request(contract, "100.00", key="k-1").pk == first.pk and Payment.objects.count() == 1
    other = refused(lambda: money.request(contract, "101.00", key="k-1"), KeyUsed)
    assert other.status == 422 and other.errors == {"Idempotency-Key": ["已用于另一个请求"]}
    money.check(first)
    released = money.release(first, key="k-2")
    assert money.release(first, key="k-2").pk == released.pk
    assert JournalEntry.objects.filter(kind="payment").count() == 1
    # A refusal frees the key; another person's same key is another key.
    refused(lambda: money.request(contract, "9999999.00", key="k-3"))
    assert not Request.objects.filter(key="k-3").exists()
    assert money.request(contract, "5.00", key="k-3").state == "requested"


def test_the_retention_of_a_cent_is_never_the_whole_of_it(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source("100.00"), project, "100.00", "100.00")
    contract = money.contract(project, "100.00", Line(fund, "100.00", "供水"), retention="50")
    money.pay(contract, "0.01")
    assert figures(fund)["paid"] == D("0.01") and "retained" not in figures(fund)
