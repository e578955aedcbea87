"""A preview is mended where it stands: cell by cell, one problem for all rows, columns and units; and as a workbook with red cells."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from communities import actions
from communities.imports import limits
from communities.models import Community, Import
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from tests.communities.conftest import AT, World, messages

HEAD = ["街道", "小区名称", "户数", "面积㎡"]
BAD = [HEAD, *([["永乐", f"小区{n}", 20, 900 + n] for n in range(5)]), ["永乐街道", "乙小区", "三十", 800]]
Bring = Callable[..., Import]


def login(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_problem_is_mended_for_all_rows_and_one_cell_alone(world: World, bring: Bring) -> None:
    source = bring(BAD)
    assert source.counts["error"] == 6
    page = login(world.chen).get(f"/staff/communities/imports/{source.uid}/")
    assert "有 5 行写作“永乐”" in page.text and 'value="永乐街道"' in page.text, "the likely street is offered"
    address = f"/staff/communities/imports/{source.uid}/"
    login(world.chen).post(f"{address}mend-all/", {"column": "0", "found": "永乐", "text": "永乐街道"})
    source.refresh_from_db()
    assert source.counts["error"] == 1 and source.counts["new"] == 5
    answer = login(world.chen).post(f"{address}mend/?tab=error", {"cell-7-2": "30", "cell-7-1": "乙小区"})
    assert answer.status_code == 302 and answer["Location"].endswith("?tab=error")
    source.refresh_from_db()
    assert (source.counts["error"], source.counts["new"]) == (0, 6)
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.get(name="乙小区").household_count == 30
    assert set(Community.objects.values_list("street", flat=True)) == {world.street.pk}


def test_a_cell_left_alone_is_answered_with_its_row_and_the_new_counts(world: World, bring: Bring) -> None:
    source = bring(BAD)
    answer = login(world.chen).post(
        f"/staff/communities/imports/{source.uid}/mend/", {"cell-7-2": "30"}, headers={"HX-Request": "true"}
    )
    text = answer.text
    assert '<template><tr id="row-7" hx-swap-oob="true">' in text, "a row is parsed as one only in a template"
    assert 'id="import-state" hx-swap-oob="true"' in text and "有 5 行有错误" in text and "cell-problem" not in text


def test_the_error_tab_holds_a_field_for_each_wrong_cell_and_any_row_opens(world: World, bring: Bring) -> None:
    source = bring(BAD)
    address = f"/staff/communities/imports/{source.uid}/"
    page = login(world.chen).get(f"{address}?tab=error").text
    assert page.count('name="cell-7-') == 1 and 'name="cell-7-2"' in page and 'value="三十"' in page
    assert login(world.chen).get(f"{address}?tab=error&edit=7").text.count('name="cell-7-') == 4
    seen = login(world.sun).get(f"{address}?tab=error").text
    assert 'name="cell-7-2"' in seen, "the city's clerk may mend it too"


def test_mends_outlive_another_choice_of_columns_and_end_with_another_sheet(world: World, bring: Bring) -> None:
    source = bring([["小区名称", "备用", "户数"], ["甲小区", "一号路", "三十"]])
    source = actions.mend_import(by=world.chen, at=AT, source=source, cells={(2, 2): "30"})
    source = actions.change_options(by=world.chen, at=AT, source=source, options={"mapping": {"1": "address"}})
    row = source.rows.get()
    assert (row.status, row.values["household_count"], row.values["address"]) == ("new", 30, "一号路")
    source = actions.change_options(by=world.chen, at=AT, source=source, options={"sheet": "别的"})
    assert source.rows.get().status == "error"


@pytest.mark.parametrize("cells", [{(99, 0): "x"}, {(2, 9): "x"}, {(2, 0): "\0"}, {(2, 0): "长" * 2001}, {}])
def test_only_cells_of_the_table_are_mended(world: World, bring: Bring, cells: dict[tuple[int, int], str]) -> None:
    source = bring([["小区名称"], ["甲小区"]])
    with pytest.raises(Invalid):
        actions.mend_import(by=world.chen, at=AT, source=source, cells=cells)


def test_nobody_mends_a_foreign_or_a_confirmed_table(world: World, bring: Bring) -> None:
    source = bring([["小区名称"], ["甲小区"]])
    with pytest.raises(Forbidden):
        actions.mend_import(by=world.zhao, at=AT, source=source, cells={(2, 0): "乙小区"})
    assert login(world.zhao).post(f"/staff/communities/imports/{source.uid}/mend/", {}).status_code == 404
    actions.apply_import(by=world.chen, at=AT, source=source)
    with pytest.raises(Refused):
        actions.mend_import(by=world.chen, at=AT, source=source, cells={(2, 0): "乙小区"})


def test_a_large_table_is_read_again_by_the_worker(world: World, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    source = bring(BAD)
    monkeypatch.setattr(limits, "AT_ONCE_ROWS", 3)
    source = actions.mend_import(by=world.chen, at=AT, source=source, everywhere=[(0, "永乐", "永乐街道")])
    assert source.state == "uploaded" and source.uid in actions.imports.waiting_imports()
    assert actions.read_import(source=source, at=AT).counts["error"] == 1


def test_header_row_columns_and_units_are_corrected_on_the_page(world: World, bring: Bring) -> None:
    rows = [["统计表（内部）"], ["楼盘", "规模", "住的"], ["甲小区", "1.2", "30"], ["乙小区", "0.8", "20"]]
    source = bring(rows)
    assert source.state == "failed"
    client, address = login(world.chen), f"/staff/communities/imports/{source.uid}/"
    page = client.get(address).text
    assert "第 2 行：楼盘、规模、住的" in page and "没有表头" in page
    client.post(f"{address}read/", {"header_row": "2"})
    source.refresh_from_db()
    assert [item["header"] for item in source.columns[1:]] == ["楼盘", "规模", "住的"]
    client.post(f"{address}read/", {"header_row": "2", "column-0": "name", "column-1": "floor_area", "column-2": ""})
    source.refresh_from_db()
    assert (source.state, [row.values["floor_area"] for row in source.rows.all()]) == ("read", ["1.20", "0.80"])
    client.post(f"{address}read/", {"header_row": "2", "column-0": "name", "column-1": "floor_area", "column-2": "household_count",
                                    "unit-1": "万㎡"})  # fmt: skip
    values = [row.values for row in source.rows.all()]
    assert [(row["floor_area"], row["household_count"]) for row in values] == [("12000.00", 30), ("8000.00", 20)]
    assert "按万㎡" in client.get(address).text


def test_a_table_without_any_header_is_given_one(world: World) -> None:
    source = actions.upload_import(
        by=world.chen, at=AT, kind="communities", division=world.east, upload=actions.pasted("甲小区\t30\n乙小区\t20\n")
    )
    assert actions.read_import(source=source, at=AT).state == "failed"
    options = {"header_row": 0, "mapping": {"0": "name", "1": "household_count"}}
    source = actions.change_options(by=world.chen, at=AT, source=source, options=options)
    assert [row.values["household_count"] for row in source.rows.all()] == [30, 20]


def test_the_error_workbook_is_red_says_why_and_comes_back_mended(world: World, bring: Bring) -> None:
    text = "街道,小区名称,户数,面积（万㎡）,内部编号\n永乐街道,=1+1,三十,0.12,007\n永乐街道,乙小区,20,0.09,008\n"
    source = bring(text, "小区.csv")
    answer = login(world.chen).get(f"/staff/communities/imports/{source.uid}/errors/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "街道（乡镇）",
        "小区名称",
        "户数",
        "建筑面积（万㎡）",
        "未导入：内部编号",
        "问题",
    ]
    wrong = sheet["C2"]
    assert wrong.value == "三十" and wrong.fill.start_color.rgb == "FFF8C9C4" and "不是数字" in wrong.comment.text
    assert sheet["C3"].fill.fill_type is None and "不是数字" in sheet["F2"].value
    assert sheet["E2"].value == "007" and sheet["D2"].value == 0.12
    wrong.value = 30
    stream = io.BytesIO()
    book.save(stream)
    again = bring(stream.getvalue(), "改好.xlsx")
    assert (again.counts["new"], again.counts["error"]) == (2, 0)
    assert [row.values["floor_area"] for row in again.rows.all()] == ["1200.00", "900.00"]


def test_a_roll_s_error_workbook_goes_to_who_brought_it_and_is_recorded(
    world: World, add: Callable[..., Community]
) -> None:
    home = add("甲小区")
    text = "楼栋\t房号\t面积\t面积来源\t业主姓名\t身份证号\n1号楼\t101\t七十\t测绘\t张大三\t142701196001011234\n"
    source = actions.upload_import(
        by=world.chen,
        at=AT,
        kind="roll",
        division=world.east,
        upload=actions.pasted(text),
        options={"community": str(home.uid)},
    )
    source = actions.read_import(source=source, at=AT)
    address = f"/staff/communities/imports/{source.uid}/"
    assert "张大三" not in login(world.chen).get(f"{address}?edit=2").text
    assert login(world.sun).get(f"{address}errors/").status_code == 409
    assert login(world.chen).get(f"{address}errors/").status_code == 200
    assert HistoryEntry.objects.filter(action="import.errors").count() == 1
    login(world.chen).post(f"{address}mend/", {"cell-2-2": "70", "cell-2-4": ""})
    source.refresh_from_db()
    assert source.counts["error"] == 0 and source.rows.get().values["owner"] == "张大三", (
        "a masked cell left empty stays"
    )
    actions.apply_import(by=world.chen, at=AT, source=source)
    source.refresh_from_db()
    assert source.mends == {}


def test_the_same_file_brought_again_is_told(world: World, bring: Bring) -> None:
    content = "小区名称,户数\n甲小区,30\n"
    actions.apply_import(by=world.chen, at=AT, source=bring(content, "小区.csv"))
    again = bring(content, "换了名字.csv")
    assert "这份文件已于" in login(world.chen).get(f"/staff/communities/imports/{again.uid}/").text


def test_pages_of_a_table_with_300_errors_stay_within_15_queries(
    world: World, bring: Bring, django_assert_max_num_queries: Any
) -> None:
    source = bring([HEAD, *([["城中", f"小区{n}", "三十", 900] for n in range(300)])])
    client = login(world.chen)
    with django_assert_max_num_queries(15):
        page = client.get(f"/staff/communities/imports/{source.uid}/?tab=error")
    assert "有 300 行有错误" in page.text and "第 1 页，共 3 页" in page.text
    assert len(messages(source)) == 600
