"""Real rows of money for the route table: a source, a fund, a contract, payments in two states, an entry and a draft, a gift."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities import actions as register
from funding import actions
from funding.actions.contracts import Line
from funding.actions.plans import LineInput
from funding.actions.settlements import Reviewed
from funding.models import (
    Apportionment,
    AuditFlag,
    Contract,
    DueReceipt,
    Fund,
    FundingPlan,
    FundingSource,
    Gift,
    JournalEntry,
    Payment,
    Settlement,
)
from offices.demonstration import Offices
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money


@dataclass
class MoneyRows:
    """Everything of money that a route can name."""

    source: FundingSource
    unconfirmed: FundingSource
    fund: Fund
    contract: Contract
    waiting: Payment
    checked: Payment
    entry: JournalEntry
    draft: JournalEntry
    gift: Gift
    plan: FundingPlan
    shared: Apportionment
    unshared: Apportionment
    receipt: DueReceipt
    settlement: Settlement
    settled: Settlement
    paid: DueReceipt
    changed: Contract
    flag: AuditFlag = field(init=False)


def build(offices: Offices, project: Project) -> MoneyRows:
    """In 芮城县, by the people of its housing and finance bureaus."""
    money = Money(offices, "芮城县")
    source = money.source("900000.00")
    fund = money.fund(source, project, "500000.00", "400000.00")
    contract = money.contract(project, "300000.00", Line(fund, "300000.00", "道路"))
    entry = money.pay(contract, "1000.00")
    other = money.pay(contract, "2000.00")
    draft = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=other, reason="重复")
    gift = actions.record_gift(
        by=money.user("second"), at=AT, today=TODAY, project=project.uid, kind="goods", words="长椅6张", basis="发票", value="3000.00",
        given_on=DAY,
    )  # fmt: skip
    checked, waiting = money.check(money.request(contract, "30.00")), money.request(contract, "20.00")
    unconfirmed = money.source("100.00", confirmed=False)
    actions.enter_payee(
        by=money.user("second"),
        at=AT,
        contract=contract,
        holder=contract.party,
        bank="建设银行",
        number="6217",
        reason="变更",
    )
    plan = actions.record_plan(
        by=money.user("second"),
        at=AT,
        project=project.uid,
        lines=[LineInput("county", "500000.00", "expected")],
        no_hidden_debt=True,
    )
    shared, unshared, receipt, paid = _shared(money, project)
    settlement, settled = _settlement(money, source, 1), _settlement(money, source, 2)
    report = SimpleUploadedFile("评审报告.txt", "评审".encode())
    actions.attach_report(by=money.user("second"), at=AT, settlement=settled, upload=report)
    settled = actions.confirm_settlement(by=money.user("checker"), at=AT, today=TODAY, settlement=settled)
    rows = MoneyRows(
        source, unconfirmed, fund, contract, waiting, checked, entry, draft, gift, plan, shared, unshared, receipt, settlement,
        settled, paid, _changed(money, source),
    )  # fmt: skip
    actions.raise_flags(at=AT, today=TODAY)
    rows.flag = AuditFlag.objects.get(kind="outside_catalogue")
    return rows


def _shared(money: Money, project: Project) -> tuple[Apportionment, Apportionment, DueReceipt, DueReceipt]:
    """One home's share announced, with a receipt that waits and one that is booked; and a share that waits itself. It has an owner."""
    clerk, second, community = money.user("clerk"), money.user("second"), project.communities.order_by("pk")[0]
    building = register.add_building(by=clerk, at=AT, community=community, values={"name": "89号楼"})
    area = {"room": "101", "private_area": "80.00", "area_source": "register"}
    home = register.add_home(by=clerk, at=AT, building=building, values=area)
    owner = register.add_person(by=clerk, at=AT, community=community, values={"name": "韦秀英", "phone": "13977201234"})
    register.add_ownership(by=clerk, at=AT, home=home, person=owner)
    fund = money.fund(money.source("1000.00", "resident_direct"), project, "1000.00")
    rows = [
        actions.apportion(
            by=second, at=AT, today=TODAY, fund=fund, title=title, way="area", amount="100.00", pay_by=TODAY
        )
        for title in ("电梯", "外墙")
    ]
    shared = actions.announce_apportionment(by=clerk, at=AT, today=TODAY, row=rows[0])
    due = shared.dues.get()
    receipt = actions.collect(by=second, at=AT, today=TODAY, due=due, amount="10.00", day=DAY, voucher="收1")
    paid = actions.collect(by=second, at=AT, today=TODAY, due=due, amount="5.00", day=DAY, voucher="收2")
    paid = actions.check_receipt(by=money.user("checker"), at=AT, row=paid)
    return shared, rows[1], receipt, paid


def _changed(money: Money, source: FundingSource) -> Contract:
    """A contract whose supplement waits, entered by housing's approver."""
    project = money.project("补充协议小区")
    fund = money.fund(source, project, "1000.00", "1000.00")
    contract = money.contract(project, "900.00", Line(fund, "900.00", "雕塑", "basic"), number="BC-1")
    actions.enter_change(
        by=money.user("second"), at=AT, today=TODAY, contract=contract, number="补-1", amount="100.00", signed_on=DAY, reason="加大",
        lines=[Line(fund, "100.00", "雕塑", "basic")],
    )  # fmt: skip
    return contract


def _settlement(money: Money, source: FundingSource, number: int) -> Settlement:
    """Entered by housing's approver, for a project of its own."""
    project = money.project(f"结算小区{number}")
    fund = money.fund(source, project, "1000.00", "1000.00")
    money.contract(project, "1000.00", Line(fund, "1000.00", "道路"), number=f"JS-{number}")
    return actions.enter_settlement(
        by=money.user("second"), at=AT, today=TODAY, project=project.uid, reviewer="事务所", report_number="1号", reviewed_on=DAY,
        items=[Reviewed("道路", "900.00", "第1页")], county_ratio="60%", ratio_paper="纪要",
    )  # fmt: skip


def values(**given: Any) -> dict[str, Any]:
    """A body with the fields that many forms share."""
    return {"amount": "10.00", "day": "2026-2-10", "voucher": "1", "words": "摘要", "paper": "计量单", **given}
