"""Checks across the rows of a roll: rooms named twice, shares, areas against the community's, persons under two spellings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from communities.imports.kinds import StagedRow
from communities.models import Community, Home, Ownership, Person
from communities.rules.masks import is_organisation, mask_name
from communities.rules.roll_problems import id_key, phone_key
from communities.rules.rooms import RoomKey, room_key
from communities.rules.search import fold
from communities.rules.voters import overlaps

HomeKey = tuple[str, str, str]
SHOWN = 10  # rows named before the rest are left to the roll check
TOLERANCE = Fraction(1, 10)  # common parts and rounding: a gap above a tenth is worth a look


@dataclass
class Passed:
    """What the rows come to that are not at hand any more: homes, ㎡, ㎡ in the register of the homes they name, the number of the first.

    ``told``: what is to be said on that first row (field, message), because it is the first of the whole table.
    """

    homes: int = 0
    area: Decimal = Decimal(0)
    spoken: Decimal = Decimal(0)
    first: int | None = None
    told: list[tuple[str, str]] = field(default_factory=list)


def home_key(row: StagedRow) -> HomeKey:
    """(building, unit, room) as written."""
    return row.values["building"], row.values.get("unit") or "", row.values["room"]


def owner_key(name: str, id_number: str, phone: str) -> tuple[str, ...]:
    """Who is who: by ID number, else by name and phone."""
    return ("id", id_number) if id_number else ("name", fold(name), fold(phone))


def _owner_of(row: StagedRow) -> tuple[str, ...]:
    return owner_key(row.values.get("owner") or "", row.values.get("id_number") or "", row.values.get("phone") or "")


def complete(row: StagedRow) -> None:
    """What a row leaves to be understood, and what it alone leaves out."""
    owner = row.values.get("owner") or ""
    if owner and not row.values.get("owner_kind"):
        row.values["owner_kind"] = Person.Kind.ORGANISATION if is_organisation(owner) else Person.Kind.NATURAL
    if not owner and (row.values.get("id_number") or row.values.get("phone")):
        row.error("owner", "填写了证件号或电话，但没有业主姓名")
    elif not owner:
        row.warn("owner", "业主姓名未填写")
    if row.values.get("private_area") is not None and not row.values.get("area_source"):
        row.error("area_source", "填写了面积，请写明面积来源（不动产登记簿、测绘报告或买卖合同）")
    elif row.values.get("private_area") is None and "area_source" in row.values:
        row.values["area_source"] = ""


def check_rooms(rows: Sequence[StagedRow]) -> None:
    """A room stands once, or once per co-owner with one area and shares of at most the whole."""
    groups: dict[RoomKey, list[StagedRow]] = defaultdict(list)
    for row in rows:
        groups[room_key(*home_key(row))].append(row)
    for group in groups.values():
        if len(group) > 1:
            _check_room(group)


def _check_room(group: list[StagedRow]) -> None:
    first = group[0]
    for row in group[1:]:
        if home_key(row) != home_key(first):
            row.error("room", f"与第 {first.number} 行是同一房号，但写法不同，请统一")
    seen: dict[tuple[str, ...], StagedRow] = {}
    for row in group:
        other = seen.setdefault(_owner_of(row), row)
        if other is not row or not row.values.get("owner"):
            partner = other if other is not row else next(item for item in group if item is not row)
            label = " ".join(part for part in home_key(row) if part)
            row.error("room", f"房号重复：与第 {partner.number} 行都是 {label}")
            partner.error("room", f"房号重复：与第 {row.number} 行都是 {label}")
    areas = {str(row.values["private_area"]) for row in group if row.values.get("private_area") is not None}
    if len(areas) > 1:
        for row in group:
            row.error("private_area", f"同一房号的面积不一致：{'、'.join(sorted(areas))}")
    _check_shares(group)


def _check_shares(group: list[StagedRow]) -> None:
    given = [row.values["share"] for row in group if row.values.get("share")]
    numbers = "、".join(str(row.number) for row in group)
    if not given:
        group[0].warn("share", f"第 {numbers} 行是同一户的共有人，未填份额，按等额共有处理")
    elif len(given) < len(group):
        for row in group:
            row.error("share", f"第 {numbers} 行是同一户的共有人，份额要么都填，要么都不填")
    elif sum((Fraction(*pair) for pair in given), Fraction(0)) != 1:
        for row in group:
            row.error("share", f"第 {numbers} 行是同一户的共有人，份额合计不等于 1")


def check_standing(rows: Sequence[StagedRow], standing: Iterable[HomeKey]) -> None:
    """A room that stands in the register under another spelling would come in a second time."""
    wanted = {room_key(*home_key(row)) for row in rows}
    known: dict[RoomKey, HomeKey] = {}
    exact = set()
    for key in standing:
        if (room := room_key(*key)) in wanted:
            known.setdefault(room, key)
            exact.add(key)
    for row in rows:
        other = known.get(room_key(*home_key(row)))
        if other is not None and home_key(row) not in exact:
            row.error(
                "room",
                f"与已登记的“{' '.join(part for part in other if part)}”是同一房号，但写法不同，请按登记的写法填写",
            )


def check_overlaps(rows: Sequence[StagedRow]) -> None:
    """Persons who hold homes alone and with others: settled by hand before a vote, so the preview names the rows."""
    homes: dict[tuple[str, str, str], list[StagedRow]] = defaultdict(list)
    for row in rows:
        if row.values.get("owner"):
            homes[home_key(row)].append(row)
    numbers: dict[tuple[str, ...], int] = {}
    sets = {
        pk: frozenset(numbers.setdefault(_owner_of(row), len(numbers)) for row in group)
        for pk, group in enumerate(homes.values())
    }
    held: dict[frozenset[int], list[StagedRow]] = defaultdict(list)
    for pk, group in enumerate(homes.values()):
        held[sets[pk]] += group
    for found in overlaps(sets):
        inside = sorted((row for people in found for row in held[people]), key=lambda row: row.number)
        told = "、".join(str(row.number) for row in inside[:SHOWN]) + ("等" if len(inside) > SHOWN else "")
        inside[0].warn(
            "owner", f"第 {told} 行的业主组合有重叠（同一人既单独又与他人持有），表决前须逐户确定计入哪个业主"
        )


def tell_missing_area(row: StagedRow) -> None:
    """A home without an area."""
    if row.values.get("private_area") is None:
        row.warn("private_area", "面积未填写，表决前须补齐")


def check_areas(rows: Sequence[StagedRow], community: Community, standing: Decimal, passed: Passed) -> None:
    """Missing areas, and the sum against the community's. ``standing``: ㎡ of homes outside the table."""
    homes: dict[HomeKey, Decimal] = {}
    for row in rows:
        tell_missing_area(row)
        homes.setdefault(home_key(row), Decimal(0))
        if row.values.get("private_area") is not None:
            homes[home_key(row)] = Decimal(row.values["private_area"])
    told = list(_sums(len(homes) + passed.homes, sum(homes.values(), standing + passed.area), standing, community))
    if rows and (passed.first is None or rows[0].number < passed.first):
        for name, message in told:
            rows[0].warn(name, message)
    else:
        passed.told += told


def _sums(homes: int, total: Decimal, standing: Decimal, community: Community) -> Iterator[tuple[str, str]]:
    whole = community.floor_area
    if homes and total and whole and abs(Fraction(total) / Fraction(whole) - 1) > TOLERANCE:
        yield (
            "private_area", f"各户面积合计 {total:.2f} ㎡，小区登记建筑面积 {whole:.2f} ㎡，相差超过 10%，请核对",
        )  # fmt: skip
    if homes and not standing and community.household_count and homes != community.household_count:
        yield "room", f"表中共 {homes} 户，小区登记 {community.household_count} 户，请核对"


def check_persons(rows: Sequence[StagedRow], known: Mapping[str, str]) -> None:
    """One person under two spellings, and names that can't be told apart. ``known``: ID number → name already registered."""
    by_id: dict[str, StagedRow] = {}
    by_phone: dict[str, StagedRow] = {}
    by_name: dict[str, StagedRow] = {}
    for row in rows:
        name, number, phone = (row.values.get(key) or "" for key in ("owner", "id_number", "phone"))
        if not name:
            continue
        if number:
            _same_number(row, by_id.setdefault(id_key(number), row), known.get(number, name))
        if phone and fold(by_phone.setdefault(phone_key(phone), row).values["owner"]) != fold(name):
            other = by_phone[phone_key(phone)]
            row.warn("phone", f"与第 {other.number} 行电话相同、姓名不同，请核对是否同一人")
        other = by_name.setdefault(fold(name), row)
        if other is not row and _owner_of(other) != _owner_of(row) and not (number and other.values.get("id_number")):
            row.warn("owner", f"与第 {other.number} 行同名（{mask_name(name)}），证件号不全，将按两人登记，请核对")
        elif other is not row and not number and not phone:
            row.warn(
                "owner", f"与第 {other.number} 行同名（{mask_name(name)}），没有证件号和电话，将按同一人登记，请核对"
            )


def _same_number(row: StagedRow, other: StagedRow, registered: str) -> None:
    name = row.values["owner"]
    if other is not row and other.values["owner"] != name:
        row.warn("owner", f"与第 {other.number} 行证件号相同、姓名写法不同，按同一人登记，请核对")
    elif registered != name:
        row.warn("owner", "该证件号已登记在本小区，但姓名写法不同，按同一人登记，请核对")


def changes(row: StagedRow, home: Home, open_ones: list[Ownership], group: list[StagedRow]) -> dict[str, list[Any]]:
    """What a row of ``group`` (all rows of the home) changes about a home that stands and its open owners."""
    found: dict[str, list[Any]] = {}
    after = row.values.get("private_area")
    before = None if home.private_area is None else home.area_text()
    if after is not None and after != before:
        found["private_area"] = [before, after]
    if after is not None and row.values["area_source"] != home.area_source:
        found["area_source"] = [home.area_source, row.values["area_source"]]
    wanted = [item for item in group if item.values.get("owner")]
    if not wanted:
        return found
    before_keys = {
        (owner_key(o.person.name, o.person.id_number, o.person.phone), o.share_numerator, o.share_denominator)
        for o in open_ones
    }
    after_keys = {
        (
            owner_key(i.values["owner"], i.values.get("id_number") or "", i.values.get("phone") or ""),
            *shares(i, len(wanted)),
        )
        for i in wanted
    }
    if before_keys != after_keys:
        found["owners"] = [
            "、".join(mask_name(o.person.name) for o in open_ones), "、".join(mask_name(i.values["owner"]) for i in wanted)
        ]  # fmt: skip
    return found


def shares(row: StagedRow, owners: int) -> tuple[int, int]:
    """The row's share; without one an equal part (民法典 309: where nothing is agreed and no contribution is known)."""
    given = row.values.get("share")
    return (given[0], given[1]) if given else (1, owners)
