"""What stands against a roll before a vote opens (N-02): each problem says where, by how much, and how it is settled. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from communities.rules.rooms import RoomKey, room_key
from communities.rules.search import fold
from communities.rules.voters import (
    ASSIGNED,
    CONFIRMED,
    DISTINCT,
    REOPENED,
    SEPARATE,
    Owners,
    RollFacts,
    RollHolding,
    RollHome,
    RollPerson,
    RollProblem,
    Settlements,
    digest,
    home_order,
    overlap_key,
    overlaps,
)

LEAST_PART = Fraction(9, 10)  # of the floor area: homes that make up less than nine tenths of it are worth a reason
KIND_LABELS = {
    "empty": "没有房屋",
    "duplicate_room": "房号重复",
    "missing_area": "面积或面积来源未填",
    "area_sum": "各户面积合计与小区面积不符",
    "shares": "份额合计不等于 1",
    "no_owner": "没有业主",
    "same_person": "疑似同一业主",
    "overlap": "业主组合有重叠",
    "same_name": "同名业主",
    "evidence": "产权没有依据",
    "households": "户数与登记不一致",
}
DECISION_LABELS = {
    CONFIRMED: "已核实，按此计算",
    DISTINCT: "经核实不是同一个",
    SEPARATE: "各自作为一个业主",
    ASSIGNED: "按户指定计入哪个业主",
    REOPENED: "撤销原决定，重新核实",
}
SHOWN = 5  # places named before the rest are counted
Found = Iterator[RollProblem]


def problems_of(facts: RollFacts, settlements: Settlements) -> tuple[RollProblem, ...]:
    """Every problem of a community on the day, those in the order of ``KIND_LABELS``; settled ones are kept and say so."""
    owners = facts.owners()
    homes = sorted(facts.homes, key=home_order)
    found: list[RollProblem] = [
        *_empty(homes),
        *_rooms(homes),
        *_areas(homes),
        *_sum(facts, homes),
        *_shares(facts, homes),
        *_ownerless(homes, owners),
        *_persons(facts, homes, owners),
        *_overlapping(facts, homes, owners),
        *_evidence(facts, homes),
        *_households(facts, homes),
    ]
    return tuple(_with_settlement(problem, settlements) for problem in found)


def _with_settlement(problem: RollProblem, settlements: Settlements) -> RollProblem:
    row = settlements.get((problem.kind, problem.key))
    if row is None or row.decision not in problem.decisions:
        return problem
    return replace(problem, settled=True, settlement=row.pk)


def square_metres(area: int) -> str:
    """0.01 ㎡ as text, exact: 123456 → 1,234.56."""
    return f"{area // 100:,}.{area % 100:02d}"


def _places(homes: Sequence[RollHome]) -> str:
    shown = "、".join(home.place for home in homes[:SHOWN])
    return f"{shown}等 {len(homes)} 户" if len(homes) > SHOWN else shown


def _pks(homes: Iterable[RollHome]) -> tuple[int, ...]:
    return tuple(home.home_id for home in homes)


def _empty(homes: Sequence[RollHome]) -> Found:
    if not homes:
        yield RollProblem("empty", "还没有登记房屋和业主，请先导入清册", "", digest("empty"))


def _rooms(homes: Sequence[RollHome]) -> Found:
    groups: dict[RoomKey, list[RollHome]] = defaultdict(list)
    for home in homes:
        groups[room_key(home.building, home.unit, home.room)].append(home)
    for group in groups.values():
        if len(group) > 1:
            facts = sorted(f"{home.home_uid}={home.building}\x1e{home.unit}\x1e{home.room}" for home in group)
            text = f"同一房号登记了 {len(group)} 次，写法不同：{'；'.join(home.place for home in group)}。面积和人数会重复计算"
            yield RollProblem(
                "duplicate_room", text, group[0].place, digest("duplicate_room", *facts), decisions=(DISTINCT,), homes=_pks(group)
            )  # fmt: skip


def _areas(homes: Sequence[RollHome]) -> Found:
    for home in homes:
        if home.area <= 0:
            text = "专有部分面积未填写：依次按不动产登记簿、测绘报告、买卖合同填写"
        elif not home.area_source:
            text = f"面积 {square_metres(home.area)} ㎡ 没有注明来源（不动产登记簿、测绘报告或买卖合同）"
        else:
            continue
        yield RollProblem(
            "missing_area", text, home.place, digest("missing_area", home.home_uid), homes=(home.home_id,)
        )


def _sum(facts: RollFacts, homes: Sequence[RollHome]) -> Found:
    total, whole = sum(home.area for home in homes), facts.floor_area
    if not homes:
        return
    if not whole:
        text = f"小区没有登记建筑面积，各户合计 {square_metres(total)} ㎡ 无法核对"
        yield RollProblem("area_sum", text, "", digest("area_sum", total, ""), blocks=False)
    elif total > whole or total < LEAST_PART * whole:
        more = total > whole
        text = (
            f"各户专有面积合计 {square_metres(total)} ㎡，小区登记建筑面积 {square_metres(whole)} ㎡，"
            f"{'多出' if more else '少'} {square_metres(abs(total - whole))} ㎡"
        )
        yield RollProblem("area_sum", text, "", digest("area_sum", total, whole), decisions=(CONFIRMED,))


def _shares(facts: RollFacts, homes: Sequence[RollHome]) -> Found:
    held: dict[int, list[RollHolding]] = defaultdict(list)
    for holding in facts.holdings:
        held[holding.home_id].append(holding)
    for home in homes:
        rows = held[home.home_id]
        total = sum((row.share for row in rows), Fraction(0))
        if rows and total != 1:
            told = sorted(f"{facts.persons[row.person_id].uid}={row.share}" for row in rows)
            gap = f"多出 {total - 1}" if total > 1 else f"还差 {1 - total}"
            yield RollProblem(
                "shares", f"{len(rows)} 位业主的份额合计 {total}，{gap}", home.place, digest("shares", home.home_uid, *told),
                decisions=(CONFIRMED,), homes=(home.home_id,),
            )  # fmt: skip


def _ownerless(homes: Sequence[RollHome], owners: Mapping[int, Owners]) -> Found:
    for home in homes:
        if not owners[home.home_id]:
            text = "没有登记业主。查找后仍不明的，写明理由，该户作为一个业主计入总面积和总人数，不计入参与"
            yield RollProblem(
                "no_owner", text, home.place, digest("no_owner", home.home_uid), decisions=(CONFIRMED,), homes=(home.home_id,)
            )  # fmt: skip


def _bare(number: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", number)).upper()


def id_key(number: str) -> str:
    """ID numbers as they are compared: half width, no blanks; 15 figures of old cards as the first 17 of the new ones."""
    plain = number.upper() if number.isascii() and number.isalnum() else _bare(number)
    if len(plain) not in {15, 18}:
        return plain
    if re.fullmatch(r"\d{15}", plain):
        return f"{plain[:6]}19{plain[6:]}"
    return plain[:17] if re.fullmatch(r"\d{17}[\dX]", plain) else plain


def phone_key(phone: str) -> str:
    """Digits of a phone number, the country's code left off."""
    plain = phone.isascii() and phone.isdigit()
    digits = phone if plain else re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    return digits.removeprefix("86") if len(digits) == 13 else digits


def _persons(facts: RollFacts, homes: Sequence[RollHome], owners: Mapping[int, Owners]) -> Found:
    """One person under two spellings. A couple with one phone that holds everything together is one voter anyway and passes."""
    of_person: dict[int, list[RollHome]] = defaultdict(list)
    for home in homes:
        for pk in owners[home.home_id]:
            of_person[pk].append(home)
    people = sorted((facts.persons[pk] for pk in of_person), key=lambda person: str(person.uid))
    told: set[frozenset[int]] = set()

    def problems(
        kind: str, key: Callable[[RollPerson], str], alike: Callable[[list[RollPerson]], bool], text: str, blocks: bool
    ) -> Found:
        groups: dict[str, list[RollPerson]] = defaultdict(list)
        for person in people:
            if value := key(person):
                groups[value].append(person)
        for group in groups.values():
            pks = frozenset(person.pk for person in group)
            if len(group) < 2 or any(pks <= seen for seen in told) or not alike(group):
                continue
            told.add(pks)
            places = sorted({home for pk in pks for home in of_person[pk]}, key=home_order)
            yield RollProblem(
                kind, f"{len(group)} 条业主记录{text}", _places(places),
                digest(kind, *(f"{person.uid}.{person.version}" for person in group)), blocks=blocks,
                decisions=(DISTINCT,) if blocks else (), homes=_pks(places), persons=tuple(person.pk for person in group),
            )  # fmt: skip

    def apart(group: list[RollPerson]) -> bool:
        held = {frozenset(home.home_id for home in of_person[person.pk]) for person in group}
        return len(held) > 1 and not _told_apart(group)

    yield from problems(
        "same_person", lambda row: id_key(row.id_number), lambda group: True, "证件号码相同，是同一人的应合并", True
    )
    yield from problems("same_person", lambda row: phone_key(row.phone), apart, "电话相同，请核实是否同一人", True)
    yield from problems(
        "same_person", lambda row: "" if row.kind == "natural" else fold(row.name), lambda group: not _told_apart(group),
        "单位名称相同，是同一单位的应合并", True,
    )  # fmt: skip
    yield from problems(
        "same_name", lambda row: fold(row.name), apart, "姓名相同，证件号码不全，暂按不同的人计算", False
    )


def _told_apart(group: Sequence[RollPerson]) -> bool:
    """Everybody has an ID number and no two of them agree."""
    numbers = [id_key(person.id_number) for person in group]
    return all(numbers) and len(set(numbers)) == len(numbers)


def _overlapping(facts: RollFacts, homes: Sequence[RollHome], owners: Mapping[int, Owners]) -> Found:
    for group in overlaps(owners):
        members = set(group)
        places = [home for home in homes if owners[home.home_id] in members]
        persons = sorted({pk for people in group for pk in people})
        text = f"同一人既单独又与他人（或与不同的人）持有房屋，共 {len(group)} 种组合、{len(places)} 户，须逐户确定计入哪个业主"
        yield RollProblem(
            "overlap", text, _places(places), overlap_key(group, facts, owners), decisions=(SEPARATE, ASSIGNED),
            homes=_pks(places), persons=tuple(persons),
        )  # fmt: skip


def _evidence(facts: RollFacts, homes: Sequence[RollHome]) -> Found:
    bare = {holding.home_id for holding in facts.holdings if not holding.evidence.strip()}
    places = [home for home in homes if home.home_id in bare]
    if places:
        keys = sorted(str(home.home_uid) for home in places)
        text = f"{len(places)} 户的产权没有写明依据，建议补充不动产权证号等"
        yield RollProblem(
            "evidence", text, _places(places), digest("evidence", *keys), blocks=False, homes=_pks(places)
        )


def _households(facts: RollFacts, homes: Sequence[RollHome]) -> Found:
    if homes and facts.households and facts.households != len(homes):
        text = f"房屋 {len(homes)} 户，小区登记 {facts.households} 户，请核对"
        yield RollProblem("households", text, "", digest("households", len(homes), facts.households), blocks=False)
