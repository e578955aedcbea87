"""What programs read of votes: what was announced, nothing of the count before its end, the roll without names."""

from typing import Any

from django.urls import reverse
from rest_framework.test import APIClient

from approvals.models import RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import finish_counting
from communities.models import Person
from offices.demonstration import Offices
from tests.votes.conftest import Clock


def test_a_program_reads_a_vote_and_its_result_after_the_count_alone(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, django_assert_max_num_queries: Any
) -> None:
    anyone, url = APIClient(), reverse("api:vote-detail", args=[vote.uid])
    for voter in voters:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    with django_assert_max_num_queries(5):
        (row,) = anyone.get(reverse("api:vote-list"), {"community": str(vote.community.uid)}).json()["results"]
    assert (row["phase"], row["result"], row["roll_area"]) == ("open", None, "1200.00") and len(row["thresholds"]) == 4
    clock.to(vote.closes_at)
    found = anyone.get(url).json()
    assert (found["phase"], found["result"]) == ("counting", None)
    finish_counting(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote)
    result = anyone.get(url).json()["result"]
    assert (result["agreeing_heads"], result["agreeing_area"], result["passed"]) == (12, "1200.00", True)


def test_the_roll_is_for_staff_and_names_nobody(
    offices: Offices, vote: Vote, voters: list[RollVoter], django_assert_max_num_queries: Any
) -> None:
    url, browser = reverse("api:vote-roll", args=[vote.uid]), APIClient()
    assert browser.get(url).status_code == 401
    browser.force_login(offices.user("芮城县", "housing", "clerk"), backend="offices.backend.StaffBackend")
    assert browser.get(url).status_code == 404
    browser.force_login(offices.user("柳北区", "housing", "clerk"), backend="offices.backend.StaffBackend")
    with django_assert_max_num_queries(9):
        answer = browser.get(url, {"page_size": 5})
    found = answer.json()
    assert len(found["results"]) == 5 and found["next"]
    assert found["results"][0]["homes"][0]["area"] == "100.00"
    page = answer.content.decode()
    assert not any(value in page for row in Person.objects.all() for value in (row.name, row.phone, row.id_number))
