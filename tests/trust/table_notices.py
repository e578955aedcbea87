"""Who may what with notices: a part of the table."""

from dataclasses import replace
from typing import Any

from tests.trust import notices as board
from tests.trust.route import CLERK, EVERYBODY, HIDDEN, OPEN, PLACE, PUBLIC, STAFF, Args, Route, Write
from tests.trust.rows import Rows


def _notice(name: str) -> Args:
    return lambda rows: {"uid": getattr(rows.notices, name).uid}


def _notice_json(rows: Rows) -> dict[str, Any]:
    about = {"type": "project", "uid": str(rows.notices.project.uid)}
    return {**board.form(rows.notices), "subject": about}


def _about(rows: Rows) -> dict[str, Any]:
    return {"type": "project", "uid": str(rows.notices.project.uid)}


def _say(rows: Rows) -> dict[str, Any]:
    return {"kind": "objection", "text": "不同意", "confirm": "1", "community": str(rows.notices.communities[0].uid)}


RESIDENTS = Write(EVERYBODY, lambda rows: {}, foreign=(), anonymous=True)
TABLE: dict[str, Route] = {
    "portal:notice": Route(OPEN, _notice("posted")),
    "portal:say": Route(OPEN, _notice("posted"), (replace(RESIDENTS, body=_say),)),
    "portal:notice_file": Route(
        OPEN, lambda rows: {"uid": rows.notices.posted.uid, "file": rows.file.uid}, status=404
    ),
    "portal:remark": Route(
        OPEN, lambda rows: {"number": rows.notices.remark.number}, (replace(RESIDENTS, body=lambda rows: {"act": "withdraw"}),)
    ),
    "approvals:notices": Route(STAFF),
    "approvals:new_notice": Route(STAFF, write=(Write(CLERK, lambda rows: board.form(rows.notices)),), query=_about),
    "approvals:notice": Route(PLACE, _notice("posted")),
    "approvals:edit_notice": Route(PLACE, _notice("draft"), (Write(CLERK, lambda rows: board.form(rows.notices)),)),
    "approvals:post_notice": Route(None, _notice("draft"), (Write(CLERK),)),
    "approvals:close_notice": Route(None, _notice("posted"), (Write(CLERK, done=(409,)),)),
    "approvals:withdraw_notice": Route(None, _notice("posted"), (Write(CLERK, lambda rows: {"reason": "理由"}),)),
    "approvals:copy_notice": Route(None, _notice("withdrawn"), (Write(CLERK),)),
    "approvals:notice_sheet": Route(PLACE, _notice("posted")),
    "offices:form#notice": Route(PLACE, lambda rows: {**_notice("posted")(rows), "kind": "notice", "form": "pdf"}),
    "approvals:enter_remark": Route(PLACE, _notice("posted"), (Write(CLERK, lambda rows: board.ENTRY),)),
    "approvals:remark": Route(PLACE, _notice("remark"), (Write(CLERK, lambda rows: board.ANSWER),)),
    "approvals:erase_remark": Route(None, _notice("remark"), (Write(CLERK, lambda rows: {"reason": "本人要求"}),)),
    "approvals:reveal_remark": Route(PLACE, _notice("remark"), (Write(CLERK, lambda rows: {"reason": "理由"}),)),
    "approvals:opinions": Route(
        PLACE, lambda rows: {"kind": "project", "uid": rows.notices.project.uid}, (Write(CLERK, lambda rows: board.ENTRY),)
    ),
    "api:notice-list": Route(OPEN, write=(Write(CLERK, _notice_json, foreign=(400,)),)),
    "api:notice-export": Route(OPEN),
    "api:notice-detail": Route(PUBLIC, _notice("posted"), (Write(CLERK, lambda rows: {"title": "改"}, "patch", done=(409,)),)),
    "api:notice-post": Route(None, _notice("posted"), (Write(CLERK, done=(409,)),)),
    "api:notice-close": Route(None, _notice("posted"), (Write(CLERK, done=(409,)),)),
    "api:notice-withdraw": Route(None, _notice("posted"), (Write(CLERK, lambda rows: {"reason": "理由"}),)),
    "api:notice-objections": Route(PUBLIC, _notice("posted"), (Write(CLERK, lambda rows: board.ENTRY),)),
    "api:notice-answers": Route(
        None, _notice("posted"), (Write(CLERK, lambda rows: {**board.ANSWER, "remark": str(rows.notices.remark.uid)}),)
    ),
}  # fmt: skip
DRAFTS: dict[str, Route] = {
    "api:notice-detail": Route(HIDDEN, _notice("draft"), (Write(CLERK, lambda rows: {"title": "改"}, "patch"),)),
    "api:notice-post": Route(None, _notice("draft"), (Write(CLERK),)),
}
