"""本人信息: an owner reads his own by the code of his slip or a short message, takes it along, and finds nobody else's."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from communities import actions as register
from communities.actions.complaints import file_complaint
from communities.models import Community, Home, Person
from funding import home_papers as papers
from funding.models import Apportionment
from offices.models import HistoryEntry
from tests.cast import AT, TODAY
from tests.funding.sharing import confirmed, paid, share
from tests.funding.stage import Money
from tests.journey.pdftext import pages

pytestmark = pytest.mark.django_db
CANARIES = ("莫大海", "大海", "13977200002", "450202199001011112", "100.44")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def person(money: Money, name: str, phone: str, *held: Home, share: int = 1) -> Person:
    place = held[0].building.community
    values = {"name": name, "kind": "natural", "phone": phone, "id_number": f"45020219900101111{phone[-1]}"}
    made = register.add_person(by=money.user("clerk"), at=AT, community=place, values=values)
    for home in held:
        register.add_ownership(by=money.user("clerk"), at=AT, home=home, person=made, share=(1, share))
    return made


@pytest.fixture
def row(money: Money, homes: list[Home]) -> Apportionment:
    """300 yuan announced; 覃秀珍 holds the first home with 莫大海, who also holds the second alone; her share is paid in part."""
    person(money, "覃秀珍", "13977200001", homes[0], share=2)
    other = person(money, "莫大海", "13977200002", homes[0], share=2)
    register.add_ownership(by=money.user("clerk"), at=AT, home=homes[1], person=other)
    made = confirmed(money, share(money, "300.00"))
    paid(money, made.dues.order_by("pk")[0], "20.00")
    return made


def place() -> Community:
    return Community.objects.get(buildings__name="3号楼")


def code_of(money: Money, row: Apportionment, name: str) -> str:
    texts = pages(papers.owners_slips(by=money.user("clerk"), at=AT, row=row).read())
    mine = next(text for text in texts if f"{name[0]}**　收" in text or f"{name[0]}** 收" in text)
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", mine)
    assert found, mine
    return found[0]


def url(what: str = "") -> str:
    return f"/c/{place().uid}/mine/{what}"


def enter(code: str) -> Client:
    client = Client()
    assert client.post(url(), {"code": code}).status_code == 302
    return client


@pytest.mark.rule("N-06")
def test_she_reads_her_share_with_its_formula_and_nothing_of_the_other_owner(money: Money, row: Apportionment) -> None:
    file_complaint(
        by=None, at=AT, today=TODAY, community=place(), given={"category": "noise", "text": "夜间施工噪声", "phone": "13977200001"}
    )  # fmt: skip
    file_complaint(
        by=None,
        at=AT,
        today=TODAY,
        community=place(),
        given={"category": "noise", "text": "别人的", "phone": "13977200002"},
    )
    client = enter(code_of(money, row, "覃秀珍").lower().replace("-", " "))
    page = client.get(url()).content.decode()
    assert "覃秀珍，您好" in page and "46.52 元" in page and "300.00 元 × 本户 50.00 ㎡ ÷ 合计 225.50 ㎡" in page
    assert "莫**" in page and "夜间施工噪声" in page and "别人的" not in page and "139****0001" in page
    taken = client.get(url("export.json"))
    own = json.loads(taken.content)
    assert (
        own["dues"][0]["left"] == "46.52"
        and own["homes"][0]["co_owners_masked"] == ["莫**"]
        and len(own["complaints"]) == 1
    )
    for text in (page, taken.content.decode()):
        assert not [word for word in CANARIES if word in text]
    acts = list(HistoryEntry.objects.filter(action__startswith="own.").order_by("pk").values_list("action", flat=True))
    assert acts == ["own.identify", "own.look", "own.export"]
    assert "13977200001" not in str(list(HistoryEntry.objects.values_list("data", flat=True)))
    client.post(url("leave/"))
    assert "查看本人信息" in client.get(url()).content.decode()
    assert client.get(url("export.json")).status_code == 302


def test_a_code_is_of_one_community_one_owner_and_until_the_next_one(
    money: Money,
    row: Apportionment,
    settings: Any,
) -> None:
    first = code_of(money, row, "覃秀珍")
    client = enter(first)
    elsewhere = money.project("龙城路二轻局宿舍").communities.get()
    assert Client().post(f"/c/{elsewhere.uid}/mine/", {"code": first}).status_code == 409
    assert "没有这个验证码" in Client().post(url(), {"code": "ABCDE-FGHJK"}).content.decode()
    for bad in ("", "\x00", "9" * 500):
        assert Client().post(url(), {"code": bad}).status_code in (400, 409)
    code_of(money, row, "覃秀珍")  # printed again: the first code is void, and so is the visit by it
    assert "覃秀珍" not in client.get(url()).content.decode()
    assert Client().post(url(), {"code": first}).status_code == 409
    settings.REST = {**settings.REST, "PORTAL_CODES": 0}
    assert Client().post(url(), {"code": first}).status_code == 429


def test_twenty_minutes_later_the_page_asks_again(
    money: Money,
    row: Apportionment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = enter(code_of(money, row, "覃秀珍"))
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT + dt.timedelta(minutes=20))
    assert "覃秀珍" not in client.get(url()).content.decode()


@pytest.fixture
def messages(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was sent; the test's own transaction never commits, so it goes at once."""
    settings.DATA, settings.SMS_GATEWAY = tmp_path, "file"
    monkeypatch.setattr("offices.sms.transaction.on_commit", lambda work, robust=False: work())
    return lambda: [file.read_text() for file in (tmp_path / "outbox").glob("sms-*.txt")]


def test_a_short_message_does_it_too_and_an_unknown_number_reads_the_same(
    row: Apportionment, messages: Callable[[], list[str]]
) -> None:
    known, unknown = Client(), Client()
    asked = [
        re.sub(r'value="[^"]{20,}"', "", client.post(url("phone/"), {"phone": number}, follow=True).content.decode())
        for client, number in ((known, "139 7720 0001"), (unknown, "13700000000"))
    ]
    assert asked[0] == asked[1]
    (message,) = messages()
    (code,) = re.findall(r"\b\d{6}\b", message)
    assert "不正确或已失效" in unknown.post(url("sms/"), {"code": code}).content.decode()
    page = known.post(url("sms/"), {"code": code}, follow=True).content.decode()
    assert "覃秀珍，您好" in page and not [word for word in CANARIES if word in page]


def test_a_number_of_two_names_opens_neither(row: Apportionment, messages: Callable[[], list[str]]) -> None:
    Person.objects.filter(name="莫大海").update(phone="139-7720-0001")
    client = Client()
    client.post(url("phone/"), {"phone": "13977200001"})
    (code,) = re.findall(r"\b\d{6}\b", messages()[0])
    page = client.post(url("sms/"), {"code": code}, follow=True).content.decode()
    assert "几位业主名下" in page and "秀珍" not in page


def test_the_page_takes_few_queries(
    money: Money,
    row: Apportionment,
    django_assert_max_num_queries: Any,
) -> None:
    client = enter(code_of(money, row, "莫大海"))
    with django_assert_max_num_queries(40):
        assert client.get(url()).status_code == 200
