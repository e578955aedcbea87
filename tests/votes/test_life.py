"""A vote from its draft to the confirmed result, with every wrong turn refused."""

from decimal import Decimal

import pytest

from approvals.models import Ballot, Counting, RollVoter, Vote
from approvals.standing import standing
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import close_due, close_vote, confirm_vote, finish_counting
from approvals.votes.drafting import announce_vote, cancel_vote, change_vote, draft_vote
from approvals.votes.figures import figures_of, tally_of
from communities.models import Community, Home, Ownership
from offices.demonstration import Offices
from policies.refusal import Forbidden, Invalid, Refused
from tests.votes.conftest import DAY, HOUR, Clock, announced, make_community, terms


def test_a_vote_from_draft_to_confirmation(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, community: Community
) -> None:
    for voter in voters[:9]:
        cast_ballot(
            at=clock.now, vote=vote, voter=voter, choice="agree" if voter.number <= 7 else "oppose", channel="online"
        )
    clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    with pytest.raises(Refused, match="不能提前截止"):
        close_vote(by=clerk, at=clock.now, vote=vote)
    clock.to(vote.closes_at)
    assert close_due(at=clock.now) == 1 and close_due(at=clock.now) == 0
    result = finish_counting(by=clerk, at=clock.now, vote=vote)
    assert (result.participating_heads, result.agreeing_heads, result.opposing_heads) == (9, 7, 2)
    assert result.passed and result.rule_id == "LZ-04" and result.participating_area == Decimal("900.00")
    vote.refresh_from_db()
    with pytest.raises(Refused, match="期满后"):
        confirm_vote(by=leader, at=clock.now, vote=vote)
    clock.forward(20 * DAY)
    with pytest.raises(Forbidden):
        confirm_vote(by=clerk, at=clock.now, vote=vote)
    assert confirm_vote(by=leader, at=clock.now, vote=vote).state == Vote.State.CONFIRMED
    with pytest.raises(Refused):
        cancel_vote(by=leader, at=clock.now, vote=vote, reason="反悔")


@pytest.mark.rule("LZ-04")
@pytest.mark.parametrize(("agree", "oppose", "passed"), [(6, 2, True), (5, 2, False), (6, 1, False), (8, 0, True)])
def test_exactly_two_thirds_and_exactly_three_quarters_are_enough(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, agree: int, oppose: int, passed: bool
) -> None:
    for voter in voters[: agree + oppose]:
        cast_ballot(
            at=clock.now,
            vote=vote,
            voter=voter,
            choice="agree" if voter.number <= agree else "oppose",
            channel="online",
        )
    clock.to(vote.closes_at)
    assert finish_counting(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote).passed is passed
    if not passed:
        assert any(reason["missing"] for reason in vote.result.reasons)


def test_two_people_announce_and_what_was_announced_stays(offices: Offices, community: Community, clock: Clock) -> None:
    clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    vote = draft_vote(by=clerk, at=clock.now, community=community, terms=terms(clock.now))
    with pytest.raises(Forbidden, match="起草人"):
        announce_vote(by=clerk, at=clock.now, vote=vote)
    with pytest.raises(Forbidden):
        announce_vote(by=offices.user("芮城县", "housing", "leader"), at=clock.now, vote=vote)
    vote = announce_vote(by=leader, at=clock.now, vote=vote)
    assert vote.roll_heads == 12 and vote.roll_area == Decimal("1200.00") and len(vote.thresholds) == 4
    with pytest.raises(Refused, match="不能改动"):
        change_vote(by=clerk, at=clock.now, vote=vote, terms=terms(clock.now, title="另一件事"))
    with pytest.raises(Refused, match="不能再次公告"):
        announce_vote(by=leader, at=clock.now, vote=vote)


def test_every_wrong_field_is_named(offices: Offices, community: Community, clock: Clock) -> None:
    clerk, now = offices.user("柳北区", "housing", "clerk"), clock.now
    wrong = terms(
        now, title=" ", text="x" * 9000, matter="coup", closes_at=now, unit="1", proxy_limit=99, objection_days=0
    )
    with pytest.raises(Invalid) as refused:
        draft_vote(by=clerk, at=now, community=community, terms=wrong)
    assert refused.value.errors.keys() == {
        "title",
        "text",
        "matter",
        "closes_at",
        "unit",
        "proxy_limit",
        "objection_days",
    }
    assert not Vote.objects.exists()


def test_a_roll_with_open_problems_stops_the_announcement(offices: Offices, clock: Clock) -> None:
    community = make_community(offices, ["80.00", "90.00"])
    Home.objects.filter(private_area=Decimal("80.00")).update(private_area=None)
    clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    vote = draft_vote(by=clerk, at=clock.now, community=community, terms=terms(clock.now))
    with pytest.raises(Refused, match="没有处理") as refused:
        announce_vote(by=leader, at=clock.now, vote=vote)
    assert refused.value.reasons
    assert not RollVoter.objects.exists()


def test_who_sold_before_the_roll_was_frozen_has_no_vote(offices: Offices, community: Community, clock: Clock) -> None:
    gone = Ownership.objects.first()
    assert gone is not None
    Ownership.objects.filter(pk=gone.pk).update(until=clock.now.date())
    Ownership.objects.create(
        home=gone.home,
        person=community.persons.last(),
        evidence="买卖",
        since=clock.now.date(),
        created_at=clock.now,
        updated_at=clock.now,
    )
    vote = announced(offices, community, clock)
    assert vote.roll_heads == 11, "the buyer has two homes and one head"
    assert all(gone.person_id not in voter.persons for voter in vote.voters.all())


def test_no_ballot_before_the_opening_after_the_close_or_of_elsewhere(
    offices: Offices, community: Community, clock: Clock
) -> None:
    vote = announced(offices, community, clock)
    voter = vote.voters.first()
    assert voter is not None
    with pytest.raises(Refused, match="不在投票时间"):
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    clock.to(vote.opens_at)
    other = announced(offices, make_community(offices, ["50.00"], name="别处"), clock).voters.first()
    assert other is not None
    with pytest.raises(Refused, match="名册"):
        cast_ballot(at=clock.now, vote=vote, voter=other, choice="agree", channel="online")
    with pytest.raises(Invalid):
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="maybe", channel="online")
    clock.to(vote.closes_at)
    with pytest.raises(Refused, match="不在投票时间"):
        # The process believes that it is yesterday: the database's clock is law.
        cast_ballot(at=vote.opens_at + HOUR, vote=vote, voter=voter, choice="agree", channel="online")
    assert not Ballot.objects.exists()


def test_a_second_ballot_only_where_the_announcement_allows_it(
    offices: Offices, community: Community, clock: Clock
) -> None:
    strict = announced(offices, community, clock)
    free = announced(offices, community, clock, may_change=True)
    clock.to(strict.opens_at + HOUR)
    for vote, expected in ((strict, "agree"), (free, "oppose")):
        voter = vote.voters.first()
        assert voter is not None
        first = cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
        if vote is strict:
            with pytest.raises(Refused, match="不能更改"):
                cast_ballot(at=clock.now, vote=vote, voter=voter, choice="oppose", channel="online")
        else:
            second = cast_ballot(at=clock.now, vote=vote, voter=voter, choice="oppose", channel="online")
            assert second.supersedes == first
        assert Counting.objects.get(vote=vote).ballot.choice == expected
    assert Ballot.objects.filter(vote=free).count() == 2, "the earlier one stays"
    assert figures_of([free])[free.pk].participating_heads == 1
    assert tally_of(free).agreeing_heads == 0


def test_what_a_phone_sends_twice_is_one_ballot(
    vote: Vote, voters: list[RollVoter], clock: Clock, offices: Offices
) -> None:
    clerk = offices.user("柳北区", "housing", "clerk")
    sent = [
        cast_ballot(
            at=clock.now, vote=vote, voter=voters[0], choice="agree", channel="onsite", by=clerk, sent_key="a" * 32
        )
        for _ in range(3)
    ]
    assert len({ballot.pk for ballot in sent}) == 1 == Ballot.objects.count()
    with pytest.raises(Refused, match="另一位业主"):
        cast_ballot(
            at=clock.now, vote=vote, voter=voters[1], choice="agree", channel="onsite", by=clerk, sent_key="a" * 32
        )


def test_a_confirmed_vote_is_evidence_and_an_open_one_says_so(
    offices: Offices, community: Community, clock: Clock
) -> None:
    uid = community.uid  # any subject: the gates ask by uid
    vote = announced(offices, community, clock, subject=("project", uid))
    row = standing([uid], {"vote"})[uid]["vote:scheme"][0]
    assert not row.settled and "尚未确认" in row.words
    clock.to(vote.opens_at)
    for voter in vote.voters.all():
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    clock.to(vote.closes_at)
    finish_counting(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote)
    clock.forward(20 * DAY)
    confirm_vote(by=offices.user("柳北区", "housing", "leader"), at=clock.now, vote=vote)
    row = standing([uid], {"vote"})[uid]["vote:scheme"][0]
    assert row.settled and row.figures["agreeing_heads"] == 12 and row.community == community.uid
