"""REST of communities and imports: scope, If-Match, masks, tables by upload."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from communities import actions
from communities.models import Community
from tests.communities.conftest import AT, DATA, World, upload, workbook

Add = Callable[..., Community]
URL = "/api/v1/communities/"


@pytest.fixture
def chen(world: World) -> APIClient:
    """The clerk of 东城区."""
    client = APIClient()
    client.force_login(world.chen)
    return client


@pytest.fixture
def zhao(world: World) -> APIClient:
    """The clerk of 西城区."""
    client = APIClient()
    client.force_login(world.zhao)
    return client


def test_the_public_reads_public_columns_only(world: World, add: Add) -> None:
    community = add("建设银行住宅楼", remark="内部", built_text="1994", floor_area="1488.00")
    found = APIClient().get(URL, {"search": "jsyh"}).json()["results"]
    assert [(row["name"], row["floor_area"]) for row in found] == [("建设银行住宅楼", "1488.00")]
    assert "remark" not in found[0]
    detail = APIClient().get(f"{URL}{community.uid}/").json()
    assert detail["eligibility"]["eligible"] is True
    assert detail["eligibility"]["reasons"][0]["rule"]["id"].startswith("RC-")
    assert "possible_duplicates" not in detail
    assert APIClient().get(f"{URL}{community.uid}/homes/").status_code in {401, 403}
    assert APIClient().post(URL, {"name": "x"}).status_code in {401, 403}


def test_create_change_and_stale(world: World, chen: APIClient) -> None:
    response = chen.post(URL, {"name": "甲小区", "division": str(world.east.uid), "household_count": 30})
    assert response.status_code == 201, response.content
    url = response["Location"]
    assert chen.patch(url, {"remark": "x"}).status_code == 428
    tag = response["ETag"]
    changed = chen.patch(url, {"remark": "一"}, HTTP_IF_MATCH=tag)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert chen.patch(url, {"remark": "二"}, HTTP_IF_MATCH=tag).status_code == 412
    refused = chen.patch(url, {"household_count": 31}, HTTP_IF_MATCH=changed["ETag"])
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["evidence"])


def test_input_takes_no_server_facts_and_names_bad_fields(world: World, chen: APIClient) -> None:
    body = {"name": "甲小区", "division": str(world.east.uid)}
    for more, field in (
        ({"built_to": 1999}, "built_to"), ({"version": 9}, "version"), ({"floor_area": 1.5}, "floor_area"),
        ({"built_text": "2099"}, "built_text"),
        ({"division": str(world.west.uid)}, "division"),
    ):  # fmt: skip
        response = chen.post(URL, body | more)
        assert response.status_code == 400, response.content
        assert field in response.json()["errors"]
    assert not Community.objects.exists()


def test_foreign_rows_are_404_and_forbidden_acts_403(world: World, add: Add, zhao: APIClient) -> None:
    community = add("甲小区")
    assert zhao.get(f"{URL}{community.uid}/").status_code == 404
    assert zhao.patch(f"{URL}{community.uid}/", {"remark": "x"}, HTTP_IF_MATCH="*").status_code == 404
    finance = APIClient()
    finance.force_login(world.qian)
    assert finance.get(f"{URL}{community.uid}/").status_code == 200
    assert finance.patch(f"{URL}{community.uid}/", {"remark": "x"}, HTTP_IF_MATCH="*").status_code == 403


def test_detail_carries_completeness_and_possible_duplicates(world: World, add: Add, chen: APIClient) -> None:
    first, second = add("和平里", address="一号路"), add("和平里", address="二号路")
    actions.note_duplicates(at=AT, division=world.city)
    detail = chen.get(f"{URL}{first.uid}/").json()
    assert [item["uid"] for item in detail["possible_duplicates"]] == [str(second.uid)]
    assert detail["completeness"]["numerator"] < detail["completeness"]["denominator"]
    decided = chen.post(
        f"{URL}{first.uid}/decide-duplicate/",
        {
            "pair": detail["possible_duplicates"][0]["pair"],
            "decision": "merged",
            "reason": "同一处",
            "stay": str(first.uid),
        },
        HTTP_IF_MATCH="*",
    )
    assert (decided.status_code, decided.json()["possible_duplicates"]) == (200, [])
    assert chen.get(f"{URL}{second.uid}/").status_code == 404


def test_homes_come_with_masked_owners(world: World, add: Add, chen: APIClient, zhao: APIClient) -> None:
    community = add("甲小区")
    building = actions.add_building(by=world.chen, at=AT, community=community, values={"name": "1号楼"})
    home = actions.add_home(
        by=world.chen,
        at=AT,
        building=building,
        values={"room": "101", "private_area": "80.00", "area_source": "register"},
    )
    person = actions.add_person(
        by=world.chen, at=AT, community=community, values={"name": "张三丰", "phone": "13812345678"}
    )
    actions.add_ownership(by=world.chen, at=AT, home=home, person=person, share=(1, 2))
    response = chen.get(f"{URL}{community.uid}/homes/")
    owner = response.json()["results"][0]["owners"][0]
    assert (owner["name"], owner["phone"], owner["share"]["percent"]) == ("张**", "138****5678", "50.00")
    assert "张三丰" not in response.content.decode()
    assert zhao.get(f"{URL}{community.uid}/homes/").status_code == 404
    assert len(chen.get(f"{URL}{community.uid}/buildings/").json()["results"]) == 1


def test_a_table_by_upload_preview_and_apply(world: World, chen: APIClient, zhao: APIClient) -> None:
    content = (DATA / "ruicheng_plan.csv").read_bytes()
    data: dict[str, Any] = {"kind": "communities", "division": str(world.east.uid), "file": upload(content, "芮城.csv")}
    response = chen.post("/api/v1/imports/", data, format="multipart")
    assert response.status_code == 201, response.content
    assert response.json()["counts"]["new"] == 30
    url = response["Location"]
    rows = chen.get(f"{url}rows/", {"status": "warning"}).json()["results"]
    assert {row["cells"]["小区名称"] for row in rows} == {"国土局住宅楼", "工商银行住宅楼", "建行住宅楼"}
    assert zhao.get(url).status_code == 404
    assert zhao.post(f"{url}apply/", HTTP_IF_MATCH="*").status_code == 404
    applied = chen.post(f"{url}apply/", HTTP_IF_MATCH=response["ETag"])
    assert (applied.status_code, applied.json()["report"]["created"]) == (200, 30)
    assert chen.post(f"{url}apply/", HTTP_IF_MATCH=applied["ETag"]).status_code == 409
    assert APIClient().get("/api/v1/imports/").status_code in {401, 403}


def test_a_bad_table_is_refused_by_cell(world: World, chen: APIClient) -> None:
    body = {"kind": "communities", "division": str(world.east.uid), "text": "小区名称\t户数\n甲小区\t约三十\n"}
    response = chen.post("/api/v1/imports/", body)
    url = response["Location"]
    problem = chen.get(f"{url}rows/", {"status": "error"}).json()["results"][0]["problems"][0]
    assert problem["cell"] == "B2"
    assert chen.post(f"{url}apply/", HTTP_IF_MATCH=response["ETag"]).status_code == 409
    assert chen.post("/api/v1/imports/", body | {"kind": "nothing"}).status_code == 400
    assert chen.get(f"{url}rows/", {"status": "x"}).status_code == 400
    assert not Community.objects.exists()


def test_preview_rows_mask_personal_values(world: World, add: Add, chen: APIClient) -> None:
    community = add("甲小区")
    table = workbook([["楼栋", "房号", "业主姓名", "电话"], ["1号楼", "101", "张三丰", "13812345678"]])
    data = {"kind": "roll", "division": str(world.east.uid), "community": str(community.uid), "file": upload(table)}
    url = chen.post("/api/v1/imports/", data, format="multipart")["Location"]
    answer = chen.get(f"{url}rows/").content.decode()
    assert "138****5678" in answer
    assert "张三丰" not in answer
    assert "13812345678" not in answer
