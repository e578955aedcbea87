"""The roll over HTTP: from problems to a roll that is ready, with values masked on every page and every refusal in words."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from communities import actions
from communities.models import Agency, Community, Home, Ownership, Person
from communities.queries.voters import draft_roll
from communities.rules.voters import voter_key
from offices.models import HistoryEntry
from tests.communities.conftest import AT, TODAY, World, upload
from tests.communities.test_voters import settle_in

Add = Callable[..., Community]
ID, PHONE = "11010519491231002X", "13812345678"
SECRETS = ("欧阳秘密", "司马秘密", ID, PHONE)


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    """The day of the small world."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def yard(world: World, add: Add) -> Community:
    """A community of four homes, 320 ㎡."""
    return add("甲小区", household_count=4, floor_area="320.00")


@pytest.fixture
def chen(world: World) -> Client:
    """A browser of the clerk of 东城区."""
    client = Client()
    client.force_login(world.chen)
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    """The text of a page."""
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def problem_url(community: Community, kind: str) -> str:
    """The page of the first problem of a kind."""
    row = next(row for row in draft_roll(community, day=TODAY).problems if row.kind == kind)
    return f"/staff/communities/{community.uid}/roll/{kind}/{row.key}/"


def test_from_problems_to_a_roll_that_is_ready(world: World, yard: Community, chen: Client) -> None:
    rows = settle_in(
        world, yard, {"101": ("欧阳秘密",), "102": ("欧阳秘密", "司马秘密"), "２０１室": (), "201": ("李四",)}
    )
    Home.objects.filter(pk=rows["101"].pk).update(private_area=None, area_source="")
    url = f"/staff/communities/{yard.uid}/roll/"
    first = page(chen, url)
    for words in ("房号重复", "面积或面积来源未填", "没有业主", "业主组合有重叠", "还有 5 个问题须先处理", "未填报"):
        assert words in first
    merge = {"stay": str(rows["201"].uid), "go": str(rows["２０１室"].uid), "reason": "重复登记"}
    assert "合并房屋记录" in page(chen, problem_url(yard, "duplicate_room"))
    chen.post(f"{url}merge-homes/", merge)
    home = Home.objects.get(pk=rows["101"].pk)
    assert "请在上面的房屋中补正" in page(chen, problem_url(yard, "missing_area"))
    change = {
        "unit": "1单元",
        "room": "101",
        "private_area": "160.00",
        "area_source": "survey",
        "version": home.version,
    }
    assert chen.post(f"/staff/communities/homes/{home.uid}/", change).status_code == 302
    overlap = problem_url(yard, "overlap")
    alone = voter_key([rows["欧阳秘密"].uid])
    choice = {f"home-{rows[room].uid}": alone for room in ("101", "102")}
    assert chen.post(overlap, {"decision": "assigned", **choice}).status_code == 400
    assert chen.post(overlap, {"decision": "assigned", "reason": "书面同意", **choice}).status_code == 302
    last = page(chen, url)
    assert "可以组织表决" in last
    assert "书面同意" in last
    assert "同一业主的 2 户计一人" in last
    assert not any(value in first + last for value in SECRETS)
    Ownership.objects.filter(home=rows["102"]).update(until=TODAY)
    assert "已失效" in page(chen, url)


def test_a_decision_on_facts_that_changed_meanwhile_is_not_taken(world: World, yard: Community, chen: Client) -> None:
    rows = settle_in(world, yard, {"101": (), "102": ("李四",), "201": ("王五",), "202": ("赵六",)})
    url = problem_url(yard, "no_owner")
    actions.add_ownership(by=world.chen, at=AT, home=rows["101"], person=rows["李四"], evidence="产权证")
    assert chen.get(url).status_code == 404
    answer = chen.post(url, {"decision": "confirmed", "reason": "查无业主"}, follow=True)
    assert "清册已有变化" in answer.content.decode()


def test_an_empty_roll_offers_the_next_act(yard: Community, chen: Client) -> None:
    assert "导入清册" in page(chen, f"/staff/communities/{yard.uid}/roll/")
    assert page(chen, f"/staff/communities/{yard.uid}/roll/?day=2026-99-99")
    assert "只供查看" in page(chen, f"/staff/communities/{yard.uid}/roll/?day=2026-01-01")


def test_a_sale_and_a_correction_by_forms(world: World, yard: Community, chen: Client) -> None:
    rows = settle_in(world, yard, {"101": ("张三",)})
    home = rows["101"]
    url = f"/staff/communities/homes/{home.uid}/"
    sale = {
        "on": "2026-02-01",
        "evidence": "买卖合同",
        "version": home.version,
        "name-1": "欧阳秘密",
        "id_number-1": ID,
    }
    both = {**sale, "name-2": "司马秘密", "share-1": "1/2", "share-2": "1/3"}
    refused = chen.post(f"{url}sell/", both)
    assert refused.status_code == 400
    assert "份额合计应等于 1" in refused.content.decode()
    assert chen.post(f"{url}sell/", {**both, "share-2": "1/2"}).status_code == 302
    shown = page(chen, url)
    assert "2026年2月1日" in shown
    assert not any(value in shown for value in SECRETS)
    row = Ownership.objects.get(home=home, person__name="司马秘密")
    change = {
        "since": "2026-02-02",
        "share": "1/2",
        "evidence": "不动产权证",
        "reason": "日期录错",
        "version": row.version,
    }
    one = f"/staff/communities/ownerships/{row.uid}/"
    assert chen.post(one, {**change, "share": "半"}).status_code == 400
    assert chen.post(one, change).status_code == 302
    assert chen.post(one, change).status_code == 412
    row.refresh_from_db()
    assert row.since == dt.date(2026, 2, 2)


def test_persons_are_merged_from_the_page_of_their_problem(world: World, yard: Community, chen: Client) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张叁",)})
    for name in ("张三", "张叁"):
        Person.objects.filter(name=name).update(phone=PHONE)
    assert "合并业主记录" in page(chen, problem_url(yard, "same_person"))
    url = f"/staff/communities/{yard.uid}/roll/merge-persons/"
    merge = {"stay": str(rows["张三"].uid), "go": str(rows["张叁"].uid), "reason": "同一人"}
    assert "没有合并" in chen.post(url, {**merge, "reason": ""}, follow=True).content.decode()
    assert "已合并" in chen.post(url, merge, follow=True).content.decode()
    assert draft_roll(yard, day=TODAY).heads == 1


def test_an_agents_paper_is_entered_checked_opened_with_a_reason_and_withdrawn(
    world: World, yard: Community, chen: Client
) -> None:
    person = settle_in(world, yard, {"101": ("张三",)})["张三"]
    values = {
        "kind": "guardian", "agent_name": "司马秘密", "agent_id_number": ID, "agent_phone": PHONE, "evidence": "监护证明",
        "valid_from": "2026-01-01", "file": upload("监护证明", "监护.txt"),
    }  # fmt: skip
    assert chen.post(f"/staff/communities/persons/{person.uid}/agency/", values).status_code == 302
    row = Agency.objects.get()
    url = f"/staff/communities/agencies/{row.uid}/"
    listed = page(chen, f"/staff/communities/{yard.uid}/agencies/") + page(chen, url)
    assert "待复核" in listed
    assert not any(value in listed for value in SECRETS)
    assert "请由另一人复核" in chen.post(f"{url}check/", follow=True).content.decode()
    second = Client()
    second.force_login(world.sun)
    assert "已复核" in second.post(f"{url}check/", follow=True).content.decode()
    assert second.get(f"/staff/files/{row.file.uid}/").status_code == 404  # type: ignore[union-attr]
    assert second.post(url, {"reason": ""}).status_code == 400
    opened = second.post(url, {"reason": "核对委托"})
    assert "司马秘密" in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert second.post(f"{url}scan/", {"reason": ""}).status_code == 302
    scan = second.post(f"{url}scan/", {"reason": "核对原件"})
    assert b"".join(scan.streaming_content) == "监护证明".encode()  # type: ignore[attr-defined]
    assert HistoryEntry.objects.filter(action="agency.open").count() == 2
    assert "已撤销" in chen.post(f"{url}withdraw/", {"reason": "已成年"}, follow=True).content.decode()
    stranger = Client()
    stranger.force_login(world.qian)
    assert stranger.post(url, {"reason": "好奇"}).status_code == 403
    assert HistoryEntry.objects.filter(action="agency.open").count() == 2


def test_the_sheet_to_print_goes_by_rooms_and_names_nobody(world: World, yard: Community, chen: Client) -> None:
    settle_in(
        world, yard, {"101": ("欧阳秘密",), "102": ("李四",), "201": ("欧阳秘密",), "202": ("欧阳秘密", "司马秘密")}
    )
    overlap = next(row for row in draft_roll(yard, day=TODAY).problems if row.kind == "overlap")
    alone = voter_key([Person.objects.get(name="欧阳秘密").uid])
    homes = {str(home.uid): alone for home in Home.objects.filter(pk__in=overlap.homes)}
    actions.settle_roll(
        by=world.chen, at=AT, community=yard, kind="overlap", key=overlap.key, decision="assigned", reason="同意书", homes=homes
    )  # fmt: skip
    text = page(chen, f"/staff/communities/{yard.uid}/roll/print/")
    assert [text.index(f">{room}</th>") for room in ("101", "102", "201", "202")] == sorted(
        text.index(f">{room}</th>") for room in ("101", "102", "201", "202")
    )
    assert "欧**、司**" in text
    assert "欧**" in text
    assert "（3 户）" in text
    assert "欧阳秘密" not in text


def test_pages_ask_a_bounded_number_of_queries(
    world: World, yard: Community, chen: Client, django_assert_max_num_queries: Any
) -> None:
    settle_in(world, yard, {str(number): (f"业主{number}",) for number in range(101, 131)})
    with django_assert_max_num_queries(25):
        page(chen, f"/staff/communities/{yard.uid}/roll/")
    with django_assert_max_num_queries(25):
        page(chen, f"/staff/communities/{yard.uid}/roll/print/")


def test_the_roll_through_the_interface(world: World, yard: Community) -> None:
    settle_in(world, yard, {"101": ("欧阳秘密",), "102": ("欧阳秘密", "司马秘密"), "201": ("李四",), "202": ("王五",)})
    client = APIClient()
    url = f"/api/v1/communities/{yard.uid}/"
    assert client.get(f"{url}roll/").status_code == 401
    client.force_login(world.zhao)
    assert client.get(f"{url}roll/").status_code == 404
    client.force_login(world.chen)
    answer = client.get(f"{url}roll/")
    found = answer.json()
    assert (found["ready"], found["homes"], found["heads"], found["area"]) == (False, 4, 4, "320.00")
    assert not any(value in answer.content.decode() for value in SECRETS)
    problem = found["problems"][0]
    body = {"kind": problem["kind"], "key": problem["key"], "decision": "separate", "reason": "两户各自行使"}
    held = {"If-Match": client.get(url)["ETag"]}
    assert client.post(f"{url}settle-roll/", body, format="json").status_code == 428
    wrong = client.post(f"{url}settle-roll/", {**body, "decision": "assigned"}, format="json", headers=held)
    assert wrong.json()["code"] == "invalid"
    assert client.post(f"{url}settle-roll/", body, format="json", headers=held).status_code == 201
    assert client.get(f"{url}roll/").json()["ready"] is True
    assert client.get(f"{url}roll/", {"day": "gestern"}).status_code == 400
    assert client.get(f"{url}roll/", {"page": "0"}).status_code == 400
    founded = {"kind": "owners_committee", "name": "业委会", "established_on": "2025-05-01", "evidence": "决议"}
    made = client.post(f"{url}organisations/", founded, format="json", headers={"If-Match": "*"})
    assert made.status_code == 201
    assert client.get(f"{url}organisations/").json()["signatory"]["name"] == "业委会"
    person = Person.objects.get(name="李四")
    paper = {
        "person": str(person.uid),
        "kind": "heir",
        "agent_name": "司马秘密",
        "evidence": "公证书",
        "valid_from": "2026-01-01",
    }
    entered = client.post("/api/v1/agencies/", paper, format="json")
    assert (entered.status_code, entered.json()["agent_name"]) == (201, "司**")
    check = f"/api/v1/agencies/{entered.json()['uid']}/check/"
    assert client.post(check, headers={"If-Match": entered["ETag"]}).status_code == 403
    client.force_login(world.sun)
    assert client.post(check).status_code == 428
    assert client.post(check, headers={"If-Match": entered["ETag"]}).json()["checked_by"]["name"].startswith("孙经办")
    end = f"/api/v1/organisations/{made.json()['uid']}/end/"
    ended = client.post(end, {"ended_on": "2026-01-01", "reason": "换届"}, format="json", headers={"If-Match": "*"})
    assert ended.json()["ended_on"] == "2026-01-01"
