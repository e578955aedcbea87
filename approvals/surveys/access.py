"""Who runs a survey, who goes from door to door for it, and who confirms its figures."""

from typing import Any

from communities.access import KEEPERS
from offices.acting import AUTHORITIES, body_of
from offices.models import Body, User
from policies.refusal import Forbidden

# LZ 三(一)2: 县区改造主管部门组织社区开展 — the authority runs it, street and neighbourhood go to the doors.
RUNNERS = ("clerk", "leader")
VISITORS = ("clerk", "approver", "leader")


def running_body(user: User, row: Any) -> Body | None:
    """The authority for which the user may draw up, open and close surveys of ``row`` (a survey, a community, a project), or None."""
    return body_of(user, row, kinds=AUTHORITIES, roles=RUNNERS)


def require_runner(user: User, row: Any) -> Body:
    """As ``running_body``. Raises Forbidden where there is none."""
    body = running_body(user, row)
    if body is None:
        raise Forbidden("只有本区划住房城乡建设（改造主管）部门的经办人或负责人可以组织调查")
    return body


def visiting_body(user: User, row: Any) -> Body | None:
    """The body for which the user may enter answers: the authority, or the street office or neighbourhood committee of the place."""
    return body_of(user, row, kinds=KEEPERS, roles=VISITORS)


def require_visitor(user: User, row: Any) -> Body:
    """As ``visiting_body``. Raises Forbidden where there is none."""
    body = visiting_body(user, row)
    if body is None:
        raise Forbidden("只有本区划住建、街道、社区等机构的人员可以录入答卷")
    return body


def confirming_body(user: User, row: Any) -> Body | None:
    """The authority for which the user, as its leader, may confirm figures, or None."""
    return body_of(user, row, kinds=AUTHORITIES, roles=("leader",))
