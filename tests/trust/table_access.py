"""The route table of signing in: the second factor, the account's page, what a division asks of its staff."""

from typing import Any

import pyotp

from offices import factors
from offices.clock import now
from offices.models import SecondFactor
from tests.trust.route import EVERYBODY, OPEN, READERS, SECURITY, STAFF, SYSTEM, Route, Write
from tests.trust.rows import Rows


def _wrong(rows: Rows) -> dict[str, Any]:
    return {"code": "none"}


def _enrolled(rows: Rows) -> dict[str, Any]:
    """A member with a second factor, who has lost his telephone."""
    user = rows.membership.user
    if factors.factor_of(user) is None:
        secret = factors.begin(user=user, at=now()).secret
        factors.confirm(user=user, at=now(), code=pyotp.TOTP(secret).at(now()))
    assert SecondFactor.objects.filter(user=user).exists()
    return {"uid": rows.body.uid, "membership": rows.membership.uid}


ACCESS: dict[str, Route] = {
    "metrics": Route(OPEN, status=404),  # without a token or a named network it is not there
    "staff_retention": Route(STAFF, readers=READERS | SYSTEM | SECURITY),
    "staff_condition": Route(STAFF, readers=SYSTEM),
    "offices:single_sign_on": Route(OPEN, status=404),  # no provider is set up
    "offices:single_sign_on_back": Route(OPEN, status=404),
    "offices:second_factor": Route(OPEN, status=302),  # nobody is on his way in
    "offices:enrol": Route(STAFF, write=(Write(EVERYBODY, _wrong, foreign=(), done=(400,)),)),
    "offices:account": Route(STAFF),
    "offices:recovery_codes": Route(None, write=(Write(EVERYBODY, _wrong, foreign=(), done=(409,)),)),
    "offices:factor_off": Route(None, write=(Write(EVERYBODY, _wrong, foreign=(), done=(409,)),)),
    "offices:sign_out_all": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    "offices:require_factor": Route(
        None, lambda rows: {"uid": rows.county.uid}, (Write(SECURITY, lambda rows: {"wanted": "1"}),)
    ),
    "offices:reset_factor": Route(None, _enrolled, (Write(SYSTEM, lambda rows: {"reason": "手机丢失"}),)),
}
