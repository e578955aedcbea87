"""All rows of the table in their order, over one database."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench import city, exports, imports, lists, pages, sweep, votes
from bench.__main__ import Group
from bench.rows import Figure
from bench.servers import running
from offices.clock import today


@contextmanager
def prepared(url: str, scale: float) -> Iterator[list[Group]]:
    """The city and the votes stand, the servers run."""
    town = city.seed(scale, today())
    votes.seed(scale)

    def resident() -> Iterator[Figure]:
        with running(url, workers=2) as (both, _):
            yield from pages.resident(town, both)

    with running(url) as (platform, limit):
        yield [
            ({"1", "2", "2b", "3"}, lambda: iter(lists.rows(town, platform, limit, today().year - 1))),
            ({"4", "5", "9"}, lambda: iter(exports.rows(platform, town.communities * city.PER_COMMUNITY))),
            ({"7"}, lambda: iter(votes.rows())),
            ({"10"}, lambda: iter(pages.rows(town, platform))),
            ({"11"}, resident),
            ({"6"}, lambda: iter(sweep.rows(today()))),
            ({"12"}, lambda: iter(pages.growth(town, platform))),
            ({"8"}, lambda: iter(imports.rows(scale, town.clerk, town.county))),
        ]
