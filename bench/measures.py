"""All rows of the table in their order, over one database."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench import city, exports, lists, votes
from bench.__main__ import Group
from bench.servers import running
from offices.clock import today


@contextmanager
def prepared(url: str, scale: float) -> Iterator[list[Group]]:
    """The city and the votes stand, the servers run."""
    town = city.seed(scale, today())
    votes.seed(scale)
    with running(url) as (platform, limit):
        yield [
            ({"1", "2", "2b", "3"}, lambda: iter(lists.rows(town, platform, limit, today().year - 1))),
            ({"4", "5", "9"}, lambda: iter(exports.rows(platform, town.communities * city.PER_COMMUNITY))),
            ({"7"}, lambda: iter(votes.rows())),
        ]
