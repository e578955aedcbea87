"""Who may write plans and projects: clerks and leaders of the office that keeps them in the division."""

from offices.acting import AUTHORITIES, body_of, own_body_of
from offices.models import Body, Division, User
from policies.refusal import Forbidden

WRITERS = ("clerk", "leader")


def keeping_body(user: User, division: Division, *, roles: tuple[str, ...] = WRITERS) -> Body:
    """The user's body that keeps the plans of ``division``. Raises Forbidden where he has none.

    A superuser is no exception: running the system gives no say in an office's business.
    """
    body = own_body_of(user, division, kinds=AUTHORITIES, roles=roles)
    if body is None:
        raise Forbidden(f"只有{division.name}住房城乡建设（改造主管）部门的经办人或负责人可以办理")
    return body


def overseeing_body(user: User, division: Division, *, roles: tuple[str, ...] = WRITERS) -> Body:
    """The user's body that keeps plans in ``division`` or in one above it. Raises Forbidden where he has none."""
    body = body_of(user, division, kinds=AUTHORITIES, roles=roles)
    if body is None:
        raise Forbidden(f"只有{division.name}或上级住房城乡建设（改造主管）部门的人员可以办理")
    return body


def may_keep(user: User, division: Division) -> bool:
    """Whether ``keeping_body`` would answer (for showing a button)."""
    try:
        keeping_body(user, division)
    except Forbidden:
        return False
    return True


def may_oversee(user: User, division: Division) -> bool:
    """Whether ``overseeing_body`` would answer (for showing a button)."""
    try:
        overseeing_body(user, division)
    except Forbidden:
        return False
    return True
