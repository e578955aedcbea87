"""The route table of the desk: copies, phrases, the calendar of deadlines and its feeds."""

from typing import Any

from approvals.models import CaseAsk, Phrase
from offices.keys import digest
from offices.models import CalendarFeed
from tests.cast import AT
from tests.trust.route import APPROVER, EVERYBODY, OPEN, PLACE, STAFF, WRITERS, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def _colleague(rows: Rows) -> Any:
    """The leader of the body that owes an opinion: a colleague of its approver."""
    ask = CaseAsk.objects.filter(case=rows.case, asked_at__isnull=False, answered_at__isnull=True).first()
    assert ask is not None
    return rows.offices.user(ask.body.division.name, ask.body.kind, "leader")


def phrase_of(rows: Rows) -> dict[str, Any]:
    """One of the approver's own: nobody else sees it."""
    row, _ = Phrase.objects.get_or_create(
        user=rows.users["approver"], text="同意", defaults={"created_at": AT, "updated_at": AT}
    )
    return {"uid": row.uid}


def _feed(rows: Rows) -> dict[str, str]:
    """The secret of the clerk's calendar: whoever knows it reads it, and nothing but it."""
    CalendarFeed.objects.get_or_create(
        user=rows.users["clerk"], digest=digest("secret"), defaults={"created_at": AT, "updated_at": AT}
    )
    return {"key": "secret"}


DESK: dict[str, Route] = {
    "approvals:copy": Route(
        None,
        _uid("case"),
        (Write(WRITERS, lambda rows: {"reader": f"user:{_colleague(rows).uid}", "note": "请知悉"}),),
    ),
    "api:case-copies": Route(None, _uid("case"), (Write(WRITERS, lambda rows: {"user": str(_colleague(rows).uid)}),)),
    "approvals:phrases": Route(STAFF, write=(Write(EVERYBODY, lambda rows: {"text": "请补充材料"}, foreign=()),)),
    "approvals:phrase": Route(None, phrase_of, (Write(APPROVER, lambda rows: {"text": "同意上报"}, hidden=True),)),
    "projects:feed_page": Route(STAFF, write=(Write(EVERYBODY, foreign=()),)),
    "projects:revoke_feed": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    "projects:feed": Route(OPEN, query=_feed),
    "projects:project_ics": Route(PLACE, _uid("project")),
    "approvals:drop_phrase": Route(None, phrase_of, (Write(APPROVER, hidden=True),)),
}
