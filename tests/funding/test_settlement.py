"""Settlement: reviewed item by item, confirmed by another, cut, closed; the county's part with its clause; over-runs and what is left."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from funding import actions
from funding.actions.contracts import Line
from funding.actions.settlements import Reviewed
from funding.models import Commitment, Contract, Fund, FundingSource, JournalEntry, Settlement
from funding.papers import settlement_sheet
from funding.queries import settlement_page
from funding.rules.closing import Back, Promise, cut, give_back
from offices.models import Duty, HistoryEntry
from policies.refusal import Forbidden, Invalid, Reason, Refused, RuleRefused, Stale
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, D, Money, figures, refused

pytestmark = pytest.mark.django_db


def report() -> SimpleUploadedFile:
    """What the review wrote."""
    return SimpleUploadedFile("评审报告.pdf", b"%PDF-1.4 review")


class Works:
    """A project of 芮城县: central 60, county 30, residents 10 (万元); two items, 道路 by two purses, 供水 by the county."""

    def __init__(self, money: Money, name: str = "工业局东楼") -> None:
        self.money, self.project = money, money.project(name)
        self.central = money.fund(money.source("600000.00"), self.project, "600000.00", "600000.00")
        self.county = money.fund(money.source("400000.00", "county"), self.project, "300000.00", "300000.00")
        own = money.source("100000.00", "resident_direct", document_number="")
        self.residents = money.fund(own, self.project, "100000.00", "100000.00")
        lines = (
            Line(self.central, "600000.00", "道路"),
            Line(self.residents, "100000.00", "道路"),
            Line(self.county, "200000.00", "供水"),
        )
        self.contract = money.contract(self.project, "900000.00", *lines, retention="3")

    def pay(self, **amounts: str) -> None:
        """Out of central, residents, county: by name."""
        rows = {row.fund_id: row for row in self.contract.commitments.select_related("fund__source")}
        wanted: dict[Commitment, object] = {rows[getattr(self, name).pk]: value for name, value in amounts.items()}
        payment = actions.request_payment(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=Contract.objects.get(pk=self.contract.pk), amounts=wanted,
            progress=self.contract.amount, words="进度款", paper="计量单", papers=self.money.papers(self.contract),
        )  # fmt: skip
        self.money.release(self.money.check(payment))

    def enter(self, road: str = "650000.00", water: str = "190000.00", **more: Any) -> Settlement:
        """The review as entered by housing's clerk."""
        given: dict[str, Any] = {
            "items": [Reviewed("道路", road, "第3页"), Reviewed("供水", water, "第5页")], "reviewer": "运城某会计师事务所",
            "report_number": "运审〔2026〕8号", "reviewed_on": DAY, "county_ratio": "60%", "ratio_paper": "芮政纪要〔2026〕2号",
            "upload": report(),
        }  # fmt: skip
        return actions.enter_settlement(
            by=self.money.user("clerk"), at=AT, today=TODAY, project=self.project.uid, **{**given, **more}
        )

    def confirm(self, row: Settlement, role: str = "checker") -> Settlement:
        """By finance."""
        return actions.confirm_settlement(by=self.money.user(role), at=AT, today=TODAY, settlement=row)

    def close(self, row: Settlement, role: str = "releaser") -> Settlement:
        """By who decides for finance."""
        return actions.close_settlement(by=self.money.user(role), at=AT, today=TODAY, settlement=row)

    def reopen(self, row: Settlement) -> Settlement:
        """By two."""
        actions.ask_reopening(
            by=self.money.user("clerk"), at=AT, settlement=row, reason="复审核增", paper="运审〔2026〕11号"
        )
        return actions.grant_reopening(by=self.money.user("leader"), at=AT, settlement=row)


@pytest.fixture
def works(ruicheng: Money) -> Works:
    """See ``Works``."""
    return Works(ruicheng)


@pytest.mark.rule("RC-21")
def test_the_county_owes_its_ratio_of_what_the_others_leave(works: Works) -> None:
    row = works.enter()
    assert (row.total, row.upper_subsidies, row.other_contributions) == (D("840000.00"), D("600000.00"), D("100000.00"))
    assert (row.governments_part, row.county_owes, row.rule) == (D("140000.00"), D("84000.00"), "RC-21")
    assert row.county_beyond == D("216000.00") and row.county_left == 0
    works.confirm(row)
    assert HistoryEntry.objects.filter(action="settlement.confirm", subject_uid=row.uid).exists()


def test_where_no_document_speaks_nothing_is_owed_and_nothing_asked(money: Money) -> None:
    project, _, contract = money.whole()
    row = actions.enter_settlement(
        by=money.user("clerk"), at=AT, today=TODAY, project=project.uid, reviewer="事务所", report_number="1号", reviewed_on=DAY,
        items=[Reviewed("供水", "90000.00", "第1页")], upload=report(),
    )  # fmt: skip
    assert (row.governments_part, row.county_owes, row.rule, row.ratio) == (None, None, "", None)
    actions.confirm_settlement(by=money.user("checker"), at=AT, today=TODAY, settlement=row)
    contract.refresh_from_db()
    assert contract.committed == D("90000.00"), "what the review does not support is cut"


def test_what_the_review_saved_is_cut_in_proportion_and_goes_back_to_its_sources(works: Works) -> None:
    """700,000 promised for the road, 650,000 found: 50,000 off, 6 : 1 to the cent."""
    row = works.confirm(works.enter())
    cuts = {entry.fund_id: entry.amount for entry in JournalEntry.objects.filter(kind="cut")}
    assert cuts == {works.central.pk: D("42857.14"), works.residents.pk: D("7142.86"), works.county.pk: D("10000.00")}
    works.pay(central="557142.86", residents="92857.14", county="190000.00")
    works.close(row)
    back = {entry.fund_id: entry.amount for entry in JournalEntry.objects.filter(kind="return")}
    assert back == {works.central.pk: D("42857.14"), works.residents.pk: D("7142.86"), works.county.pk: D("110000.00")}
    for fund in (works.central, works.residents, works.county):
        held = figures(fund)
        assert set(held) == {"cash", "paid", "retained", "spent"} and held["cash"] == held["retained"]
    central = FundingSource.objects.get(pk=works.central.source_id)
    assert central.left == D("42857.14"), "the source may give it to another project"
    page = settlement_page(works.money.user("clerk"), works.project.uid)
    assert page.returned == D("160000.00") and page.over == 0 and page.saved == D("60000.00")
    assert settlement_sheet(page, day=TODAY).read(5) == b"%PDF-"


def test_a_source_whose_document_names_an_order_gives_way_first() -> None:
    promises = [Promise(1, 60_000, 60_000), Promise(2, 10_000, 10_000, order=2), Promise(3, 5_000, 4_000, order=1)]
    assert cut(12_000, promises) == {3: 4_000, 2: 8_000, 1: 0}
    assert cut(20_000, promises) == {3: 4_000, 2: 10_000, 1: 6_000}


@pytest.mark.parametrize(
    ("saved", "promises", "expected"),
    [
        (100, [(1, 1, 100), (2, 1, 100), (3, 1, 100)], {1: 34, 2: 33, 3: 33}),
        (100, [(1, 300, 10), (2, 100, 100), (3, 100, 100)], {1: 10, 2: 45, 3: 45}),
        (100, [(1, 100, 30), (2, 100, 20)], {1: 30, 2: 20}),
        (0, [(1, 100, 30)], {1: 0}),
        (-5, [(1, 100, 30)], {1: 0}),
        (7, [(1, 0, 0), (2, 3, 3), (3, 5, 5)], {1: 0, 2: 3, 3: 4}),
    ],
)
def test_a_cut_is_proportional_to_the_cent_and_never_beyond_what_is_unspent(
    saved: int, promises: list[tuple[int, int, int]], expected: dict[int, int]
) -> None:
    assert cut(saved, [Promise(*row) for row in promises]) == expected


def test_what_never_came_goes_before_what_did_and_the_retention_stays() -> None:
    assert give_back(expected=50, cash=60, free=80, retained=30) == Back(expected=50, cash=30)
    assert give_back(expected=0, cash=30, free=0, retained=30) == Back()
    assert give_back(expected=10, cash=20, free=0, retained=30).lacking == 10


def test_an_over_run_has_its_reason_and_says_who_pays(works: Works) -> None:
    items = [Reviewed("道路", "700000.00", "第3页"), Reviewed("供水", "230000.00", "第5页")]
    no = refused(lambda: works.enter(items=items), Invalid)
    assert set(no.errors) == {"items[1].reason", "items[1].payer"} and "30,000.00 元" in no.errors["items[1].payer"][0]
    items[1] = Reviewed("供水", "230000.00", "第5页", "管径加大", "county")
    row = works.confirm(works.enter(items=items))
    page = settlement_page(works.money.user("clerk"), works.project.uid)
    assert page.over == D("30000.00")
    works.pay(central="600000.00", residents="100000.00", county="200000.00")
    no = refused(lambda: works.close(row))
    assert [(reason.text, reason.missing) for reason in no.reasons] == [
        ("“供水”评审 230,000.00 元，已支出（含质保金）200,000.00 元", "还有 30,000.00 元没有支付")
    ]


def test_each_promised_item_is_answered_once_and_nothing_else(works: Works) -> None:
    for items, field in (
        ([Reviewed("道路", "1.00", "1")], "items"),
        ([Reviewed("道路", "1.00", "1"), Reviewed("道路", "1.00", "1"), Reviewed("供水", "1.00", "1")], "items[1].item"),
        ([Reviewed("道路", "1.00", "1"), Reviewed("供水", "1.00", "1"), Reviewed("雕塑", "1.00", "1")], "items[2].item"),
        ([Reviewed("道路", "0.001", "1"), Reviewed("供水", "1.00", "1")], "items[0].amount"),
        ([Reviewed("道路", "-1", "1"), Reviewed("供水", "1.00", "1")], "items[0].amount"),
    ):  # fmt: skip
        assert field in refused(lambda items=items: works.enter(items=items), Invalid).errors
    assert set(refused(lambda: works.enter(county_ratio="", ratio_paper=""), Invalid).errors) == {"county_ratio"}
    assert set(refused(lambda: works.enter(county_ratio="101%"), Invalid).errors) == {"county_ratio"}
    assert set(refused(lambda: works.enter(ratio_paper=""), Invalid).errors) == {"ratio_paper"}
    assert set(refused(lambda: works.enter(reviewed_on=TODAY + dt.timedelta(days=1)), Invalid).errors) == {
        "reviewed_on"
    }
    assert not Settlement.objects.exists()
    assert works.enter(county_ratio="100%").county_owes == D("140000.00")


def test_two_persons_the_report_and_the_same_figures(works: Works) -> None:
    money, row = works.money, works.enter(upload=None)
    assert refused(lambda: works.confirm(row)).code == "no_report"
    actions.attach_report(by=money.user("clerk"), at=AT, settlement=row, upload=report())
    refused(lambda: works.confirm(row, "clerk"), Forbidden)
    refused(lambda: works.confirm(row, "second"), Forbidden)
    assert refused(lambda: works.enter()).code == "settlement_stands"
    actions.receive(
        by=money.user("checker"), at=AT, today=TODAY, fund=_more(works), amount="5.00", day=DAY, voucher="1"
    )
    refused(lambda: works.confirm(row), Stale)
    actions.return_settlement(by=money.user("checker"), at=AT, settlement=row, reason="资金有变动")
    again = works.enter()
    assert (again.number, again.other_contributions) == (2, D("100005.00"))
    works.confirm(again)
    refused(lambda: works.confirm(again))
    own = actions.ask_reopening(by=money.user("leader"), at=AT, settlement=again, reason="误", paper="文")
    refused(lambda: actions.grant_reopening(by=money.user("leader"), at=AT, settlement=own), Forbidden)


def _more(works: Works) -> Fund:
    own = works.money.source("50.00", "utility", document_number="", name="供电公司")
    return works.money.fund(own, works.project, "5.00")


def closed(works: Works) -> Settlement:
    """The whole way."""
    row = works.confirm(works.enter())
    works.pay(central="557142.86", residents="92857.14", county="190000.00")
    return works.close(row)


def test_nothing_but_the_retention_moves_in_a_closed_purse_until_two_open_it(works: Works) -> None:
    money, row = works.money, closed(works)
    contract = Contract.objects.get(pk=works.contract.pk)
    source = FundingSource.objects.get(pk=works.central.source_id)
    paid = JournalEntry.objects.filter(kind="payment", fund=works.central).get()
    line = Line(works.central, "1.00", "道路")
    finance = money.user("checker")
    for act in (
        lambda: actions.allot(
            by=finance, at=AT, today=TODAY, source=source, project=works.project.uid, amount="1.00", day=DAY
        ),
        lambda: actions.receive(
            by=finance, at=AT, today=TODAY, fund=works.central, amount="1.00", day=DAY, voucher="1"
        ),
        lambda: actions.ask_funding(by=money.user("clerk"), at=AT, today=TODAY, contract=contract, lines=[line]),
        lambda: money.request(contract, "1.00"),
        lambda: actions.ask_reversal(by=finance, at=AT, today=TODAY, entry=paid, reason="误"),
        lambda: actions.ask_refund(
            by=finance, at=AT, today=TODAY, entry=paid, amount="1.00", day=DAY, voucher="1", reason="误"
        ),
    ):
        assert refused(act).code == "settled"
    refused(lambda: works.close(row))
    works.reopen(row)
    actions.receive(by=finance, at=AT, today=TODAY, fund=_more(works), amount="1.00", day=DAY, voucher="1")
    assert Fund.objects.filter(settlement__isnull=False).count() == 0
    with pytest.raises(Refused):
        works.reopen(row)


def test_a_payment_beyond_the_review_is_refused_in_words(works: Works) -> None:
    works.confirm(works.enter())
    works.pay(central="557142.86", residents="92857.14")
    no = refused(lambda: works.pay(central="0.01"))
    assert no.code == "beyond_review" and "超出评审 0.01 元" in no.detail


def test_it_closes_only_when_all_is_paid_and_nothing_is_under_way(works: Works) -> None:
    row = works.confirm(works.enter())
    works.pay(central="557142.86", residents="92857.14")
    no = refused(lambda: works.close(row))
    assert no.reasons[0].missing == "还有 190,000.00 元没有支付"
    works.pay(county="190000.00")
    refused(lambda: works.close(row, "checker"), Forbidden)  # a clerk of finance decides nothing
    works.close(row)
    assert Settlement.objects.get(pk=row.pk).state == "closed"
    assert Fund.objects.filter(project_uid=works.project.uid, settlement=row).count() == 3


def test_money_that_never_came_for_the_retention_keeps_a_purse_open(ruicheng: Money) -> None:
    project = ruicheng.project("金顺苑")
    fund = ruicheng.fund(ruicheng.source("1000.00"), project, "1000.00", "970.00")
    contract = ruicheng.contract(project, "1000.00", Line(fund, "1000.00", "道路"), retention="3")
    row = actions.enter_settlement(
        by=ruicheng.user("clerk"), at=AT, today=TODAY, project=project.uid, reviewer="事务所", report_number="1", reviewed_on=DAY,
        items=[Reviewed("道路", "1000.00", "1")], county_ratio="1/2", ratio_paper="纪要", upload=report(),
    )  # fmt: skip
    actions.confirm_settlement(by=ruicheng.user("checker"), at=AT, today=TODAY, settlement=row)
    ruicheng.pay(contract, "1000.00")
    close = lambda: actions.close_settlement(by=ruicheng.user("releaser"), at=AT, today=TODAY, settlement=row)  # noqa: E731
    assert "30.00 元没有到位" in refused(close).detail
    actions.receive(by=ruicheng.user("checker"), at=AT, today=TODAY, fund=fund, amount="30.00", day=DAY, voucher="1")
    assert close().state == "closed" and figures(fund)["retained"] == D("30.00")


def test_what_a_payee_sent_back_after_the_review_goes_back_too(works: Works) -> None:
    works.pay(county="200000.00")
    row = works.confirm(works.enter())  # 10,000 more was paid than found
    works.pay(central="557142.86", residents="92857.14")
    assert refused(lambda: works.close(row)).reasons[0].missing == "多付 10,000.00 元，请先收回"
    paid = JournalEntry.objects.get(kind="payment", fund=works.county)
    back = actions.ask_refund(
        by=works.money.user("checker"),
        at=AT,
        today=TODAY,
        entry=paid,
        amount="10000.00",
        day=DAY,
        voucher="退1",
        reason="评审核减",
    )
    assert "1 笔分录在办" in refused(lambda: works.close(row)).reasons[0].text
    actions.post_entry(by=works.money.user("leader"), at=AT, entry=back)
    works.close(row)
    assert figures(works.county)["cash"] == figures(works.county)["retained"] == Decimal("6000.00")


def test_a_day_that_a_document_sets_for_the_settlement_is_done_by_it(works: Works) -> None:
    project = Project.objects.get(uid=works.project.uid)
    duty = Duty(subject_type="project", subject_uid=project.uid, rule_id="X-1", milestone="settlement", due_on=DAY - dt.timedelta(days=9),
                strength="must", plan_year=2026, created_at=AT, updated_at=AT, subject_title="x", rulebook="x")  # fmt: skip
    duty.place_in(project.division)
    duty.save()
    works.confirm(works.enter())
    duty.refresh_from_db()
    assert (duty.state, duty.done_on) == ("done", DAY)


@pytest.mark.rule("CZ-07")
def test_an_over_run_is_not_paid_by_who_may_not_pay_the_item(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.money.Money.payer_refused", lambda *args: (Reason(text="楼体内由居民承担"),))
    items = [Reviewed("道路", "700000.00", "3"), Reviewed("供水", "230000.00", "5", "管径加大", "county")]
    refused(lambda: works.enter(items=items), RuleRefused)


def test_a_settlement_of_nothing_is_named_at_its_items(works: Works) -> None:
    assert refused(lambda: works.enter("0", "0"), Invalid).errors == {"items": ["评审结算额合计应大于零"]}
