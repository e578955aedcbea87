"""Who votes (N-02): properties of any roll, and the worked cases on which communities stumble."""

import uuid
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.rules.roll_problems import id_key, phone_key, problems_of
from communities.rules.rooms import room_key
from communities.rules.voters import (
    Owners,
    RollDraft,
    RollFacts,
    RollHolding,
    RollHome,
    RollPerson,
    Settled,
    draft,
    overlaps,
    voter_key,
)

A, B, C, DEVELOPER = 1, 2, 3, 9


def uid(number: int) -> uuid.UUID:
    """A uid that is the same in every run."""
    return uuid.UUID(int=number)


def person(pk: int, name: str = "", kind: str = "natural", number: str = "", phone: str = "") -> RollPerson:
    """A person with a name of his own unless told otherwise."""
    return RollPerson(pk, uid(pk), 1, kind, name or f"业主{pk}", number, phone)


def home(pk: int, room: str = "", area: int = 8000, **more: object) -> RollHome:
    """A home of 1号楼 1单元 with 80.00 ㎡ by the land register."""
    row = RollHome(pk, uid(10_000 + pk), 1, "1号楼", "1单元", room or str(100 + pk), 1, area, "register")
    return replace(row, **more)  # type: ignore[arg-type]


def facts(
    owned: dict[int, set[int]], persons: list[RollPerson] | None = None, homes: list[RollHome] | None = None
) -> RollFacts:
    """Homes with their owners in equal shares; every figure of the community agrees."""
    rows = homes if homes is not None else [home(pk) for pk in owned]
    known = {row.pk: row for row in persons or []}
    people = {pk: known.get(pk) or person(pk) for held in owned.values() for pk in held}
    holdings = [RollHolding(pk, who, Fraction(1, len(held)), "产权证") for pk, held in owned.items() for who in held]
    return RollFacts(rows, people, holdings, {}, sum(row.area for row in rows) or None, len(rows))


def rolled(found: RollFacts, settlements: dict[tuple[str, str], Settled] | None = None) -> RollDraft:
    """The draft of these facts."""
    return draft(found, problems_of(found, settlements or {}), settlements or {})


def kinds(found: RollDraft) -> list[str]:
    """Kinds of the problems that block and are not settled."""
    return [problem.kind for problem in found.problems if problem.blocks and not problem.settled]


ANY = st.dictionaries(st.integers(1, 30), st.sets(st.integers(1, 8), max_size=3), max_size=20)


@given(ANY)
def test_every_home_is_in_exactly_one_voter_and_no_area_is_lost(owned: dict[int, set[int]]) -> None:
    found = rolled(facts(owned))
    assert sorted(row.home_id for voter in found.voters for row in voter.homes) == sorted(owned)
    assert found.area == 8000 * len(owned)
    assert len({voter.key for voter in found.voters}) == found.heads


@given(ANY, st.randoms())
def test_the_order_of_rows_and_the_names_of_people_decide_nothing(owned: dict[int, set[int]], dice: object) -> None:
    first = facts(owned)
    homes, holdings = list(first.homes), list(first.holdings)
    dice.shuffle(homes)  # type: ignore[attr-defined]
    dice.shuffle(holdings)  # type: ignore[attr-defined]
    again = replace(first, homes=homes, holdings=holdings)
    assert rolled(again) == rolled(first)
    renamed = replace(first, persons={pk: replace(row, name="王芳") for pk, row in first.persons.items()})
    assert rolled(renamed).voters == rolled(first).voters


@given(ANY)
def test_voters_hold_exactly_one_set_of_people_each(owned: dict[int, set[int]]) -> None:
    for voter in rolled(facts(owned)).voters:
        assert {frozenset(owned[row.home_id]) for row in voter.homes} == {frozenset(voter.person_ids)}


@given(ANY)
def test_overlapping_sets_are_found_and_nothing_else(owned: dict[int, set[int]]) -> None:
    groups = overlaps({pk: frozenset(held) for pk, held in owned.items()})
    sets = {frozenset(held) for held in owned.values()}
    told = [people for group in groups for people in group]
    assert len(told) == len(set(told))
    alone = {people for people in sets if not any(people != other and people & other for other in sets)}
    assert set(told) == sets - alone - {frozenset()}


@given(ANY, st.data())
def test_an_assignment_keeps_homes_and_area(owned: dict[int, set[int]], data: st.DataObject) -> None:
    found = facts(owned)
    settlements = {}
    for problem in problems_of(found, {}):
        if problem.kind == "overlap":
            keys = sorted({voter_key(uid(pk) for pk in owned[row]) for row in problem.homes})
            chosen = {str(uid(10_000 + row)): data.draw(st.sampled_from(keys)) for row in problem.homes}
            settlements["overlap", problem.key] = Settled(1, "assigned", chosen)
    after = rolled(found, settlements)
    assert sorted(row.home_id for voter in after.voters for row in voter.homes) == sorted(owned)
    assert after.area == rolled(found).area
    assert after.heads <= rolled(found).heads
    assert "overlap" not in kinds(after)


@pytest.mark.rule("N-02")
def test_one_owner_of_two_homes_is_one_head_and_co_owners_are_one_head() -> None:
    found = rolled(facts({1: {A}, 2: {A}, 3: {B, C}}))
    assert [(voter.person_ids, voter.area) for voter in found.voters] == [((A,), 16000), ((B, C), 8000)]
    assert (found.homes, found.heads, found.ready) == (3, 2, True)


@pytest.mark.rule("N-02")
def test_all_unsold_homes_of_a_developer_are_one_head() -> None:
    developer = person(DEVELOPER, "柳州某房地产开发有限公司", "developer")
    found = rolled(facts({1: {DEVELOPER}, 2: {DEVELOPER}, 3: {DEVELOPER}, 4: {A}}, [developer]))
    assert [(voter.kind, len(voter.homes)) for voter in found.voters] == [("developer", 3), ("natural", 1)]


@pytest.mark.rule("N-02")
def test_a_home_without_owner_keeps_its_area_and_head_in_the_denominators() -> None:
    found = rolled(facts({1: {A}, 2: set()}))
    assert kinds(found) == ["no_owner"]
    assert (found.heads, found.area, found.voters[1].person_ids) == (2, 16000, ())


def test_overlapping_sets_stop_the_vote_until_a_person_has_decided() -> None:
    held = facts({1: {A}, 2: {A, B}, 3: {C}})
    before = rolled(held)
    assert (kinds(before), before.ready, before.heads) == (["overlap"], False, 3)
    problem = next(problem for problem in before.problems if problem.kind == "overlap")
    apart = rolled(held, {("overlap", problem.key): Settled(5, "separate")})
    assert (apart.ready, apart.heads) == (True, 3)
    alone = voter_key([uid(A)])
    together = rolled(held, {("overlap", problem.key): Settled(5, "assigned", {str(uid(10_002)): alone})})
    assert [(voter.person_ids, voter.area) for voter in together.voters] == [((A,), 16000), ((C,), 8000)]


def test_a_settlement_lapses_when_the_facts_behind_it_change() -> None:
    held = facts({1: {A}, 2: {A, B}})
    key = next(problem.key for problem in problems_of(held, {}) if problem.kind == "overlap")
    settled = {("overlap", key): Settled(5, "separate")}
    assert rolled(held, settled).ready
    assert kinds(rolled(facts({1: {A}, 2: {A, C}}), settled)) == ["overlap"]
    assert kinds(rolled(facts({1: {A}, 2: {A, B}, 3: {B}}), settled)) == ["overlap"]


def test_a_settlement_of_the_whole_holds_for_a_stairwell_and_the_sum_is_asked_of_the_whole_alone() -> None:
    held = replace(facts({1: {A}, 2: {A, B}, 3: {A}}), floor_area=99_999_999)
    problems = problems_of(held, {})
    assert [problem.kind for problem in problems] == ["area_sum", "overlap"]
    key = problems[1].key
    part: frozenset[int] = frozenset({1, 2})
    settled = {("overlap", key): Settled(1, "separate")}
    assert not draft(held, problems, {}, part).ready
    found = draft(held, problems_of(held, settled), settled, part)
    assert (found.ready, found.homes, [problem.kind for problem in found.problems]) == (True, 2, ["overlap"])
    assert draft(held, problems, {}, frozenset({1})).problems == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("1号楼", "1单元", "101"), ("1号楼", "1单元", "１０１室"), True),
        (("1号楼", "1单元", "101"), ("1栋", "一单元", "0101号"), True),
        (("1号楼", "1单元", "101"), ("1幢", "", "1-101"), True),
        (("1号楼", "1单元", "101"), ("1号楼", "1单元", "1-1-101"), True),
        (("十二号楼", "2单元", "302"), ("12#楼", "2", "302户"), True),
        (("A座", "", "101"), ("ａ座", "", "101"), True),
        (("1号楼", "1单元", "101"), ("1号楼", "2单元", "101"), False),
        (("1号楼", "", "1-101"), ("1号楼", "", "1101"), False),
        (("1号楼", "1单元", "101"), ("11号楼", "1单元", "101"), False),
        (("1号楼", "1单元", "101A"), ("1号楼", "1单元", "101B"), False),
    ],
)
def test_rooms_under_different_spellings(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    assert (room_key(*one) == room_key(*other)) is same  # type: ignore[arg-type]


def test_a_room_entered_twice_is_told() -> None:
    twice = facts({1: {A}, 2: {B}}, homes=[home(1, "101"), home(2, "１０１室")])
    problem = problems_of(twice, {})[0]
    assert (problem.kind, problem.homes, problem.decisions) == ("duplicate_room", (1, 2), ("distinct",))
    assert "1号楼 1单元 １０１室" in problem.text


def test_areas_missing_or_of_unknown_source_can_only_be_entered() -> None:
    rows = [home(1, area=0, area_source=""), home(2, area_source="")]
    problems = problems_of(facts({1: {A}, 2: {B}}, homes=rows), {})
    assert [(p.kind, p.blocks, p.decisions) for p in problems] == [("missing_area", True, ())] * 2
    assert "80.00 ㎡ 没有注明来源" in problems[1].text


@pytest.mark.parametrize(
    ("whole", "words"),
    [(15999, "多出 0.01 ㎡"), (16000, ""), (17777, ""), (17778, "少 17.78 ㎡"), (20000, "少 40.00 ㎡")],
)
def test_the_sum_is_held_against_the_floor_area_and_says_by_how_much(whole: int, words: str) -> None:
    problems = problems_of(replace(facts({1: {A}, 2: {B}}), floor_area=whole), {})
    assert [problem.text.endswith(words) for problem in problems] == ([True] if words else [])


def test_shares_that_do_not_make_a_whole() -> None:
    rows = [RollHolding(1, A, Fraction(1, 2), "证"), RollHolding(1, B, Fraction(1, 3), "证")]
    problem = problems_of(replace(facts({1: {A, B}}), holdings=rows), {})[0]
    assert (problem.kind, problem.text) == ("shares", "2 位业主的份额合计 5/6，还差 1/6")


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"number": "11010519491231002X"}, {"number": "１１０１０５１９４９１２３１００２ｘ"}, ["same_person"]),
        ({"number": "110105491231002"}, {"number": "11010519491231002X"}, ["same_person"]),
        ({"phone": "138 1234 5678"}, {"phone": "+8613812345678"}, ["same_person"]),
        ({"name": "张三"}, {"name": "张 三"}, ["same_name"]),
        ({"name": "粮食局", "kind": "organisation"}, {"name": "粮食局", "kind": "organisation"}, ["same_person"]),
        ({"phone": "1", "number": "a1"}, {"phone": "1", "number": "b2"}, []),
        ({"name": "张三", "number": "a1"}, {"name": "张三", "number": "b2"}, []),
        ({"name": "张三"}, {"name": "李四"}, []),
    ],
)
def test_one_person_under_two_spellings(one: dict[str, str], other: dict[str, str], found: list[str]) -> None:
    held = facts({1: {A}, 2: {B}}, [person(A, **one), person(B, **other)])
    assert [problem.kind for problem in problems_of(held, {})] == found


def test_a_couple_with_one_phone_that_holds_everything_together_is_one_voter_and_no_problem() -> None:
    held = facts({1: {A, B}, 2: {A, B}}, [person(A, phone="139"), person(B, phone="139")])
    assert (rolled(held).problems, rolled(held).heads) == ((), 1)


def test_the_values_of_a_person_never_stand_in_a_problem() -> None:
    number, phone = "11010519491231002X", "13812345678"
    held = facts(
        {1: {A}, 2: {B}}, [person(A, "欧阳秘密", number=number), person(B, "欧阳保密", number=number, phone=phone)]
    )
    text = str(problems_of(held, {}))
    assert "same_person" in text
    assert not any(value in text for value in ("欧阳", number, phone))


def test_keys_of_numbers_and_phones() -> None:
    assert id_key("") == phone_key("") == ""
    assert id_key("91450200MA5K7X2Q1Y") == "91450200MA5K7X2Q1Y"
    people: Owners = frozenset({A, B})
    assert voter_key(uid(pk) for pk in people) == voter_key([uid(B), uid(A)])
