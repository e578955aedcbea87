"""Who has a say in money: the office that keeps the project asks, the finance bureau checks and releases. A superuser is no exception."""

from offices.acting import AUTHORITIES, own_body_of
from offices.models import Body, Division, User
from offices.queries import bodies_by_slug
from policies.refusal import Forbidden

HANDLERS = ("clerk", "approver", "leader")
DECIDERS = ("approver", "leader")


def finance_body(division: Division) -> Body | None:
    """The finance bureau of a county-level division, or of its city where it has none (a functional zone)."""
    found = bodies_by_slug(division, ("county_finance", "city_finance", "province_finance"))
    return next((found[slug] for slug in ("county_finance", "city_finance", "province_finance") if slug in found), None)


def finance(user: User, division: Division, *, roles: tuple[str, ...] = HANDLERS) -> Body:
    """The finance bureau that the user speaks for. Raises Forbidden where he holds none of ``roles`` in it."""
    body = finance_body(division)
    if body is None or not user.has_role(*roles, body=body):
        who = "审批人或负责人" if roles == DECIDERS else "人员"
        raise Forbidden(f"只有{body or f'{division.name}财政部门'}的{who}可以办理")
    return body


def keeper(user: User, division: Division, *, roles: tuple[str, ...] = HANDLERS) -> Body:
    """The office that keeps the projects of a division, for its members with one of ``roles``. Raises Forbidden."""
    body = own_body_of(user, division, kinds=AUTHORITIES, roles=roles)
    if body is None:
        raise Forbidden(f"只有{division.name}住房城乡建设（改造主管）部门的人员可以办理")
    return body


def either(user: User, division: Division) -> Body:
    """Finance or the keeping office. Raises Forbidden."""
    try:
        return finance(user, division)
    except Forbidden:
        return keeper(user, division)


def may(user: User, division: Division, *, what: str) -> bool:
    """Whether a button is shown: ``finance``, ``release`` or ``keep``."""
    try:
        if what == "keep":
            keeper(user, division)
        else:
            finance(user, division, roles=DECIDERS if what == "release" else HANDLERS)
    except Forbidden:
        return False
    return True
