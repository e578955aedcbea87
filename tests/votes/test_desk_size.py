"""The desk with 5,000 owners: few queries a page, and no page that waits for a second."""

import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Ballot, Counting, Letter, RollHome, RollVoter, Vote
from approvals.votes.papers import enter_paper, receive_paper
from communities.models import Building, Community, Home
from offices.demonstration import Offices
from tests.votes.conftest import HOUR, Clock, make_community, terms
from tests.votes.letters import three
from tests.votes.test_desk_pages import browser

OWNERS, BUILDINGS, TAKEN, LETTERS = 5000, 50, 300, 400
PAGES = (
    "vote", "vote_missing", "vote_papers", "vote_receive", "vote_enter", "vote_mismatches", "vote_onsite", "vote_onsite_state",
)  # fmt: skip


@pytest.fixture
def large(offices: Offices, clock: Clock) -> Vote:
    """A vote of 5,000 owners in 50 buildings: 300 have voted, 400 letters are out, 60 papers came back."""
    first, second, _ = three(offices)
    community = make_community(offices, ["60.00"])
    at = clock.now
    vote = Vote(
        community=community, made_by=first, created_at=at, updated_at=at, matter="scheme", title="大社区", text="?",
        opens_at=terms(at).opens_at, closes_at=terms(at).closes_at,
    )  # fmt: skip
    vote.place_in(community.division)
    vote.save()
    _roll(vote, community, clock)
    vote.roll_heads, vote.roll_area, vote.roll_hash = OWNERS, Decimal(60 * OWNERS), "0" * 64
    vote.state, vote.announced_at, vote.announced_by = Vote.State.ANNOUNCED, at, second
    vote.save()
    clock.to(vote.opens_at + HOUR)
    voters = list(vote.voters.all())
    Letter.objects.bulk_create(
        Letter(vote=vote, voter=v, serial=f"S{v.number:07d}", issued_by=first, issued_at=at, created_at=at, updated_at=at)
        for v in voters[:LETTERS]
    )  # fmt: skip
    now = clock.now
    made = Ballot.objects.bulk_create(
        Ballot(
            vote=vote, voter=v, area=v.area, choice="agree", channel="online", receipt=f"R{v.number}", received_at=now, entered_at=now
        )
        for v in voters[:TAKEN]
    )  # fmt: skip
    Counting.objects.bulk_create(Counting(vote=vote, voter_id=row.voter_id, ballot=row) for row in made)
    for number in range(TAKEN + 1, TAKEN + 61):
        paper = receive_paper(by=first, at=now, vote=vote, serial=f"S{number:07d}")
        if number % 2:
            enter_paper(by=first, at=now, paper=paper, choice="agree")
    return vote


def _roll(vote: Vote, community: Community, clock: Clock) -> None:
    stamp = {"created_at": clock.now, "updated_at": clock.now}
    buildings = Building.objects.bulk_create(
        Building(community=community, name=f"{number}号", **stamp) for number in range(10, 10 + BUILDINGS)
    )
    homes = Home.objects.bulk_create(
        Home(building=buildings[number % BUILDINGS], unit="1", room=f"{number}", private_area="60.00", area_source="register", **stamp)
        for number in range(OWNERS)
    )  # fmt: skip
    voters = RollVoter.objects.bulk_create(
        RollVoter(vote=vote, number=number, key=f"{number}", pseudonym=f"{number:08d}", kind="natural", area="60.00")
        for number in range(1, OWNERS + 1)
    )
    RollHome.objects.bulk_create(
        RollHome(vote=vote, voter=voter, home=home, building=home.building.name, unit="1", room=home.room, area="60.00",
            area_source="register")
        for voter, home in zip(voters, homes, strict=True)
    )  # fmt: skip


@pytest.mark.slow
def test_five_thousand_owners(large: Vote, offices: Offices, django_assert_max_num_queries: Any) -> None:
    clerk = browser(three(offices)[0])
    clerk.get(reverse("approvals:vote", args=[large.uid]))  # the documents are read once a process
    slow: dict[str, float] = {}
    for name in (*PAGES, "votes"):
        path = reverse(f"approvals:{name}", args=[] if name == "votes" else [large.uid])
        asked = {"building": "12号"} if "onsite" in name else {}
        begun = time.process_time()
        with CaptureQueriesContext(connection) as queries:
            response = clerk.get(path, asked)
        print(name, len(queries))
        assert response.status_code == 200, name
        took = time.process_time() - begun
        if took > 1:
            slow[name] = took
    assert not slow
    page = clerk.get(reverse("approvals:vote", args=[large.uid])).content.decode()
    assert "还差 3,034 人、182,000.00 ㎡" in page
