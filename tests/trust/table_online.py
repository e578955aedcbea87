"""The route table of voting online, its letters and proxies: the same kind of entries as ``tests/trust/table.py``."""

from typing import Any

from tests.trust.online_rows import scan
from tests.trust.route import CLERK, OPEN, PLACE, PUBLIC, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def _entry(rows: Rows) -> dict[str, Any]:
    number = rows.announced.voters.order_by("pk")[1].number
    return {"voter": number, "name": "某代理", "phone": "13900002222", "file": scan()}


ONLINE: dict[str, Route] = {
    "approvals:vote_letters": Route(
        PLACE, _uid("vote"), (Write(CLERK, lambda rows: {"building": "1号楼"}, done=(409,)),)
    ),
    "approvals:vote_reissue": Route(None, _uid("vote"), (Write(CLERK, lambda rows: {"voter": "1"}, done=(409,)),)),
    "approvals:vote_proxies": Route(PLACE, _uid("announced"), (Write(CLERK, _entry),)),
    "approvals:vote_proxy": Route(
        None,
        lambda rows: {"uid": rows.announced.uid, "proxy": rows.proxy.uid},
        (Write(CLERK, lambda rows: {"act": "withdraw", "reason": "误录"}),),
    ),
    "api:vote-list": Route(OPEN),
    "api:vote-export": Route(OPEN),
    "api:vote-detail": Route(PUBLIC, _uid("announced")),
    "api:vote-roll": Route(PLACE, _uid("announced")),
    # Residents: before the opening the vote's page stands in for the others
    "portal:votes": Route(OPEN),
    **{
        f"portal:{name}": Route(OPEN, _uid("announced"))
        for name in (
            "vote",
            "vote_identify",
            "vote_ballot",
            "vote_phone",
            "vote_receipt",
            "vote_objection",
            "vote_objection_follow",
        )
    },
    "portal:vote_done": Route(OPEN, _uid("announced"), status=302),
    "portal:vote_sms": Route(OPEN, _uid("announced"), status=302),
    "portal:vote_which": Route(OPEN, _uid("announced"), status=302),
    "portal:vote_send": Route(None, _uid("announced")),
    "portal:vote_leave": Route(None, _uid("announced")),
}
