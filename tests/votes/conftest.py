"""The stage of the votes: a community with owners, a clock that can be moved (the database's too), and a vote ready to be opened."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from approvals.models import RollVoter, Vote
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from communities.models import Building, Community, Home, Ownership, Person
from offices import database_clock
from offices.demonstration import Offices
from tests.cast import cast

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Clock:
    """Time for the platform and the database alike."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @property
    def now(self) -> dt.datetime:
        return timezone.now() + site.CLOCK_OFFSET

    def forward(self, by: dt.timedelta) -> dt.datetime:
        """Move on; what time it is then."""
        self.settings.CLOCK_OFFSET = site.CLOCK_OFFSET + by
        database_clock.tell(connection)
        return self.now

    def to(self, moment: dt.datetime) -> dt.datetime:
        """Move to a moment."""
        return self.forward(moment - self.now)


@pytest.fixture
def clock(db: None, settings: Any) -> Iterator[Clock]:
    """The clock, back at its place afterwards."""
    before = site.CLOCK_OFFSET
    yield Clock(settings)
    settings.CLOCK_OFFSET = before
    database_clock.tell(connection)


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast, with a data folder of its own."""
    settings.DATA = tmp_path
    return cast()


_names = itertools.count(1)


def make_community(offices: Offices, areas: list[str], *, place: str = "胜利社区", name: str = "胜利小区") -> Community:
    """A community in which each home of these areas (㎡ as text) has one owner of its own."""
    at = timezone.now()
    community = Community(name=name, created_at=at, updated_at=at)
    community.place_in(offices.divisions[place])
    community.save()
    building = Building.objects.create(community=community, name="1号楼", created_at=at, updated_at=at)
    for area in areas:
        number = next(_names)
        home = Home.objects.create(
            building=building, unit="1单元", room=f"{number}", floor=1, private_area=area, area_source="register", created_at=at,
            updated_at=at,
        )  # fmt: skip
        person = Person.objects.create(
            community=community, name=f"业主{number}", phone=f"139{number:08d}", id_number=f"450205{number:08d}0018", created_at=at,
            updated_at=at,
        )  # fmt: skip
        Ownership.objects.create(home=home, person=person, evidence="不动产权证", created_at=at, updated_at=at)
    return community


@pytest.fixture
def community(offices: Offices) -> Community:
    """Twelve homes of 100 ㎡."""
    return make_community(offices, ["100.00"] * 12)


def terms(now: dt.datetime, **changes: Any) -> Terms:
    """A scheme vote that opens in an hour and closes in seven days."""
    plain = Terms(
        matter="scheme",
        title="胜利小区改造方案表决",
        text="是否同意胜利小区老旧小区改造方案？",
        opens_at=now + HOUR,
        closes_at=now + 7 * DAY,
    )
    return replace(plain, **changes)


def announced(offices: Offices, community: Community, clock: Clock, **changes: Any) -> Vote:
    """A vote that is announced and not open yet."""
    clerk, other = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
    vote = draft_vote(by=clerk, at=clock.now, community=community, terms=terms(clock.now, **changes))
    return announce_vote(by=other, at=clock.now, vote=vote)


@pytest.fixture
def vote(offices: Offices, community: Community, clock: Clock) -> Vote:
    """An open vote."""
    made = announced(offices, community, clock)
    clock.to(made.opens_at + HOUR)
    return made


@pytest.fixture
def voters(vote: Vote) -> list[RollVoter]:
    """Its voters."""
    return list(vote.voters.all())
