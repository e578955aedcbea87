"""Who keeps the register: clerks of the bodies that survey it, in their body's division and below."""

from typing import Any

from offices.acting import body_of
from offices.models import Body, Division, Membership, User
from policies.refusal import Forbidden

# Bodies whose clerks keep the register (摸底调查、登记造册); other bureaus and the utilities read it.
KEEPERS = frozenset(
    {
        "housing",
        "renovation_authority",
        "leading_group_office",
        "government",
        "street_office",
        "neighbourhood_committee",
    }
)


def keeper_body(user: User, row: Any) -> Body | None:
    """The body for which ``user`` may write ``row`` (anything with ancestor columns, a division included), or None."""
    return body_of(user, row, kinds=KEEPERS, roles=(Membership.Role.CLERK,))


def require_keeper(user: User, row: Any) -> Body:
    """The body that acts. Raises Forbidden where the user may not write here."""
    body = keeper_body(user, row)
    if body is None:
        raise Forbidden("您没有在该区划登记小区资料的权限：须为该区划或上级区划住建、街道、社区等机构的经办人员。")
    return body


def checker_body(user: User, row: Any) -> Body | None:
    """The body for which ``user`` may hold an entry against its paper: clerks, approvers and leaders of the keepers' bodies."""
    roles = {Membership.Role.CLERK, Membership.Role.APPROVER, Membership.Role.LEADER}
    return body_of(user, row, kinds=KEEPERS, roles=roles)


def require_checker(user: User, row: Any) -> Body:
    """The body that checks. Raises Forbidden where the user may not check here."""
    body = checker_body(user, row)
    if body is None:
        raise Forbidden("您没有在该区划复核业主材料的权限：须为该区划或上级区划住建、街道、社区等机构的人员。")
    return body


def may_keep(user: Any, row: Any) -> bool:
    """Whether pages offer the buttons."""
    return bool(getattr(user, "is_authenticated", False)) and keeper_body(user, row) is not None


def keeper_divisions(user: User) -> list[Division]:
    """Divisions of the bodies for which the user keeps the register."""
    found = {
        m.body.division
        for m in user.active_memberships
        if m.role == Membership.Role.CLERK and KEEPERS & {m.body.kind, *m.body.also}
    }
    return sorted(found, key=lambda division: division.pk)
