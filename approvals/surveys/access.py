"""Who runs a survey, who goes from door to door for it, and who confirms its figures."""

from typing import Any

from communities.access import KEEPERS
from offices.models import Body, User
from policies.refusal import Forbidden

# LZ 三(一)2: 县区改造主管部门组织社区开展 — the authority runs it, street and neighbourhood go to the doors.
AUTHORITIES = frozenset({"housing", "renovation_authority", "leading_group_office"})
RUNNERS = ("clerk", "leader")
VISITORS = ("clerk", "approver", "leader")


def _body(user: User, row: Any, kinds: frozenset[str], roles: tuple[str, ...]) -> Body | None:
    """The user's body of one of the kinds, with one of the roles, whose division holds ``row``."""
    for membership in user.active_memberships:
        body = membership.body
        if membership.role in roles and kinds & {body.kind, *body.also}:
            if getattr(row, body.division.column) == body.division_id:
                return body
    return None


def running_body(user: User, row: Any) -> Body | None:
    """The authority for which the user may draw up, open and close surveys of ``row`` (a survey, a community, a project), or None."""
    return _body(user, row, AUTHORITIES, RUNNERS)


def require_runner(user: User, row: Any) -> Body:
    """As ``running_body``. Raises Forbidden where there is none."""
    body = running_body(user, row)
    if body is None:
        raise Forbidden("只有本区划住房城乡建设（改造主管）部门的经办人或负责人可以组织调查")
    return body


def visiting_body(user: User, row: Any) -> Body | None:
    """The body for which the user may enter answers: the authority, or the street office or neighbourhood committee of the place."""
    return _body(user, row, KEEPERS, VISITORS)


def require_visitor(user: User, row: Any) -> Body:
    """As ``visiting_body``. Raises Forbidden where there is none."""
    body = visiting_body(user, row)
    if body is None:
        raise Forbidden("只有本区划住建、街道、社区等机构的人员可以录入答卷")
    return body


def confirming_body(user: User, row: Any) -> Body | None:
    """The authority for which the user, as its leader, may confirm figures, or None."""
    return _body(user, row, AUTHORITIES, ("leader",))
