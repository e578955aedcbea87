"""Bad input of a vote, each tried over HTTP: refused with a reason, and nothing changed. Codes and receipts: test_online."""

from typing import Any

from django.test import Client
from django.urls import reverse

from approvals.models import Ballot, RollVoter, Vote
from communities.models import Community, Home, Ownership
from offices.demonstration import Offices
from offices.models import SmsMessage
from tests.votes.conftest import HOUR, Clock, announced, make_community
from tests.votes.letters import three
from tests.votes.test_desk_pages import browser, filled, text, url
from tests.votes.test_online import choose, code_of, enter
from tests.votes.test_online import url as page
from tests.votes.test_sms import ask, committed, sent  # noqa: F401 (committed: messages go out within the test)


def sold(home: Home, to: Community, clock: Clock) -> Ownership:
    """The home changes hands; the ownership that ended."""
    gone = Ownership.objects.get(home=home, until=None)
    day, at = clock.now.date(), clock.now
    buyer = to.persons.create(
        name="新业主", phone="13700009999", id_number="450205199001010099", created_at=at, updated_at=at
    )
    Ownership.objects.filter(pk=gone.pk).update(until=day)
    Ownership.objects.create(home=home, person=buyer, evidence="买卖", since=day, created_at=at, updated_at=at)
    return gone


def test_who_sold_before_the_roll_was_frozen_gets_no_code_and_the_buyer_votes(
    offices: Offices, community: Community, clock: Clock, settings: Any
) -> None:
    gone = sold(Home.objects.filter(building__community=community).first(), community, clock)  # type: ignore[arg-type]
    vote = announced(offices, community, clock)
    clock.to(vote.opens_at + HOUR)
    seller, buyer = Client(), Client()
    told = ask(seller, vote, gone.person.phone)
    assert told == ask(Client(), vote, "13700000000"), "the page tells nobody who stands in the roll"
    assert not SmsMessage.objects.exists()
    refused = seller.post(page("vote_sms", vote), {"code": "123456"})
    assert refused.status_code == 409 and "不正确或已失效" in text(refused)
    ask(buyer, vote, "13700009999")
    (message,) = sent(settings)
    code = "".join(sign for sign in message.split("为", 1)[1][:8] if sign.isdigit())
    buyer.post(page("vote_sms", vote), {"code": code})
    choose(buyer, vote, "agree")
    assert Ballot.objects.get().voter.persons != [gone.person_id]


def test_a_roll_changed_after_the_opening_changes_nothing_of_the_vote(
    vote: Vote, voters: list[RollVoter], community: Community, offices: Offices, clock: Clock
) -> None:
    home, before = voters[0].homes.get().home, (vote.roll_hash, vote.roll_area, vote.roll_heads)
    sold(home, community, clock)
    Home.objects.filter(pk=home.pk).update(private_area="999.00")
    told = ask(Client(), vote, "13700009999")
    assert told == ask(Client(), vote, "13700000000") and not SmsMessage.objects.exists(), "he bought too late"
    owner = Client()
    enter(owner, vote, code_of(vote, voters[0], clock))
    choose(owner, vote, "agree", area="999.00", heads="5")
    assert str(Ballot.objects.get().area) == "100.00", "the area that was announced"
    clerk, leader = (browser(person) for person in three(offices)[:2])
    changed = clerk.post(
        url("vote_edit", vote.uid), filled(clock, title="别的", version=str(vote.version)), follow=True
    )
    again = leader.post(url("vote_announce", vote.uid), {"version": vote.version})
    assert "已公告" in text(changed) and again.status_code == 409 and "不能再次公告" in text(again)
    vote.refresh_from_db()
    assert (vote.roll_hash, vote.roll_area, vote.roll_heads) == before and vote.title != "别的"


def test_the_desk_takes_no_ballot_for_who_is_not_on_the_roll(
    vote: Vote, voters: list[RollVoter], offices: Offices
) -> None:
    clerk = browser(three(offices)[0])
    given = {"choice": "agree", "sent_key": "k" * 32, "area": "9999", "weight": "9"}
    for number in ("999", "-1", "0", "x", "1.5", "999999999999"):
        assert clerk.post(url("vote_onsite", vote.uid) + f"{number}/", given).status_code == 404
        body = {**given, "number": int(number) if number.lstrip("-").isdigit() else number}
        answer = clerk.post(url("vote_onsite_send", vote.uid), body, content_type="application/json")
        assert answer.status_code == 400 and answer.json()["refused"]
    assert not Ballot.objects.exists()
    own = clerk.post(
        url("vote_onsite_send", vote.uid), {**given, "number": voters[0].number}, content_type="application/json"
    )
    assert own.status_code == 200 and Ballot.objects.get().area == voters[0].area, "the roll's area, whatever is sent"


def test_a_code_is_good_for_its_own_voter_and_vote_alone(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    other = announced(offices, make_community(offices, ["70.00"], name="别处"), clock)
    foreign, owner = str(other.voters.get().pk), Client()
    enter(owner, vote, code_of(vote, voters[0], clock))
    owner.post(page("vote_which", vote), {"voter": foreign})
    choose(owner, vote, "agree", voter=foreign, number="2")
    assert Ballot.objects.get().voter == voters[0], "whose code it was, whatever the form says"
    clock.to(other.opens_at)
    answer = owner.post(reverse("portal:vote_send", args=[other.uid]), {"choice": "agree", "key": "k"}, follow=True)
    assert "重新验证" in text(answer) and Ballot.objects.count() == 1
