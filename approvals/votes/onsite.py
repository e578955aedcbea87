"""Votes taken at the door: who is still missing in a building, and the ballot that a member of staff enters for an owner."""

import datetime as dt
import re
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from approvals.models import Ballot, Counting, PaperBallot, Proxy, RollHome, RollVoter, Vote
from approvals.votes.access import require_desk
from approvals.votes.casting import UNREAD, cast_ballot, note_entry
from approvals.votes.proxies import checked_proxies, named_proxy
from approvals.votes.turnout import place_of
from communities.rules.masks import mask_name
from communities.rules.rooms import natural
from offices.models import User
from policies.refusal import Invalid, Refused

SENT_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
ROOM = re.compile(r"(?<![0-9])([1-9][0-9]?)[0-9]{2}(?![0-9])", re.ASCII)
WORDS = {"missing": "未投", "voted": "已投", "paper": "已收纸质票"}


def enter_onsite(
    *, by: User, at: dt.datetime, vote: Vote, number: int, choice: str, sent_key: str, proxy: UUID | None = None
) -> Ballot:
    """The ballot of the voter with this number of the roll, taken at his door. What a phone sends twice is one ballot.

    Raises Forbidden for who has no desk here; Invalid for a key that is no key or a voter that is none; Refused as ``cast_ballot`` does,
    and where the key was sent with another choice.
    """
    require_desk(by, vote)
    if not SENT_KEY.fullmatch(sent_key):
        raise Invalid("发送编号有误，请重新打开页面", errors={"sent_key": ["应为 16 至 64 位字母、数字"]})
    voter = RollVoter.objects.filter(vote=vote, number=number).first()
    if voter is None:
        raise Invalid("名册上没有这位业主", errors={"number": ["名册上没有这个序号"]})
    with transaction.atomic():
        before = Ballot.objects.filter(vote=vote, sent_key=sent_key).exists()
        ballot = cast_ballot(
            at=at, vote=vote, voter=voter, choice=choice, channel="onsite", by=by, sent_key=sent_key, proxy=named_proxy(voter, proxy)
        )  # fmt: skip
        if ballot.choice != choice:
            raise Refused("这一张已按另一选择收到，不能改作他用", code="sent_key_taken")
        if not before:
            note_entry(by=by, at=at, ballot=ballot)
    return ballot


@dataclass(frozen=True)
class Door:
    """A room of the grid. ``closed``: by the announcement no further ballot is taken from this voter."""

    number: int
    room: str
    place: str
    state: str
    closed: bool
    proxy: str = ""
    agent: str = ""

    @property
    def word(self) -> str:
        """未投, 已投, 已收纸质票."""
        return WORDS[self.state]


@dataclass(frozen=True)
class Floor:
    """The rooms of one floor; ``floor`` None: not filled in."""

    floor: int | None
    doors: tuple[Door, ...]


@dataclass(frozen=True)
class Stairwell:
    """The floors of one unit, the highest first."""

    unit: str
    floors: tuple[Floor, ...]
    missing: int


def grid(vote: Vote, building: str) -> list[Stairwell]:
    """The doors of a building with their states, never a choice (two queries)."""
    homes = list(_homes(vote).filter(building=building))
    proxies = checked_proxies(vote, {home.voter_id for home in homes}) if homes else {}
    units: dict[str, dict[int | None, list[Door]]] = {}
    for home in sorted(homes, key=lambda row: (natural(row.unit), natural(row.room), row.pk)):
        door = _door(vote, home, proxies.get(home.voter_id))
        units.setdefault(home.unit, {}).setdefault(floor_of(home), []).append(door)
    return [
        Stairwell(
            unit, tuple(Floor(floor, tuple(floors[floor])) for floor in sorted(floors, key=_high_first)),
            sum(door.state == "missing" for doors in floors.values() for door in doors),
        )
        for unit, floors in units.items()
    ]  # fmt: skip


def floor_of(home: RollHome) -> int | None:
    """The floor of the register; where it is blank, what the room number says (801 and 1-801: 8, 1203: 12), for the drawing alone."""
    if home.floor is not None:
        return home.floor
    found = ROOM.search(home.room)
    return int(found.group(1)) if found else None


def doors_of(vote: Vote, voter: RollVoter) -> list[Door]:
    """All rooms of one voter."""
    proxy = checked_proxies(vote, [voter.pk]).get(voter.pk)
    return [_door(vote, home, proxy) for home in _homes(vote).filter(voter=voter).order_by("pk")]


def states(vote: Vote, building: str) -> dict[int, tuple[str, bool]]:
    """Number of the voter → state and whether it is closed, of one building (one query)."""
    doors = (_door(vote, home, None) for home in _homes(vote).filter(building=building))
    return {door.number: (door.state, door.closed) for door in doors}


def _homes(vote: Vote) -> QuerySet[RollHome]:
    unread = PaperBallot.objects.filter(voter=OuterRef("voter"), state__in=UNREAD)
    counted = Counting.objects.filter(voter=OuterRef("voter"))
    rows = RollHome.objects.filter(vote=vote).select_related("voter")
    return rows.annotate(
        voted=Exists(counted), on_paper=Exists(counted.filter(ballot__channel="paper")), returned=Exists(unread)
    )


def _door(vote: Vote, home: RollHome, proxy: Proxy | None) -> Door:
    voted, on_paper, returned = home.voted, home.on_paper, home.returned  # type: ignore[attr-defined]
    state = "voted" if voted else "paper" if returned else "missing"
    closed = (voted or returned) and not vote.may_change
    closed = closed or ((on_paper or returned) and vote.paper_wins)
    return Door(
        home.voter.number,
        home.room,
        place_of(home),
        state,
        closed,
        str(proxy.uid) if proxy else "",
        mask_name(proxy.name) if proxy else "",
    )


def _high_first(floor: int | None) -> tuple[bool, int]:
    return floor is None, -(floor or 0)
