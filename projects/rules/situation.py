"""What a gate may look at: papers held, exceptions in force, the communities and facts of a project. Plain values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from policies.calendar import WorkingCalendar
from projects.rules.scheme import Scheme


@dataclass(frozen=True)
class Held:
    """A recorded paper as a gate sees it: its figures, its day, whether a second person has checked it, and its uid."""

    figures: Mapping[str, Any]
    day: dt.date
    checked: bool
    paper: str


@dataclass(frozen=True)
class HeldResult:
    """A vote, survey, notice or review of the platform itself. ``place``: the community that it speaks for, "" for the whole subject."""

    figures: Mapping[str, Any]
    day: dt.date
    words: str
    place: str = ""
    url: str = ""
    settled: bool = True


@dataclass(frozen=True)
class HeldException:
    """An exception in force: by which document, or by whose reason."""

    words: str
    uid: str


@dataclass(frozen=True)
class Place:
    """A community of the project as a gate sees it."""

    name: str
    built: str
    excluded: str | None
    households: int | None
    floor_area: Decimal | None = None
    property_right: str = ""
    # Residents' organisations: kind, established on, ended on (None: it stands).
    organisations: tuple[tuple[str, dt.date, dt.date | None], ...] = ()

    def standing(self, day: dt.date) -> frozenset[str]:
        """Kinds of its residents' organisations that stood on a day."""
        return frozenset(
            kind for kind, since, until in self.organisations if since <= day and (not until or day < until)
        )


@dataclass(frozen=True)
class Situation:
    """Everything that gates of one subject may look at. ``scheme``: its latest fixed version, None while there is none."""

    papers: Mapping[str, Held] = field(default_factory=dict)
    results: Mapping[str, tuple[HeldResult, ...]] = field(default_factory=dict)
    exceptions: Mapping[tuple[str, str, str], HeldException] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    works: tuple[str, ...] = ()
    scheme: Scheme | None = None
    facts: frozenset[str] = frozenset()
    # Other communities of the same plan in the same street or neighbourhood, by name; None outside a plan.
    neighbours: tuple[str, ...] | None = None
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
