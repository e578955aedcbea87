"""本人信息 and votes: an owner finds his receipt and his choice; nobody else's."""

import pytest
from django.test import Client

from approvals.codes import issue_letters
from approvals.models import RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.online import shown_receipt
from communities.models import Person
from tests.votes.conftest import Clock


@pytest.mark.rule("N-06")
def test_an_owner_finds_his_receipt_and_nobody_elses(vote: Vote, voters: list[RollVoter], clock: Clock) -> None:
    own = cast_ballot(at=clock.now, vote=vote, voter=voters[0], choice="agree", channel="online")
    other = cast_ballot(at=clock.now, vote=vote, voter=voters[1], choice="oppose", channel="online")
    person = Person.objects.get(pk=voters[0].persons[0])
    code = issue_letters(subject=vote.community, holders=[str(person.uid)], at=clock.now)[str(person.uid)]
    client = Client()
    page = client.post(f"/c/{vote.community.uid}/mine/", {"code": code}, follow=True).content.decode()
    assert vote.title in page and shown_receipt(own.receipt) in page and "同意" in page
    assert shown_receipt(other.receipt) not in page and "反对" not in page
