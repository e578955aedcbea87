"""A whole import is taken back while nothing stands on its rows, and refused with the list once something does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities import actions
from communities.imports import limits
from communities.imports.progress import Run
from communities.models import (
    Building,
    Community,
    CommunityFact,
    CommunityRevision,
    DuplicatePair,
    Home,
    Import,
    Ownership,
    Person,
)
from offices import whiteboard
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Refused
from tests.communities.conftest import AT, DATA, World

HEAD = ["小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡"]
ROLL = "楼栋,单元,房号,面积,面积来源,业主姓名,电话\n1号楼,1单元,101,70,测绘,张三,1\n1号楼,1单元,102,71,测绘,李四,2\n"
Bring = Callable[..., Import]


def applied(bring: Bring, world: World, *args: Any, **options: Any) -> Import:
    return actions.apply_import(by=world.chen, at=AT, source=bring(*args, **options))


def undone(world: World, source: Import) -> Import:
    return actions.undo_import(by=world.chen, at=AT, source=source)


def test_an_import_is_taken_back_whole_and_can_come_again(world: World, bring: Bring) -> None:
    source = applied(bring, world, (DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    assert DuplicatePair.objects.count() == 1
    assert undone(world, source).state == "undone"
    assert (
        not Community.objects.exists() and not CommunityRevision.objects.exists() and not DuplicatePair.objects.exists()
    )
    assert source.rows.count() == 30, "what was brought can still be read"
    acts = [entry.action for entry in HistoryEntry.objects.order_by("pk")]
    assert acts == ["import.upload", "import.apply", "import.undo"]
    applied(bring, world, (DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    assert Community.objects.count() == 30


def test_updated_rows_get_back_what_they_held_with_a_revision(
    world: World, bring: Bring, add: Callable[..., Community]
) -> None:
    known = add("甲小区", address="一号路", household_count=30, built_text="1998", floor_area="1000")
    before = {
        name: getattr(known, name)
        for name in ("address", "built_to", "floor_area", "search_text", "division_id", "street_id")
    }
    head = ["街道", *HEAD]
    source = applied(
        bring,
        world,
        [head, ["永乐街道", "甲小区", "二号路", "1999", 3, 40, 1200], [None, "乙小区", "三号路", "1999", 1, 20, 900]],
    )
    known.refresh_from_db()
    assert (known.household_count, known.street_id, known.version) == (40, world.street.pk, 2)
    undone(world, source)
    known.refresh_from_db()
    assert {name: getattr(known, name) for name in before} == before
    assert (known.household_count, known.building_count, known.version) == (30, None, 3)
    assert known.revisions.get(version=3).evidence == "撤销导入“小区.xlsx”"
    assert [c.name for c in Community.objects.all()] == ["甲小区"]


def test_what_stands_on_its_rows_is_listed_and_nothing_is_taken_back(world: World, bring: Bring) -> None:
    source = applied(bring, world, [HEAD, *([f"小区{n}", f"{n}路", "1998", 1, 20, 900 + n] for n in range(4))])
    rows = list(Community.objects.order_by("pk"))
    actions.record_fact(by=world.chen, at=AT, community=rows[0], key="neglected", holds=True, evidence="照片")
    actions.change_community(
        by=world.chen, at=AT, community=rows[1], values={"remark": "改了"}, expected_version=1, evidence=""
    )
    actions.add_building(by=world.chen, at=AT, community=rows[2], values={"name": "1号楼"})
    with pytest.raises(Refused) as refusal:
        undone(world, source)
    told = "；".join(refusal.value.errors["standing"])
    assert refusal.value.code == "import_in_use"
    for name in ("小区0", "小区1", "小区2"):
        assert name in told
    assert "小区3" not in told
    assert Community.objects.count() == 4 and CommunityFact.objects.exists()
    client = Client()
    client.force_login(world.chen)
    page = client.post(f"/staff/communities/imports/{source.uid}/undo/")
    assert page.status_code == 409 and "小区“小区2”：已有" in page.text


def test_a_decided_duplicate_stands_as_well(world: World, bring: Bring) -> None:
    source = applied(bring, world, (DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    actions.decide_duplicate(
        by=world.chen, at=AT, pair=DuplicatePair.objects.get(), decision="distinct", reason="实地看过，是两处"
    )
    with pytest.raises(Refused, match="不能整批撤销"):
        undone(world, source)


def test_a_roll_is_taken_back_and_ended_owners_own_again(
    world: World, bring: Bring, add: Callable[..., Community]
) -> None:
    place = add("甲小区")
    options = {"kind": "roll", "community": str(place.uid)}
    applied(bring, world, ROLL, "清册.csv", **options)
    held = list(Ownership.objects.order_by("pk").values("pk", "until", "person__name"))
    text = ROLL.replace("李四,2", "王五,3").replace(",70,", ",72,") + "2号楼,1单元,101,80,测绘,赵六,4\n"
    source = applied(bring, world, text, "清册.csv", **options)
    assert Ownership.objects.filter(until__isnull=False).count() == 1 and Home.objects.count() == 3
    undone(world, source)
    assert list(Ownership.objects.order_by("pk").values("pk", "until", "person__name")) == held
    assert (Home.objects.count(), Building.objects.count(), Person.objects.count()) == (2, 1, 2)
    assert str(Home.objects.get(room="101").private_area) == "70.00"


def test_a_sale_on_an_imported_roll_stands_and_no_name_is_told(
    world: World, bring: Bring, add: Callable[..., Community]
) -> None:
    place = add("甲小区")
    source = applied(bring, world, ROLL, "清册.csv", kind="roll", community=str(place.uid))
    person = Person.objects.get(name="张三")
    Ownership.objects.filter(person=person).update(version=2)
    with pytest.raises(Refused) as refusal:
        undone(world, source)
    assert "张三" not in str(refusal.value.errors) and "产权" in str(refusal.value.errors)


def test_only_keepers_undo_and_only_what_was_written(world: World, bring: Bring) -> None:
    waiting = bring([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]])
    with pytest.raises(Refused):
        undone(world, waiting)
    source = actions.apply_import(by=world.chen, at=AT, source=waiting)
    with pytest.raises(Forbidden):
        actions.undo_import(by=world.zhao, at=AT, source=source)
    undone(world, source)
    with pytest.raises(Refused):
        undone(world, source)


def test_a_killed_undo_leaves_everything(world: World, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    source = applied(bring, world, (DATA / "ruicheng_plan.csv").read_bytes(), "芮城.csv")
    monkeypatch.setattr(
        "communities.imports.register.note_duplicates", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        undone(world, source)
    source.refresh_from_db()
    assert source.state == "applied" and Community.objects.count() == 30


# Progress and stopping


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The whiteboard in memory."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(whiteboard, "put", lambda name, value, seconds: bool(kept.update({name: value})) or True)
    monkeypatch.setattr(whiteboard, "read", kept.get)
    monkeypatch.setattr(whiteboard, "wipe", lambda name: kept.pop(name, None))
    return kept


def test_a_large_import_runs_in_the_worker_tells_how_far_and_is_stopped(
    world: World, bring: Bring, notes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = bring([HEAD, *([f"小区{n}", f"{n}路", "1998", 1, 20, 900 + n] for n in range(4))])
    monkeypatch.setattr(limits, "AT_ONCE_ROWS", 3)
    client, address = Client(), f"/staff/communities/imports/{source.uid}/"
    client.force_login(world.chen)
    client.post(f"{address}apply/")
    source.refresh_from_db()
    assert source.state == "applying" and not Community.objects.exists()
    notes[f"import:{source.uid}"] = {"words": "正在写入小区", "done": 3, "total": 4}
    page = client.get(address).text
    assert "正在写入小区：3 / 4 行" in page and "停止写入" in page and "看看做到哪里了" in page
    assert client.get(f"{address}progress/").headers.get("HX-Refresh") is None
    client.post(f"{address}stop/")
    with pytest.raises(Refused, match="已按要求停止"):
        actions.apply_import(by=world.chen, at=AT, source=source)
    source.refresh_from_db()
    assert source.state == "read" and not Community.objects.exists() and not notes
    assert client.get(f"{address}progress/").headers["HX-Refresh"] == "true"
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Community.objects.count() == 4
    client.post(f"{address}undo/")
    source.refresh_from_db()
    assert source.state == "undoing" and source.uid in actions.imports.waiting_imports()
    assert undone(world, source).state == "undone" and not Community.objects.exists()


def test_without_a_broker_a_stop_says_that_nobody_hears_it(world: World, bring: Bring) -> None:
    source = actions.begin_apply(by=world.chen, at=AT, source=bring([HEAD, ["甲小区", "一号路", "1998", 2, 30, 1000]]))
    with pytest.raises(Refused, match="无法通知后台停止"):
        actions.stop_import(by=world.chen, source=source)
    Run(source).step("正在写入", 1, 2)
    assert actions.apply_import(by=world.chen, at=AT, source=source).state == "applied"
