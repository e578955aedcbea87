"""The route table of people: invitations, moving, and handing over what waits for one of them."""

import uuid
from typing import Any

from offices import invitations
from offices.clock import now
from offices.models import Membership
from tests.trust.route import EVERYBODY, OPEN, PLACE, SYSTEM, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows
from tests.trust.table_access import ACCESS


def _person(rows: Rows) -> dict[str, str]:
    return {"username": f"xin.{uuid.uuid4().hex[:8]}", "name": "李新", "role": "clerk"}


def _sent(rows: Rows) -> invitations.Sent:
    return invitations.invite(by=rows.users["system"], at=now(), body=rows.body, **_person(rows))


def _invitation(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.body.uid, "invitation": _sent(rows).invitation.uid}


def _accepted(rows: Rows) -> dict[str, str]:
    return {"key": _sent(rows).secret, "password": "Liulin-hedao-2026", "again": "Liulin-hedao-2026"}


def _member(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.body.uid, "membership": rows.membership.uid}


def _place(rows: Rows) -> dict[str, str]:
    """Another role in the body than he has."""
    held = Membership.objects.filter(user=rows.membership.user, body=rows.body, active=True).values_list(
        "role", flat=True
    )
    return {"body": str(rows.body.uid), "role": "leader" if "leader" not in held else "approver"}


PEOPLE: dict[str, Route] = {
    **ACCESS,
    "offices:join": Route(OPEN, write=(Write(EVERYBODY, _accepted, foreign=(), anonymous=True),), status=404),
    "offices:invite": Route(PLACE, _uid("body"), (Write(SYSTEM, _person),), readers=SYSTEM),
    "offices:withdraw_invitation": Route(None, _invitation, (Write(SYSTEM),)),
    "offices:member": Route(PLACE, _member, readers=SYSTEM),
    "offices:hand_over_work": Route(None, _member, (Write(SYSTEM, lambda rows: {"reason": "调离"}),)),
    "offices:move": Route(None, _member, (Write(SYSTEM, _place),)),
}
