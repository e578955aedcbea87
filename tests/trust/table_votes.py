"""The vote desk: who opens which page and who does which act."""

from typing import Any

from tests.trust.route import CLERK, HIDDEN, NOBODY, OPEN, PLACE, STAFF, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def _terms(rows: Rows) -> dict[str, Any]:
    return {
        "matter": "scheme", "title": "表决", "text": "是否同意？", "opens_at": "2026-05-01T08:00", "closes_at": "2026-05-08T18:00",
        "proxy_limit": "3", "objection_days": "5",
    }  # fmt: skip


def _door(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.running.uid, "number": 1}


def _objection(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.objection.vote.uid, "objection": rows.objection.uid}


def _paper(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.running.uid, "paper": rows.slip.uid}


def _ballot(rows: Rows) -> dict[str, Any]:
    return {"number": 1, "choice": "agree", "sent_key": "k" * 32}


def _terms_json(rows: Rows) -> dict[str, Any]:
    given: dict[str, Any] = {
        **_terms(rows),
        "opens_at": "2026-05-01T08:00:00+08:00",
        "closes_at": "2026-05-08T18:00:00+08:00",
    }
    return given | {"proxy_limit": 3, "objection_days": 5}


def _new_json(rows: Rows) -> dict[str, Any]:
    return {**_terms_json(rows), "community": str(rows.community.uid)}


VOTES: dict[str, Route] = {
    "api:vote-announce": Route(None, _uid("vote"), (Write(NOBODY),)),  # the clerk drafted it
    "api:vote-close": Route(None, _uid("running"), (Write(CLERK, done=(409,)),)),  # its time is not up
    "api:vote-count": Route(None, _uid("running"), (Write(CLERK, done=(409,)),)),
    "api:vote-confirm": Route(None, _uid("running"), (Write(NOBODY),)),
    "api:vote-cancel": Route(None, _uid("vote"), (Write(CLERK, lambda rows: {"reason": "理由"}),)),
    "approvals:vote": Route(PLACE, _uid("running")),
    "approvals:votes": Route(STAFF),
    "approvals:vote_texts": Route(STAFF),
    "approvals:vote_new": Route(
        PLACE, query=lambda rows: {"community": str(rows.community.uid)}, write=(Write(CLERK, lambda rows: _terms(rows)),)
    ),
    "approvals:vote_worker": Route(STAFF),
    "approvals:vote_edit": Route(PLACE, _uid("vote"), (Write(CLERK, lambda rows: {**_terms(rows), "version": rows.vote.version}),)),
    "approvals:vote_announce": Route(
        PLACE, _uid("vote"), (Write(NOBODY, lambda rows: {"version": rows.vote.version}),)  # the clerk drafted it
    ),
    "approvals:vote_close": Route(None, _uid("vote"), (Write(NOBODY),)),
    "approvals:vote_count": Route(None, _uid("vote"), (Write(NOBODY),)),
    "approvals:vote_confirm": Route(None, _uid("vote"), (Write(NOBODY),)),
    "approvals:vote_cancel": Route(None, _uid("vote"), (Write(CLERK, lambda rows: {"reason": "理由"}),)),
    "approvals:vote_missing": Route(PLACE, _uid("running")),
    "approvals:vote_sheet": Route(PLACE, _uid("vote"), status=302),
    "approvals:vote_papers": Route(PLACE, _uid("vote")),
    "approvals:vote_receive": Route(PLACE, _uid("vote"), (Write(CLERK, lambda rows: {"serial": "X"}, done=(409,)),)),
    "approvals:vote_enter": Route(PLACE, _uid("vote"), (Write(CLERK, lambda rows: {"serial": "X", "key": "1"}, done=(409,)),)),
    "approvals:vote_mismatches": Route(PLACE, _uid("running")),
    "approvals:vote_onsite": Route(PLACE, _uid("running")),
    "approvals:vote_onsite_state": Route(PLACE, _uid("running")),
    "approvals:vote_onsite_send": Route(None, _uid("running"), (Write(CLERK, _ballot, done=(400,)),)),  # a form is no JSON
    "approvals:vote_onsite_voter": Route(PLACE, _door, (Write(CLERK, _ballot, done=(409,)),)),  # his paper is in
    "approvals:vote_object": Route(
        PLACE, lambda rows: {"uid": rows.objection.vote.uid},
        (Write(CLERK, lambda rows: {"text": "请重新核对", "name": "甄代录", "phone": "13900007788"}),),
    ),
    "approvals:vote_answer": Route(None, _objection, (Write(CLERK, lambda rows: {"text": "经核实，票数无误。"}),)),
    "approvals:vote_contact": Route(None, _objection, (Write(CLERK, lambda rows: {"reason": "回访"}),)),
    "approvals:vote_decide": Route(PLACE, _paper, (Write(CLERK, lambda rows: {"key": "1"}),)),
    "approvals:vote_scan": Route(PLACE, _paper, readers=CLERK),
}  # fmt: skip

VOTE_DRAFTS: dict[str, Route] = {  # beside the reading of announced ones
    "api:vote-list": Route(OPEN, write=(Write(CLERK, _new_json, foreign=(400,)),)),
    "api:vote-detail": Route(HIDDEN, _uid("vote"), (Write(CLERK, _terms_json, "patch"),)),
}
