"""Who votes: owners, not homes (N-02). Homes of exactly the same people are one voter with one head. Pure: facts in, a draft out.

What can't be read from the facts alone is a problem: it is mended at its source or settled by a person with a reason, before a vote opens.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from communities.rules.rooms import natural

Owners = frozenset[int]  # pks of the persons that hold a home together
CONFIRMED, DISTINCT, SEPARATE, ASSIGNED, REOPENED = "confirmed", "distinct", "separate", "assigned", "reopened"


@dataclass(frozen=True)
class RollHome:
    """A home of the roll. ``area`` in 0.01 ㎡, 0 where it is missing (which is a problem)."""

    home_id: int
    home_uid: UUID
    building_id: int
    building: str
    unit: str
    room: str
    floor: int | None
    area: int
    area_source: str

    @property
    def place(self) -> str:
        """1号楼 1单元 101."""
        return " ".join(part for part in (self.building, self.unit, self.room) if part)


@dataclass(frozen=True)
class RollPerson:
    """A person as the rules need him; the values are compared and never printed. ``version`` changes when one of them does."""

    pk: int
    uid: UUID
    version: int
    kind: str
    name: str
    id_number: str
    phone: str


@dataclass(frozen=True)
class RollHolding:
    """An ownership in force on the day."""

    home_id: int
    person_id: int
    share: Fraction
    evidence: str


@dataclass(frozen=True)
class Settled:
    """A decision that stands for (kind, key). ``homes``: home uid → key of the voter as which it counts (overlap, assigned)."""

    pk: int
    decision: str
    homes: Mapping[str, str] = field(default_factory=dict)


Settlements = Mapping[tuple[str, str], Settled]


@dataclass(frozen=True)
class RollVoter:
    """One ballot, one head. ``agents``: pks of the checked papers in force by which others act for its persons.

    A home whose owner nobody knows is a voter without persons: its area and head stay in the denominators (N-01, N-02).
    """

    key: str
    person_ids: tuple[int, ...]
    kind: str
    homes: tuple[RollHome, ...]
    agents: tuple[int, ...] = ()

    @property
    def area(self) -> int:
        """0.01 ㎡ of all its homes."""
        return sum(home.area for home in self.homes)


@dataclass(frozen=True)
class RollProblem:
    """What stands against the roll. ``blocks``: no vote opens before it is mended or settled.

    ``key`` is a hash of the facts behind it, so that a settlement lapses when they change. ``decisions``: how it may be settled by
    hand; none: only mending helps. ``homes`` and ``persons``: pks of what it is about; ``settlement``: pk of what settled it.
    """

    kind: str
    text: str
    where: str
    key: str
    settled: bool = False
    blocks: bool = True
    decisions: tuple[str, ...] = ()
    homes: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()
    settlement: int | None = None


@dataclass(frozen=True)
class RollDraft:
    """The roll as it would be frozen."""

    voters: tuple[RollVoter, ...]
    problems: tuple[RollProblem, ...]

    @property
    def ready(self) -> bool:
        """No problem that blocks is left unsettled."""
        return all(problem.settled or not problem.blocks for problem in self.problems)

    @property
    def homes(self) -> int:
        """Number of homes."""
        return sum(len(voter.homes) for voter in self.voters)

    @property
    def heads(self) -> int:
        """One head a voter (N-02)."""
        return len(self.voters)

    @property
    def area(self) -> int:
        """0.01 ㎡."""
        return sum(voter.area for voter in self.voters)


@dataclass(frozen=True)
class RollFacts:
    """Everything of a community on one day, in any order. ``floor_area`` in 0.01 ㎡, ``agents``: person pk → pks of papers."""

    homes: Sequence[RollHome]
    persons: Mapping[int, RollPerson]
    holdings: Sequence[RollHolding]
    agents: Mapping[int, Sequence[int]] = field(default_factory=dict)
    floor_area: int | None = None
    households: int | None = None

    def owners(self) -> dict[int, Owners]:
        """Home pk → the persons that hold it together; nobody: an empty set."""
        found: dict[int, set[int]] = {home.home_id: set() for home in self.homes}
        for holding in self.holdings:
            if holding.home_id in found:
                found[holding.home_id].add(holding.person_id)
        return {home: frozenset(people) for home, people in found.items()}


def digest(*parts: object) -> str:
    """SHA-256 over texts, each closed by a sign that none of them holds."""
    return hashlib.sha256("".join(f"{part}\x1f" for part in parts).encode()).hexdigest()


def voter_key(uids: Iterable[UUID]) -> str:
    """The same persons are the same voter on every day: SHA-256 over their sorted uids."""
    return digest(*sorted(map(str, uids)))


def home_order(home: RollHome) -> tuple[object, ...]:
    """Buildings, units and rooms as people count them; uids decide between equals."""
    return natural(home.building), natural(home.unit), natural(home.room), str(home.home_uid)


def overlaps(owners: Mapping[int, Owners]) -> list[tuple[Owners, ...]]:
    """Groups of different owner sets that share persons, directly or through others (A; A with B; B with C)."""
    sets = set(owners.values()) - {frozenset()}
    of_person: dict[int, list[Owners]] = defaultdict(list)
    for people in sets:
        for person in people:
            of_person[person].append(people)
    groups, seen = [], set[Owners]()
    for start in sorted(sets, key=sorted):
        if start in seen:
            continue
        group, waiting = set[Owners](), [start]
        while waiting:
            each = waiting.pop()
            if each not in group:
                group.add(each)
                waiting += [other for person in each for other in of_person[person] if other not in group]
        seen |= group
        if len(group) > 1:
            groups.append(tuple(sorted(group, key=sorted)))
    return groups


def overlap_key(group: tuple[Owners, ...], facts: RollFacts, owners: Mapping[int, Owners]) -> str:
    """Hash of who holds which home in a group of overlapping sets."""
    members = set(group)
    rows = (
        f"{home.home_uid}={voter_key(facts.persons[pk].uid for pk in owners[home.home_id])}"
        for home in facts.homes
        if owners[home.home_id] in members
    )
    return digest("overlap", *sorted(rows))


def draft(
    facts: RollFacts, problems: Sequence[RollProblem], settlements: Settlements, scope: frozenset[int] | None = None
) -> RollDraft:
    """Voters of the homes in ``scope`` (pks; None: all) and the problems that concern them.

    Groups and keys are worked out over the whole community, so that a settlement holds for a stairwell as it does for the whole.
    """
    owners = facts.owners()
    keys = {people: voter_key(facts.persons[pk].uid for pk in people) for people in set(owners.values()) if people}
    assigned = _assigned(facts, owners, keys, settlements)
    homes: dict[tuple[str, Owners], list[RollHome]] = defaultdict(list)
    for home in sorted(facts.homes, key=home_order):
        if scope is not None and home.home_id not in scope:
            continue
        people = assigned.get(home.home_id, owners[home.home_id])
        key = keys[people] if people else digest("home", home.home_uid)
        homes[key, people].append(home)
    voters = tuple(_voter(key, people, tuple(rows), facts) for (key, people), rows in homes.items())
    return RollDraft(voters, tuple(_concerning(problems, scope)))


def _voter(key: str, people: Owners, homes: tuple[RollHome, ...], facts: RollFacts) -> RollVoter:
    ordered = sorted(people, key=lambda pk: str(facts.persons[pk].uid))
    kinds = {facts.persons[pk].kind for pk in people}
    kind = "natural" if not kinds or "natural" in kinds else "developer" if kinds == {"developer"} else "organisation"
    agents = sorted({paper for pk in people for paper in facts.agents.get(pk, ())})
    return RollVoter(key, tuple(ordered), kind, homes, tuple(agents))


def _assigned(
    facts: RollFacts, owners: Mapping[int, Owners], keys: Mapping[Owners, str], settlements: Settlements
) -> dict[int, Owners]:
    """Homes that count as another voter's, by a decision that stands. A target outside the group is passed over."""
    moved: dict[int, Owners] = {}
    if not any(kind == "overlap" and row.decision == ASSIGNED for (kind, _), row in settlements.items()):
        return moved
    for group in overlaps(owners):
        row = settlements.get(("overlap", overlap_key(group, facts, owners)))
        if row is None or row.decision != ASSIGNED:
            continue
        by_key, members = {keys[people]: people for people in group}, set(group)
        for home in facts.homes:
            target = by_key.get(row.homes.get(str(home.home_uid), ""))
            if target is not None and owners[home.home_id] in members:
                moved[home.home_id] = target
    return moved


def _concerning(problems: Iterable[RollProblem], scope: frozenset[int] | None) -> Iterable[RollProblem]:
    """In a part of a community: problems of one home in it, of several homes of which two lie in it, none of the whole."""
    if scope is None:
        yield from problems
        return
    for problem in problems:
        inside = sum(home in scope for home in problem.homes)
        if inside >= min(len(problem.homes), 2) and problem.homes:
            yield problem
