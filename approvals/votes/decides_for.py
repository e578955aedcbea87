"""What a vote decides for: a project of the app above, which makes itself known here; approvals know it by type and uid alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from communities.models import Community
from offices.models import User
from policies.refusal import Invalid


@dataclass(frozen=True)
class Purpose:
    """A subject for which owners decide: its staff page, and the communities whose owners it concerns."""

    kind: str
    uid: UUID
    title: str
    url: str
    communities: frozenset[UUID]


Finder = Callable[[User, Sequence[UUID]], Sequence[Purpose]]
_FINDERS: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Make a kind of subject known, once, at start-up. The finder gives those that the user sees."""
    _FINDERS[kind] = finder


def purposes(user: User, kind: str, uids: Sequence[UUID]) -> dict[UUID, Purpose]:
    """By uid, those that the user sees; nothing for an unknown kind."""
    finder = _FINDERS.get(kind)
    return {row.uid: row for row in finder(user, uids)} if finder and uids else {}


def require_purpose(user: User, kind: str, uid: UUID, community: Community) -> tuple[str, UUID]:
    """The subject of a vote in ``community``. Raises Invalid where the user doesn't see it or it has nothing to do with the community."""
    found = purposes(user, kind, [uid]).get(uid)
    if found is None:
        raise Invalid("没有这个项目", errors={"project": ["没有这个项目，或不在您的区划内"]})
    if community.uid not in found.communities:
        raise Invalid("项目不含这个小区", errors={"project": [f"“{found.title}”不含{community.name}"]})
    return kind, uid
