"""Money added to a contract, papers of a request, agreed payments, the retention after its warranty, a payee's change."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from funding import actions
from funding.actions.contracts import Line
from funding.actions.supplements import Term
from funding.models import Contract, ContractChange, JournalEntry
from funding.queries import terms
from funding.rules.papers import Ending, paid_of, papers_missing, retention_part
from funding.rules.settlement import settlement
from funding.rules.shares import SOURCE_LABELS
from offices.models import Message
from offices.rulebooks import layers_of
from policies.refusal import Citation, Forbidden, Invalid, RuleRefused
from tests.cast import AT, TODAY
from tests.funding.acceptance import accepted
from tests.funding.stage import DAY, D, Money, everything, figures, refused
from tests.funding.test_pages import browser, send, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's day."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def add(money: Money, contract: Contract, *lines: Line, amount: object = "200.00", **more: Any) -> ContractChange:
    """A supplement by housing's clerk."""
    values = {"number": "补-1", "amount": amount, "signed_on": DAY, "reason": "管径加大"}
    return actions.enter_change(
        by=money.user("clerk"), at=AT, today=TODAY, contract=contract, lines=lines, **{**values, **more}
    )


def decide(money: Money, change: ContractChange, role: str = "checker", *, accept: bool = True) -> ContractChange:
    """By a second person."""
    return actions.decide_change(by=money.user(role), at=AT, today=TODAY, change=change, accept=accept)


def test_a_supplement_counts_once_another_has_confirmed_it_and_never_beyond_the_allotment(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source("1200.00"), project, "1200.00", "1200.00")
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    change = add(money, contract, Line(fund, "200.00", "供水"))
    assert Contract.objects.get(pk=contract.pk).total == D("1000.00"), "nothing before the second person"
    refused(lambda: decide(money, change, "clerk"), Forbidden)
    assert refused(lambda: add(money, contract, Line(fund, "1.00", "供水"), amount="1.00")).code == "change_waits"
    decide(money, change)
    contract.refresh_from_db()
    assert (contract.total, contract.committed, figures(fund)["committed"]) == (D("1200.00"),) * 3
    assert refused(lambda: decide(money, change)).code == "already_confirmed"
    money.pay(contract, "1200.00", "1200.00")
    beyond = add(money, contract, Line(fund, "0.01", "供水"), amount="0.01", number="补-2")
    assert refused(lambda: decide(money, beyond)).code == "overdrawn"
    decide(money, beyond, accept=False)
    assert Contract.objects.get(pk=contract.pk).supplement == D("200.00")


def test_the_money_of_a_supplement_stands_in_purses_of_the_project(money: Money) -> None:
    project, other = money.project(), money.project("龙城路二轻局宿舍")
    source = money.source("5000.00")
    fund, foreign = money.fund(source, project, "1200.00"), money.fund(source, other, "1200.00")
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    for lines, field in (
        ((Line(fund, "199.99", "供水"),), "lines"), ((), "lines"), ((Line(foreign, "200.00", "供水"),), "lines[0].fund"),
        ((Line(fund, "1e2", "供水"),), "lines[0].amount"), ((Line(fund, "100.00", "供水"), Line(fund, "100.00", "供水")), "lines"),
    ):  # fmt: skip
        assert field in refused(lambda lines=lines: add(money, contract, *lines), Invalid).errors
    assert "amount" in refused(lambda: add(money, contract, Line(fund, "1.00", "供水"), amount="-1"), Invalid).errors
    assert not ContractChange.objects.filter(kind="supplement").exists()


def test_money_of_a_contract_is_promised_by_two_persons(money: Money) -> None:
    """Entered by one, nothing moves; refused by another it may be asked for anew; the second finds the purse as it is then."""
    project = money.project()
    fund = money.fund(money.source("1200.00"), project, "1200.00")
    lines = (Line(fund, "1000.00", "供水"),)
    both = [
        actions.sign_contract(
            by=money.user("clerk"), at=AT, today=TODAY, project=project.uid, number=number, name="施工", party="建工", amount="1000.00",
            signed_on=DAY, lines=lines,
        )
        for number in "12"
    ]  # fmt: skip
    assert figures(fund) == {"expected": D("1200.00"), "free": D("1200.00")}
    first, second = (contract.changes.get() for contract in both)
    assert Message.objects.filter(event=f"change:{first.uid}", recipient=money.user("checker")).exists()
    refused(lambda: decide(money, first, "clerk"), Forbidden)
    decide(money, first, accept=False)
    assert figures(fund)["free"] == D("1200.00")
    actions.ask_funding(by=money.user("second"), at=AT, today=TODAY, contract=both[0], lines=lines)
    again = both[0].changes.latest("pk")
    refused(lambda: decide(money, again, "second"), Forbidden)
    decide(money, again, "clerk")
    entry = JournalEntry.objects.get(kind="commitment")
    assert (entry.drafted_by, entry.posted_by) == (money.user("second"), money.user("clerk"))
    assert refused(lambda: decide(money, second)).code == "overdrawn", "both were asked for when the purse was full"


def test_the_database_itself_keeps_supplements_and_terms(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source("1200.00"), project, "1200.00")
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    done = decide(money, add(money, contract, Line(fund, "100.00", "供水"), amount="100.00"))
    waits = add(money, contract, Line(fund, "100.00", "供水"), amount="100.00", number="补-2")
    actions.set_terms(by=money.user("clerk"), at=AT, contract=contract, terms=[Term("开工", "300.00")])
    moment, checker, clerk = "'2026-03-01 00:00:00+00'", money.user("checker").pk, money.user("clerk").pk
    line = "INSERT INTO funding_contractchangeline (change_id, fund_id, amount, item, item_class, reason) VALUES"
    attacks = (
        f"UPDATE funding_contract SET supplement = 99999 WHERE id = {contract.pk}",
        f"UPDATE funding_contract SET supplement = 0 WHERE id = {contract.pk}",
        f"UPDATE funding_contractchange SET amount = 1 WHERE id = {waits.pk}",
        f"UPDATE funding_contractchange SET confirmed_by_id = {clerk}, confirmed_at = {moment} WHERE id = {waits.pk}",
        f"UPDATE funding_contractchange SET confirmed_by_id = NULL, confirmed_at = NULL WHERE id = {done.pk}",
        f"DELETE FROM funding_contractchange WHERE id = {done.pk}",
        f"{line} ({done.pk}, {fund.pk}, 1, 'x', '', '')",
        f"UPDATE funding_contractchangeline SET amount = 1 WHERE change_id = {waits.pk}",
        "UPDATE funding_paymentterm SET amount = 1",
        "DELETE FROM funding_paymentterm",
        f"UPDATE funding_contract SET warranty_part = 'x' WHERE id = {contract.pk}",
    )
    before = everything()
    for sql in attacks:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            connection.check_constraints()
    assert everything() == before
    other = money.fund(money.source("9.00", name="另一来源"), project, "9.00")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{line} ({waits.pk}, {other.pk}, 1, 'x', '', '')")  # then it is not the sum of its lines
        cursor.execute(
            f"UPDATE funding_contractchange SET confirmed_by_id = {checker}, confirmed_at = {moment} WHERE id = {waits.pk}"
        )


def test_agreed_payments_say_what_is_due_and_paid(money: Money) -> None:
    _, _, contract = money.whole("1000.00")
    day = dt.date(2026, 2, 1)
    given = [Term("开工", "300.00", day), Term("过半", "400.00", dt.date(2026, 12, 1)), Term("验收", "300.00")]
    actions.set_terms(by=money.user("clerk"), at=AT, contract=contract, terms=given)
    money.pay(contract, "350.00", "1000.00")
    assert [(row.paid, row.late) for row in terms(contract, TODAY)] == [
        (D("300.00"), False),
        (D("50.00"), False),
        (0, False),
    ]
    assert [row.late for row in terms(contract, dt.date(2026, 12, 2))] == [False, True, False]
    for wrong, field in (
        ([Term("开工", "1000.01")], "terms"), ([], "terms"), ([Term("", "1.00")], "terms[0].words"),
        ([Term("甲", "1.00", dt.date(2026, 5, 1)), Term("乙", "1.00", dt.date(2026, 4, 1))], "terms"),
    ):  # fmt: skip
        no = refused(
            lambda wrong=wrong: actions.set_terms(by=money.user("clerk"), at=AT, contract=contract, terms=wrong),
            Invalid,
        )
        assert field in no.errors
    refused(
        lambda: actions.set_terms(by=money.user("checker"), at=AT, contract=contract, terms=[Term("甲", "1.00")]),
        Forbidden,
    )
    actions.set_terms(by=money.user("clerk"), at=AT, contract=contract, terms=[Term("一次付清", "1000.00")])
    assert [row.paid for row in terms(contract, TODAY)] == [D("350.00")]
    assert paid_of([3, 4, 3], 8) == [3, 4, 1] and paid_of([], 5) == []


def test_a_large_request_brings_its_papers(money: Money) -> None:
    _, _, contract = money.whole()
    no = refused(lambda: money.request(contract, "50000.00", papers={}), Invalid)
    assert set(no.errors) == {"file", "invoice"}
    assert papers_missing("progress", 4_999_999, ()) == () == papers_missing("retention", 9_000_000, ())
    assert papers_missing("progress", 5_000_000, ("invoice",)) == ("file",)
    paper = money.papers(contract)
    assert set(
        refused(lambda: money.request(contract, "50000.00", papers={"file": paper["file"]}), Invalid).errors
    ) == {"invoice"}
    assert money.request(contract, "50000.00").invoice_id == paper["invoice"].pk
    assert money.request(contract, "49999.99", papers={}).file_id is None


@pytest.mark.rule("N-07")
def test_the_retention_goes_back_after_the_warranty_of_its_part(money: Money) -> None:
    project, fund, contract = money.whole("1000.00")
    money.pay(contract, "1000.00")
    back = lambda today=TODAY: actions.request_payment(  # noqa: E731
        by=money.user("clerk"), at=AT, today=today, contract=contract, amounts={contract.commitments.get(): "30.00"}, kind="retention",
        words="质保期满", paper="返还申请",
    )  # fmt: skip
    assert refused(back, RuleRefused).reasons[0].missing == "请先办理竣工验收"
    accepted(project, dt.date(2024, 3, 2), money.user("clerk"), money.user("second"))
    no = refused(lambda: back(dt.date(2026, 3, 2)), RuleRefused)
    assert (
        no.reasons[0].missing == "还有 1 天"
        and no.reasons[0].citation is not None
        and no.reasons[0].citation.rule == "N-07"
    )
    money.release(money.check(back(dt.date(2026, 3, 3))))
    assert "retained" not in figures(fund)


def test_a_contract_names_the_part_that_its_retention_secures() -> None:
    cited = Citation("N-07", "条例", "", "40", "", "must")
    parts = [Ending("structure", "主体", None, cited), Ending("waterproofing", "防水", dt.date(2030, 1, 1), cited),
             Ending("electrics", "管线", dt.date(2027, 1, 1), cited)]  # fmt: skip
    assert [getattr(retention_part(parts, key), "key", None) for key in ("", "waterproofing", "x", "structure")] == [
        "electrics", "waterproofing", None, "structure",
    ]  # fmt: skip
    assert retention_part([], "") is None


def test_every_kind_of_money_that_the_documents_name_has_its_source(money: Money) -> None:
    assert {"donation", "enterprise_bond", "special_bond", "loan", "housing_sale_revenue"} <= SOURCE_LABELS.keys()
    project = money.project()
    for kind in ("donation", "enterprise_bond"):
        fund = money.fund(money.source("10.00", kind, document_number=""), project, "10.00", "10.00")
        assert figures(fund)["cash"] == D("10.00")
    payers = [
        row for p in layers_of(money.offices.divisions["潞州区"]).governing("payers", TODAY) for row in p.params.rows
    ]
    assert any("donation" in row.sources for row in payers if row.how == "open"), "CZ-07 企业捐助"
    found = settlement(
        layers_of(money.offices.divisions["芮城县"]), day=TODAY, reviewed_settlement=100, upper_subsidies=0, other_contributions=10,
        county_ratio=Fraction(1, 2),
    )  # fmt: skip
    assert found.county_owes == 45


def test_contracts_payees_and_corrections_over_rest(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source("2000.00"), project, "2000.00", "2000.00")
    clients = {role: APIClient() for role in ("clerk", "second", "checker", "releaser", "leader")}
    for role, client in clients.items():
        client.force_authenticate(money.user(role))

    def post(role: str, path: str, **body: Any) -> Any:
        return clients[role].post(f"/api/v1/{path}", body, format="json", HTTP_IF_MATCH="*")

    line = {"fund": str(fund.uid), "amount": "1000.00", "item": "供水"}
    body = {
        "project": str(project.uid),
        "number": "HT-1",
        "name": "施工",
        "party": "建工",
        "signed_on": "2026-02-10",
        "retention": "3",
    }
    for wrong in ("0.001", "1e30", "NaN", "-1", 2.5, None):
        assert "amount" in str(post("clerk", "contracts/", **body, amount=wrong, lines=[]).json()["errors"])
    foreign = {**line, "fund": str(money.fund(money.source("9.00", name="他"), money.project("二轻"), "9.00").uid)}
    assert "lines[0].fund" in post("clerk", "contracts/", **body, amount="1000.00", lines=[foreign]).json()["errors"]
    made = post("clerk", "contracts/", **body, amount="1000.00", lines=[line]).json()
    url = f"contracts/{made['uid']}/"
    waits = f"{url}changes/{made['changes'][0]['uid']}/decide/"
    assert made["committed"] == "0.00" and made["changes"][0]["lines"][0]["amount"] == "1000.00"
    assert post("clerk", f"{url}commit/", lines=[line]).json()["code"] == "change_waits"
    assert post("clerk", waits, accept=True).json()["code"] == "own_entry"
    assert post("second", waits, accept=True).json()["kind"] == "funding"
    assert post("checker", waits, accept=True).json()["code"] == "already_confirmed"
    assert clients["clerk"].get(f"/api/v1/{url}").json()["committed"] == "1000.00"
    change = post("clerk", f"{url}changes/", number="补-1", amount="500.00", signed_on="2026-02-10", reason="加大",
                  lines=[{**line, "amount": "500.00"}]).json()  # fmt: skip
    assert post("clerk", f"{url}changes/{change['uid']}/decide/", accept=True).status_code == 403
    assert post("second", f"{url}changes/{change['uid']}/decide/", accept=True).status_code == 200
    assert clients["clerk"].get(f"/api/v1/{url}").json()["total"] == "1500.00"
    payee = post("clerk", f"{url}payees/", holder="建工", bank="工行", number="6222000011112222").json()
    assert payee["masked"] == "尾号2222" and "number" not in payee
    assert post("clerk", f"{url}payees/{payee['uid']}/decide/", accept=True).status_code == 403
    assert post("checker", f"{url}payees/{payee['uid']}/decide/", accept=True).json()["confirmed_by"]
    assert post("checker", f"{url}payees/{payee['uid']}/decide/", accept=False).status_code == 409
    assert post("clerk", f"{url}terms/", terms=[{"words": "开工", "amount": "100.00"}]).json()[0]["paid"] == "0.00"
    contract = Contract.objects.get()
    entry = money.pay(contract, "100.00", "1500.00")
    at = f"entries/{entry.uid}/"
    assert (
        post("checker", f"{at}refund/", amount="98.00", day="2026-02-10", voucher="1", reason="多付").json()["code"]
        == "beyond_payment"
    )
    back = post("checker", f"{at}reverse/", reason="重复").json()
    assert post("checker", f"{at}reverse/", reason="重复").json()["code"] == "already_reversed"
    assert post("checker", f"entries/{back['uid']}/post/").status_code == 403
    assert post("leader", f"entries/{back['uid']}/post/").json()["state"] == "posted"
    assert post("checker", f"entries/{back['uid']}/reverse/", reason="再冲").json()["code"] == "not_reversible"
    listed = clients["clerk"].get(f"/api/v1/entries/?project={project.uid}&kind=reversal").json()["results"]
    assert [row["uid"] for row in listed] == [back["uid"]] and figures(fund)["committed"] == D("1500.00")


def test_a_payees_change_and_a_supplement_through_the_pages(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source("2000.00"), project, "2000.00", "2000.00")
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    clerk, checker = browser(money, "clerk"), browser(money, "checker")
    url = f"/staff/money/contracts/{contract.uid}/"
    payment = money.check(money.request(contract, "10.00"))
    send(clerk, f"{url}payee/", holder=contract.party, bank="建行", number="6217", reason="开户行变更")
    assert clerk.post(f"{url}payee/decide/", {"decision": "confirm"}).status_code == 403
    assert refused(lambda: money.release(payment)).code == "payee_waits", "nothing leaves while a change waits"
    send(checker, f"{url}payee/decide/", decision="confirm")
    assert money.release(payment).payee is not None and contract.payees.count() == 2
    fund_url = f"{url}funding/"
    short = money.contract(project, "50.00", number="HT-短", payee=False)
    assert "安排资金" not in text(clerk, url) and "安排资金" in text(clerk, f"/staff/money/contracts/{short.uid}/")
    assert (
        clerk.post(fund_url, {"line0-fund": str(fund.uid), "line0-amount": "1", "line0-item": "供水"}).status_code
        == 409
    )
    line = {"line0-fund": str(fund.uid), "line0-amount": "50.00", "line0-item": "供水"}
    send(clerk, f"/staff/money/contracts/{short.uid}/funding/", **line)
    assert "待复核后落实" in text(clerk, f"/staff/money/contracts/{short.uid}/")
    send(checker, f"/staff/money/contracts/{short.uid}/changes/decide/", decision="confirm")
    assert Contract.objects.get(pk=short.pk).committed == D("50.00")
    form = {"number": "补-1", "amount": "100.00", "signed_on": "2026-2-10", "reason": "管径加大"}
    assert clerk.post(f"{url}changes/add/", form).status_code == 400
    lines = {"line0-fund": str(fund.uid), "line0-amount": "100.00", "line0-item": "供水"}
    send(clerk, f"{url}changes/add/", **form, **lines)
    assert "与协议一致，复核" not in text(clerk, url) and "与协议一致，复核" in text(checker, url)
    send(checker, f"{url}changes/decide/", decision="confirm")
    assert "含补充协议 100.00 元" in text(clerk, url)
    send(
        clerk,
        f"{url}terms/",
        **{"term0-words": "开工", "term0-amount": "500", "term1-words": "完工", "term1-amount": "600"},
    )
    assert "490.00" in text(clerk, url), "500 agreed, 10 paid"
