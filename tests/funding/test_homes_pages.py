"""Journeys over HTTP: clerk, finance, leader; nonsense and other people's homes; the interface beside the pages."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from rest_framework.test import APIClient

from communities import actions as register
from communities.models import Home
from funding import actions
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from tests.cast import AT, TODAY
from tests.funding.sharing import PAY_BY, confirmed, paid, pay, share
from tests.funding.stage import D, Money, figures
from tests.journey.pdftext import pages

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


@pytest.fixture
def signed(money: Money) -> As:
    """A browser of one of the cast."""

    def found(role: str) -> Client:
        client = Client()
        client.force_login(money.user(role), backend="offices.backend.StaffBackend")
        return client

    return found


def owner_of(money: Money, home: Home, name: str, phone: str) -> Any:
    clerk, place = money.user("clerk"), home.building.community
    person = register.add_person(
        by=clerk, at=AT, community=place, values={"name": name, "kind": "natural", "phone": phone}
    )
    register.add_ownership(by=clerk, at=AT, home=home, person=person)
    return person


LIFT = {"title": "加装电梯", "amount": "200.00", "pay_by": PAY_BY.isoformat(), "agreement": "电梯协议"}


def test_a_lift_is_shared_by_floors_collected_and_given_back(money: Money, homes: list[Home], signed: As) -> None:
    fund = Fund.objects.get()
    url = f"/staff/money/projects/{fund.project_uid}/apportionments/"
    clerk, second, finance = signed("clerk"), signed("second"), signed("checker")
    assert "还没有分摊到户" in clerk.get(url).content.decode()
    table = f"{url}add/?way=table&building={homes[0].building.uid}"
    assert "3 层（1 户）" in clerk.get(table).content.decode()
    sent = {**LIFT, "fund": str(fund.uid), "floor1": "0", "floor2": "1/2", "floor3": "1"}
    for bad in ("1/0", "-1", "x", "1e9", "１", "", "0.0001", "99999"):
        wrong = clerk.post(table, {**sent, "floor2": bad})
        assert wrong.status_code == 400 and "field-error" in wrong.content.decode(), bad
    made = clerk.post(table, sent)
    row = Apportionment.objects.get()
    assert made.status_code == 302 and made["Location"] == f"/staff/money/apportionments/{row.uid}/"
    assert [due.amount for due in row.dues.order_by("pk")] == [D("0.00"), D("66.67"), D("133.33")]
    page = f"/staff/money/apportionments/{row.uid}/"
    assert clerk.post(f"{page}announce/").status_code == 403
    assert second.post(f"{page}announce/").status_code == 302
    due = row.dues.order_by("pk")[2]
    home = f"/staff/money/home-dues/{due.uid}/"
    pay_ = {"amount": "100.00", "day": "2026-2-10", "voucher": "银-1"}
    for bad in ("-1", "0.001", "1e30", "NaN", "133.34", "1\x00", "１００"):
        assert clerk.post(f"{home}collect/", {**pay_, "amount": bad}).status_code in (400, 409)
    assert clerk.post(f"{home}collect/", pay_).status_code == 302
    receipt = DueReceipt.objects.get()
    assert clerk.post(f"/staff/money/due-receipts/{receipt.uid}/check/").status_code == 403
    assert finance.post(f"/staff/money/due-receipts/{receipt.uid}/check/").status_code == 302
    assert figures(fund)["cash"] == D("100.00")
    back = {"receipt": str(receipt.uid), "amount": "30.00", "day": "2026-2-10", "voucher": "退-1", "reason": "核减"}
    assert clerk.post(f"{home}give-back/", {**back, "amount": "100.01"}).status_code == 409
    assert clerk.post(f"{home}give-back/", back).status_code == 302
    refund = DueReceipt.objects.get(kind="refund")
    assert finance.post(f"/staff/money/due-receipts/{refund.uid}/check/").status_code == 403
    assert signed("releaser").post(f"/staff/money/due-receipts/{refund.uid}/check/").status_code == 302
    text = clerk.get(home).content.decode()
    assert (
        "200.00 元 × 本户系数 1 ÷ 系数合计 3/2" in text and "70.00 元" in text and figures(fund)["cash"] == D("70.00")
    )


def test_a_form_sent_twice_is_one_receipt(money: Money, homes: list[Home], signed: As) -> None:
    due = confirmed(money, share(money, "300.00")).dues.order_by("pk")[0]
    sent = {"amount": "10.00", "day": "2026-2-10", "voucher": "银-1", "key": "k-1"}
    for _ in range(2):
        assert signed("clerk").post(f"/staff/money/home-dues/{due.uid}/collect/", sent).status_code == 302
    assert DueReceipt.objects.count() == 1


def test_a_thousand_homes_take_few_queries(
    money: Money, homes: list[Home], signed: As, django_assert_max_num_queries: Any
) -> None:
    Home.objects.bulk_create(
        Home(building=homes[0].building, room=f"x{n}", private_area="60.00", area_source="survey", created_at=AT, updated_at=AT)
        for n in range(997)
    )  # fmt: skip
    with django_assert_max_num_queries(40):
        row = share(money, "1000.00")
    assert row.dues.count() == 1000 and sum(due.amount for due in row.dues.all()) == D("1000.00")
    client = signed("second")
    with django_assert_max_num_queries(14):
        page = client.get(f"/staff/money/apportionments/{row.uid}/")
    assert page.status_code == 200 and "共 1,000 户" in page.content.decode()
    found = signed("second").get(f"/staff/money/apportionments/{row.uid}/?q=楼 301&unpaid=1").content.decode()
    assert "3号楼 301" in found and "x301" not in found


def test_the_sheet_names_rooms_only_where_something_allows_it_and_never_a_person(
    money: Money, homes: list[Home], signed: As
) -> None:
    owner_of(money, homes[0], "覃秀珍", "13977200001")
    row = confirmed(money, share(money, "300.00"))
    url = f"/staff/money/apportionments/{row.uid}/sheet/"
    plain = "".join(pages(signed("clerk").post(url).getvalue()))
    assert "66.52" not in plain and "3 户，应缴合计 300.00 元" in plain
    allowed = "".join(pages(signed("clerk").post(url, {"basis": "业主大会决议第三条"}).getvalue()))
    assert "66.52" in allowed and "覃" not in allowed + plain


def test_an_owners_slip_has_his_homes_and_a_code_and_the_list_has_no_name(
    money: Money, homes: list[Home], signed: As
) -> None:
    owner_of(money, homes[0], "覃秀珍", "13977200001")
    owner_of(money, homes[1], "莫大海", "13977200002")
    row = confirmed(money, share(money, "300.00"))
    paid(money, row.dues.order_by("pk")[0], "66.52")
    slips = "".join(
        pages(signed("clerk").post(f"/staff/money/apportionments/{row.uid}/slips/", {"q": "101"}).getvalue())
    )
    assert (
        "柳政规〔2022〕3号" in slips
        and "覃**" in slips
        and "秀珍" not in slips
        and "莫" not in slips
        and "未缴 0.00 元" in slips
    )
    answer = signed("clerk").get(f"/staff/money/apportionments/{row.uid}/table.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]  # type: ignore[union-attr]
    assert rows[1][3:8] == ["66.52", "66.52", "0.00", "已缴清", "收1"] and "覃" not in str(rows)


def test_the_interface_does_the_same(money: Money, homes: list[Home]) -> None:
    fund = Fund.objects.get()
    clients = {}
    for role in ("clerk", "second", "checker"):
        clients[role] = APIClient()
        clients[role].force_authenticate(money.user(role))
    clerk = clients["clerk"]
    body = {"fund": str(fund.uid), "title": "外墙", "way": "area", "amount": "300.00", "pay_by": PAY_BY.isoformat()}
    for field, bad in (
        ("amount", "1e30"),
        ("amount", 0.1),
        ("amount", "-1"),
        ("pay_by", "2026-13-1"),
        ("way", "x"),
        ("status", "1"),
    ):
        answer = clerk.post("/api/v1/apportionments/", {**body, field: bad}, format="json")
        assert answer.status_code == 400 and field in answer.json()["errors"], field
    made = clerk.post("/api/v1/apportionments/", body, format="json", HTTP_IDEMPOTENCY_KEY="a-1")
    again = clerk.post("/api/v1/apportionments/", body, format="json", HTTP_IDEMPOTENCY_KEY="a-1")
    assert made.status_code == 201 and made.json()["uid"] == again.json()["uid"] and Apportionment.objects.count() == 1
    other = clerk.post(
        "/api/v1/apportionments/", {**body, "amount": "301.00"}, format="json", HTTP_IDEMPOTENCY_KEY="a-1"
    )
    assert other.status_code == 422
    url = f"/api/v1/apportionments/{made.json()['uid']}/"
    announced = clients["second"].post(f"{url}announce/", HTTP_IF_MATCH=made["ETag"])
    assert announced.status_code == 200 and len(announced.json()["digest"]) == 64
    dues = clerk.get(f"{url}dues/").json()["results"]
    assert [row["amount"] for row in dues] == ["66.52", "100.44", "133.04"] and dues[0]["state"] == "due"
    sent = {"due": dues[0]["uid"], "amount": "66.52", "day": "2026-02-10", "voucher": "银-1"}
    receipt = clerk.post(f"{url}collect/", sent, format="json", HTTP_IF_MATCH="*").json()
    assert receipt["state"] == "waiting"
    beyond = clerk.post(
        f"{url}collect/", {**sent, "amount": "0.01", "voucher": "银-2"}, format="json", HTTP_IF_MATCH="*"
    )
    assert beyond.status_code == 409 and beyond.json()["code"] == "beyond_due"
    assert (
        clients["checker"].post(f"{url}receipts/{receipt['uid']}/check/", HTTP_IF_MATCH="*").json()["state"] == "posted"
    )
    assert clerk.get(url).json()["progress"] == {"paid": "66.52", "homes": 3, "settled": 1, "waiting": 0}
    back = {"receipt": receipt["uid"], "amount": "66.53", "day": "2026-02-10", "voucher": "退-1", "reason": "多缴"}
    assert clerk.post(f"{url}refund/", back, format="json", HTTP_IF_MATCH="*").status_code == 409
    assert clerk.post(f"{url}refund/", {**back, "amount": "6.52"}, format="json", HTTP_IF_MATCH="*").status_code == 201


def test_another_projects_home_is_no_home_of_this_one(money: Money, homes: list[Home]) -> None:
    row = confirmed(money, share(money, "300.00"))
    project = money.project("龙城路二轻局宿舍")
    building = register.add_building(
        by=money.user("clerk"), at=AT, community=project.communities.get(), values={"name": "1号楼"}
    )
    values = {"room": "101", "private_area": "60.00", "area_source": "register"}
    foreign = register.add_home(by=money.user("clerk"), at=AT, building=building, values=values)
    fund = money.fund(money.source("900.00", "resident_direct"), project, "900.00")
    other = confirmed(
        money,
        actions.apportion(
            by=money.user("clerk"), at=AT, today=TODAY, fund=fund, title="外墙", way="area", amount="9.00", pay_by=PAY_BY
        ),
    )  # fmt: skip
    client = APIClient()
    client.force_authenticate(money.user("clerk"))
    sent = {"due": str(other.dues.get().uid), "amount": "1.00", "day": "2026-02-10", "voucher": "银-1"}
    answer = client.post(f"/api/v1/apportionments/{row.uid}/collect/", sent, format="json", HTTP_IF_MATCH="*")
    assert answer.status_code == 400 and "due" in answer.json()["errors"] and not DueReceipt.objects.exists()
    own = Fund.objects.exclude(pk=fund.pk).get()
    mixed = {"fund": str(own.uid), "title": "混入", "way": "concerned", "amount": "1.00", "pay_by": PAY_BY.isoformat(),
             "agreement": "x", "homes": [str(homes[0].uid), str(foreign.uid)]}  # fmt: skip
    answer = client.post("/api/v1/apportionments/", mixed, format="json")
    assert answer.status_code == 400 and "homes" in answer.json()["errors"]
    assert HomeDue.objects.filter(home=foreign).count() == 1


def test_overdue_is_said_the_day_after(
    money: Money, homes: list[Home], signed: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = confirmed(money, share(money, "300.00"))
    pay(money, row.dues.order_by("pk")[0])
    url = f"/staff/money/apportionments/{row.uid}/"
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT + dt.timedelta(days=30))
    assert "逾期" not in signed("clerk").get(url).content.decode()
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT + dt.timedelta(days=31))
    assert signed("clerk").get(url).content.decode().count("逾期未缴清") == 3
