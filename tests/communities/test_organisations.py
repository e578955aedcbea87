"""Residents' organisations: founded, ended, who signs for the owners and in whose place, which communities have none."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities import actions
from communities.models import Community, Organisation
from communities.queries.organisations import ranking_facts, signatory, without_organisation
from communities.rules.organisations import signatory as who_signs
from offices.models import Body
from policies.refusal import Forbidden, Invalid, Refused
from tests.communities.conftest import AT, TODAY, World, make_division
from tests.rules.books import DAY, place

Add = Callable[..., Community]


def found(world: World, community: Community, kind: str = "owners_committee", **values: Any) -> Organisation:
    """Found an organisation as the clerk of 东城区."""
    given = {"kind": kind, "name": f"甲小区{kind}", "established_on": dt.date(2025, 5, 1), "evidence": "业主大会决议"}
    return actions.add_organisation(by=world.chen, at=AT, community=community, values=given | values)


@pytest.mark.rule("LZ-08")
@pytest.mark.parametrize(
    ("standing", "kind", "stand_in"),
    [
        ({"owners_committee"}, "owners_committee", False),
        ({"self_management_group"}, "self_management_group", False),
        ({"owners_committee", "self_management_group"}, "owners_committee", False),
        (set(), "neighbourhood_committee", True),
    ],
)
def test_the_organisation_that_stands_signs_and_the_neighbourhood_committee_where_none_does(
    standing: set[str], kind: str, stand_in: bool
) -> None:
    answer = who_signs(place("liuzhou"), day=DAY, standing=standing)
    assert (answer.kind, answer.stand_in, answer.rule, answer.missing) == (kind, stand_in, "LZ-08", "")


@pytest.mark.rule("JX-16")
def test_in_jiangxi_the_neighbourhood_may_act_where_the_owners_have_founded_nothing() -> None:
    answer = who_signs(place("jiangxi"), day=DAY, standing=set())
    assert (answer.kind, answer.others, answer.rule) == ("neighbourhood_committee", ("neighbourhood",), "JX-16")
    assert "可由居委会或社区代行" in answer.reasons[0].text
    assert answer.reasons[0].citation is not None
    assert answer.reasons[0].citation.strength == "may"
    own = who_signs(place("jiangxi"), day=DAY, standing={"self_management_group"})
    assert (own.kind, own.stand_in) == ("self_management_group", False)


def test_where_no_document_speaks_nobody_stands_in() -> None:
    alone = who_signs(place("ruicheng"), day=DAY, standing=set())
    assert (alone.kind, alone.regulated) == (None, False)
    assert "没有登记" in alone.missing
    assert who_signs(place("ruicheng"), day=DAY, standing={"owners_committee"}).kind == "owners_committee"


@pytest.mark.rule("LZ-07")
def test_organisation_kind_and_date_are_recorded_and_communities_without_one_are_listed(world: World, add: Add) -> None:
    with_one, without = add("甲小区"), add("乙小区")
    party = add("丙小区")
    found(world, with_one, "self_management_group")
    found(world, party, "party_group")
    assert list(without_organisation(world.chen, day=TODAY)) == [without, party]
    assert list(without_organisation(world.chen, day=dt.date(2025, 4, 30))) == [with_one, without, party]
    assert list(without_organisation(world.zhao, day=TODAY)) == []
    client = Client()
    client.force_login(world.chen)
    page = client.get("/staff/communities/organisations/").content.decode()
    assert "乙小区" in page
    assert "甲小区" not in page


@pytest.mark.rule("JX-16")
def test_who_signs_for_a_community_is_shown_with_the_clause(world: World, add: Add) -> None:
    province = make_division("某省", "province", rulebook="jiangxi")
    county = make_division("某区", "county", make_division("某市", "city", province))
    quarter = make_division("和平社区", "neighbourhood", make_division("某街道", "street", county))
    community = Community(name="戊小区", created_at=AT, updated_at=AT)
    community.place_in(quarter)
    community.save()
    layers = place("jiangxi")
    view = signatory(community, day=TODAY, layers=layers)
    assert (view.name, view.body, view.answer.stand_in) == ("和平社区居委会", None, True)
    body = Body.objects.create(
        division=quarter, kind="neighbourhood_committee", name="和平社区居民委员会", created_at=AT, updated_at=AT
    )
    assert signatory(community, day=TODAY, layers=layers).body == body
    values = {"community": community, "name": "戊小区业委会", "evidence": "决议", "recorded_by": world.sun}
    dates = {"created_at": AT, "updated_at": AT, "established_on": TODAY}
    own = Organisation.objects.create(kind="owners_committee", **values, **dates)
    assert signatory(community, day=TODAY, layers=layers).organisation == own
    assert signatory(community, day=TODAY - dt.timedelta(days=1), layers=layers).body == body


def test_one_of_a_kind_stands_at_a_time_and_an_election_ends_the_old_one(world: World, add: Add) -> None:
    community = add("甲小区")
    first = found(world, community)
    with pytest.raises(Refused, match="换届请先登记原组织终止"):
        found(world, community)
    with pytest.raises(Invalid):
        actions.end_organisation(by=world.chen, at=AT, organisation=first, ended_on=dt.date(2025, 4, 30), reason="换届")
    ended = actions.end_organisation(by=world.chen, at=AT, organisation=first, ended_on=TODAY, reason="换届")
    found(world, community, established_on=TODAY, name="第二届业委会")
    assert signatory(community, day=TODAY, layers=place("liuzhou")).name == "第二届业委会"
    with pytest.raises(Refused, match="已登记终止"):
        actions.end_organisation(by=world.chen, at=AT, organisation=ended, ended_on=TODAY, reason="再次")
    with pytest.raises(Forbidden):
        found_by = {"kind": "party_group", "name": "支部", "established_on": TODAY, "evidence": "批复"}
        actions.add_organisation(by=world.zhao, at=AT, community=community, values=found_by)
    with pytest.raises(Invalid) as refusal:
        found(world, community, "party_group", established_on=TODAY + dt.timedelta(days=1), evidence="")
    assert set(refusal.value.errors) == {"established_on", "evidence"}


def test_facts_that_rank_the_reserve(world: World, add: Add, django_assert_max_num_queries: Any) -> None:
    rows = [add("甲小区"), add("乙小区"), add("丙小区")]
    found(world, rows[0])
    found(world, rows[1], "party_group")
    with django_assert_max_num_queries(1):
        facts = ranking_facts(rows, day=TODAY)
    told = [(facts[row.pk]["party_organisation"], facts[row.pk]["residents_organisation"]) for row in rows]
    assert told == [(False, True), (True, False), (False, False)]


def test_the_page_founds_and_ends_and_says_who_signs(world: World, add: Add) -> None:
    community = add("甲小区")
    client = Client()
    client.force_login(world.chen)
    url = f"/staff/communities/{community.uid}/organisations/"
    assert "也没有写由谁代行" in client.get(url).content.decode()
    wrong = client.post(url, {"kind": "owners_committee", "name": "业委会"})
    assert wrong.status_code == 400
    values = {"kind": "owners_committee", "name": "甲小区业委会", "established_on": "2025-05-01", "evidence": "决议"}
    assert client.post(url, values).status_code == 302
    assert "甲小区业委会" in client.get(url).content.decode()
    assert client.post(url, values).status_code == 409
    row = Organisation.objects.get()
    end = f"/staff/communities/organisations/{row.uid}/end/"
    client.post(end, {"ended_on": "2025-06-01", "reason": "解散", "version": 9})
    row.refresh_from_db()
    assert row.ended_on is None
    client.post(end, {"ended_on": "2025-06-01", "reason": "解散", "version": 1})
    row.refresh_from_db()
    assert row.ended_on == dt.date(2025, 6, 1)
