"""Who drafts, posts, answers and closes: offices that keep the register of every community of the notice (the street among them)."""

from collections.abc import Sequence
from typing import Any

from communities.access import KEEPERS
from offices.models import LEVELS, Body, Division, Membership, User
from policies.refusal import Forbidden

CLERK, LEADER = (Membership.Role.CLERK,), (Membership.Role.LEADER,)
EITHER = (*CLERK, *LEADER)
NO = "只有公示所在区划（或上级）住建、街道、社区等机构的{who}人员可以这样做"


def acting_body(user: User, places: Sequence[Any], roles: Sequence[str] = CLERK) -> Body | None:
    """The body for which the user may act in all of ``places`` (rows with ancestor columns), the nearest first; None: he may not."""
    found = [
        m.body
        for m in user.active_memberships
        if m.role in roles
        and KEEPERS & {m.body.kind, *m.body.also}
        and places
        and all(getattr(place, m.body.division.column) == m.body.division_id for place in places)
    ]
    return max(found, key=lambda body: LEVELS.index(body.division.level), default=None)


def require(user: User, places: Sequence[Any], roles: Sequence[str] = CLERK) -> Body:
    """The body that acts. Raises Forbidden."""
    body = acting_body(user, places, roles)
    if body is None:
        who = "、".join(str(Membership.Role(role).label) for role in roles)
        raise Forbidden(NO.format(who=who))
    return body


def common_division(places: Sequence[Any]) -> Division | None:
    """The lowest division in which all places lie."""
    for level in reversed(LEVELS):
        ids = {getattr(place, f"{level}_id") for place in places}
        if len(ids) == 1 and None not in ids:
            return Division.objects.get(pk=ids.pop())
    return None
