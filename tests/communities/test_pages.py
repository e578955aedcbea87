"""Staff pages: every one renders, every job works as plain forms, foreign rows are 404, personal values stay masked."""

import io
from collections.abc import Callable

import openpyxl
import pytest
import time_machine
from django.test import Client

from communities import actions
from communities.models import Community, CommunityFact, DuplicatePair, Import, Person, Reveal
from tests.communities.conftest import AT, DATA, World, upload, workbook

Add = Callable[..., Community]
pytestmark = pytest.mark.django_db
ID = "11010519491231002X"


@pytest.fixture
def chen(world: World) -> Client:
    """A browser of the clerk of 东城区."""
    client = Client()
    client.force_login(world.chen)
    return client


@pytest.fixture
def zhao(world: World) -> Client:
    """A browser of the clerk of 西城区."""
    client = Client()
    client.force_login(world.zhao)
    return client


def text(response: object) -> str:
    """The page."""
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def form_of(**values: str) -> dict[str, str]:
    """The community form as a browser sends it."""
    return {"name": "", "property_right": "", "excluded": "", "state_owned": "", "in_town": "", "heritage": ""} | values


def test_pages_ask_for_a_login(world: World, add: Add) -> None:
    community = add("甲小区")
    for path in ("", "export/", "new/", "duplicates/", "imports/", f"{community.uid}/", f"{community.uid}/homes/"):
        response = Client().get(f"/staff/communities/{path}")
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_foreign_rows_are_404(world: World, add: Add, zhao: Client) -> None:
    community = add("甲小区")
    person = actions.add_person(by=world.chen, at=AT, community=community, values={"name": "张三"})
    for path in (f"{community.uid}/", f"{community.uid}/edit/", f"{community.uid}/homes/", f"persons/{person.uid}/"):
        assert zhao.get(f"/staff/communities/{path}").status_code == 404
    for path in (f"{community.uid}/withdraw/", f"{community.uid}/facts/", f"persons/{person.uid}/"):
        assert zhao.post(f"/staff/communities/{path}", {"reason": "x"}).status_code == 404
    assert "甲小区" not in text(zhao.get("/staff/communities/"))


def test_list_filters_and_exports_what_an_import_takes_back(world: World, add: Add, chen: Client) -> None:
    add("建设银行住宅楼", address="永乐北路", built_text="1994", household_count=16, floor_area="1488.00")
    add("=HYPERLINK(1)", address="一号路")
    page = text(chen.get("/staff/communities/", {"text": "jsyh"}))
    assert "建设银行住宅楼" in page
    assert "HYPERLINK" not in page
    response = chen.get("/staff/communities/export/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][3] == "小区名称"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows[:2]:
        book.active.append(row)
    book.save(stream)
    source = actions.upload_import(
        by=world.chen, at=AT, kind="communities", division=world.east, upload=upload(stream.getvalue())
    )
    assert actions.read_import(source=source, at=AT).counts["unchanged"] == 1


def test_adding_and_editing_by_form(world: World, chen: Client) -> None:
    response = chen.post(
        "/staff/communities/new/",
        form_of(name="甲小区", division=str(world.east.uid), built_text="1998", household_count="30", in_town="true"),
    )
    community = Community.objects.get()
    assert response["Location"] == f"/staff/communities/{community.uid}/"
    assert (community.in_town, community.heritage, community.floor_area) == (True, None, None)
    url = f"/staff/communities/{community.uid}/edit/"
    values = form_of(name="甲小区", division=str(world.east.uid), built_text="1998", in_town="true", version="1")
    refused = text(chen.post(url, values | {"household_count": "31"}))
    assert "修改了栋数、户数或建筑面积，请填写依据" in refused
    chen.post(url, values | {"household_count": "31", "evidence": "复核"})
    community.refresh_from_db()
    assert (community.household_count, community.version) == (31, 2)
    assert "已被他人修改" in text(chen.post(url, values | {"household_count": "32", "evidence": "复核"}))


def test_a_bad_value_stays_in_the_form_with_its_reason(world: World, chen: Client) -> None:
    page = text(
        chen.post("/staff/communities/new/", form_of(name="甲小区", division=str(world.east.uid), built_text="1895"))
    )
    assert "年份 1895 不合理" in page
    assert 'value="甲小区"' in page
    assert not Community.objects.exists()


def test_detail_shows_eligibility_with_clauses_and_takes_facts_and_hazards(
    world: World, add: Add, chen: Client
) -> None:
    community = add("甲小区", built_text="1998")
    url = f"/staff/communities/{community.uid}/"
    page = text(chen.get(url))
    assert "〔依据〕" in page
    assert "还缺" in page
    chen.post(f"{url}facts/", {"key": "neglected", "holds": "true", "evidence": "现场照片"})
    chen.post(f"{url}hazards/", {"kind": "gas", "description": "立管锈蚀"})
    page = text(chen.get(url))
    assert "现场照片" in page
    assert "立管锈蚀" in page
    assert chen.post(f"{url}facts/", {"key": "neglected", "holds": "true", "evidence": ""}).status_code == 400
    assert CommunityFact.objects.get().evidence == "现场照片"


def test_withdrawing_by_form(world: World, add: Add, chen: Client) -> None:
    community = add("甲小区")
    url = f"/staff/communities/{community.uid}/withdraw/"
    assert chen.post(url, {"reason": "", "version": "1"}).status_code == 400
    chen.post(url, {"reason": "已拆除", "version": "1"})
    community.refresh_from_db()
    assert community.withdrawn


def test_an_import_from_file_to_report(world: World, chen: Client) -> None:
    content = (DATA / "ruicheng_plan.csv").read_bytes()
    response = chen.post(
        "/staff/communities/imports/",
        {
            "kind": "communities",
            "division": str(world.east.uid),
            "file": upload(content, "芮城.csv"),
            "evidence": "附件3",
        },
    )
    page = text(chen.get(response["Location"]))
    assert "确认导入（新增 30，更新 0）" in page
    assert "原卷烟厂小区" in page
    assert "可能重复登记" in text(chen.get(response["Location"], {"tab": "warning"}))
    chen.post(f"{response['Location']}apply/")
    assert Community.objects.count() == 30
    assert "1 对疑似重复待核实" in text(chen.get(response["Location"]))
    assert Community.objects.first().revisions.get().evidence.startswith("附件3（导入“芮城.csv”第")  # type: ignore[union-attr]


def test_a_pasted_table_with_errors_offers_no_confirmation(world: World, chen: Client) -> None:
    response = chen.post(
        "/staff/communities/imports/",
        {"kind": "communities", "division": str(world.east.uid), "text": "小区名称\t户数\n甲小区\t约三十\n"},
    )
    page = text(chen.get(response["Location"]))
    assert "B2：户数“约三十”不是数字" in page
    assert "确认导入" not in page
    refused = chen.post(f"{response['Location']}apply/")
    assert refused.status_code == 409
    assert "整张表都不会写入" in text(refused)
    chen.post(f"{response['Location']}cancel/")
    assert Import.objects.get().state == "cancelled"


def test_columns_are_named_by_hand_where_the_header_is_unknown(world: World, chen: Client) -> None:
    response = chen.post(
        "/staff/communities/imports/",
        {"kind": "communities", "division": str(world.east.uid), "text": "楼盘\t户数\t位置\n甲小区\t30\t一号路\n"},
    )
    page = text(chen.get(response["Location"]))
    assert "缺少列" in page
    assert 'name="column-0"' in page
    chen.post(
        f"{response['Location']}read/", {"column-0": "name", "column-1": "household_count", "column-2": "address"}
    )
    assert Import.objects.get().counts["new"] == 1


def test_what_is_no_table_is_told_on_the_form(world: World, chen: Client) -> None:
    data = {"kind": "communities", "division": str(world.east.uid)}
    page = text(chen.post("/staff/communities/imports/", data | {"file": upload(b"MZ\x90\x00", "表.xlsx")}))
    assert "不是 Excel 表格" in page
    assert "请选择文件，或粘贴表格内容" in text(chen.post("/staff/communities/imports/", data))
    foreign = {"kind": "communities", "division": str(world.west.uid), "text": "小区名称\n甲"}
    assert chen.post("/staff/communities/imports/", foreign).status_code == 400
    assert not Import.objects.exists()


@pytest.mark.parametrize("kind", ["communities", "roll"])
def test_a_template_reads_back(world: World, chen: Client, add: Add, kind: str) -> None:
    response = chen.get(f"/staff/communities/imports/template/{kind}/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet = book.worksheets[0]
    if kind == "communities":
        assert {"房改房", "商品房"} <= set(str(sheet.data_validations.dataValidation[0].formula1).strip('"').split(","))
    assert book.sheetnames[1] == "填写说明"
    headers = [cell.value for cell in sheet[1]]
    given = {"小区名称": "甲小区", "楼栋": "1号楼", "房号": "101"}
    sheet.append([given.get(str(header)) for header in headers])
    stream = io.BytesIO()
    book.save(stream)
    options = {"community": str(add("甲小区").uid)} if kind == "roll" else {}
    source = actions.upload_import(
        by=world.chen, at=AT, kind=kind, division=world.east, upload=upload(stream.getvalue()), options=options
    )
    source = actions.read_import(source=source, at=AT)
    assert source.state == "read", source.error
    assert source.counts["error"] == 0
    assert len(source.columns) - 1 == len(headers)
    assert all(item["field"] for item in source.columns[1:])


@pytest.mark.rule("N-06")
def test_owners_are_masked_everywhere_until_opened_with_a_reason(world: World, add: Add, chen: Client) -> None:
    community = add("甲小区")
    table = workbook(
        [
            ["楼栋", "房号", "面积", "面积来源", "业主姓名", "证件号", "电话"],
            ["1号楼", "101", 80, "登记簿", "张三丰", ID, "13812345678"],
        ]
    )
    data = {"kind": "roll", "division": str(world.east.uid), "community": str(community.uid), "file": upload(table)}
    preview = chen.post("/staff/communities/imports/", data)["Location"]
    secrets = ("张三丰", ID, "13812345678")
    before = text(chen.get(preview))
    assert "138****5678" in before
    chen.post(f"{preview}apply/")
    pages = [before, text(chen.get(preview)), text(chen.get(f"/staff/communities/{community.uid}/homes/"))]
    person = Person.objects.get()
    url = f"/staff/communities/persons/{person.uid}/"
    pages += [text(chen.get(url)), text(chen.post(url, {"reason": ""}))]
    assert not any(secret in page for page in pages for secret in secrets)
    assert not Reveal.objects.exists()
    opened = chen.post(url, {"reason": "核对表决票"})
    assert all(secret in text(opened) for secret in secrets)
    assert "no-store" in opened["Cache-Control"]
    assert Reveal.objects.get().reason == "核对表决票"


def test_the_queue_of_duplicates_from_finding_to_decision(world: World, add: Add, chen: Client) -> None:
    values = {
        "address": "永乐北路东侧",
        "built_text": "1994",
        "building_count": 1,
        "household_count": 16,
        "floor_area": "1488.00",
    }
    first, second = add("国土局住宅楼", **values), add("建行住宅楼", **values)
    chen.post("/staff/communities/duplicates/look/")
    pair = DuplicatePair.objects.get()
    assert "位置、建成时间、栋数、户数、建筑面积" in text(chen.get("/staff/communities/duplicates/"))
    url = f"/staff/communities/duplicates/{pair.uid}/"
    assert "保留“国土局住宅楼”" in text(chen.get(url))
    assert "请选择" in text(chen.post(url, {"reason": "同一栋", "version": "1"})) or not pair.decision
    chen.post(url, {"choice": str(first.uid), "reason": "同一栋", "version": "1"})
    second.refresh_from_db()
    assert second.merged_into == first
    assert "已并入的小区" in text(chen.get(f"/staff/communities/{first.uid}/"))
    chen.post(f"{url}reopen/", {"reason": "弄错了"})
    second.refresh_from_db()
    assert second.merged_into is None


def test_queries_of_the_list_don_t_grow(
    world: World, add: Add, chen: Client, django_assert_max_num_queries: Callable
) -> None:
    for number in range(30):
        add(f"小区{number}")
    chen.get("/staff/communities/")
    with django_assert_max_num_queries(15):
        chen.get("/staff/communities/")


def test_years_are_held_against_the_day_of_the_clock(world: World, chen: Client) -> None:
    with time_machine.travel(AT, tick=False):
        client = Client()
        client.force_login(world.chen)
        page = text(
            client.post("/staff/communities/new/", form_of(name="甲", division=str(world.east.uid), built_text="2027"))
        )
    assert "应在 1900 至 2026 之间" in page
