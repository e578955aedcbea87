"""Projects as money sees them. They stand in an app above, which registers itself here: the one way up."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from funding.rules.papers import Ending
from offices.models import Division, User
from policies.refusal import Reason


@dataclass(frozen=True)
class Project:
    """What money asks of a project: where it lies, its communities, its staff page."""

    uid: UUID
    name: str
    division: Division
    county: Division
    link: str
    communities: tuple[UUID, ...] = ()
    public_homes: tuple[str, ...] = ()  # names of communities whose homes a unit or the state still owns
    original_units: tuple[str, ...] = ()  # names of the units that the communities once belonged to


@dataclass(frozen=True)
class SchemeItem:
    """A line of a scheme: amounts in 分, payers by kind of source."""

    name: str
    where: str
    item_class: str
    amount: int
    payers: Mapping[str, int]
    utility: str = ""  # 专营设施 that is the utility's own, in words


@dataclass(frozen=True)
class SchemeMoney:
    """The fixed scheme of a project as money sees it; ``conflicts``: what its own checks say against who pays for what."""

    number: int
    items: tuple[SchemeItem, ...]
    link: str
    conflicts: tuple[Reason, ...] = ()

    @property
    def total(self) -> int:
        """分 of all lines."""
        return sum(item.amount for item in self.items)

    @property
    def by_kind(self) -> dict[str, int]:
        """分 by kind of source."""
        found: dict[str, int] = {}
        for item in self.items:
            for kind, amount in item.payers.items():
                found[kind] = found.get(kind, 0) + amount
        return found


class Projects(Protocol):
    """What the app of projects answers, each in a bounded number of queries."""

    def find(self, uids: Iterable[UUID]) -> dict[UUID, Project]:
        """Projects by uid; those that there are not are absent."""

    def visible(self, user: User, uids: Iterable[UUID]) -> dict[UUID, Project]:
        """The same within a user's scope."""

    def choices(self, user: User, division: Division) -> list[tuple[UUID, str]]:
        """uid and name of projects of a division that may be given money, newest plan first."""

    def called(self, division: Division, names: Iterable[str]) -> dict[str, list[UUID]]:
        """Name → uids of the projects of a division that bear it."""

    def of_year(self, year: int) -> QuerySet[Any, Any]:
        """uids of the projects of a plan year, to be put into a query."""

    def totals(self, uids: Iterable[UUID]) -> dict[UUID, int]:
        """分 of the fixed scheme of each project that has one."""

    def scheme(self, uid: UUID, day: dt.date) -> SchemeMoney | None:
        """The fixed scheme of a project with its conflicts on a day; None where none is fixed."""

    def payer_refused(self, uid: UUID, item: str, kind: str, day: dt.date) -> tuple[Reason, ...]:
        """Clauses by which money of a kind may not pay for an item of the fixed scheme (CZ-07); empty where none stands against it."""

    def accepted(self, uids: Iterable[UUID]) -> dict[UUID, dt.date]:
        """The day of the confirmed acceptance of each project that has one."""

    def warranty(self, uid: UUID) -> tuple[Ending, ...]:
        """When the warranty of each part ends; empty before the acceptance."""

    def settled(self, uid: UUID, *, on: dt.date, at: dt.datetime) -> None:
        """The settlement of a project was confirmed: what was due of it is done."""


_PROJECTS: list[Projects] = []


def register(projects: Projects) -> None:
    """Once, at start-up (apps.py ``ready``)."""
    _PROJECTS[:] = [projects]


def projects() -> Projects:
    """What was registered. LookupError before that."""
    if not _PROJECTS:
        raise LookupError("no app of projects is registered")
    return _PROJECTS[0]


def project_of(uid: UUID) -> Project | None:
    """One project."""
    return projects().find([uid]).get(uid)
