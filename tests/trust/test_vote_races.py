"""Ballots by two channels and the close of a vote at one moment: real processes on a real PostgreSQL.

``make race-votes`` runs the large figures (RACE=full) and prints them; the tests run small ones.
"""

import datetime as dt
import os
import random
import time
from collections import Counter
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection, transaction

from approvals.models import Ballot, Counting, Letter, PaperBallot, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import close_vote, finish_counting
from approvals.votes.drafting import announce_vote, draft_vote
from approvals.votes.export import evidence_of
from approvals.votes.figures import figures_of
from offices import database_clock
from offices.demonstration import Offices
from policies.refusal import Refused
from tests.trust.processes import together
from tests.votes.conftest import Clock, terms
from tests.votes.crowd import big_community
from tests.votes.staged import read_paper
from tests.votes.verifier import VERIFIER

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.processes]
FULL = os.environ.get("RACE") == "full"
VOTERS, LATE, WORKERS = (5000, 1000, 8) if FULL else (150, 150, 6)
PATIENCE = 540 if FULL else 90


@pytest.fixture
def clock(stage: Offices, settings: Any) -> Any:
    """The clock, back at its place afterwards."""
    before = site.CLOCK_OFFSET
    yield Clock(settings)
    settings.CLOCK_OFFSET = before
    database_clock.tell(connection)


def open_vote(offices: Offices, clock: Clock, homes: int, **changes: Any) -> Vote:
    """An open vote of so many voters."""
    clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    draft = draft_vote(
        by=clerk, at=clock.now, community=big_community(offices, homes), terms=terms(clock.now, **changes)
    )
    vote = announce_vote(by=leader, at=clock.now, vote=draft)
    clock.to(vote.opens_at)
    return vote


def issue(offices: Offices, clock: Clock, vote: Vote) -> None:
    """A letter for every voter."""
    at, by = clock.now, offices.user("柳北区", "housing", "clerk")
    Letter.objects.bulk_create(
        [
            Letter(vote=vote, voter=voter, serial=f"R{voter.pk:09d}", issued_by=by, issued_at=at, created_at=at, updated_at=at)
            for voter in vote.voters.all()
        ],
        batch_size=500,
    )  # fmt: skip


def paper_in(offices: Offices, clock: Clock, vote: Vote, voter: RollVoter, choice: str) -> None:
    """A paper comes back and, later, two people enter it: two transactions, as at a desk."""
    clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    letter = Letter.objects.get(vote=vote, voter=voter)
    at = clock.now
    paper = PaperBallot.objects.create(
        vote=vote, voter=voter, letter=letter, received_by=clerk, received_at=at, created_at=at, updated_at=at
    )
    with transaction.atomic():
        read_paper(paper, choice, clock.now, clerk, leader, None)


@pytest.mark.parametrize(("change", "wins"), [(False, False), (True, False), (False, True)][: 1 if FULL else 3])
def test_paper_and_online_race_for_the_same_voters(
    stage: Offices, clock: Clock, change: bool, wins: bool, tmp_path: Any, record_property: Any
) -> None:
    """Every voter votes on paper and online at once: one of both counts, whichever the announcement says, and none is lost."""
    vote = open_vote(stage, clock, VOTERS, may_change=change, paper_wins=wins)
    issue(stage, clock, vote)
    voters, half = list(vote.voters.all()), WORKERS // 2

    def act(index: int) -> dict[str, Any]:
        own = voters[index % half :: half]
        random.Random(index).shuffle(own)
        found: dict[str, Any] = {"accepted": [], "refused": Counter()}
        for voter in own:
            choice = ("agree", "oppose", "abstain")[voter.number % 3]
            try:
                if index < half:
                    ballot = cast_ballot(at=clock.now, vote=vote, voter=voter, choice=choice, channel="online")
                    found["accepted"].append(ballot.pk)
                else:
                    paper_in(stage, clock, vote, voter, choice)
            except Refused as refused:
                found["refused"][refused.code] += 1
        return found

    began = time.perf_counter()
    said = together(WORKERS, act, seconds=PATIENCE)
    seconds = time.perf_counter() - began
    assert not [each for each in said if each.error], said
    online = [pk for each in said[:half] for pk in each.value["accepted"]]
    refused = sum((each.value["refused"] for each in said), Counter())
    rows = set(Ballot.objects.filter(vote=vote).values_list("pk", flat=True))
    assert set(online) <= rows and len(rows) == len(online) + VOTERS, "no accepted ballot is lost, none is invented"
    assert len(online) + sum(refused.values()) == VOTERS and set(refused) <= {"already_voted"}, refused
    assert PaperBallot.objects.filter(vote=vote, ballot__isnull=False).count() == VOTERS
    assert Counting.objects.filter(vote=vote).count() == VOTERS
    assert Counting.objects.filter(vote=vote).values("voter").distinct().count() == VOTERS
    figures = figures_of([vote])[vote.pk]
    assert (figures.participating_heads, figures.participating_area) == (figures.total_heads, figures.total_area)
    if wins:
        assert Counting.objects.filter(vote=vote, ballot__channel="paper").count() == VOTERS
    clock.to(vote.closes_at)
    result = finish_counting(by=stage.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote)
    assert result.participating_heads == VOTERS and result.papers_valid == VOTERS
    file = tmp_path / "evidence.zip"
    file.write_bytes(evidence_of(vote).packed())
    assert VERIFIER.main([str(file), "--root", result.evidence_root]) == 0
    record_property(
        "figure", f"{2 * VOTERS} ballots of {VOTERS} voters by {WORKERS} processes: 0 counted twice, 0 lost"
    )
    print(
        f"\nrace of channels (may_change={change}, paper_wins={wins}): {2 * VOTERS} ballots of {VOTERS} voters by {WORKERS} processes in "
        f"{seconds:.1f} s; online accepted {len(online)}, told that they voted {sum(refused.values())}; counted twice 0, lost 0"
    )


def database_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT renovation_now()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def test_ballots_race_the_close(stage: Offices, clock: Clock, record_property: Any) -> None:
    """The close waits for the ballots under way; what comes behind it is refused; the count is exactly what was accepted."""
    vote = open_vote(stage, clock, LATE)
    voters = list(vote.voters.all())
    # The bell rings when about half of them are through.
    clock.to(vote.closes_at - dt.timedelta(seconds=LATE / 350))

    def vote_on(index: int) -> dict[str, Any]:
        found: dict[str, Any] = {"accepted": [], "refused": Counter(), "late": 0}
        for voter in voters[index :: WORKERS - 1]:
            asked = database_now()
            # What this process believes is long past: the database's clock decides.
            at = min(clock.now, vote.closes_at - dt.timedelta(microseconds=1))
            try:
                with transaction.atomic():
                    ballot = cast_ballot(at=at, vote=vote, voter=voter, choice="agree", channel="online")
                    time.sleep(0.001)  # some are still under way when the close comes
                found["accepted"].append(ballot.pk)
                found["late"] += asked >= vote.closes_at
            except Refused as refused:
                found["refused"][refused.code] += 1
            time.sleep(0.004)
        return found

    def close(index: int) -> dict[str, Any]:
        if index < WORKERS - 1:
            return vote_on(index)
        while True:
            try:
                closed = close_vote(at=max(database_now(), clock.now), vote=vote)
                return {"closed_at": closed.closed_at, "then": Ballot.objects.filter(vote=vote).count()}
            except Refused:
                time.sleep(0.002)

    said = together(WORKERS, close, seconds=PATIENCE)
    assert not [each for each in said if each.error], said
    accepted = [pk for each in said[:-1] for pk in each.value["accepted"]]
    refused = sum((each.value["refused"] for each in said[:-1]), Counter())
    closing = said[-1].value
    assert sum(each.value["late"] for each in said[:-1]) == 0, "none began after the close and was taken"
    assert closing["then"] == len(accepted) == Ballot.objects.filter(vote=vote).count(), "none came behind the close"
    assert len(accepted) + sum(refused.values()) == LATE and set(refused) <= {"vote_not_open"}, refused
    assert accepted and refused, "the bell rang in the middle"
    result = finish_counting(
        by=stage.user("柳北区", "housing", "clerk"), at=max(clock.now, closing["closed_at"]), vote=vote
    )
    assert result.participating_heads == result.agreeing_heads == len(accepted)
    record_property(
        "figure",
        f"{LATE} ballots: {len(accepted)} before the close and counted, {sum(refused.values())} refused, 0 behind it",
    )
    print(
        f"\nrace with the close: {LATE} ballots by {WORKERS - 1} processes; {len(accepted)} before the close and all of them counted, "
        f"{sum(refused.values())} refused after it; accepted after the close 0, tally {result.participating_heads}"
    )


def test_ten_close_the_same_vote_and_two_count_it(stage: Offices, clock: Clock) -> None:
    vote = open_vote(stage, clock, 20)
    for voter in vote.voters.all():
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    clock.to(vote.closes_at)
    clerk = stage.user("柳北区", "housing", "clerk")
    said = together(10, lambda n: finish_counting(by=clerk, at=clock.now, vote=vote).participating_heads)
    assert [each.value for each in said if not each.error] == [20]
    assert {each.code for each in said if each.error} == {"vote_not_closed"}
    assert Vote.objects.get(pk=vote.pk).result.evidence_root
