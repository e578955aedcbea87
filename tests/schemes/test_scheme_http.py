"""A scheme over HTTP: written on the pages and by the interface, refused with its clause, read by residents once it is reviewed."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from offices import actions as offices
from offices.models import User
from offices.rulebooks import layers_of
from projects.models import Project, Scheme
from projects.rules.scheme import catalogue
from tests.projects.conftest import AT, World, person

Login = Callable[[User], Client]


def key(place: Any, name: str, item_class: str = "") -> str:
    """Key of an item of the place's catalogue."""
    entries = catalogue(layers_of(place))
    return next(e.key for e in entries if e.item.name == name and (not item_class or e.item_class == item_class))


def send(client: Client, method: str, url: str, body: Any, match: str) -> Any:
    """A change over the interface."""
    return getattr(client, method)(url, json.dumps(body), content_type="application/json", headers={"If-Match": match})


@pytest.mark.rule("RC-05")
def test_ruicheng_s_clerk_writes_a_scheme_on_the_pages_and_is_told_what_is_missing(
    world: World, add_project: Callable[..., Project], login: Login
) -> None:
    project, client = add_project("永乐小区"), login(world.wang)
    home = f"/staff/projects/{project.uid}/scheme/"
    assert "开始编制方案" in client.get(home).content.decode()
    assert client.post(home).status_code == 302
    found = client.get(f"{home}items/add/", {"q": "游园"}).content.decode()
    assert "建设小区游园" in found and "供水" not in found.replace("供水、屋面、电梯", "")
    url = f"{home}items/add/?key={key(world.county, '建设小区游园')}"
    form = {
        "quantity": "1",
        "unit": "处",
        "unit_price": "100000.00",
        "payer-1": "county",
        "payer-2": "resident_direct",
        "part-2": "15000",
    }
    assert client.post(url, form).status_code == 302
    page = client.get(home).content.decode()
    assert "100,000.00" in page and "RC-05" in page and "没有写明业主出资比例" in page
    scheme = Scheme.objects.get(project=project)
    refused = client.post(f"{home}fix/", {"version": scheme.version, "note": ""})
    assert refused.status_code == 409 and "请填写业主出资比例" in refused.content.decode()
    assert client.post(f"{home}describe/", {"version": scheme.version, "owner_ratio": "15"}).status_code == 302
    stale = client.post(f"{home}fix/", {"version": scheme.version, "note": ""})
    assert stale.status_code == 412 and not scheme.versions.exists()
    scheme.refresh_from_db()
    assert client.post(f"{home}fix/", {"version": scheme.version, "note": ""}).status_code == 302
    item = scheme.items.get()
    changed = {**form, "quantity": "2", "part-2": "30000", "version": item.version}
    assert client.post(f"{home}items/{item.uid}/", changed).status_code == 302
    scheme.refresh_from_db()
    assert client.post(f"{home}fix/", {"version": scheme.version, "note": "增加一处"}).status_code == 302
    shown = client.get(f"{home}versions/").content.decode()
    assert "数量：1 处 → 2 处" in shown and "200,000.00 元，增加 100,000.00 元" in shown
    paper = client.get(f"{home}print/").content.decode()
    assert "填报单位（盖章）" in paper and "单位：万元" in paper and "合计" in paper
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{home}export/").content)).active
    assert sheet is not None and sheet.cell(4, 2).value == "建设小区游园" and sheet.cell(5, 7).value == 20
    assert client.get(home).status_code == 200 and login(world.wei).get(home).status_code == 404


@pytest.fixture
def changzhi(world: World) -> tuple[User, Project]:
    """A project of 长治 with its clerk."""
    from communities import actions as register  # noqa: PLC0415
    from projects import actions  # noqa: PLC0415

    city = offices.create_division(by=None, at=AT, name="长治市", kind="city", rulebook="changzhi")
    county = offices.create_division(by=None, at=AT, name="潞州区", kind="county", parent=city)
    body = offices.create_body(by=None, at=AT, division=county, kind="housing", name="潞州区住房和城乡建设局")
    clerk = person("lzclerk", "申丽", body, "clerk")
    place = register.add_community(
        by=clerk,
        at=AT,
        division=county,
        values={"name": "供电小区", "built_text": "1996", "household_count": 108},
        evidence="普查",
    )
    project = actions.add_project(
        by=clerk, at=AT, today=AT.date(), division=county, name="供电小区", communities=[place]
    )
    return clerk, project


@pytest.mark.rule("CZ-07")
@pytest.mark.rule("CZ-02")
def test_changzhi_s_budget_is_refused_over_the_interface_with_its_clause(
    changzhi: tuple[User, Project], login: Login
) -> None:
    clerk, project = changzhi
    client, base = login(clerk), f"/api/v1/projects/{project.uid}/scheme/"
    assert client.get(base).status_code == 404
    assert send(client, "post", base, {}, "*").status_code == 201
    body = {
        "catalogue_key": key(project.division, "楼道粉刷"), "quantity": "100", "unit": "㎡", "unit_price": "20.00",
        "payers": [{"kind": "central"}],
    }  # fmt: skip
    refused = send(client, "post", f"{base}items/", body, "*")
    problem = refused.json()
    assert refused.status_code == 409 and problem["code"] == "rule"
    assert problem["rule"]["id"] == "CZ-07" and problem["rule"]["clause"] == "主要任务(五)"
    assert "2,000.00 元" in json.dumps(problem, ensure_ascii=False)
    added = send(client, "post", f"{base}items/", {**body, "payers": [{"kind": "resident_direct"}]}, "*")
    assert added.status_code == 201 and added.json()["amount"] == "2000.00" and added.json()["class"] == "楼体内部分"
    item, tag = added.json()["uid"], added.headers["ETag"]
    first = send(client, "patch", f"{base}items/{item}/", {"note": "三个单元"}, tag)
    assert first.status_code == 200
    late = send(client, "patch", f"{base}items/{item}/", {"note": "两个单元"}, tag)
    assert late.status_code == 412 and client.get(f"{base}items/{item}/").json()["note"] == "三个单元"
    assert client.patch(f"{base}items/{item}/", "{}", content_type="application/json").status_code == 428
    assert client.get(f"{base}checks/").json()["blocking"] == 0
    assert send(client, "post", f"{base}versions/", {}, "*").status_code == 201
    whole = client.get(f"{base}versions/1/").json()
    assert whole["total"] == "2000.00" and whole["by_payer"][0]["kind"] == "resident_direct"
    assert client.get(f"{base}difference/", {"from": "1", "to": "1"}).json()["rows"] == []
    assert client.get(f"{base}difference/", {"from": "1", "to": "9"}).status_code == 404
    bad = send(client, "post", f"{base}items/", {**body, "quantity": "1.2345"}, "*")
    assert bad.status_code == 400 and "quantity" in bad.json()["errors"]
    assert send(client, "post", f"{base}items/", {**body, "amount": "5.00"}, "*").status_code == 400
    assert Client().get(base).status_code == 404  # nothing is public before a notice or a review
    assert login(clerk).get(f"{base}table/").status_code == 200


def test_drawings_come_and_go_over_the_interface_and_approvers_open_them(
    world: World, add_project: Callable[..., Project], login: Login
) -> None:
    project, client = add_project("永乐小区"), login(world.wang)
    client.post(f"/staff/projects/{project.uid}/scheme/")
    url = f"/api/v1/projects/{project.uid}/scheme/files/"

    def tag() -> str:
        return str(client.get(url.removesuffix("files/"))["ETag"])

    def send(by: Client, content: bytes, name: str = "总平面图.txt", match: str = "", **more: str) -> Any:
        form = {"kind": "drawing", "title": "总平面图", "file": SimpleUploadedFile(name, content), **more}
        return by.post(url, form, headers={"If-Match": match or tag()})

    assert client.post(url, {"kind": "drawing"}).status_code == 428, "no change without If-Match"
    assert send(client, b"plan", match='"99"').status_code == 412
    assert (
        send(client, b"MZ\x90\x00", "图纸.pdf").status_code == 400
        and send(client, b"plan", kind="film").status_code == 400
    )
    assert send(login(world.wei), b"plan").status_code == 404 and send(Client(), b"plan").status_code == 401
    made = send(client, "图".encode())
    assert made.status_code == 201 and client.get(url).json() == [made.json()]
    got = client.get(made.json()["url"])
    assert b"".join(got.streaming_content).decode() == "图" and "attachment" in got["Content-Disposition"]
    assert login(world.wei).get(made.json()["url"]).status_code == 404
    assert client.delete(made.json()["url"], headers={"If-Match": tag()}).status_code == 204
    assert client.get(url).json() == [] and client.get(made.json()["url"]).status_code == 404
