"""The roll: homes and owners of one community, checked across rows, written in bulk, personal values wiped from the staging."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from communities import actions
from communities.models import Community, Home, Import, Ownership, Person, Reveal
from communities.rules.masks import mask_id, mask_name, mask_phone
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from tests.communities.conftest import AT, TODAY, World, messages

HEAD = ["楼栋", "单元", "房号", "面积", "面积来源", "业主姓名", "证件号", "电话", "份额"]
ZHANG, LI = "11010519491231002X", "440524188001010014"
LATER = AT + dt.timedelta(days=30)


def line(room: str, area: Any = 80, owner: str = "", number: str = "", phone: str = "", share: str = "") -> list[Any]:
    """A row of 1号楼 1单元, its area from the land register."""
    return ["1号楼", "1单元", room, area, "不动产登记簿" if area is not None else None, owner, number, phone, share]


@pytest.fixture
def home_of_all(add: Callable[..., Community]) -> Community:
    """A community of three homes and 240 ㎡."""
    return add("甲小区", household_count=3, floor_area="240.00")


@pytest.fixture
def roll(bring: Callable[..., Import], home_of_all: Community) -> Callable[..., Import]:
    """Bring a roll of these lines."""

    def build(*lines: list[Any]) -> Import:
        return bring([HEAD, *lines], kind="roll", community=str(home_of_all.uid))

    return build


def test_a_roll_comes_in_with_co_owners_and_one_head_for_several_homes(
    world: World, roll: Callable[..., Import]
) -> None:
    source = roll(
        line("101", 80, "张三", ZHANG, "13812345678"),
        line("102", 80, "张三", ZHANG, "13812345678"),
        line("201", 80, "李四", LI, "13900000000", "1/2"),
        line("201", 80, "王五", "", "13700000000", "50%"),
    )
    assert (source.counts["new"], messages(source), messages(source, "warning")) == (4, [], [])
    report = actions.apply_import(by=world.chen, at=AT, source=source).report
    assert (report["created"], report["persons_created"], report["ownerships_begun"]) == (3, 3, 4)
    assert Person.objects.get(name="张三").ownerships.count() == 2
    shared = Home.objects.get(room="201").ownerships.all()
    assert sum(Fraction(item.share_numerator, item.share_denominator) for item in shared) == 1


@pytest.mark.rule("N-02")
def test_an_area_says_where_it_comes_from(world: World, roll: Callable[..., Import]) -> None:
    bare = line("101", 80, "张三", ZHANG)
    bare[4] = None
    assert messages(roll(bare)) == ["E2：填写了面积，请写明面积来源（不动产登记簿、测绘报告或买卖合同）"]
    community = Community.objects.get()
    building = actions.add_building(by=world.chen, at=AT, community=community, values={"name": "2号楼"})
    with pytest.raises(Invalid) as refusal:
        actions.add_home(by=world.chen, at=AT, building=building, values={"room": "101", "private_area": "80.00"})
    assert "area_source" in refusal.value.errors


def test_a_room_twice_is_an_error_that_names_both_rows(roll: Callable[..., Import]) -> None:
    source = roll(line("101", 80, "张三", ZHANG), line("102", 80, "李四", LI), line("101", 80, "张三", ZHANG))
    assert messages(source) == [
        "C2：房号重复：与第 4 行都是 1号楼 1单元 101",
        "C4：房号重复：与第 2 行都是 1号楼 1单元 101",
    ]


def test_areas_missing_zero_or_contradicting(roll: Callable[..., Import]) -> None:
    source = roll(line("101", None, "张三", ZHANG), line("102", 0, "李四", LI))
    assert "D2：面积未填写，表决前须补齐" in messages(source, "warning")
    assert messages(source) == ["D3：专有部分面积（㎡）不能为 0；不清楚时请留空"]
    other = roll(line("101", 80, "张三", ZHANG, "", "1/2"), line("101", 81, "李四", LI, "", "1/2"))
    assert messages(other)[0] == "D2：同一房号的面积不一致：80.00、81.00"


def test_the_sum_is_held_against_the_community(roll: Callable[..., Import]) -> None:
    source = roll(line("101", 80, "张三", ZHANG), line("102", 80, "李四", LI))
    warnings = messages(source, "warning")
    assert "D2：各户面积合计 160.00 ㎡，小区登记建筑面积 240.00 ㎡，相差超过 10%，请核对" in warnings
    assert "C2：表中共 2 户，小区登记 3 户，请核对" in warnings
    assert source.counts["error"] == 0


def test_one_person_under_two_spellings_is_told(world: World, roll: Callable[..., Import]) -> None:
    source = roll(line("101", 80, "张三", ZHANG), line("102", 80, "张叁", ZHANG), line("201", 80, "李四", "", "139"))
    assert messages(source, "warning") == ["F3：与第 2 行证件号相同、姓名写法不同，按同一人登记，请核对"]
    actions.apply_import(by=world.chen, at=AT, source=source)
    assert Person.objects.filter(id_number=ZHANG).count() == 1
    phones = roll(line("301", 80, "赵六", "", "13600000000"), line("302", 80, "赵陆", "", "13600000000"))
    assert any("电话相同、姓名不同" in text for text in messages(phones, "warning"))


def test_shares_of_a_home_are_all_given_or_none_and_make_a_whole(roll: Callable[..., Import]) -> None:
    half = roll(line("101", 80, "张三", ZHANG, "", "1/2"), line("101", 80, "李四", LI, "", "1/3"))
    assert "份额合计不等于 1" in messages(half)[0]
    some = roll(line("101", 80, "张三", ZHANG, "", "1/2"), line("101", 80, "李四", LI))
    assert "份额要么都填，要么都不填" in messages(some)[0]
    none = roll(line("101", 80, "张三", ZHANG), line("101", 80, "李四", LI))
    assert any("按等额共有处理" in text for text in messages(none, "warning"))


def test_a_cut_id_number_is_refused(roll: Callable[..., Import]) -> None:
    source = roll(line("101", 80, "张三", "110105194912310000"))
    assert "截断了末三位" in messages(source)[0]


def test_the_same_roll_again_changes_nothing_and_a_new_owner_ends_the_old(
    world: World, roll: Callable[..., Import]
) -> None:
    lines = [line("101", 80, "张三", ZHANG), line("102", 80, "李四", LI), line("201", 80, "王五", "", "137")]
    actions.apply_import(by=world.chen, at=AT, source=roll(*lines))
    again = roll(*lines)
    assert again.counts["unchanged"] == 3
    sold = roll(line("101", 80, "赵六", "", "136"))
    assert sold.rows.get().changes == {"owners": ["张**", "赵**"]}
    actions.apply_import(by=world.chen, at=LATER, source=sold)
    old = Ownership.objects.get(home__room="101", person__name="张三")
    new = Ownership.objects.get(home__room="101", until__isnull=True)
    assert (old.until, new.person.name, new.since) == (LATER.date(), "赵六", LATER.date())


def test_personal_values_leave_the_staging_and_never_enter_the_history(
    world: World, roll: Callable[..., Import]
) -> None:
    source = roll(line("101", 80, "张三丰", ZHANG, "13812345678"))
    actions.apply_import(by=world.chen, at=AT, source=source)
    kept = [(row.raw, row.values, row.changes, row.problems) for row in source.rows.all()]
    assert kept == [([], {}, {}, [])]
    for entry in HistoryEntry.objects.all():
        assert not any(secret in str(entry.data) for secret in ("张三丰", ZHANG, "13812345678"))


def test_a_roll_goes_into_a_community_of_its_division_only(
    world: World, bring: Callable[..., Import], add: Callable[..., Community]
) -> None:
    foreign = add("西小区", division=world.west)
    with pytest.raises(Refused):
        bring([HEAD, line("101")], kind="roll", community=str(foreign.uid))
    with pytest.raises(Invalid):
        bring([HEAD, line("101")], kind="roll")
    assert not Import.objects.exists()


# One by one


@pytest.fixture
def home(world: World, home_of_all: Community) -> Home:
    """1号楼 101."""
    building = actions.add_building(by=world.chen, at=AT, community=home_of_all, values={"name": "1号楼"})
    return actions.add_home(
        by=world.chen,
        at=AT,
        building=building,
        values={"room": "101", "private_area": "80.00", "area_source": "register"},
    )


def test_shares_never_pass_the_whole_and_an_ended_one_makes_room(
    world: World, home: Home, home_of_all: Community
) -> None:
    zhang, li = (
        actions.add_person(by=world.chen, at=AT, community=home_of_all, values={"name": name})
        for name in ("张三", "李四")
    )
    first = actions.add_ownership(
        by=world.chen, at=AT, home=home, person=zhang, share=(2, 3), since=dt.date(2020, 1, 1)
    )
    with pytest.raises(Refused, match="超过 1"):
        actions.add_ownership(by=world.chen, at=AT, home=home, person=li, share=(1, 2))
    with pytest.raises(Invalid):
        actions.end_ownership(by=world.chen, at=AT, ownership=first, until=dt.date(2019, 1, 1), evidence="买卖合同")
    actions.end_ownership(by=world.chen, at=AT, ownership=first, until=TODAY, evidence="买卖合同")
    actions.add_ownership(by=world.chen, at=AT, home=home, person=li, share=(1, 1), since=TODAY)
    with pytest.raises(Refused):
        actions.end_ownership(by=world.chen, at=AT, ownership=first, until=TODAY, evidence="再来")


def test_a_room_and_an_id_number_stand_once(world: World, home: Home, home_of_all: Community) -> None:
    with pytest.raises(Refused, match="房号已登记"):
        actions.add_home(by=world.chen, at=AT, building=home.building, values={"room": "101"})
    actions.add_person(by=world.chen, at=AT, community=home_of_all, values={"name": "张三", "id_number": ZHANG})
    with pytest.raises(Refused):
        actions.add_person(by=world.chen, at=AT, community=home_of_all, values={"name": "张叁", "id_number": ZHANG})


@pytest.mark.rule("N-06")
def test_opening_a_person_needs_a_reason_and_is_recorded(world: World, home_of_all: Community) -> None:
    person = actions.add_person(
        by=world.chen, at=AT, community=home_of_all, values={"name": "张三", "phone": "13812345678"}
    )
    with pytest.raises(Invalid):
        actions.reveal_person(by=world.chen, at=AT, person=person, reason="  ")
    with pytest.raises(Forbidden):
        actions.reveal_person(by=world.zhao, at=AT, person=person, reason="好奇")
    assert not Reveal.objects.exists()
    actions.reveal_person(by=world.chen, at=AT, person=person, reason="核对表决票")
    reveal = Reveal.objects.get()
    assert (reveal.by, reveal.reason, reveal.person) == (world.chen, "核对表决票", person)
    assert HistoryEntry.objects.filter(action="person.reveal", subject_uid=person.uid).exists()


def test_masks_show_as_little_as_they_promise() -> None:
    assert (mask_name("张三"), mask_name("欧阳修文"), mask_name("")) == ("张**", "欧**", "")
    assert (mask_phone("13812345678"), mask_phone("8862"), mask_phone("0772-28")) == ("138****5678", "****", "****28")
    assert mask_id(ZHANG) == "110*************2X"
    assert mask_id("A123") == "****"


def test_rooms_and_owners_that_would_stop_a_vote_are_named_with_row_and_cell(
    world: World, roll: Callable[..., Import]
) -> None:
    twice = roll(line("101", 80, "张三", ZHANG), ["1栋", "一单元", "101室", 80, "不动产登记簿", "李四", LI, "", ""])
    assert messages(twice) == ["C3：与第 2 行是同一房号，但写法不同，请统一"]
    mixed = roll(
        line("101", 80, "张三", ZHANG), line("102", 80, "张三", ZHANG, "", "1/2"), line("102", 80, "李四", LI, "", "1/2")
    )  # fmt: skip
    assert "F2：第 2、3、4 行的业主组合有重叠（同一人既单独又与他人持有），表决前须逐户确定计入哪个业主" in messages(
        mixed, "warning"
    )
    phones = roll(line("301", 80, "赵六", "", "138 1234 5678"), line("302", 80, "赵陆", "", "+86 13812345678"))
    assert any("电话相同、姓名不同" in text for text in messages(phones, "warning"))
    actions.apply_import(by=world.chen, at=AT, source=roll(line("101", 80, "张三", ZHANG)))
    again = roll(["1号楼", "1单元", "101室", 80, "不动产登记簿", "张三", ZHANG, "", ""])
    assert messages(again) == ["C2：与已登记的“1号楼 1单元 101”是同一房号，但写法不同，请按登记的写法填写"]


def test_a_roll_that_names_a_merged_home_writes_to_the_one_that_stays(
    world: World, home_of_all: Community, roll: Callable[..., Import]
) -> None:
    actions.apply_import(by=world.chen, at=AT, source=roll(line("101", 80, "张三", ZHANG)))
    stay = Home.objects.get()
    values = {"unit": "1单元", "room": "101室", "private_area": "80.00", "area_source": "register"}
    go = actions.add_home(by=world.chen, at=AT, building=stay.building, values=values)
    actions.merge_homes(by=world.chen, at=AT, stay=stay, go=go, reason="重复登记")
    actions.apply_import(by=world.chen, at=LATER, source=roll(line("101室", 82, "李四", LI)))
    stay.refresh_from_db()
    assert (Home.objects.count(), stay.area_text()) == (2, "82.00")
    assert [row.person.name for row in Ownership.objects.filter(home=stay, until__isnull=True)] == ["李四"]
