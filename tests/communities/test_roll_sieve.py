"""A roll checked part by part says what it says when all of it is checked at once: every finding, in every order, with every cell."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from communities import actions
from communities.imports import roll_writing, store
from communities.imports.kinds import ImportKind
from communities.imports.roll import RollKind
from communities.models import Community, Home, Import, Ownership, Person
from tests.communities.conftest import AT, World

HEAD = ["楼栋", "单元", "房号", "面积", "面积来源", "业主姓名", "证件号", "电话", "份额"]
HOUSES, UNITS, ROOMS = (
    ("1号楼", "一号楼", "1栋", "2号楼"),
    ("1单元", "一单元", "", "2单元"),
    ("101", "1-101", "102", "0102", "201室", "201"),
)
NAMES = ("张三", "李四", "王五", "张 三", "某某开发公司", "")
NUMBERS = ("11010519491231002X", "110105491231002", "440524188001010014", "A1", "")
PHONES = ("13812345678", "+86 13812345678", "13900000000", "无", "")


def wild_roll(seed: int, *, faults: bool) -> list[list[Any]]:
    """A roll with every kind of fault among rows that nothing is wrong with; without ``faults`` only what is worth a look."""
    dice = random.Random(seed)
    lines: list[list[Any]] = []
    for n in range(60):
        if dice.random() < 0.5:
            house = f"{n}{dice.choice(('号楼', '栋')) if faults else '号楼'}"
            lines.append([house, "1单元", "101", 80, "测绘", f"独户{n}", f"B{n}", f"137{n:08d}", None])
            continue
        room = [dice.choice(HOUSES), dice.choice(UNITS), dice.choice(ROOMS)] if faults else [f"{n}号楼", "", "1"]
        area = dice.choice((80, 80, 90.5, None, "约七十", 0) if faults else (80, 90.5, None))
        source = dice.choice(("登记簿", "登记簿", "测绘", None, "听说") if faults else ("登记簿", "测绘"))
        share = dice.choice((None, None, "1/2", "50%", "1/3", "2") if faults else (None,))
        owner = [dice.choice(NAMES), dice.choice(NUMBERS), dice.choice(PHONES)]
        owner = owner if owner[0] or faults else ["", "", ""]
        lines.append([*room, area, source, *owner, share])
        if not faults and owner[0]:
            lines.append([*room, None, None, f"共有人{n % 4}", "", "", None])
    if not faults:  # co-owners far apart in the table
        dice.shuffle(lines)
    return [HEAD, *lines, ["合计", None, None, 999]]


def staged(source: Import) -> list[tuple[Any, ...]]:
    """Everything that the preview knows of each row."""
    names = ("number", "raw", "values", "changes", "status", "warned", "problems", "target", "target_version")
    return list(source.rows.order_by("number").values_list(*names))


def register() -> dict[str, list[tuple[Any, ...]]]:
    """What stands, by names."""
    homes = Home.objects.values_list("building__name", "unit", "room", "private_area", "area_source", "version")
    people = Person.objects.values_list("name", "id_number", "phone", "kind")
    held = Ownership.objects.values_list(
        "home__building__name", "home__unit", "home__room", "person__name", "person__id_number", "person__phone",
        "share_numerator", "share_denominator", "since", "until", "evidence", "version",
    )  # fmt: skip
    return {"homes": sorted(homes, key=repr), "people": sorted(people), "held": sorted(held, key=repr)}


@pytest.fixture
def community(world: World, add: Callable[..., Community]) -> Community:
    return add("甲小区", household_count=3, floor_area="240.00")


@pytest.fixture
def both(
    bring: Callable[..., Import], community: Community, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[list[Any]]], tuple[Import, Import]]:
    """The same roll read in parts of seven rows, and as a whole."""

    def build(lines: list[list[Any]]) -> tuple[Import, Import]:
        monkeypatch.setattr(store, "PART", 7)
        parts = bring(lines, kind="roll", community=str(community.uid))
        with monkeypatch.context() as patched:
            patched.setattr(RollKind, "sieve", ImportKind.sieve)
            return parts, bring(lines, kind="roll", community=str(community.uid))

    return build


@pytest.mark.parametrize("seed", range(3))
def test_every_finding_is_the_same_part_by_part(
    seed: int, both: Callable[..., tuple[Import, Import]], world: World
) -> None:
    parts, whole = both(wild_roll(seed, faults=True))
    assert staged(parts) == staged(whole) and parts.counts == whole.counts
    assert parts.counts["error"] > 10 and parts.counts["warning"] and parts.counts["skipped"] == 1
    actions.apply_import(by=world.chen, at=AT, source=both(wild_roll(seed, faults=False))[0])
    parts, whole = both(wild_roll(seed, faults=True))
    assert staged(parts) == staged(whole) and parts.counts == whole.counts
    assert parts.counts["unchanged"] and any("已登记的" in str(row) for row in staged(parts))


def test_the_sums_are_told_on_the_first_row_wherever_the_others_went(
    both: Callable[..., tuple[Import, Import]],
) -> None:
    clean = [f"{9}号楼", "", "1", 500, "测绘", "独户", "B", "13700000000", None]
    twice = ["1号楼", "", "1", 80, "测绘", "甲", "C1", "1", None]
    for lines in ([clean, twice, twice], [twice, twice, clean], [twice, twice]):
        parts, whole = both([HEAD, *lines])
        assert staged(parts) == staged(whole)
        assert sum("相差超过 10%" in str(row) for row in staged(parts)) == (clean in lines)


@pytest.mark.parametrize("seed", range(3))
def test_a_roll_written_in_parts_writes_what_it_writes_at_once(
    seed: int, both: Callable[..., tuple[Import, Import]], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.apply_import(by=world.chen, at=AT, source=both(wild_roll(seed + 10, faults=False))[0])
    parts, whole = both(wild_roll(seed, faults=False))
    written = []
    for source, size in ((parts, 7), (whole, 5000)):
        monkeypatch.setattr(store, "PART", size)
        monkeypatch.setattr(roll_writing, "PART", size)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            report = actions.apply_import(by=world.chen, at=AT + dt.timedelta(days=30), source=source).report
            written.append((report, register()))
            raise ZeroDivisionError
    assert written[0] == written[1] and written[0][0]["updated"] and written[0][0]["ownerships_ended"]
