"""Likely duplicates: found in the real table, shown with what agrees, decided by a person, never merged by itself."""

import csv
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities import actions, merges, queries
from communities.models import Community, DuplicatePair
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Reason, Refused
from tests.communities.conftest import AT, DATA, World

Add = Callable[..., Community]


@pytest.fixture
def ruicheng(world: World, add: Add) -> list[Community]:
    """The 30 communities of 芮城's annex 3, as printed."""
    with (DATA / "ruicheng_plan.csv").open(encoding="utf-8") as lines:
        return [
            add(
                row["小区名称"], address=row["位置"], built_text=row["建成时间"], building_count=row["栋数"],
                household_count=row["户数"], floor_area=row["面积㎡"],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip


@pytest.fixture
def pair(world: World, ruicheng: list[Community]) -> DuplicatePair:
    """The one pair of the real table."""
    assert actions.note_duplicates(at=AT, division=world.city) == 1
    return DuplicatePair.objects.get()


@pytest.mark.rule("JX-02")
def test_the_real_table_holds_one_pair_that_agrees_in_every_field_but_the_name(pair: DuplicatePair) -> None:
    assert (pair.first.name, pair.second.name) == ("国土局住宅楼", "建行住宅楼")
    assert queries.labels(pair.agreeing) == ["位置", "建成时间", "栋数", "户数", "建筑面积"]
    assert pair.first.merged_into is None
    assert pair.second.merged_into is None


def test_finding_is_one_query_and_may_be_repeated(world: World, pair: DuplicatePair) -> None:
    with CaptureQueriesContext(connection) as statements:
        queries.find_duplicates(world.city)
    assert len(statements) == 1
    assert actions.note_duplicates(at=AT, division=world.city) == 1
    assert DuplicatePair.objects.get() == pair


def test_same_name_in_one_county_is_a_pair_and_across_counties_is_not(world: World, add: Add) -> None:
    first = add("和平里 小区", address="一号路")
    second = add("和平里小区", address="二号路")
    add("和平里小区", division=world.west, address="三号路")
    assert [(p.first, p.second, p.agreeing) for p in queries.find_duplicates(world.city)] == [
        (first.pk, second.pk, ("name",))
    ]


def test_unknown_figures_agree_with_nothing(world: World, add: Add) -> None:
    add("甲小区", address="一号路", built_text="1998")
    add("乙小区", address="一号路", built_text="1998")
    assert queries.find_duplicates(world.city) == []


def test_a_hundred_rows_of_one_name_are_no_thousands_of_questions(world: World, add: Add) -> None:
    for number in range(30):
        add("住宅楼", address=f"{number}号")
    assert len(queries.find_duplicates(world.city)) == 29


def test_a_pair_that_agrees_no_longer_leaves_the_queue(world: World, pair: DuplicatePair) -> None:
    actions.change_community(
        by=world.sun,
        at=AT,
        community=pair.second,
        values={"floor_area": "1500.00"},
        expected_version=1,
        evidence="复测",
    )
    assert actions.note_duplicates(at=AT, division=world.city) == 0
    assert not DuplicatePair.objects.exists()


def test_distinct_stays_decided(world: World, pair: DuplicatePair) -> None:
    with pytest.raises(Invalid):
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="distinct", reason="")
    actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="distinct", reason="现场核实为两栋")
    assert actions.note_duplicates(at=AT, division=world.city) == 0
    assert list(queries.duplicate_queue(world.chen)) == []
    with pytest.raises(Refused):
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="distinct", reason="再说一次")
    entry = HistoryEntry.objects.get(action="duplicate.decide")
    assert entry.data["decision"] == "distinct"
    assert "现场" not in str(entry.data)


def test_merging_points_and_moves_nothing(world: World, pair: DuplicatePair) -> None:
    stay, go = pair.first, pair.second
    with pytest.raises(Invalid):
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋")
    actions.record_hazard(by=world.chen, at=AT, community=go, kind="gas", description="老化")
    actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋", stay=stay)
    go.refresh_from_db()
    assert (go.merged_into, go.hazards.count(), go.revisions.count()) == (stay, 1, 2)
    assert queries.public_community(go.uid) == stay
    assert go not in Community.objects.visible_to(world.chen)
    with pytest.raises(Refused):
        actions.change_community(
            by=world.chen, at=AT, community=go, values={"remark": "x"}, expected_version=go.version
        )
    pair.refresh_from_db()
    actions.reopen_duplicate(by=world.chen, at=AT, pair=pair, reason="弄错了")
    go.refresh_from_db()
    assert go.merged_into is None


def test_a_merge_leaves_no_chain(world: World, add: Add) -> None:
    first, second, third = (add("住宅楼", address=f"{number}号") for number in range(3))
    actions.note_duplicates(at=AT, division=world.city)
    by_ends = {(p.first_id, p.second_id): p for p in DuplicatePair.objects.all()}

    def merge(stay: Community, go: Community) -> None:
        pair = by_ends[min(stay.pk, go.pk), max(stay.pk, go.pk)]
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋", stay=stay)

    merge(second, third)
    merge(first, second)
    assert set(Community.objects.filter(merged_into=first)) == {second, third}
    assert queries.public_community(third.uid) == first


def test_what_has_buildings_is_not_merged_away(world: World, pair: DuplicatePair) -> None:
    actions.add_building(by=world.chen, at=AT, community=pair.second, values={"name": "1号楼"})
    with pytest.raises(Refused, match="已登记楼栋"):
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋", stay=pair.first)
    actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋", stay=pair.second)


def test_an_app_above_may_stand_against_a_merge(
    world: World, pair: DuplicatePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merges, "_GUARDS", [lambda stay, go: (Reason(f"{go.name}在另一年度计划中"),)])
    with pytest.raises(Refused, match="建行住宅楼在另一年度计划中") as refusal:
        actions.decide_duplicate(by=world.chen, at=AT, pair=pair, decision="merged", reason="同一栋", stay=pair.first)
    assert refusal.value.reasons
    pair.second.refresh_from_db()
    assert pair.second.merged_into is None


def test_strangers_neither_see_nor_decide(world: World, pair: DuplicatePair) -> None:
    assert list(queries.duplicate_queue(world.zhao)) == []
    for person in (world.zhao, world.qian):
        with pytest.raises(Forbidden):
            actions.decide_duplicate(by=person, at=AT, pair=pair, decision="distinct", reason="两栋")
