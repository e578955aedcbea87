"""All rows of the table in their order, over one database."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench import city, exports, feed, imports, lists, pages, sweep, votes
from bench.__main__ import Group
from bench.rows import Figure, Row
from bench.servers import running
from offices.clock import today

GROWTH, VOTES = "12", "7"


@contextmanager
def prepared(url: str, scale: float, only: set[str]) -> Iterator[list[Group]]:
    """The city stands, the servers run. What the rows asked for do not read is not made: votes, and all but the rows of growth."""
    town = city.seed(scale, today(), whole=only != {GROWTH})

    def ballots() -> Iterator[Row]:
        votes.seed(scale)
        yield from votes.rows()

    def resident() -> Iterator[Figure]:
        with running(url, workers=2) as (both, _):
            yield from pages.resident(town, both)

    with running(url) as (platform, limit):
        yield [
            ({"1", "2", "2b", "3"}, lambda: iter(lists.rows(town, platform, limit, today().year - 1))),
            ({"4", "5", "9"}, lambda: iter(exports.rows(platform, town.communities * city.PER_COMMUNITY))),
            ({"13"}, lambda: iter(feed.rows(url, town.leader))),  # before the sweeps fill the log
            ({"10"}, lambda: iter(pages.rows(town, platform))),
            ({"11"}, resident),
            ({"6"}, lambda: iter(sweep.rows(today()))),
            ({GROWTH}, lambda: iter(pages.growth(town, platform))),
            ({VOTES}, ballots),
            ({"8"}, lambda: iter(imports.rows(scale, town.clerk, town.county))),
        ]
