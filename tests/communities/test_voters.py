"""The roll of a community from the database: who stands in it on a day, how many queries it takes, how fast it is."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from communities import actions
from communities.models import Agency, Building, Community, Home, Ownership, Person
from communities.queries.voters import draft_roll
from tests.communities.conftest import AT, TODAY, World

Add = Callable[..., Community]
ID = "11010519491231002X"


def settle_in(world: World, community: Community, rooms: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Homes of 1号楼 1单元 with 80.00 ㎡ and their owners by name; everything by its room or name."""
    by: dict[str, Any] = {"by": world.chen, "at": AT}
    building, _ = Building.objects.get_or_create(
        community=community, name="1号楼", defaults={"created_at": AT, "updated_at": AT}
    )
    found: dict[str, Any] = {row.name: row for row in community.persons.all()}
    for room, owners in rooms.items():
        values = {"unit": "1单元", "room": room, "private_area": "80.00", "area_source": "register"}
        found[room] = actions.add_home(**by, building=building, values=values)
        for name in owners:
            if name not in found:
                found[name] = actions.add_person(**by, community=community, values={"name": name})
            actions.add_ownership(**by, home=found[room], person=found[name], share=(1, len(owners)), evidence="产权证")
    return found


@pytest.fixture
def yard(world: World, add: Add) -> Community:
    """A community of three homes."""
    return add("甲小区", household_count=3, floor_area="240.00")


def test_who_left_before_the_day_is_not_there_and_who_came_is(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("张三",), "201": ("李四", "王五")})
    sold = dt.date(2026, 2, 10)
    old = Ownership.objects.get(home=rows["102"])
    actions.end_ownership(by=world.chen, at=AT, ownership=old, until=sold, evidence="买卖合同")
    buyer = actions.add_person(by=world.chen, at=AT, community=yard, values={"name": "赵六"})
    actions.add_ownership(by=world.chen, at=AT, home=rows["102"], person=buyer, since=sold, evidence="买卖合同")
    before = draft_roll(yard, day=dt.date(2026, 2, 9))
    after = draft_roll(yard, day=sold)
    assert [[home.room for home in voter.homes] for voter in before.voters] == [["101", "102"], ["201"]]
    assert [[home.room for home in voter.homes] for voter in after.voters] == [["101"], ["102"], ["201"]]
    assert (before.heads, after.heads, after.area, after.ready) == (2, 3, 24000, True)


def test_only_checked_papers_in_force_count(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("李四",), "201": ("王五",)})

    def paper(**values: Any) -> Agency:
        given = {
            "person": rows["张三"], "kind": "guardian", "agent_name": "张父", "evidence": "监护证明", "valid_from": dt.date(2026, 1, 1),
            "entered_by": world.chen, "entered_at": AT, "checked_by": world.sun, "checked_at": AT, "created_at": AT, "updated_at": AT,
        }  # fmt: skip
        return Agency.objects.create(**given | values)

    good = paper()
    last_day = paper(valid_until=TODAY)
    paper(checked_by=None, checked_at=None)
    paper(valid_until=TODAY - dt.timedelta(days=1))
    paper(valid_from=TODAY + dt.timedelta(days=1))
    paper(withdrawn_by=world.chen, withdrawn_at=AT, withdrawn_reason="已成年")
    voters = draft_roll(yard, day=TODAY).voters
    assert [voter.agents for voter in voters] == [(good.pk, last_day.pk), (), ()]


def test_a_stairwell_alone_under_any_spelling(world: World, yard: Community) -> None:
    rows = settle_in(world, yard, {"101": ("张三",), "102": ("李四",)})
    home = rows["102"]
    actions.change_home(by=world.chen, at=AT, home=home, values={"unit": "2单元"}, expected_version=home.version)
    building = Building.objects.get()
    assert [v.homes[0].room for v in draft_roll(yard, day=TODAY, building=building, unit="一单元").voters] == ["101"]
    assert draft_roll(yard, day=TODAY, unit="３单元").voters == ()
    other = actions.add_building(by=world.chen, at=AT, community=yard, values={"name": "2号楼"})
    assert draft_roll(yard, day=TODAY, building=other).homes == 0


def test_five_thousand_homes_in_a_bounded_number_of_queries(
    world: World, add: Add, django_assert_max_num_queries: Any
) -> None:
    community = add("大院", household_count=5000, floor_area="400000.00")
    times = {"created_at": AT, "updated_at": AT}
    building = Building.objects.create(community=community, name="1号楼", **times)
    homes = Home.objects.bulk_create(
        [
            Home(building=building, room=str(n), private_area=Decimal(80), area_source="register", **times)
            for n in range(5000)
        ],
        batch_size=500,
    )
    persons = Person.objects.bulk_create(
        [Person(community=community, name=f"业主{n}", phone=f"1{n:010}", **times) for n in range(4000)], batch_size=500
    )
    Ownership.objects.bulk_create(
        [Ownership(home=home, person=persons[n % 4000], evidence="证", **times) for n, home in enumerate(homes)],
        batch_size=500,
    )
    with django_assert_max_num_queries(6):
        found = draft_roll(community, day=TODAY)
    assert (found.homes, found.heads, found.area, found.ready) == (5000, 4000, 40_000_000, True)
