"""For which body somebody acts: the one question behind who may keep, check, run and decide. A superuser is no exception."""

from collections.abc import Collection
from typing import Any

from offices.models import Body, User

# The authority for renovation of a place (改造主管部门).
AUTHORITIES = frozenset({"housing", "renovation_authority", "leading_group_office"})


def body_of(user: User, row: Any, *, kinds: Collection[str], roles: Collection[str]) -> Body | None:
    """The user's body of one of the kinds, with one of the roles, whose division holds ``row`` (anything with ancestor columns, a
    division included); None where he has none."""
    for membership in user.active_memberships:
        body = membership.body
        if membership.role in roles and {body.kind, *body.also}.intersection(kinds):
            if getattr(row, body.division.column) == body.division_id:
                return body
    return None


def own_body_of(user: User, division: Any, *, kinds: Collection[str], roles: Collection[str]) -> Body | None:
    """The same, of a body of ``division`` itself: those above have no say."""
    for membership in user.active_memberships:
        body = membership.body
        own = body.division_id == division.pk
        if own and membership.role in roles and {body.kind, *body.also}.intersection(kinds):
            return body
    return None
