"""Checks across the rows of a roll: rooms named twice, shares, areas against the community's, persons under two spellings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from communities.imports.kinds import StagedRow
from communities.models import Community
from communities.rules.masks import mask_name
from communities.rules.roll_problems import id_key, phone_key
from communities.rules.rooms import RoomKey, room_key
from communities.rules.search import fold
from communities.rules.voters import overlaps

SHOWN = 10  # rows named before the rest are left to the roll check
TOLERANCE = Fraction(1, 10)  # common parts and rounding: a gap above a tenth is worth a look


def home_key(row: StagedRow) -> tuple[str, str, str]:
    """(building, unit, room) as written."""
    return row.values["building"], row.values.get("unit") or "", row.values["room"]


def owner_key(name: str, id_number: str, phone: str) -> tuple[str, ...]:
    """Who is who: by ID number, else by name and phone."""
    return ("id", id_number) if id_number else ("name", fold(name), fold(phone))


def _owner_of(row: StagedRow) -> tuple[str, ...]:
    return owner_key(row.values.get("owner") or "", row.values.get("id_number") or "", row.values.get("phone") or "")


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


def check_standing(rows: Sequence[StagedRow], standing: Iterable[tuple[str, str, str]]) -> None:
    """A room that stands in the register under another spelling would come in a second time."""
    known: dict[RoomKey, tuple[str, str, str]] = {}
    exact = set()
    for key in standing:
        known.setdefault(room_key(*key), key)
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


def check_areas(rows: Sequence[StagedRow], community: Community, standing: Decimal) -> None:
    """Missing areas, and the sum against the community's. ``standing``: ㎡ of homes outside the table."""
    per_home: dict[tuple[str, str, str], Decimal] = {}
    for row in rows:
        area = row.values.get("private_area")
        if area is None:
            row.warn("private_area", "面积未填写，表决前须补齐")
        else:
            per_home[home_key(row)] = Decimal(area)
    total = sum(per_home.values(), standing)
    whole = community.floor_area
    if rows and total and whole and abs(Fraction(total) / Fraction(whole) - 1) > TOLERANCE:
        rows[0].warn(
            "private_area", f"各户面积合计 {total:.2f} ㎡，小区登记建筑面积 {whole:.2f} ㎡，相差超过 10%，请核对"
        )
    homes = len({home_key(row) for row in rows})
    if rows and not standing and community.household_count and homes != community.household_count:
        rows[0].warn("room", f"表中共 {homes} 户，小区登记 {community.household_count} 户，请核对")


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
