"""Tables that people bring: messy ones are understood, bad ones are refused in words, nothing is half written."""

import csv
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities import actions
from communities.imports import limits
from communities.imports.kinds import kind_of
from communities.imports.table import read_table
from communities.imports.workbook import Unreadable
from communities.models import Community, CommunityRevision, DuplicatePair, Import
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused, Stale
from tests.communities.conftest import AT, DATA, World, messages, upload, workbook

HEAD = ["小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡"]
Bring = Callable[..., Import]


def test_ruicheng_table_comes_in_whole(world: World, bring: Bring) -> None:
    source = bring((DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    assert source.state == "read"
    assert source.counts == {"new": 30, "update": 0, "unchanged": 0, "error": 0, "skipped": 0, "warning": 3}
    assert any("年份" in note for note in source.columns[0]["notes"])
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.count() == CommunityRevision.objects.count() == 30
    bank = Community.objects.get(name="工商银行住宅楼")
    assert (bank.built_text, bank.built_from, bank.built_to) == ("1995、1997", 1995, 1997)
    assert f"{Community.objects.get(name='原卷烟厂小区').floor_area}" == "4541.27"
    written = list(csv.DictReader((DATA / "ruicheng_plan.csv").open(encoding="utf-8")))
    assert sorted((c.name, c.household_count) for c in Community.objects.all()) == sorted(
        (line["小区名称"], int(line["户数"])) for line in written
    )
    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"国土局住宅楼", "建行住宅楼"}


def test_the_same_table_again_changes_nothing(world: World, bring: Bring) -> None:
    content = (DATA / "ruicheng_plan.csv").read_bytes()
    actions.apply_import(by=world.chen, at=AT, source=bring(content, "芮城.csv"))
    again = bring(content, "芮城.csv")
    assert again.counts["unchanged"] == 30
    actions.apply_import(by=world.chen, at=AT, source=again)
    assert Community.objects.count() == CommunityRevision.objects.count() == 30


def test_titles_two_levels_units_totals_and_full_width_digits(world: World, bring: Bring) -> None:
    source = bring(
        [
            ["测试市老旧小区基本情况表", None, None, None, None, None, None],
            ["填报单位（盖章）：", None, None, None, None, None, None],
            ["序号", "项目名称", "坐落", "基本情况", None, None, "建筑面积"],
            [None, None, None, "建设年代", "幢数（栋）", "总户数", "（万平方米）"],
            [1, "甲小区", "一号路", "１９９８", "41栋、43栋", "1 979户", "０.８３"],
            [None, None, None, None, None, None, None],
            [2, "乙小区", "二号路", "90年代", 3, "约300户", 1.2],
            ["合  计", None, None, None, 5, 2279, 2.03],
            ["备注：以上数据截至上月底", None, None, None, None, None, None],
        ],
        merges=("A1:G1", "D3:F3", "A3:A4", "B3:B4", "C3:C4"),
    )
    assert source.state == "read", source.error
    assert (source.counts["new"], source.counts["skipped"], source.counts["error"]) == (2, 2, 0)
    actions.apply_import(by=world.chen, at=AT, source=source)
    first, second = Community.objects.order_by("pk")
    assert (first.built_to, first.building_count, first.household_count, str(first.floor_area)) == (
        1998,
        2,
        1979,
        "8300.00",
    )
    assert (second.built_from, second.built_to, second.household_count) == (1990, 1999, 300)
    assert any("合计" in text for text in messages(source, "warning"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_common_encoding(world: World, bring: Bring, encoding: str) -> None:
    source = bring("小区名称,户数\n和平里,30\n".encode(encoding), "小区.csv")
    assert source.rows.get().values["name"] == "和平里"


def test_pasted_text(world: World) -> None:
    text = "小区名称\t户数\n和平里\t30\n"
    source = actions.upload_import(
        by=world.chen, at=AT, kind="communities", division=world.east, upload=actions.pasted(text)
    )
    assert actions.read_import(source=source, at=AT).counts["new"] == 1


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("户数", "约三十", "E2：户数“约三十”不是数字"),
        ("建成时间", 1895, "C2：建成时间年份 1895 不合理，应在 1900 至 2026 之间"),
        ("建成时间", 2099, "C2：建成时间年份 2099 不合理，应在 1900 至 2026 之间"),
        ("面积㎡", -5, "F2：建筑面积（㎡）“-5”不能是负数"),
        ("面积㎡", 0, "F2：建筑面积（㎡）不能为 0；不清楚时请留空"),
        ("户数", 30.5, "E2：户数“30.5”必须是整数"),
        ("小区名称", "", "A2：小区名称未填写"),
    ],
)
def test_a_bad_cell_is_named_and_blocks_the_whole_table(
    world: World, bring: Bring, column: str, value: object, message: str
) -> None:
    bad = dict(zip(HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000], strict=True)) | {column: value}
    source = bring([HEAD, list(bad.values()), ["乙小区", "二号路", "1999", 1, 20, 900]])
    assert messages(source) == [message]
    with pytest.raises(Refused, match="整张表都不会写入"):
        actions.apply_import(by=world.chen, at=AT, source=source)
    assert not Community.objects.exists()


def test_two_equal_rows_name_each_other(world: World, bring: Bring) -> None:
    row = ["甲小区", "一号路", "1998", 2, 30, 1000]
    source = bring([HEAD, row, ["乙小区", "二号路", "1999", 1, 20, 900], row])
    assert messages(source) == ["A2：与第 4 行重复：都是“甲小区”", "A4：与第 2 行重复：都是“甲小区”"]


def test_one_name_at_two_addresses_are_two_communities(world: World, bring: Bring) -> None:
    source = bring([HEAD, ["和平里", "一号路", "1998", 2, 30, 1000], ["和平里", "二号路", "1999", 1, 20, 900]])
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.filter(name="和平里").count() == 2
    vague = bring([HEAD, ["和平里", None, "1998", 2, 31, 1000]])
    assert messages(vague) == ["A2：登记册中有 2 个“和平里”，请填写位置以便区分"]


def test_a_wrong_header_says_what_is_missing_and_what_was_found(world: World, bring: Bring) -> None:
    source = bring([["楼盘", "位置", "户数"], ["甲", "一号路", 30]])
    assert source.state == "failed"
    assert "缺少列：“小区名称”" in source.error
    assert "楼盘、位置、户数" in source.error
    mended = actions.change_options(by=world.chen, at=AT, source=source, options={"mapping": {"0": "name"}})
    assert (mended.state, mended.counts["new"]) == ("read", 1)


def test_blank_cells_erase_nothing(world: World, bring: Bring, add: Callable[..., Community]) -> None:
    known = add("甲小区", address="一号路", household_count=30)
    source = bring([HEAD, ["甲小区", None, None, None, None, 1000]])
    row = source.rows.get()
    assert (row.status, row.changes) == ("update", {"floor_area": [None, "1000.00"]})
    actions.apply_import(by=world.chen, at=AT, source=source)
    known.refresh_from_db()
    assert (known.address, known.household_count, known.version) == ("一号路", 30, 2)
    assert known.revisions.get(version=2).evidence == "导入“小区.xlsx”第 2 行"


def test_a_target_that_moved_since_the_preview_stops_the_import(
    world: World, bring: Bring, add: Callable[..., Community]
) -> None:
    known = add("甲小区", household_count=30)
    source = bring([HEAD, ["甲小区", "一号路", None, None, 40, None], ["乙小区", "二号路", None, None, 20, None]])
    actions.change_community(
        by=world.chen, at=AT, community=known, values={"remark": "改了"}, expected_version=1, evidence=""
    )
    with pytest.raises(Stale):
        actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.count() == 1
    source.refresh_from_db()
    assert source.state == "read"
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.get(name="甲小区").household_count == 40


def test_a_row_that_came_into_being_since_the_preview_stops_the_import(
    world: World, bring: Bring, add: Callable[..., Community]
) -> None:
    source = bring([HEAD, ["甲小区", "一号路", None, None, 40, None]])
    add("甲小区")
    with pytest.raises(Stale):
        actions.apply_import(by=world.chen, at=AT, source=source)


def test_killed_half_way_leaves_nothing(world: World, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    source = bring((DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    kind = kind_of("communities")
    written = kind.apply

    def dies(*args: object, **kwargs: object) -> None:
        written(*args, **kwargs)  # type: ignore[arg-type]
        assert Community.objects.count() == 30
        raise KeyboardInterrupt

    monkeypatch.setattr(type(kind), "apply", lambda self, *args, **kwargs: dies(*args, **kwargs))
    with pytest.raises(KeyboardInterrupt):
        actions.apply_import(by=world.chen, at=AT, source=source)
    assert not Community.objects.exists()
    assert not CommunityRevision.objects.exists()
    source.refresh_from_db()
    assert source.state == "read"


def test_statements_don_t_grow_with_the_rows(world: World, bring: Bring) -> None:
    def count(rows: int, start: int) -> int:
        table = [HEAD, *([f"小区{n}", f"{n}号路", "1998", 2, 30, 1000 + n] for n in range(start, start + rows))]
        source = bring(table)
        with CaptureQueriesContext(connection) as queries:
            actions.apply_import(by=world.chen, at=AT, source=source)
        return len(queries)

    small = count(3, 0)
    assert count(150, 1000) - small < 15  # SQLite takes some 25 rows a statement, never one


def test_one_history_row_per_act_without_values(world: World, bring: Bring) -> None:
    source = bring([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]])
    actions.apply_import(by=world.chen, at=AT, source=source)
    entries = list(HistoryEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == ["import.upload", "import.apply"]
    assert all("甲小区" not in str(entry.data) for entry in entries)


def test_cancel_and_apply_happen_once(world: World, bring: Bring) -> None:
    source = bring([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]])
    actions.apply_import(by=world.chen, at=AT, source=source)
    with pytest.raises(Refused):
        actions.apply_import(by=world.chen, at=AT, source=source)
    with pytest.raises(Refused):
        actions.cancel_import(by=world.chen, at=AT, source=source)
    other = bring([HEAD, ["丙小区", "一号路", "1998", 2, 30, 1000]])
    actions.cancel_import(by=world.chen, at=AT, source=other)
    with pytest.raises(Refused):
        actions.apply_import(by=world.chen, at=AT, source=other)
    assert not other.rows.exists()


def test_streets_are_looked_up_below_the_division(world: World, bring: Bring) -> None:
    head = ["街道", "小区名称", "户数"]
    source = bring([head, ["永乐街道", "甲小区", 30], [None, "乙小区", 20]], merges=("A2:A3",))
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert set(Community.objects.values_list("street", flat=True)) == {world.street.pk}
    wrong = bring([head, ["南关街道", "丙小区", 30]])
    assert messages(wrong) == ["A2：“南关街道”不是东城区及其下属的区划"]


def test_a_city_table_needs_the_county(world: World, bring: Bring) -> None:
    source = bring([["县区", "小区名称"], ["西城区", "甲"], [None, "乙"]], by=world.sun, division=world.city)
    assert messages(source) == ["A3：未写明所属县（市、区）"]


def test_a_merged_figure_is_counted_once(world: World, bring: Bring) -> None:
    source = bring([["小区名称", "户数"], ["甲小区", 60], ["乙小区", None]], merges=("B2:B3",))
    assert [row.values["household_count"] for row in source.rows.all()] == [60, None]
    assert messages(source, "warning") == ["B3：户数与第 2 行合并为一格，只计在第 2 行"]


# Files that are no tables


def test_50_mb_are_refused_before_parsing(world: World) -> None:
    big = upload(b"PK\x03\x04" + b"0" * 16, "大.xlsx")
    big.size = 50 * 1024 * 1024
    with pytest.raises(Invalid, match="50.0 MB，超过 20 MB"):
        actions.upload_import(by=world.chen, at=AT, kind="communities", division=world.east, upload=big)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, "另存为 .xlsx 或 .csv"),
        ("旧.xls", b"<html><table></table></html>", "另存为 .xlsx 或 .csv"),
        ("程序.xlsx", b"MZ\x90\x00" + b"\x00" * 64, "不是 Excel 表格"),
        ("程序.csv", b"MZ\x90\x00" + b"\x00" * 64, "不是文本表格"),
        ("宏.xlsm", b"PK\x03\x04" + b"\x00" * 64, "不接受带宏的表格"),
        ("文.pdf", b"%PDF-1.7", "不支持“.pdf”文件"),
        ("空.csv", b"", "文件是空的"),
    ],
)
def test_what_is_no_table_is_refused_kindly(world: World, name: str, content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message) as refusal:
        actions.upload_import(
            by=world.chen, at=AT, kind="communities", division=world.east, upload=upload(content, name)
        )
    assert "file" in refusal.value.errors
    assert not Import.objects.exists()


def _zip(entries: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"[Content_Types].xml": b"", "xl/workbook.xml": b"0" * (40 * 1024 * 1024)}, "压缩比异常"),
        ({f"{n}.xml": b"" for n in range(limits.ZIP_ENTRIES + 1)}, "展开后过大"),
        ({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}, "带宏"),
        ({"word/document.xml": b"x"}, "不是 Excel 表格"),
        ({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}, "无法读取"),
    ],
)
def test_hostile_workbooks_fail_in_words(tmp_path: Path, entries: dict[str, bytes], message: str) -> None:
    file = tmp_path / "表.xlsx"
    file.write_bytes(_zip(entries))
    with pytest.raises(Unreadable, match=message):
        read_table(file, file.name)


def test_a_workbook_that_can_t_be_read_makes_the_import_failed(world: World, bring: Bring) -> None:
    source = bring(_zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<broken"}), "表.xlsx")
    assert (source.state, source.counts) == ("failed", {})
    assert "无法读取" in source.error


def test_a_reader_that_hangs_or_eats_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "表.csv"
    file.write_text("小区名称,户数\n" + "甲小区,30\n" * 1000, encoding="utf-8")
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.01)
    with pytest.raises(Unreadable, match="读取超时"):
        read_table(file, file.name)


def test_a_forged_dimension_hides_no_rows(world: World, bring: Bring) -> None:
    content = workbook([HEAD, *([f"小区{n}", f"{n}号路", "1998", 2, 30, 1000 + n] for n in range(5))])
    parts = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).replace(b'<dimension ref="A1:F6"', b'<dimension ref="A1:A1"')
    assert b'ref="A1:A1"' in parts["xl/worksheets/sheet1.xml"]
    assert bring(_zip(parts), "表.xlsx").counts["new"] == 5


def test_phantom_rows_end_the_reading(world: World, bring: Bring) -> None:
    content = workbook([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]])
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"/></row></sheetData>')
    assert bring(_zip(parts), "表.xlsx").counts == {
        "new": 1, "update": 0, "unchanged": 0, "error": 0, "skipped": 0, "warning": 0
    }  # fmt: skip


def test_formula_errors_are_no_names(world: World, bring: Bring) -> None:
    source = bring([HEAD, ["#REF!", "一号路", "1998", 2, 30, 1000]])
    assert messages(source) == ["A2：小区名称“#REF!”是 Excel 的公式错误，请改正后再导入"]


# Who may


def test_only_keepers_of_the_division_import(world: World) -> None:
    table = upload(workbook([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]]))
    for person in (world.zhao, world.qian):
        with pytest.raises(Forbidden):
            actions.upload_import(by=person, at=AT, kind="communities", division=world.east, upload=table)
    source = actions.upload_import(by=world.sun, at=AT, kind="communities", division=world.east, upload=table)
    actions.read_import(source=source, at=AT)
    with pytest.raises(Forbidden):
        actions.apply_import(by=world.zhao, at=AT, source=source)
    assert not Import.objects.visible_to(world.zhao).exists()
    assert Import.objects.visible_to(world.chen).exists()
