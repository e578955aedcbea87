"""Decisions on the roll, rows that become one, sales and corrections, papers of agents: what they do and what they refuse."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from communities import actions
from communities.models import Agency, Community, Home, Ownership, Person, RollSettlement
from communities.queries.voters import RollDraft, draft_roll
from communities.rules.voters import voter_key
from offices.models import HistoryEntry, Membership, User
from policies.refusal import Forbidden, Invalid, Refused, Stale
from tests.communities.conftest import AT, TODAY, World
from tests.communities.test_voters import settle_in

Add = Callable[..., Community]
ID = "11010519491231002X"
FEBRUARY = dt.date(2026, 2, 10)


@pytest.fixture
def yard(world: World, add: Add) -> Community:
    """A community of three homes."""
    return add("甲小区", household_count=3, floor_area="240.00")


def roll(community: Community, day: dt.date = TODAY) -> RollDraft:
    """The draft."""
    return draft_roll(community, day=day)


def waiting(community: Community) -> list[tuple[str, str]]:
    """(kind, key) of what blocks and is not settled."""
    return [(row.kind, row.key) for row in roll(community).problems if row.blocks and not row.settled]


def decide(world: World, community: Community, decision: str, **more: Any) -> RollSettlement:
    """Decide on the first problem that waits."""
    kind, key = waiting(community)[0]
    given = {"by": world.chen, "kind": kind, "key": key, "reason": "已核对产权证"} | more
    return actions.settle_roll(at=AT, community=community, decision=decision, **given)


def test_an_overlap_is_settled_home_by_home_and_the_decision_can_be_taken_back(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张三", "李四"), "201": ("王五",)})
    kind, key = waiting(yard)[0]
    assert (kind, roll(yard).heads) == ("overlap", 3)
    alone, other = voter_key([rows["张三"].uid]), voter_key([rows["王五"].uid])
    homes = {str(rows["101"].uid): alone, str(rows["102"].uid): alone}
    for wrong in (
        {},
        {str(rows["102"].uid): alone},
        {**homes, str(rows["201"].uid): alone},
        dict.fromkeys(homes, other),
    ):
        with pytest.raises(Invalid, match="每一户"):
            decide(world, yard, "assigned", homes=wrong)
    decide(world, yard, "assigned", homes=homes)
    assert (roll(yard).ready, roll(yard).heads, roll(yard).area) == (True, 2, 24000)
    again = {"by": world.sun, "at": AT, "community": yard, "kind": kind, "key": key, "reason": "业主来函"}
    actions.settle_roll(**again, decision="separate")
    assert (roll(yard).ready, roll(yard).heads) == (True, 3)
    actions.settle_roll(**again, decision="reopened")
    assert not roll(yard).ready
    assert [row.decision for row in RollSettlement.objects.order_by("pk")] == ["assigned", "separate", "reopened"]
    with pytest.raises(Refused, match="还没有决定"):
        actions.settle_roll(**again, decision="reopened")
    assert HistoryEntry.objects.filter(action="roll.settle").count() == 3


def test_a_decision_lapses_when_the_facts_change_and_an_old_page_decides_nothing(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张三", "李四"), "201": ("王五",)})
    kind, key = waiting(yard)[0]
    decide(world, yard, "separate")
    held = Ownership.objects.get(home=rows["201"])
    actions.end_ownership(by=world.chen, at=AT, ownership=held, until=TODAY, evidence="买卖合同")
    actions.add_ownership(by=world.chen, at=AT, home=rows["201"], person=rows["李四"], since=TODAY, evidence="买卖合同")
    assert [row[0] for row in waiting(yard)] == ["overlap"]
    with pytest.raises(Refused, match="清册已有变化"):
        actions.settle_roll(
            by=world.chen, at=AT, community=yard, kind=kind, key=key, decision="separate", reason="旧页面"
        )


def test_what_can_only_be_mended_and_who_may_decide(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("李四",), "201": ("王五",)})
    Home.objects.filter(pk=rows["201"].pk).update(private_area=None, area_source="")
    yard.floor_area = None
    yard.save()
    with pytest.raises(Refused, match="补正"):
        decide(world, yard, "confirmed")
    for wrong, error in (({"by": world.zhao}, Forbidden), ({"by": world.qian}, Forbidden), ({"reason": " "}, Invalid)):
        with pytest.raises(error):
            decide(world, yard, "confirmed", **wrong)
    assert not RollSettlement.objects.exists()


def test_a_settlement_is_never_rewritten(world: World, yard: Community) -> None:
    settle_in(world, yard, {"101": ("张三",)})
    row = decide(world, yard, "confirmed")
    for act in (lambda: RollSettlement.objects.update(reason="改"), lambda: RollSettlement.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    row.refresh_from_db()
    assert row.reason == "已核对产权证"


def test_two_rows_of_one_person_become_one(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张三 ", "李四"), "201": ("张叁", "张三")})
    Person.objects.filter(name="张叁").update(id_number=ID, phone="139")
    stay, go = rows["张三"], rows["张叁"]
    stay.refresh_from_db()
    actions.merge_persons(by=world.chen, at=AT, stay=stay, go=go, reason="身份证核对为同一人")
    stay.refresh_from_db()
    assert (stay.id_number, stay.phone) == (ID, "139")
    shared = Ownership.objects.in_force(TODAY).get(home=rows["201"])
    assert (shared.person, Fraction(shared.share_numerator, shared.share_denominator)) == (stay, 1)
    assert [home.room for voter in roll(yard).voters if voter.person_ids == (stay.pk,) for home in voter.homes] == [
        "101",
        "201",
    ]
    assert roll(yard, dt.date(2020, 1, 1)).area == roll(yard).area
    assert "shares" not in [row.kind for row in roll(yard, dt.date(2020, 1, 1)).problems]
    with pytest.raises(Invalid):
        actions.merge_persons(by=world.chen, at=AT, stay=stay, go=stay, reason="自己")
    entry = HistoryEntry.objects.get(action="person.merge")
    assert ID not in str(entry.data)


def test_a_home_entered_twice_becomes_one(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "１０１室": (), "201": ("王五",)})
    assert [row[0] for row in waiting(yard)] == ["duplicate_room", "no_owner"]
    actions.merge_homes(by=world.chen, at=AT, stay=rows["101"], go=rows["１０１室"], reason="重复登记")
    assert roll(yard).homes == 2
    assert "duplicate_room" not in [row[0] for row in waiting(yard)]
    with pytest.raises(Refused, match="已经并入"):
        actions.merge_homes(by=world.chen, at=AT, stay=rows["201"], go=rows["１０１室"], reason="再次")
    with pytest.raises(Refused, match="业主不同"):
        actions.merge_homes(by=world.chen, at=AT, stay=rows["101"], go=rows["201"], reason="不同的房屋")
    assert roll(yard).homes == 2


def test_a_home_is_sold_in_one_act_or_not_at_all(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张三",), "201": ("王五",)})
    home = rows["102"]
    sale: dict[str, Any] = {"by": world.chen, "at": AT, "home": home, "on": FEBRUARY, "evidence": "买卖合同"}
    buyers = [{"name": "赵六", "id_number": ID, "share": (1, 2)}, {"name": "钱七", "share": (1, 3)}]
    with pytest.raises(Invalid, match="没有登记"):
        actions.sell_to(**sale, buyers=buyers, expected_version=home.version)
    assert not Person.objects.filter(name="赵六").exists()
    buyers[1]["share"] = (1, 2)
    with pytest.raises(Stale):
        actions.sell_to(**sale, buyers=buyers, expected_version=9)
    actions.sell_to(**sale, buyers=buyers, expected_version=home.version)
    assert [v.area for v in roll(yard).voters] == [8000, 8000, 8000]
    assert [v.area for v in roll(yard, FEBRUARY - dt.timedelta(days=1)).voters] == [16000, 8000]
    more = {"buyers": [{"name": "赵六", "id_number": ID, "share": (1, 1)}], "expected_version": rows["201"].version}
    actions.sell_to(**sale | {"home": rows["201"]}, **more)
    assert Person.objects.filter(id_number=ID).count() == 1
    again = {"name": "赵陆", "id_number": ID, "share": (1, 1)}
    with pytest.raises(Invalid, match="姓名与登记不符"):
        actions.sell_to(**sale | {"home": rows["101"]}, buyers=[again], expected_version=rows["101"].version)
    with pytest.raises(Invalid):
        tomorrow = TODAY + dt.timedelta(days=1)
        actions.sell_home(**sale | {"on": tomorrow}, buyers=[(rows["张三"], (1, 1))], expected_version=home.version + 1)


def test_an_ownership_is_corrected_with_a_reason(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",)})
    row = Ownership.objects.get()
    given: dict[str, Any] = {
        "by": world.chen, "at": AT, "ownership": row, "since": FEBRUARY, "until": None, "share": (1, 1), "evidence": "不动产权证",
        "reason": "日期录错", "expected_version": row.version,
    }  # fmt: skip
    for wrong in (
        {"reason": ""},
        {"share": (3, 2)},
        {"until": dt.date(2026, 1, 1)},
        {"since": TODAY + dt.timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            actions.correct_ownership(**given | wrong)
    actions.correct_ownership(**given)
    with pytest.raises(Stale):
        actions.correct_ownership(**given)
    assert roll(yard, FEBRUARY - dt.timedelta(days=1)).voters[0].person_ids == ()
    assert roll(yard, FEBRUARY).voters[0].person_ids == (rows["张三"].pk,)


def paper(world: World, person: Person, **values: Any) -> Agency:
    """A guardian's paper, entered by 陈经办."""
    given = {"kind": "guardian", "agent_name": "张父", "evidence": "监护证明", "valid_from": dt.date(2026, 1, 1)}
    return actions.enter_agency(by=world.chen, at=AT, person=person, values=given | values)


def test_a_paper_counts_after_a_second_person_has_checked_it(world: World, yard: Community) -> None:
    person = settle_in(world, yard, {"101": ("张三",)})["张三"]
    row = paper(world, person)
    assert roll(yard).voters[0].agents == ()
    with pytest.raises(Forbidden, match="录入人不能复核"):
        actions.check_agency(by=world.chen, at=AT, agency=row)
    for stranger in (world.zhao, world.qian):
        with pytest.raises(Forbidden):
            actions.check_agency(by=stranger, at=AT, agency=row)
    leader = User.objects.create_user(username="leader", password="long-enough-1", name="局长")
    body = world.chen.active_memberships[0].body
    Membership.objects.create(
        user=leader, body=body, role="leader", since=dt.date(2020, 1, 1), created_at=AT, updated_at=AT
    )
    actions.check_agency(by=leader, at=AT, agency=row)
    assert roll(yard).voters[0].agents == (row.pk,)
    with pytest.raises(Refused, match="已由局长复核"):
        actions.check_agency(by=world.sun, at=AT, agency=row)
    actions.withdraw_agency(by=world.sun, at=AT, agency=row, reason="已成年")
    assert roll(yard).voters[0].agents == ()
    with pytest.raises(Refused, match="已经撤销"):
        actions.withdraw_agency(by=world.sun, at=AT, agency=row, reason="再次")
    assert "张父" not in str(list(HistoryEntry.objects.values_list("data", flat=True)))


def test_a_paper_that_was_entered_is_not_rewritten_and_a_checked_one_was_checked_by_another(
    world: World, yard: Community
) -> None:
    row = paper(world, settle_in(world, yard, {"101": ("张三",)})["张三"])
    for change in ({"evidence": "别的"}, {"valid_until": TODAY}, {"checked_by": world.chen, "checked_at": AT}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Agency.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"agent_name": "", "evidence": ""}, {"agent_name", "evidence"}),
        ({"valid_until": dt.date(2025, 1, 1)}, {"valid_until"}),
        ({"kind": "organisation_representative"}, {"kind"}),
        ({"kind": "uncle"}, {"kind"}),
        ({"agent_id_number": ID}, {"agent_id_number"}),
    ],
)
def test_a_paper_with_wrong_fields_names_each(
    world: World, yard: Community, values: dict[str, Any], fields: set[str]
) -> None:
    person = settle_in(world, yard, {"101": ("张三",)})["张三"]
    Person.objects.filter(pk=person.pk).update(id_number=ID)
    person.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        paper(world, person, **values)
    assert set(refusal.value.errors) == fields
