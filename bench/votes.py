"""Row 7: the tally of one vote of 5,000 homes, and of 2,000 votes with 1,000,000 homes in one pass."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection

from approvals.models import Ballot, Counting, RollVoter, Vote
from approvals.votes.figures import Figures, figures_of, tally_of
from bench.rows import Row
from communities.models import Community
from offices.demonstration import Offices
from offices.triggers import lifted
from tests.cast import cast

VOTES, HOMES, ONE = 2000, 500, 5000
OPENS = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def _votes(offices: Offices, number: int, heads: int) -> list[Vote]:
    """Counted votes of as many voters, areas of 40 to 130 ㎡."""
    clerk, division = offices.user("柳北区", "housing", "clerk"), offices.divisions["胜利社区"]
    community = Community(name="测速小区", created_at=OPENS, updated_at=OPENS)
    community.place_in(division)
    community.save()
    votes = []
    for _ in range(number):
        vote = Vote(
            community=community, matter="scheme", title="测速", text="测速", opens_at=OPENS, closes_at=OPENS + dt.timedelta(days=7),
            state="closed", roll_hash="0" * 64, roll_heads=heads, roll_area=Decimal(heads * 85), made_by=clerk, announced_at=OPENS,
            created_at=OPENS, updated_at=OPENS,
        )  # fmt: skip
        vote.place_in(division)
        votes.append(vote)
    return Vote.objects.bulk_create(votes, batch_size=500)


def seed(scale: float) -> None:
    """Bulk data: the guards and the keys' triggers step aside, the numbers come from a fixed formula."""
    offices = cast()
    with lifted(connection), connection.cursor() as cursor:
        _fill(cursor, [vote.pk for vote in _votes(offices, max(int(VOTES * scale), 2), HOMES)], HOMES)
        _fill(cursor, [vote.pk for vote in _votes(offices, 1, ONE)], ONE)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fill(cursor: Any, votes: list[int], homes: int) -> None:
    voters, ballots, counting = (model._meta.db_table for model in (RollVoter, Ballot, Counting))
    span = (votes[0], votes[-1], homes)
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(
        f"INSERT INTO {voters} (vote_id, number, key, pseudonym, kind, persons, area) "
        "SELECT v, n, 'k' || n, lpad(to_hex(n), 16, '0'), 'natural', '[]', 4000 + (v * 7919 + n * 104729) %% 9000 "
        "FROM generate_series(%s, %s) v, generate_series(1, %s) n",
        span,
    )
    # Two thirds and a few take part; one voter in five opposes, one in eleven abstains.
    cursor.execute(
        f"INSERT INTO {ballots} (vote_id, voter_id, area, choice, channel, receipt, received_at, entered_at) "
        f"SELECT vote_id, id, area, CASE WHEN number %% 5 = 0 THEN 'oppose' WHEN number %% 11 = 0 THEN 'abstain' ELSE 'agree' END, "
        f"'online', 'R' || id, '2026-03-03', '2026-03-03' FROM {voters} "
        "WHERE vote_id BETWEEN %s AND %s AND number %% 10 < 9 AND number <= %s",
        span,
    )
    cursor.execute(
        f"INSERT INTO {counting} (vote_id, voter_id, ballot_id) SELECT vote_id, voter_id, id FROM {ballots} "
        "WHERE vote_id BETWEEN %s AND %s",
        span[:2],
    )
    cursor.execute("SET session_replication_role = DEFAULT")


def _plain(where: str, parameters: list[int]) -> dict[int, tuple[int, ...]]:
    """The same figures as SQL that somebody writes by hand."""
    ballots, counting = Ballot._meta.db_table, Counting._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.vote_id, sum(b.area), count(*), sum(b.area) FILTER (WHERE b.choice = 'agree'), "
            "count(*) FILTER (WHERE b.choice = 'agree'), sum(b.area) FILTER (WHERE b.choice = 'oppose'), "
            "count(*) FILTER (WHERE b.choice = 'oppose') "
            f"FROM {counting} c JOIN {ballots} b ON b.id = c.ballot_id WHERE {where} GROUP BY c.vote_id",
            parameters,
        )
        return {row[0]: tuple(int(value) for value in row[1:]) for row in cursor.fetchall()}


def _as_plain(figures: Figures) -> tuple[int, ...]:
    return (
        figures.participating_area, figures.participating_heads, figures.agreeing_area, figures.agreeing_heads, figures.opposing_area,
        figures.opposing_heads,
    )  # fmt: skip


def rows() -> list[Row]:
    """What is measured."""
    votes = list(Vote.objects.select_related("division").order_by("pk"))
    one = votes[-1]

    def figures() -> dict[int, tuple[int, ...]]:
        return {pk: _as_plain(found) for pk, found in figures_of(votes).items()}

    def shown() -> dict[int, tuple[int, ...]]:
        found = figures_of([one])[one.pk]
        assert tally_of(one, found).results
        return {one.pk: _as_plain(found)}

    homes, heads = f"{sum(vote.roll_heads or 0 for vote in votes):,}", f"{one.roll_heads:,}"
    return [
        Row("7", f"tally of one vote of {heads} homes", lambda: {one.pk: _as_plain(figures_of([one])[one.pk])},
            lambda: _plain("c.vote_id = %s", [one.pk]), 1.3, 61),
        Row("7", "the same with its four shares against the announced thresholds, ready to be shown", shown,
            lambda: _plain("c.vote_id = %s", [one.pk]), 1.5, 61),
        Row("7", f"tally of {len(votes):,} votes with {homes} homes in one pass", figures,
            lambda: _plain("true", []), 1.1, 7),
    ]  # fmt: skip
