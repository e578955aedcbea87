"""Whoever has the database's own language in his hands: no statement changes what owners were told, how they voted or what was counted.

Each attack is a statement that would be well-formed and would change something if the guards were not there (the last test lifts them).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as site
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test import override_settings

from approvals.models import (
    Ballot,
    Counting,
    Letter,
    PaperBallot,
    PaperEntry,
    Proxy,
    RollHome,
    RollVoter,
    Vote,
    VoteConfirmation,
    VoteResult,
)  # fmt: skip
from approvals.votes.closing import close_vote
from approvals.votes.drafting import draft_vote
from offices import database_clock
from offices.triggers import lifted
from tests.cast import cast
from tests.votes.conftest import Clock, announced, make_community, terms
from tests.votes.staged import Desk

pytestmark = pytest.mark.django_db
TABLES = (
    Vote, RollVoter, RollHome, Ballot, Counting, Letter, PaperBallot, PaperEntry, Proxy, VoteResult, VoteConfirmation,
)  # fmt: skip


@dataclass
class Stage:
    """Votes in every state. In each of those that opened the first two voters voted online, the third one's paper came back."""

    opened: Vote
    waiting: Vote
    draft: Vote
    closed: Vote
    counted: Vote
    confirmed: Vote
    desk: Desk

    def voter(self, vote: Vote, number: int) -> RollVoter:
        return vote.voters.get(number=number)

    def ballot(self, vote: Vote, number: int = 1) -> Ballot:
        return Ballot.objects.get(vote=vote, voter__number=number)

    def paper(self, vote: Vote) -> PaperBallot:
        return PaperBallot.objects.get(vote=vote)


def _votes(desk: Desk) -> Stage:
    made = {}
    for name in ("confirmed", "counted", "closed", "opened"):
        community = make_community(desk.offices, ["100.00"] * 6, name=name)
        vote = desk.opened(community, may_change=name == "counted", objection_days=60 if name == "counted" else 5)
        voters = list(vote.voters.all())
        desk.cast(vote, voters[0], "agree")
        desk.cast(vote, voters[1], "oppose", "onsite")
        desk.receive(vote, voters[2], "agree")
        if name in ("confirmed", "counted"):
            desk.count(vote, confirm=name == "confirmed", seal=False)
        if name == "closed":
            desk.read()
            desk.clock.to(vote.closes_at)
            vote = close_vote(at=desk.clock.now, vote=vote)
        made[name] = vote
    at = desk.clock.now
    waiting = announced(desk.offices, make_community(desk.offices, ["90.00"] * 3, name="waiting"), desk.clock)
    draft = draft_vote(by=desk.clerk, at=at, community=made["opened"].community, terms=terms(at))
    return Stage(waiting=waiting, draft=draft, desk=desk, **made)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Stage]:
    """Built once, taken back at the end."""
    before = site.CLOCK_OFFSET
    folder = tmp_path_factory.mktemp("attacks")
    with django_db_blocker.unblock(), override_settings(DATA=folder), transaction.atomic():
        yield _votes(Desk.of(cast(), Clock(site)))
        transaction.set_rollback(True)
    site.CLOCK_OFFSET = before
    with django_db_blocker.unblock():
        database_clock.tell(connection)


def name(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def run(sql: str, parameters: tuple = ()) -> int:
    """Rows touched; checks that wait for the end of a transaction are made at once."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        touched = cursor.rowcount
    connection.check_constraints()
    return touched


def update(model: type[models.Model], pk: int, **values: Any) -> int:
    """UPDATE one row by its columns."""
    columns = ", ".join(f'"{column}" = %s' for column in values)
    return run(f"UPDATE {name(model)} SET {columns} WHERE id = %s", (*values.values(), pk))


def insert(model: type[models.Model], like: int, verb: str = "INSERT", tail: str = "", **values: Any) -> int:
    """INSERT a copy of a row with other values: a whole row, so that nothing but what is wrong with it can refuse it."""
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column != "id" or "id" in values]
    unique = {"uid": "uid", "receipt": "receipt", "serial": "serial", "pseudonym": "pseudonym", "key": "key"}
    parts, parameters = [], []
    for column in columns:
        if column in values:
            parts.append("%s")
            parameters.append(values[column])
        elif column in unique:
            parts.append("'00000000000040008000000000000007'" if column == "uid" else "'NEWONE'")
        else:
            parts.append(f'"{column}"')
    listed = ", ".join(f'"{column}"' for column in columns)
    return run(
        f"{verb} INTO {name(model)} ({listed}) SELECT {', '.join(parts)} FROM {name(model)} WHERE id = %s {tail}",
        (*parameters, like),
    )


def ballot_of(stage: Stage, vote: Vote, number: int, **values: Any) -> int:
    """A ballot of the voter of that number, written past the actions."""
    voter = stage.voter(vote, number)
    like = stage.ballot(stage.opened).pk
    moments = {"received_at": values.pop("received_at", vote.opens_at), "entered_at": vote.opens_at}
    return insert(Ballot, like, vote_id=vote.pk, voter_id=voter.pk, area=int(voter.area * 100), **moments, **values)


def result_of(stage: Stage, **values: Any) -> int:
    """A result of the closed vote, as a copy of the counted one's (the same ballots were cast in both)."""
    return insert(VoteResult, stage.counted.result.pk, **{"vote_id": stage.closed.pk, **values})


def delete(model: type[models.Model]) -> Callable[[Stage], int]:
    return lambda stage: run(f"DELETE FROM {name(model)}")


ATTACKS: dict[str, Callable[[Stage], int]] = {
    # ballots
    "change a choice": lambda s: update(Ballot, s.ballot(s.opened).pk, choice="oppose"),
    "change the area of a ballot": lambda s: update(Ballot, s.ballot(s.opened).pk, area=1),
    "change a receipt": lambda s: update(Ballot, s.ballot(s.opened).pk, receipt="MINE"),
    "change when it came": lambda s: update(Ballot, s.ballot(s.opened).pk, received_at=s.opened.closes_at),
    "give a ballot to another voter": lambda s: update(Ballot, s.ballot(s.opened).pk, voter_id=s.voter(s.opened, 5).pk),
    "move a ballot to another vote": lambda s: update(Ballot, s.ballot(s.opened).pk, vote_id=s.closed.pk),
    "change the key of a ballot": lambda s: update(Ballot, s.ballot(s.opened).pk, id=999_999),
    "delete every ballot": delete(Ballot),
    "a ballot before the opening": lambda s: ballot_of(s, s.waiting, 1),
    "a ballot after the close": lambda s: ballot_of(s, s.closed, 5),
    "a ballot after the count": lambda s: ballot_of(s, s.counted, 5),
    "a ballot back-dated before the opening": lambda s: ballot_of(s, s.opened, 5, received_at=s.opened.announced_at),
    "a ballot dated after the close": lambda s: ballot_of(s, s.opened, 5, received_at=s.opened.closes_at),
    "a ballot of a voter of another vote": lambda s: insert(Ballot, s.ballot(s.opened).pk, voter_id=s.voter(s.closed, 5).pk),
    "a ballot with a forged area": lambda s: insert(
        Ballot, s.ballot(s.opened).pk, voter_id=s.voter(s.opened, 5).pk, area=1_000_000
    ),
    "a second ballot that replaces the first against the announcement": lambda s: ballot_of(
        s, s.opened, 1, supersedes_id=s.ballot(s.opened).pk
    ),
    "a ballot that replaces the ballot of another": lambda s: ballot_of(s, s.opened, 5, supersedes_id=s.ballot(s.opened).pk),
    "a paper ballot without its paper": lambda s: ballot_of(s, s.opened, 5, channel="paper"),
    "a paper ballot on the paper of another": lambda s: ballot_of(
        s, s.opened, 5, channel="paper", paper_id=s.paper(s.opened).pk, received_at=s.paper(s.opened).received_at
    ),
    "a paper ballot with another time than its paper": lambda s: ballot_of(
        s, s.opened, 3, channel="paper", paper_id=s.paper(s.opened).pk
    ),
    "a ballot on site that names nobody who took it": lambda s: ballot_of(s, s.opened, 5, channel="onsite", by_id=None),
    "a receipt given twice": lambda s: ballot_of(s, s.opened, 5, receipt=s.ballot(s.closed).receipt),
    # counting
    "count a ballot twice": lambda s: insert(Counting, s.ballot(s.opened).counting.pk),
    "count the ballot of another": lambda s: update(
        Counting, s.ballot(s.opened).counting.pk, ballot_id=s.ballot(s.opened, 2).pk
    ),
    "count for another voter": lambda s: update(Counting, s.ballot(s.opened).counting.pk, voter_id=s.voter(s.opened, 5).pk),
    "count in another vote": lambda s: update(Counting, s.ballot(s.opened).counting.pk, vote_id=s.closed.pk),
    "a counting row with the ballot of another": lambda s: insert(
        Counting, s.ballot(s.opened).counting.pk, voter_id=s.voter(s.opened, 5).pk, ballot_id=s.ballot(s.opened).pk
    ),
    "no longer count a ballot": delete(Counting),
    "change what counts after the count": lambda s: update(
        Counting, s.ballot(s.counted).counting.pk, ballot_id=s.ballot(s.counted, 2).pk
    ),
    # the roll
    "a voter more after the announcement": lambda s: insert(RollVoter, s.voter(s.opened, 1).pk, number=99),
    "a home more after the announcement": lambda s: insert(
        RollHome, RollHome.objects.filter(vote=s.opened).first().pk, home_id=RollHome.objects.filter(vote=s.waiting).first().home_id  # type: ignore[union-attr]
    ),
    "a larger voter": lambda s: update(RollVoter, s.voter(s.opened, 1).pk, area=1_000_000),
    "another person behind a voter": lambda s: update(RollVoter, s.voter(s.opened, 1).pk, persons="[1]"),
    "a voter less": delete(RollVoter),
    "a home less": delete(RollHome),
    "a larger home": lambda s: run(f"UPDATE {name(RollHome)} SET area = 1"),
    # what was announced
    "another question": lambda s: update(Vote, s.opened.pk, text="收费吗？"),
    "another title": lambda s: update(Vote, s.waiting.pk, title="别的"),
    "another matter": lambda s: update(Vote, s.opened.pk, matter="common_revenue"),
    "easier thresholds": lambda s: update(Vote, s.opened.pk, thresholds="[]"),
    "a longer period": lambda s: update(Vote, s.opened.pk, closes_at=s.opened.closes_at.replace(year=2099)),
    "an earlier opening": lambda s: update(Vote, s.waiting.pk, opens_at=s.opened.opens_at),
    "another roll's hash": lambda s: update(Vote, s.opened.pk, roll_hash="0" * 64),
    "a smaller roll": lambda s: update(Vote, s.closed.pk, roll_area=100, roll_heads=1),
    "ballots may change after all": lambda s: update(Vote, s.opened.pk, may_change=1 if connection.vendor == "sqlite" else True),
    "paper wins after all": lambda s: update(Vote, s.opened.pk, paper_wins=1 if connection.vendor == "sqlite" else True),
    "other rules": lambda s: update(Vote, s.opened.pk, revision="x"),
    "the key of a vote": lambda s: update(Vote, s.opened.pk, id=999_999),
    "the public key of a vote": lambda s: update(Vote, s.opened.pk, uid="0" * 31 + "9"),
    "delete the votes": delete(Vote),
    # states
    "close early": lambda s: update(Vote, s.opened.pk, state="closed"),
    "back to a draft": lambda s: update(Vote, s.opened.pk, state="draft"),
    "open again": lambda s: update(Vote, s.closed.pk, state="announced"),
    "announce without a roll": lambda s: update(
        Vote, s.draft.pk, state="announced", roll_area=100, roll_heads=1, roll_hash="x", announced_at=s.draft.created_at
    ),
    "counted without a count": lambda s: update(Vote, s.closed.pk, state="counted"),
    "confirmed without a confirmation": lambda s: update(Vote, s.counted.pk, state="confirmed"),
    "counted back to closed": lambda s: update(Vote, s.counted.pk, state="closed"),
    "cancel what was confirmed": lambda s: update(Vote, s.confirmed.pk, state="cancelled"),
    "a vote that is born announced": lambda s: insert(Vote, s.opened.pk),
    "a shorter time for objections": lambda s: update(Vote, s.counted.pk, objections_until="2020-01-01"),
    "another closing moment": lambda s: update(Vote, s.counted.pk, closed_at=s.counted.opens_at),
    # the result
    "change a result": lambda s: update(VoteResult, s.counted.result.pk, agreeing_heads=6),
    "turn a result round": lambda s: run(f"UPDATE {name(VoteResult)} SET passed = NOT passed"),
    "another root": lambda s: update(VoteResult, s.counted.result.pk, evidence_root="0" * 64),
    "give a result to another vote": lambda s: update(VoteResult, s.counted.result.pk, vote_id=s.closed.pk),
    "delete the results": delete(VoteResult),
    "a result of an open vote": lambda s: result_of(s, vote_id=s.opened.pk),
    "a result with one head more": lambda s: result_of(s, agreeing_heads=s.counted.result.agreeing_heads + 1),
    "a result with a hundredth more": lambda s: result_of(s, agreeing_area=int(s.counted.result.agreeing_area * 100) + 1),
    "a true count that passed, says the forger": lambda s: result_of(s, passed=1 if connection.vendor == "sqlite" else True),
    "a true count of which nothing is said": lambda s: result_of(s, passed=None),
    "a result that forgets a paper": lambda s: result_of(s, papers_returned=0),
    "a result that forgets an issued letter": lambda s: result_of(s, papers_issued=0),
    # the confirmation
    "confirm what is not counted": lambda s: insert(VoteConfirmation, s.confirmed.confirmation.pk, vote_id=s.closed.pk),
    "confirm before the objections are over": lambda s: insert(
        VoteConfirmation, s.confirmed.confirmation.pk, vote_id=s.counted.pk
    ),
    "confirm one's own count": lambda s: insert(
        VoteConfirmation, s.confirmed.confirmation.pk, vote_id=s.counted.pk, by_id=s.desk.clerk.pk
    ),
    "another confirmer": lambda s: update(VoteConfirmation, s.confirmed.confirmation.pk, by_id=s.desk.clerk.pk),
    "delete the confirmations": delete(VoteConfirmation),
    # papers
    "a paper received after the close": lambda s: insert(
        PaperBallot, s.paper(s.opened).pk, vote_id=s.closed.pk, voter_id=s.voter(s.closed, 3).pk, letter_id=s.paper(s.closed).letter_id
    ),
    "a paper received on the letter of another": lambda s: insert(
        PaperBallot, s.paper(s.opened).pk, voter_id=s.voter(s.opened, 5).pk
    ),
    "a letter that came back twice": lambda s: insert(PaperBallot, s.paper(s.opened).pk),
    "a paper that came earlier": lambda s: update(PaperBallot, s.paper(s.opened).pk, received_at=s.opened.opens_at),
    "a paper that becomes invalid after the count": lambda s: update(PaperBallot, s.paper(s.counted).pk, state="invalid"),
    "a letter voided after the count": lambda s: update(Letter, s.paper(s.counted).letter_id, voided_at=s.counted.opens_at),
    "a letter issued after the count": lambda s: insert(
        Letter, s.paper(s.counted).letter_id, voter_id=s.voter(s.counted, 5).pk
    ),
    "another serial": lambda s: update(Letter, s.paper(s.opened).letter_id, serial="MINE"),
    "an entry after the count": lambda s: insert(
        PaperEntry, PaperEntry.objects.filter(paper__vote=s.counted).first().pk, by_id=s.desk.third.pk  # type: ignore[union-attr]
    ),
    "change an entry": lambda s: run(f"UPDATE {name(PaperEntry)} SET choice = 'oppose'"),
    "delete the entries": delete(PaperEntry),
    "delete the papers": delete(PaperBallot),
    "delete the letters": delete(Letter),
}  # fmt: skip

REPLACING: dict[str, Callable[[Stage], int]] = {
    "replace a ballot": lambda s: insert(
        Ballot, s.ballot(s.opened).pk, "INSERT OR REPLACE", id=s.ballot(s.opened).pk, choice="oppose"
    ),
    "replace a ballot by its receipt": lambda s: insert(
        Ballot, s.ballot(s.opened).pk, "REPLACE", receipt=s.ballot(s.opened).receipt, choice="oppose"
    ),
    "replace a result": lambda s: insert(
        VoteResult, s.counted.result.pk, "INSERT OR REPLACE", id=s.counted.result.pk, agreeing_heads=6
    ),
    "replace a voter": lambda s: insert(
        RollVoter, s.voter(s.opened, 1).pk, "INSERT OR REPLACE", id=s.voter(s.opened, 1).pk, area=1
    ),
    "replace the counting row": lambda s: insert(
        Counting, s.ballot(s.opened).counting.pk, "INSERT OR REPLACE", voter_id=s.ballot(s.opened).voter_id,
        ballot_id=s.ballot(s.opened, 2).pk,
    ),
    "replace a vote": lambda s: insert(Vote, s.opened.pk, "INSERT OR REPLACE", id=s.opened.pk, title="别的"),
    "replace by updating a key": lambda s: run(
        f"UPDATE OR REPLACE {name(RollVoter)} SET id = %s WHERE id = %s", (s.voter(s.opened, 1).pk, s.voter(s.opened, 2).pk)
    ),
}  # fmt: skip

UPSERT: dict[str, Callable[[Stage], int]] = {
    "upsert a ballot": lambda s: insert(
        Ballot, s.ballot(s.opened).pk, tail="ON CONFLICT (receipt) DO UPDATE SET choice = 'oppose'", receipt=s.ballot(s.opened).receipt
    ),
    "upsert a result": lambda s: insert(
        VoteResult, s.counted.result.pk, tail="ON CONFLICT (vote_id) DO UPDATE SET agreeing_heads = 6"
    ),
    "upsert the counting row": lambda s: insert(
        Counting, s.ballot(s.opened).counting.pk,
        tail=f"ON CONFLICT (vote_id, voter_id) DO UPDATE SET ballot_id = {s.ballot(s.opened, 2).pk}",
    ),
}  # fmt: skip


def pictured() -> dict[str, list[Any]]:
    """Everything that a vote is made of."""
    return {name(model): list(model._default_manager.order_by("pk").values_list()) for model in TABLES}


def refused(stage: Stage, attack: Callable[[Stage], int]) -> str:
    """The database's words. Fails where the statement goes through, or is refused for being no whole row."""
    before = pictured()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        attack(stage)
    assert pictured() == before
    words = str(error.value).lower()
    assert "null" not in words or "check" in words, words
    return words


@pytest.mark.parametrize("attack", [*ATTACKS, *UPSERT])
def test_the_database_refuses(stage: Stage, attack: str) -> None:
    refused(stage, {**ATTACKS, **UPSERT}[attack])


@pytest.mark.parametrize("attack", REPLACING)
def test_sqlite_replaces_nothing(stage: Stage, attack: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("OR REPLACE is SQLite's")
    refused(stage, REPLACING[attack])


@pytest.mark.parametrize(
    "model", [Ballot, RollVoter, RollHome, VoteResult, VoteConfirmation, PaperEntry, Counting, Vote]
)
def test_postgresql_truncates_nothing(stage: Stage, model: type[models.Model]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    connection.check_constraints()
    with pytest.raises(DatabaseError), transaction.atomic():
        run(f"TRUNCATE {name(model)} CASCADE")
    assert Ballot.objects.exists() and RollVoter.objects.exists()


def test_the_true_result_and_a_true_confirmation_go_through(stage: Stage) -> None:
    """What the attacks are variations of is itself well-formed: the copy of a true result is taken."""
    with transaction.atomic():
        assert result_of(stage) == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        assert ballot_of(stage, stage.opened, 5) == 1
        transaction.set_rollback(True)


def test_the_attacks_are_real(stage: Stage) -> None:
    """Without the guards most of them do what they say: they are held by the guards and not by a typing error."""
    done = 0
    with transaction.atomic():
        with lifted(connection):
            for attack in ATTACKS.values():
                try:
                    with transaction.atomic():
                        done += attack(stage) > 0
                        transaction.set_rollback(True)
                except IntegrityError:
                    continue  # held by a key, a unique index or a check constraint besides
            connection.check_constraints()
        transaction.set_rollback(True)
    assert len(ATTACKS) + len(UPSERT) + len(REPLACING) > 90 and done > len(ATTACKS) // 2, done
