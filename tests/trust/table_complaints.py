"""Who may what with complaints: a part of the table."""

from dataclasses import replace
from typing import Any

from tests.trust.route import CLERK, EVERYBODY, OPEN, PLACE, STAFF, Args, Route, Write
from tests.trust.rows import Rows

WORDS = {"category": "noise", "text": "夜里施工"}
ENTRY = {**WORDS, "channel": "phone"}
RESIDENTS = Write(EVERYBODY, lambda rows: WORDS, foreign=(), anonymous=True)


def _row(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.complaint.uid}


def _uid(name: str) -> Args:
    return lambda rows: {"uid": getattr(rows, name).uid}


def _transfer(rows: Rows) -> dict[str, Any]:
    return {"body": str(rows.offices.body("芮城县", "fire").uid), "reason": "归消防"}


def _reopen(rows: Rows) -> dict[str, Any]:
    return {"reason": "不同意"}


TABLE: dict[str, Route] = {
    "portal:follow": Route(OPEN),
    "portal:complain": Route(OPEN, _uid("community"), (RESIDENTS,)),
    "portal:complaint": Route(
        OPEN, lambda rows: {"number": rows.complaint.number}, (replace(RESIDENTS, body=_reopen, done=(409,)),)
    ),
    "communities:complaints": Route(STAFF),
    "communities:complaint": Route(PLACE, _row, (Write(CLERK, lambda rows: {"text": "已处理"}),)),
    "communities:assign_complaint": Route(None, _row, (Write(CLERK, lambda rows: {"deadline": "2026-3-20"}),)),
    "communities:transfer_complaint": Route(None, _row, (Write(CLERK, _transfer),)),
    "communities:erase_complainant": Route(None, _row, (Write(CLERK, lambda rows: {"reason": "本人要求"}),)),
    "communities:reveal_complaint": Route(PLACE, _row, (Write(CLERK, lambda rows: {"reason": "核实"}),)),
    "communities:enter_complaint": Route(PLACE, _uid("community"), (Write(CLERK, lambda rows: ENTRY),)),
    "api:complaint-list": Route(
        STAFF, write=(Write(CLERK, lambda rows: {**ENTRY, "community": str(rows.community.uid)}, foreign=(400,)),)
    ),
    "api:complaint-export": Route(STAFF),
    "api:complaint-detail": Route(PLACE, _row),
    "api:complaint-assign": Route(None, _row, (Write(CLERK, lambda rows: {"deadline": "2026-03-20"}),)),
    "api:complaint-transfer": Route(None, _row, (Write(CLERK, _transfer),)),
    "api:complaint-answers": Route(None, _row, (Write(CLERK, lambda rows: {"text": "已处理"}),)),
}
