"""What an entry of the route table says: who may read an address, who may change something by it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.trust.rows import Rows

OPEN, STAFF, PLACE, PUBLIC, HIDDEN = "open", "staff", "place", "public", "hidden"
OWN = "own"  # one person's: 404 for everybody but the readers
CLERK, APPROVER = frozenset({"clerk"}), frozenset({"approver"})
WRITERS = CLERK | APPROVER  # of papers: who enters one never checks it
EVERYBODY = frozenset({"foreign", "clerk", "approver", "auditor", "system", "security", "audit", "root"})
SYSTEM, SECURITY, NOBODY = frozenset({"system", "root"}), frozenset({"security", "root"}), frozenset()
READERS = frozenset({"auditor", "audit", "root"})
Args = Callable[[Rows], dict[str, Any]]


@dataclass(frozen=True)
class Write:
    """A change: its body (form fields for pages, JSON for the interface) and the roles that may. ``foreign`` is what staff of
    elsewhere get: 404 where the address names a row, 400 where the body does (it is no choice), None where they may too."""

    may: frozenset[str]
    body: Callable[[Rows], dict[str, Any]] = lambda rows: {}
    method: str = "post"
    foreign: tuple[int, ...] = (404,)
    done: tuple[int, ...] = (200, 201, 204, 302)
    hidden: bool = False  # the row is one person's: nobody else of the place sees it
    anonymous: bool = False  # residents without an account may, too


@dataclass(frozen=True)
class Route:
    """One URL."""

    read: str | None
    args: Args = lambda rows: {}
    write: tuple[Write, ...] = ()
    query: Callable[[Rows], dict[str, Any]] = lambda rows: {}
    readers: frozenset[str] = EVERYBODY
    status: int = 200


def uid(name: str) -> Args:
    """The uid of one of the rows."""
    return lambda rows: {"uid": getattr(rows, name).uid}
