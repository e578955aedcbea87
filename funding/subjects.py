"""Projects as money sees them. They stand in an app above, which registers itself here: the one way up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from offices.models import Division, User


@dataclass(frozen=True)
class Project:
    """What money asks of a project: where it lies, its communities, its staff page."""

    uid: UUID
    name: str
    division: Division
    county: Division
    link: str
    communities: tuple[UUID, ...] = ()


class Projects(Protocol):
    """What the app of projects answers, each in a bounded number of queries."""

    def find(self, uids: Iterable[UUID]) -> dict[UUID, Project]:
        """Projects by uid; those that there are not are absent."""

    def visible(self, user: User, uids: Iterable[UUID]) -> dict[UUID, Project]:
        """The same within a user's scope."""

    def choices(self, user: User, division: Division) -> list[tuple[UUID, str]]:
        """uid and name of projects of a division that may be given money, newest plan first."""


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
