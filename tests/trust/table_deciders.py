"""The route table of hand-overs and delegations: the same kind of entries as ``tests/trust/table.py``."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import CaseAsk, Delegation, Opinion, OpinionPaper
from offices import files
from tests.cast import AT, TODAY
from tests.trust.route import APPROVER, PLACE, STAFF, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def _body(rows: Rows) -> Any:
    ask = (
        CaseAsk.objects.filter(case=rows.case, asked_at__isnull=False, answered_at__isnull=True)
        .select_related("body")
        .first()
    )
    assert ask is not None
    return ask.body


def _leader(rows: Rows) -> str:
    body = _body(rows)
    return str(rows.offices.user(body.division.name, body.kind, "leader").uid)


def _handed(rows: Rows) -> dict[str, str]:
    return {"body": str(_body(rows).uid), "taker": _leader(rows), "reason": "分管"}


def _asked(rows: Rows) -> dict[str, str]:
    until = TODAY + dt.timedelta(days=9)
    return {
        "body": str(_body(rows).uid), "delegate": _leader(rows), "since": TODAY.isoformat(), "until": until.isoformat(), "reason": "出差",
    }  # fmt: skip


def _row(rows: Rows) -> dict[str, Any]:
    """One of next year, so that a new one of these days comes in."""
    body, since = _body(rows), dt.date(2027, 3, 1)
    row, _ = Delegation.objects.get_or_create(
        body=body, principal=rows.users["approver"], since=since,
        defaults={
            "delegate": rows.offices.user(body.division.name, body.kind, "leader"), "until": since, "reason": "休假", "created_at": AT,
            "updated_at": AT,
        },
    )  # fmt: skip
    return {"uid": row.uid}


def _kept(rows: Rows) -> dict[str, Any]:
    """A paper of an opinion that was given on the case."""
    ask = CaseAsk.objects.filter(case=rows.case).select_related("stage", "body").order_by("pk")[0]
    opinion, _ = Opinion.objects.get_or_create(
        case=rows.case, stage=ask.stage, body=ask.body, round=99,
        defaults={"verdict": "pass", "content_hash": rows.case.content_hash, "by": rows.users["approver"], "at": AT},
    )  # fmt: skip
    paper = opinion.papers.first()
    if paper is None:
        upload = SimpleUploadedFile("意见书.txt", "同意".encode())
        file = files.store(upload=upload, division=rows.case.division, by=opinion.by, at=AT)
        paper = OpinionPaper.objects.create(opinion=opinion, file=file)
    return {"uid": rows.case.uid, "file": paper.file.uid}


DECIDERS: dict[str, Route] = {
    "approvals:hand_over": Route(
        None, lambda rows: {"uid": rows.case.uid, "body": _body(rows).uid}, (Write(APPROVER, _handed),)
    ),
    "approvals:delegations": Route(STAFF, write=(Write(APPROVER, _asked, foreign=(400,)),)),
    "approvals:revoke_delegation": Route(None, _row, (Write(APPROVER),)),
    "api:case-paper": Route(PLACE, _kept),
    "api:case-hand-over": Route(None, _uid("case"), (Write(APPROVER, _handed),)),
    "api:delegation-list": Route(STAFF, write=(Write(APPROVER, _asked, foreign=(403,)),)),
    "api:delegation-export": Route(STAFF),
    "api:delegation-detail": Route(PLACE, _row),
    "api:delegation-revoke": Route(None, _row, (Write(APPROVER),)),
}
