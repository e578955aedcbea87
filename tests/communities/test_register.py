"""The register: who writes where, versions with evidence, facts, search, completeness and eligibility."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from communities import actions, queries
from communities.models import Community, CommunityFact
from communities.queries import RegisterFilter
from offices.models import Division, HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused, Stale
from tests.communities.conftest import AT, TODAY, World

Add = Callable[..., Community]


def test_adding_leaves_a_row_a_revision_and_a_history_entry(world: World) -> None:
    community = actions.add_community(
        by=world.chen, at=AT, division=world.street,
        values={"name": "体委住宅楼", "built_text": "1995、1997", "floor_area": "2324.00", "household_count": 19},
    )  # fmt: skip
    assert (community.built_from, community.built_to, community.floor_area) == (1995, 1997, Decimal("2324.00"))
    assert (community.county, community.street) == (world.east, world.street)
    assert community.revisions.get().values["floor_area"] == "2324.00"
    entry = HistoryEntry.objects.get(action="community.add")
    assert (entry.subject_uid, entry.by, entry.data) == (community.uid, world.chen, {"version": 1})


@pytest.mark.parametrize("person", ["zhao", "qian"])
def test_nobody_writes_outside_his_division_or_office(world: World, add: Add, person: str) -> None:
    outsider = getattr(world, person)
    community = add("甲小区")
    with pytest.raises(Forbidden):
        actions.add_community(by=outsider, at=AT, division=world.east, values={"name": "乙小区"})
    with pytest.raises(Forbidden):
        actions.change_community(by=outsider, at=AT, community=community, values={"remark": "x"}, expected_version=1)
    with pytest.raises(Forbidden):
        actions.record_fact(by=outsider, at=AT, community=community, key="neglected", holds=True, evidence="x")
    with pytest.raises(Forbidden):
        actions.add_building(by=outsider, at=AT, community=community, values={"name": "1号楼"})


def test_a_county_clerk_doesn_t_write_for_the_city(world: World) -> None:
    with pytest.raises(Forbidden):
        actions.add_community(by=world.chen, at=AT, division=world.city, values={"name": "乙小区"})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"floor_area": "-1"}, "floor_area"),
        ({"floor_area": "1.234"}, "floor_area"),
        ({"floor_area": 1.5}, "floor_area"),
        ({"household_count": -1}, "household_count"),
        ({"built_text": "1895"}, "built_text"),
        ({"built_text": "2099"}, "built_text"),
        ({"built_text": "很久以前"}, "built_text"),
        ({"property_right": "castle"}, "property_right"),
        ({"excluded": "self_built"}, "excluded_evidence"),
        ({"merged_into": 3}, "merged_into"),
        ({"version": 7}, "version"),
    ],
)
def test_bad_values_name_their_field(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_community(by=world.chen, at=AT, division=world.east, values={"name": "甲小区"} | values)
    assert field in refusal.value.errors
    assert not Community.objects.exists()


def test_a_changed_figure_needs_its_evidence_and_leaves_a_version(world: World, add: Add) -> None:
    community = add("甲小区", household_count=30)
    with pytest.raises(Invalid) as refusal:
        actions.change_community(
            by=world.chen, at=AT, community=community, values={"household_count": 31}, expected_version=1
        )
    assert "evidence" in refusal.value.errors
    changed = actions.change_community(
        by=world.chen, at=AT, community=community, values={"household_count": 31}, expected_version=1, evidence="复核表"
    )
    assert (changed.version, changed.household_count) == (2, 31)
    assert [(r.version, r.values["household_count"], r.evidence) for r in changed.revisions.order_by("version")] == [
        (1, 30, "普查"), (2, 31, "复核表")
    ]  # fmt: skip
    assert HistoryEntry.objects.get(action="community.change").data == {"version": 2, "fields": ["household_count"]}


def test_a_stale_change_is_refused_and_an_empty_one_writes_nothing(world: World, add: Add) -> None:
    community = add("甲小区")
    actions.change_community(by=world.chen, at=AT, community=community, values={"remark": "一"}, expected_version=1)
    with pytest.raises(Stale):
        actions.change_community(by=world.chen, at=AT, community=community, values={"remark": "二"}, expected_version=1)
    same = actions.change_community(
        by=world.chen, at=AT, community=community, values={"remark": "一"}, expected_version=2
    )
    assert same.version == 2


def test_one_name_at_one_address_stands_once_in_a_county(world: World, add: Add) -> None:
    add("2号楼", address="永乐路")
    with pytest.raises(Refused, match="同名同址"):
        add("２号楼", address="永乐路 ")
    add("2号楼", address="平安街")
    add("2号楼", division=world.west, address="永乐路")


def test_withdraw_and_restore(world: World, add: Add) -> None:
    community = add("甲小区")
    with pytest.raises(Invalid):
        actions.withdraw(by=world.chen, at=AT, community=community, expected_version=1, reason=" ")
    gone = actions.withdraw(by=world.chen, at=AT, community=community, expected_version=1, reason="已拆除")
    assert queries.public_community(community.uid) is None
    assert gone.revisions.get(version=2).evidence == "已拆除"
    actions.restore(by=world.chen, at=AT, community=gone, expected_version=2, reason="误撤")
    assert queries.public_community(community.uid) == community


def test_search_finds_by_name_old_name_address_pinyin_and_initials(world: World, add: Add) -> None:
    first = add("建设银行住宅楼", former_names="建行老楼、二号院", address="永乐北路东侧")
    add("粮苑小区2号楼", address="洞宾西街")
    for text in ("建设银行", "建行老楼", "永乐北路", "jiansheyinhang", "jsyh", "JSYH", "ｊｓｙｈ", "银行 永乐"):
        assert list(queries.public_search(text)) == [first], text
    assert [c.name for c in queries.public_search("２号楼")] == ["粮苑小区2号楼"]
    assert list(queries.public_search("  ")) == list(queries.public_search("没有的")) == []


def test_search_puts_the_exact_name_first_and_hides_what_is_withdrawn(world: World, add: Add) -> None:
    add("和平里东区")
    exact = add("和平里")
    gone = add("和平里西区")
    actions.withdraw(by=world.sun, at=AT, community=gone, expected_version=1, reason="已拆除")
    assert [c.name for c in queries.public_search("和平里")] == ["和平里", "和平里东区"]
    assert queries.public_search("和平里")[0] == exact


@pytest.mark.rule("JX-02")
def test_completeness_counts_the_survey_s_fields(world: World, add: Add) -> None:
    bare = add("甲小区")
    before = queries.completeness_of(bare, TODAY)
    assert {"户数", "建筑面积", "产权性质", "建成时间", "位置", "栋数"} <= set(before.missing)
    full = add(
        "乙小区", address="一号路", built_text="1998", building_count=1, household_count=20, floor_area="1000.00",
        property_right="reformed",
    )  # fmt: skip
    after = queries.completeness_of(full, TODAY)
    assert after.denominator == before.denominator
    assert after.numerator == before.numerator + 6
    everything = RegisterFilter(division=world.east, complete="yes")
    assert list(queries.register_list(world.chen, everything, TODAY)) == [full]


@pytest.mark.rule("RC-28")
def test_facts_of_the_definition_stand_in_the_eligibility_answer_with_their_evidence(world: World, add: Add) -> None:
    community = add("甲小区", built_text="1998", in_town=True)
    missing = queries.completeness_of(community, TODAY).missing
    assert "失养失修失管" in missing
    with pytest.raises(Invalid):
        actions.record_fact(by=world.chen, at=AT, community=community, key="neglected", holds=True, evidence="")
    actions.record_fact(by=world.chen, at=AT, community=community, key="neglected", holds=True, evidence="现场照片")
    view = queries.eligibility_of(Community.objects.get(pk=community.pk), TODAY)
    facts = {fact.key: fact for fact in view.facts}
    assert (facts["neglected"].holds, facts["neglected"].evidence) == (True, "现场照片")
    assert facts["in_town"].holds is True
    assert facts["residents_willing"].holds is None
    assert facts["neglected"].citation.rule == "RC-28"
    assert "失养失修失管" not in queries.completeness_of(Community.objects.get(pk=community.pk), TODAY).missing


@pytest.mark.rule("LZ-27")
@pytest.mark.rule("YL-15")
@pytest.mark.rule("CZ-12")
@pytest.mark.rule("JX-18")
@pytest.mark.parametrize(
    ("book", "rule", "recorded", "count"),
    [
        ("liuzhou", "LZ-27", "municipal_facilities", 7), ("yulin", "YL-15", "community_services", 7),
        ("changzhi", "CZ-12", "neglected", 6), ("jiangxi", "JX-18", "public_facilities", 3),
    ],
)  # fmt: skip
def test_each_places_own_definition_asks_its_own_facts(
    world: World, add: Add, book: str, rule: str, recorded: str, count: int
) -> None:
    Division.objects.update(governed_by=book)
    community = add("甲小区", built_text="1998")
    actions.record_fact(by=world.chen, at=AT, community=community, key=recorded, holds=True, evidence="普查表")
    view = queries.eligibility_of(Community.objects.get(pk=community.pk), TODAY)
    facts = {fact.key: fact for fact in view.facts}
    assert {fact.citation.rule for fact in view.facts} == {rule}
    assert (facts[recorded].holds, facts[recorded].evidence) == (True, "普查表")
    assert len(facts) == count and all(fact.words in fact.citation.quote for fact in view.facts)
    others = {key: fact.holds for key, fact in facts.items() if key not in {recorded, "built_early"}}
    assert set(others.values()) == {None}, "not recorded is not no"
    assert view.answer.eligible, "the facts define, they set no number"


@pytest.mark.rule("RC-02")
def test_a_state_owned_community_belongs_where_it_stands(world: World, add: Add) -> None:
    state = add("粮食局宿舍", built_text="1996", state_owned=True, property_unit="省粮食局")
    other = add("甲小区", built_text="1996")
    rows = list(queries.register_list(world.chen, RegisterFilter(division=world.east), TODAY))
    assert rows == [state, other], "the county's own clerk keeps it beside all others"
    assert queries.eligibility_of(state, TODAY).answer == queries.eligibility_of(other, TODAY).answer
    actions.record_fact(by=world.chen, at=AT, community=state, key="neglected", holds=True, evidence="现场照片")
    assert not queries.register_list(world.zhao, RegisterFilter(), TODAY).exists()


def test_a_fact_recorded_again_replaces_the_answer(world: World, add: Add) -> None:
    community = add("甲小区")
    for holds, evidence in ((True, "入户调查"), (False, "复查")):
        actions.record_fact(
            by=world.chen, at=AT, community=community, key="residents_willing", holds=holds, evidence=evidence
        )
    fact = CommunityFact.objects.get()
    assert (fact.holds, fact.evidence, fact.version) == (False, "复查", 2)
    assert HistoryEntry.objects.filter(action="community.fact").count() == 2


@pytest.mark.rule("YL-16")
def test_hazards_are_records_of_their_own(world: World, add: Add) -> None:
    community = add("甲小区")
    tomorrow = TODAY + dt.timedelta(days=1)
    with pytest.raises(Invalid):
        actions.record_hazard(
            by=world.chen, at=AT, community=community, kind="gas", description="老化", found_on=tomorrow
        )
    hazard = actions.record_hazard(by=world.chen, at=AT, community=community, kind="gas", description="燃气立管锈蚀")
    assert (hazard.found_on, list(community.hazards.all())) == (TODAY, [hazard])


@pytest.mark.rule("RC-01")
def test_an_excluded_community_is_not_eligible(world: World, add: Add) -> None:
    plain = queries.eligibility_of(add("甲小区", built_text="1998"), TODAY)
    excluded = queries.eligibility_of(
        add("乙小区", built_text="1998", excluded="urban_village", excluded_evidence="征收公告"), TODAY
    )
    assert (plain.answer.eligible, excluded.answer.eligible, excluded.answer.rule) == (True, False, "RC-01")
    only = queries.register_list(world.chen, RegisterFilter(band="none"), TODAY)
    assert [c.name for c in only] == ["乙小区"]


def test_lists_hold_only_the_division_of_who_looks(world: World, add: Add) -> None:
    add("东小区")
    add("西小区", division=world.west)

    def seen(user: Any) -> list[str]:
        return [c.name for c in queries.register_list(user, RegisterFilter(), TODAY)]

    assert (seen(world.chen), seen(world.zhao), seen(world.sun)) == (["东小区"], ["西小区"], ["东小区", "西小区"])
