"""The roll as pages and the interface show it: problems in groups, voters with masked names, decisions that stand or have lapsed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Prefetch, QuerySet

from communities.models import Agency, Community, Home, Ownership, Person, RollSettlement
from communities.queries.voters import draft_roll, facts_of
from communities.rules.masks import mask_id, mask_name, mask_phone
from communities.rules.roll_problems import KIND_LABELS
from communities.rules.voters import REOPENED, RollDraft, RollProblem, RollVoter, voter_key
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Citation

SHOWN = 20  # problems of a group on the page; the rest are counted


@dataclass(frozen=True)
class Masked:
    """A person's values as lists show them; organisations carry their name."""

    uid: str
    name: str
    id_number: str
    phone: str


def masked(person: Person) -> Masked:
    """The values of a person, masked (N-06)."""
    name = mask_name(person.name) if person.kind == Person.Kind.NATURAL else person.name
    return Masked(str(person.uid), name, mask_id(person.id_number), mask_phone(person.phone))


@dataclass(frozen=True)
class ProblemGroup:
    """Problems of one kind: the first ``SHOWN``, unsettled ones before the others."""

    kind: str
    label: str
    problems: tuple[RollProblem, ...]
    total: int
    waiting: int
    blocks: bool

    @property
    def more(self) -> int:
        """Those that are not shown."""
        return self.total - len(self.problems)


def groups_of(draft: RollDraft) -> list[ProblemGroup]:
    """Groups in the order: what blocks and waits, what is only told, what is settled."""
    found: dict[tuple[str, bool], list[RollProblem]] = defaultdict(list)
    for problem in draft.problems:
        found[problem.kind, problem.blocks].append(problem)
    groups = []
    for (kind, blocks), rows in found.items():
        rows.sort(key=lambda row: row.settled)
        waiting = sum(not row.settled for row in rows)
        groups.append(ProblemGroup(kind, KIND_LABELS[kind], tuple(rows[:SHOWN]), len(rows), waiting, blocks))
    return sorted(groups, key=lambda group: 0 if group.blocks and group.waiting else 1 if not group.blocks else 2)


@dataclass(frozen=True)
class VoterRow:
    """A voter of the table: masked names, homes, which way of counting made it one head."""

    voter: RollVoter
    names: str
    homes: str
    counted: str

    @property
    def area(self) -> Decimal:
        """㎡."""
        return Decimal(self.voter.area).scaleb(-2)

    @property
    def whole(self) -> bool:
        """No home lacks its area: what is blank is not zero."""
        return all(home.area for home in self.voter.homes)


def voter_rows(voters: Sequence[RollVoter]) -> list[VoterRow]:
    """Rows of a page of voters (one query)."""
    persons = Person.objects.in_bulk({pk for voter in voters for pk in voter.person_ids})
    return [
        VoterRow(
            voter,
            "、".join(masked(persons[pk]).name for pk in voter.person_ids) or "业主不明",
            "、".join(home.place for home in voter.homes[:3])
            + (f"等 {len(voter.homes)} 户" if len(voter.homes) > 3 else ""),
            counted(voter),
        )
        for voter in voters
    ]


def owner_names(community: Community, day: dt.date) -> dict[int, str]:
    """Home pk → the masked names of those who own it on ``day``, whichever voter it counts as (one query)."""
    rows = Ownership.objects.in_force(day).filter(home__building__community=community).select_related("person")
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.home_id].append(masked(row.person).name)
    return {home: "、".join(names) for home, names in found.items()}


def counted(voter: RollVoter) -> str:
    """Why this is one head, in words (N-02)."""
    if not voter.person_ids:
        return "业主不明，计入总数"
    if voter.kind == "developer":
        return f"建设单位尚未出售、交付的 {len(voter.homes)} 户合计一人"
    people = "共有人合计一人" if len(voter.person_ids) > 1 else "一户一人"
    return f"同一业主的 {len(voter.homes)} 户计一人" if len(voter.homes) > 1 else people


def counting_rule(community: Community, day: dt.date) -> Citation | None:
    """The statute by which heads and areas are counted (N-02), None where no layer holds it."""
    layers = layers_of(community.division)
    rows = (row for row in layers.provisions("counting", day) if row.rule_id == "N-02")
    provision = next(rows, None)
    return citation(layers, provision) if provision else None


@dataclass(frozen=True)
class OwnerSet:
    """A voter as which homes of an overlap may count."""

    key: str
    label: str


@dataclass(frozen=True)
class ProblemView:
    """One problem with what it takes to decide on it."""

    problem: RollProblem
    label: str
    homes: tuple[Home, ...]
    persons: tuple[tuple[Person, Masked, int], ...]
    sets: tuple[OwnerSet, ...]
    settlements: tuple[RollSettlement, ...]


def problem_of(community: Community, *, kind: str, key: str, day: dt.date) -> ProblemView | None:
    """The problem as it stands on ``day``; None where it is gone or its facts have changed."""
    found = (row for row in draft_roll(community, day=day).problems if (row.kind, row.key) == (kind, key))
    problem = next(found, None)
    if problem is None:
        return None
    homes = homes_with_owners(problem.homes, day)
    persons = Person.objects.in_bulk(problem.persons)
    held = [(row.person_id, home.pk) for home in homes for row in home.open_ones]  # type: ignore[attr-defined]
    rows = RollSettlement.objects.filter(community=community, kind=kind, key=key).select_related("by", "file")
    return ProblemView(
        problem, KIND_LABELS[kind], homes,
        tuple((persons[pk], masked(persons[pk]), sum(pk == who for who, _ in held)) for pk in problem.persons),
        _sets(community, problem, persons, day) if kind == "overlap" else (), tuple(rows.order_by("-pk")),
    )  # fmt: skip


def homes_with_owners(pks: Sequence[int], day: dt.date) -> tuple[Home, ...]:
    """Homes with ``open_ones``: ownerships in force on ``day`` with their persons; at most 200."""
    owners = Ownership.objects.in_force(day).select_related("person").order_by("pk")
    rows = Home.objects.filter(pk__in=pks[:200]).select_related("building")
    found = {row.pk: row for row in rows.prefetch_related(Prefetch("ownerships", owners, to_attr="open_ones"))}
    return tuple(found[pk] for pk in pks[:200] if pk in found)


def _sets(community: Community, problem: RollProblem, persons: dict[int, Person], day: dt.date) -> tuple[OwnerSet, ...]:
    facts = facts_of(community, day=day)
    owners = facts.owners()
    rooms: dict[frozenset[int], list[str]] = defaultdict(list)
    places = {home.home_id: home.place for home in facts.homes}
    for home in problem.homes:
        rooms[owners[home]].append(places[home])
    return tuple(
        OwnerSet(
            voter_key(persons[pk].uid for pk in people),
            f"{'、'.join(masked(persons[pk]).name for pk in sorted(people))}（{'、'.join(held)}）",
        )
        for people, held in rooms.items()
    )


def settled_rows(community: Community, draft: RollDraft) -> tuple[list[RollSettlement], list[RollSettlement]]:
    """(decisions that stand, decisions whose facts have changed since), newest first."""
    rows = RollSettlement.objects.filter(community=community, superseded_by__isnull=True).exclude(decision=REOPENED)
    keys = {(problem.kind, problem.key) for problem in draft.problems}
    standing: list[RollSettlement] = []
    lapsed: list[RollSettlement] = []
    for row in rows.select_related("by", "file").order_by("-pk"):
        (standing if (row.kind, row.key) in keys else lapsed).append(row)
    return standing, lapsed


def agencies_of(community: Community) -> QuerySet[Agency]:
    """Papers of a community: unchecked ones first, then by day."""
    rows = Agency.objects.filter(person__community=community)
    return rows.select_related("person", "entered_by", "checked_by", "withdrawn_by", "file").order_by(
        F("checked_at").asc(nulls_first=True), "-valid_from", "pk"
    )
