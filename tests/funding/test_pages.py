"""The whole way of money in the requests of a browser, from the source to the payee and back; the same over REST."""

import re
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from funding import actions
from funding.actions.contracts import Line
from funding.models import Contract, Fund, FundingSource, JournalEntry, Payment
from offices.rulebooks import layers_of
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, D, Money, figures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's day."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def browser(money: Money, role: str) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(money.user(role), backend="offices.backend.StaffBackend")
    return client


def text(client: Client, url: str) -> str:
    """A page that answers."""
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def send(client: Client, url: str, **fields: Any) -> None:
    """A form that is taken."""
    response = client.post(url, fields)
    assert response.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", response.content.decode())[-1500:]


def test_the_whole_way_through_the_pages(money: Money) -> None:
    project = money.project()
    clerk, checker, releaser, leader = (browser(money, role) for role in ("clerk", "checker", "releaser", "leader"))
    county = str(money.offices.divisions["城中区"].uid)
    send(checker, "/staff/money/sources/add/", division=county, kind="central", name="中央补助", document_number="财综〔2026〕3号",
         issued_on="2026-2-1", year="2026", purpose="改造", amount="100,000.00")  # fmt: skip
    source = FundingSource.objects.get()
    send(leader, f"/staff/money/sources/{source.uid}/confirm/")
    send(checker, f"/staff/money/sources/{source.uid}/allot/", project=str(project.uid), amount="80000", day="2026-2-2")
    fund = Fund.objects.get()
    received: dict[str, str] = {"day": "2026-2-3", "voucher": "收1"}
    wide = checker.post(f"/staff/money/funds/{fund.uid}/receive/", {**received, "amount": "５００００"})
    assert wide.status_code == 400 and "半角数字" in wide.content.decode()
    send(checker, f"/staff/money/funds/{fund.uid}/receive/", amount="50000", **received)
    send(clerk, f"/staff/money/projects/{project.uid}/contracts/add/", name="施工合同", number="HT-1", party="建工", amount="60000",
         signed_on="2026-2-4", retention="3",
         **{"line0-fund": str(fund.uid), "line0-amount": "60000", "line0-item": "供水"})  # fmt: skip
    contract = Contract.objects.get()
    assert contract.committed == 0, "nothing is promised by one person"
    assert "与合同一致，复核" not in text(clerk, f"/staff/money/contracts/{contract.uid}/")
    decide = f"/staff/money/contracts/{contract.uid}/changes/decide/"
    assert clerk.post(decide, {"decision": "confirm"}).status_code == 403
    assert "与合同一致，复核" in text(checker, f"/staff/money/contracts/{contract.uid}/")
    send(checker, decide, decision="confirm")
    send(clerk, f"/staff/money/contracts/{contract.uid}/payee/", holder="建工", bank="工行", number="6222000011112222")
    assert "6222000011112222" not in text(clerk, f"/staff/money/contracts/{contract.uid}/"), (
        "masked for the one who entered it"
    )
    send(checker, f"/staff/money/contracts/{contract.uid}/payee/decide/", decision="confirm")
    asked = {
        "words": "进度款",
        "progress": "20000",
        "paper": "计量单",
        "kind": "progress",
        f"amount-{fund.uid}": "10000",
        "key": "once",
    }
    send(clerk, f"/staff/money/contracts/{contract.uid}/request/", **asked)
    send(clerk, f"/staff/money/contracts/{contract.uid}/request/", **asked)  # the button pressed twice
    payment = Payment.objects.get()
    page = f"/staff/money/payments/{payment.uid}/"
    assert "审核通过" in text(checker, page) and "审核通过" not in text(clerk, page)
    send(checker, f"{page}decide/", decision="check")
    assert "登记拨付" in text(releaser, page) and "登记拨付" not in text(checker, page)
    send(releaser, f"{page}release/", voucher="付1", released_on="2026-2-9")
    entry = JournalEntry.objects.get(kind="payment")
    ledger = text(clerk, f"/staff/money/projects/{project.uid}/")
    assert all(words in ledger for words in ("8.00", "5.00", "0.97", "1.00", "4.03")), "计划 到位 拨付 支出 可用，万元"
    assert "9,700.00" in text(clerk, f"/staff/money/entries/{entry.uid}/")
    send(checker, f"/staff/money/entries/{entry.uid}/reverse/", reason="重复")
    back = JournalEntry.objects.get(kind="reversal")
    assert "复核并入账" in text(releaser, f"/staff/money/entries/{back.uid}/")
    assert "冲销：建工：进度款" in text(releaser, "/staff/money/payments/")
    send(releaser, f"/staff/money/entries/{back.uid}/post/", decision="post")
    assert figures(fund)["cash"] == D("50000.00")
    assert "已由" in text(clerk, f"/staff/money/entries/{entry.uid}/")


def test_a_refusal_stands_on_the_page_with_its_clause_and_way_out(money: Money) -> None:
    project = money.project()
    fund = money.fund(money.source(), project, "100000.00", "100.00")
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    response = browser(money, "clerk").post(f"/staff/money/contracts/{contract.uid}/request/", {
        "words": "进度款", "progress": "1000", "paper": "单", "kind": "progress", f"amount-{fund.uid}": "500"})  # fmt: skip
    page = response.content.decode()
    assert response.status_code == 409 and "六(四)" in page and "还差 385.00 元" in page and 'value="500"' in page
    bad = browser(money, "clerk").post(f"/staff/money/contracts/{contract.uid}/request/", {
        "words": "进度款", "progress": "0.001", "paper": "单", "kind": "progress", f"amount-{fund.uid}": "1"})  # fmt: skip
    assert bad.status_code == 400 and "最多两位小数" in bad.content.decode()


@pytest.mark.rule("LZ-17")
def test_fiscal_money_outside_the_basic_class_is_shown_with_its_clause(money: Money) -> None:
    project = money.project()
    for number, (kind, item) in enumerate((("city", "绿化"), ("county", "供水"), ("resident_direct", "照明"))):
        number_of_document = "" if kind == "resident_direct" else "财〔2026〕1号"
        fund = money.fund(money.source(kind=kind, document_number=number_of_document), project, "2000.00", "2000.00")
        money.contract(project, "2000.00", Line(fund, "2000.00", item), number=f"HT-{number}")
    found = layers_of(project.division)
    assert found.place == "liuzhou"
    page = text(browser(money, "clerk"), f"/staff/money/projects/{project.uid}/")
    section = page.partition("财政资金用于基础类以外")[2].partition("</section>")[0]
    assert "重点支持基础类改造内容" in section and "绿化" in section and "完善类" in section
    assert "供水" not in section and "照明" not in section, (
        "the basic class and residents' money are not fiscal money outside it"
    )


def test_pages_ask_a_bounded_number_of_queries(money: Money, django_assert_max_num_queries: Any) -> None:
    project = money.project()
    for number in range(6):
        fund = money.fund(money.source(kind="county"), project, "2000.00", "2000.00")
        money.contract(project, "500.00", Line(fund, "500.00", "供水"), number=f"HT-{number}")
    contract = Contract.objects.earliest("pk")
    for _ in range(3):
        money.request(contract, "10.00")
    client = browser(money, "checker")
    for url, most in (
        ("", 24),
        ("payments/", 24),
        (f"projects/{project.uid}/", 26),
        (f"contracts/{contract.uid}/", 26),
    ):
        with django_assert_max_num_queries(most):
            text(client, f"/staff/money/{url}")


def program(money: Money, role: str) -> APIClient:
    """A program of somebody."""
    client = APIClient(raise_request_exception=False, headers={"If-Match": "*"})
    client.force_authenticate(money.user(role))
    return client


def test_the_interface_takes_a_payment_once_a_key_and_shows_every_leg(money: Money) -> None:
    _, fund, contract = money.whole()
    body = {
        "contract": str(contract.uid),
        "amount": "100.00",
        "progress": "5000.00",
        "words": "进度款",
        "paper": "计量单",
    }
    clerk, url = program(money, "clerk"), f"/api/v1/funds/{fund.uid}/payments/"
    first = clerk.post(url, body, format="json", headers={"Idempotency-Key": "a"})
    again = clerk.post(url, body, format="json", headers={"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    other = clerk.post(url, {**body, "amount": "101.00"}, format="json", headers={"Idempotency-Key": "a"})
    assert other.status_code == 422 and other.json()["code"] == "idempotency_mismatch"
    assert Payment.objects.count() == 1
    for amount, reason in ((1.5, "写成文本"), ("1e30", "科学计数法"), ("-1", "负数"), ("0.001", "两位小数")):
        bad = clerk.post(url, {**body, "amount": amount}, format="json")
        assert bad.status_code == 400 and reason in bad.json()["errors"]["amount"][0]
    assert clerk.post(url, {**body, "held": "0.00"}, format="json").status_code == 400, "retention is the server's"
    uid = first.json()["uid"]
    assert clerk.post(f"{url}{uid}/check/").status_code == 403
    assert program(money, "checker").post(f"{url}{uid}/check/").json()["state"] == "checked"
    release = program(money, "releaser").post(
        f"{url}{uid}/release/", {"voucher": "1", "released_on": "2026-02-10"}, format="json"
    )
    assert release.json()["state"] == "released", release.content.decode()
    entries = clerk.get(f"/api/v1/funds/{fund.uid}/entries/").json()["results"]
    legs = {leg["account"]: leg["amount"] for leg in entries[-1]["legs"]}
    assert legs == {"cash": "-97.00", "paid": "97.00", "spent": "-97.00", "committed": "100.00", "retained": "-3.00"}
    shown = clerk.get(f"/api/v1/funds/{fund.uid}/").json()
    assert (shown["planned"], shown["received"], shown["paid"], shown["spent"]) == (
        "100000.00",
        "100000.00",
        "97.00",
        "100.00",
    )


def test_another_county_sees_nothing_of_it(money: Money) -> None:
    _, fund, contract = money.whole()
    foreign = Money(money.offices, "柳北区")
    client = browser(foreign, "clerk")
    for url in (
        f"funds/{fund.uid}/",
        f"contracts/{contract.uid}/",
        f"projects/{fund.project_uid}/",
        f"sources/{fund.source.uid}/",
    ):
        assert client.get(f"/staff/money/{url}").status_code == 404
    rival = program(foreign, "checker")
    assert rival.get(f"/api/v1/funds/{fund.uid}/").status_code == 404
    assert rival.get("/api/v1/funds/").json()["results"] == []
    with pytest.raises(Exception, match="只有"):
        actions.receive(by=foreign.user("checker"), at=AT, today=TODAY, fund=fund, amount="1", day=DAY, voucher="1")
