"""Who may do what at the vote desk: people of the offices that keep a community's register."""

from typing import Any

from communities.access import KEEPERS
from offices.acting import body_of
from offices.models import Body, Membership, User
from policies.refusal import Forbidden

PREPARERS = (Membership.Role.CLERK, Membership.Role.LEADER)
LEADERS = (Membership.Role.LEADER,)


def desk_body(user: User, row: Any, *roles: str) -> Body | None:
    """The user's body that runs votes where ``row`` lies (its division or one above), in one of the roles; None where there is none.

    A superuser is no exception: running the system gives no say in a vote.
    """
    return body_of(user, row, kinds=KEEPERS, roles=roles or PREPARERS)


def require_desk(user: User, row: Any, *roles: str) -> Body:
    """The body that acts. Raises Forbidden."""
    body = desk_body(user, row, *roles)
    if body is None:
        who = "负责人" if roles == LEADERS else "经办人或负责人"
        raise Forbidden(f"只有该小区所在区划住建、街道、社区等机构的{who}可以办理表决")
    return body
