"""A whole life of money in 芮城县: grant, contract, payments, a reviewed settlement with one over-run and one saving, closed purses, the
retention back after its warranty; and what the audit finds elsewhere."""

import datetime as dt
from collections.abc import Mapping

from funding import actions
from funding.actions.contracts import Line
from funding.actions.settlements import Reviewed
from funding.actions.supplements import Term
from funding.models import AuditFlag, Commitment, Contract, Fund, Payment, Settlement
from funding.rules.papers import PAPERS
from projects.models import Acceptance
from renovation.demonstration.money import Tale, purse_of, scan
from renovation.demonstration.story import Story

D = dt.date
PLACE, PARTY = "芮城县", "山西宏远建筑工程有限公司"
PURSES = (
    ("central", "2023年中央财政城镇保障性安居工程补助资金", "晋财综〔2023〕27号", "1800000.00", "280000.00", "280000.00"),
    ("county", "芮城县2023年老旧小区改造专项资金", "芮财建〔2023〕9号", "700000.00", "130000.00", "130000.00"),
    ("resident_direct", "居民出资", "", "30000.00", "30000.00", "30000.00"),
)  # fmt: skip
ITEMS = (("道路", "280000.00"), ("排水", "100000.00"), ("楼道修缮", "30000.00"))
REVIEWED = (
    Reviewed("道路", "268500.00", "评审明细第2页"),
    Reviewed("排水", "108000.00", "评审明细第4页", "原管线埋深与图纸不符，开挖增加", "county"),
    Reviewed("楼道修缮", "30000.00", "评审明细第6页"),
)


def tell(story: Story, today: dt.date) -> None:
    """The project of the plan of 2023 that is in aftercare."""
    held = Acceptance.objects.filter(
        project__stage="aftercare", county__name=PLACE, passed_on__year=2023
    ).select_related("project")
    row = held.order_by("pk").first()
    if row is not None and row.passed_on is not None:
        Life(story, row.project.name, row.passed_on).tell(today)
    day = today - dt.timedelta(days=1)  # nothing of the demonstration is said later today
    actions.raise_flags(at=story.at(day), today=day)
    _answer(story, day)


class Life:
    """One project from its grant to its closed purses."""

    def __init__(self, story: Story, project: str, accepted: dt.date) -> None:
        self.story, self.project, self.accepted = story, story.project(project), accepted
        offices = story.offices
        self.finance, self.leader, self.approver = (
            offices.user(PLACE, "finance", role) for role in ("clerk", "leader", "approver")
        )
        self.clerk, self.begun = story.clerk(PLACE), accepted - dt.timedelta(days=170)
        tale = Tale(PLACE, project, self.begun, PURSES, ("", "", "", ""), (), (), ("", "", "", ""))
        self.funds: list[Fund] = [purse_of(story, tale, purse, self.finance, self.leader) for purse in PURSES]

    def tell(self, today: dt.date) -> None:
        """Contract, two payments, the review, the last payment, the closing, the retention."""
        contract = self._contract()
        half = {"道路": "150000.00", "排水": "60000.00", "楼道修缮": "20000.00"}
        self._pay(contract, half, "230000.00", self.begun + dt.timedelta(days=70), "第一期进度款")
        settlement = self._settlement(self.accepted + dt.timedelta(days=60))
        day = settlement.reviewed_on + dt.timedelta(days=20)
        self._supplement(contract, day)
        rest = {"道路": "118500.00", "排水": "48000.00", "楼道修缮": "10000.00"}
        self._pay(contract, rest, "406500.00", day + dt.timedelta(days=3), "结算尾款")
        close = day + dt.timedelta(days=15)
        actions.close_settlement(by=self.approver, at=self.story.at(close), today=close, settlement=settlement)
        after = self.accepted.replace(year=self.accepted.year + 2) + dt.timedelta(days=10)
        if after < today:
            held = {row.item: f"{row.held:.2f}" for row in Commitment.objects.filter(contract=contract)}
            self._pay(contract, held, "", after, "返还质保金", kind="retention")

    def _contract(self) -> Contract:
        at, day = self.story.at(self.begun), self.begun
        lines = [Line(fund, amount, item) for fund, (item, amount) in zip(self.funds, ITEMS, strict=True)]
        contract = actions.sign_contract(
            by=self.clerk, at=at, today=day, project=self.project.uid, number="RC-2023-SG-07", name=f"{self.project.name}改造工程施工合同",
            party=PARTY, amount="410000.00", signed_on=day, retention="3", lines=lines,
        )  # fmt: skip
        actions.decide_change(
            by=self.finance, at=self.story.at(day, 16), today=day, change=contract.changes.get(), accept=True
        )
        terms = [
            Term("开工一个月内", "120000.00", day + dt.timedelta(days=80)), Term("竣工验收合格", "200000.00", self.accepted),
            Term("结算评审后", "90000.00", self.accepted + dt.timedelta(days=90)),
        ]  # fmt: skip
        actions.set_terms(by=self.clerk, at=at, contract=contract, terms=terms)
        payee = actions.enter_payee(
            by=self.clerk, at=at, contract=contract, holder=PARTY, bank="中国工商银行", number="0511024709200123456"
        )
        actions.decide_payee(by=self.finance, at=at, payee=payee, accept=True)
        return contract

    def _pay(
        self, contract: Contract, amounts: Mapping[str, str], progress: str, day: dt.date, words: str, *, kind: str = "progress"
    ) -> Payment:  # fmt: skip
        at, rows = (
            self.story.at(day),
            {row.item: row for row in Commitment.objects.filter(contract=contract).select_related("fund")},
        )
        papers = {name: scan(f"{label}-{words}") for name, label in PAPERS.items()} if kind == "progress" else {}
        payment = actions.request_payment(
            by=self.clerk, at=at, today=day, contract=Contract.objects.get(pk=contract.pk),
            amounts={rows[item]: amount for item, amount in amounts.items()}, progress=progress, words=words, kind=kind,
            paper="申请表、工程计量单、监理支付证书", papers=papers,
        )  # fmt: skip
        payment = actions.check_payment(by=self.finance, at=at, payment=payment)
        return actions.release_payment(
            by=self.approver, at=at, today=day, payment=payment, voucher=f"国库直付{day:%Y%m%d}-011", released_on=day
        )

    def _settlement(self, day: dt.date) -> Settlement:
        row = actions.enter_settlement(
            by=self.clerk, at=self.story.at(day), today=day, project=self.project.uid, reviewer="运城正信会计师事务所",
            report_number="运正审〔2023〕46号", reviewed_on=day, items=REVIEWED, county_ratio="80%", ratio_paper="芮政纪要〔2023〕11号",
            upload=scan("竣工财务结算评审报告"),
        )  # fmt: skip
        later = day + dt.timedelta(days=4)
        return actions.confirm_settlement(by=self.finance, at=self.story.at(later), today=later, settlement=row)

    def _supplement(self, contract: Contract, day: dt.date) -> None:
        change = actions.enter_change(
            by=self.clerk, at=self.story.at(day), today=day, contract=contract, number="RC-2023-SG-07-补1", amount="8000.00", signed_on=day,
            reason="排水管沟开挖增加，按评审结果补签", lines=[Line(self.funds[1], "8000.00", "排水")], upload=scan("补充协议"),
        )  # fmt: skip
        actions.decide_change(by=self.finance, at=self.story.at(day, 16), today=day, change=change, accept=True)


def _answer(story: Story, day: dt.date) -> None:
    """In 芮城县 one flag explained and one closed; in 城中区 one explained and given back for more."""
    for row in AuditFlag.objects.filter(county__name="城中区", kind="idle").order_by("pk")[:1]:
        actions.explain_flag(
            by=story.clerk("城中区"),
            at=story.at(day),
            flag=row,
            text="项目列入2026年计划，前期工作经费待勘察设计合同签订后支付",
        )
        actions.return_flag(
            by=story.offices.users["liuzhou.auditor"],
            at=story.at(day, 15),
            flag=row,
            text="请补充勘察设计合同的签订时间和用款计划",
        )
    rows = list(AuditFlag.objects.filter(county__name=PLACE).order_by("pk")[:2])
    for row in rows:
        actions.explain_flag(by=story.clerk(PLACE), at=story.at(day), flag=row, text="已核实，正在补办，材料报县财政局")
    if rows:
        auditor = story.offices.users["yuncheng.auditor"]
        actions.close_flag(by=auditor, at=story.at(day, 17), flag=rows[0], text="说明属实，同意了结")
