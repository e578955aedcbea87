"""The only writers of what a division files upward (JX-08): sent with its file and day, received by the office above."""

import datetime as dt
from typing import Any

from django.db import transaction

from offices import files
from offices.history import record
from offices.messages import tell
from offices.models import Body, Division, User
from offices.queries import members
from policies.refusal import Forbidden, Invalid, Refused
from projects.models import UpwardFiling
from projects.permissions import keeping_body
from projects.queries.filings import office_above

RECEIVERS = ("clerk", "approver", "leader")


@transaction.atomic
def send_filing(
    *, by: User, at: dt.datetime, today: dt.date, division: Division, kind: str, title: str, filed_on: dt.date, upload: Any,
    document_number: str = "",
) -> UpwardFiling:  # fmt: skip
    """File a list or a standard with the housing office above; its people are told. It holds no project up. Raises Forbidden, Invalid."""
    body = keeping_body(by, division)
    above = office_above(division)
    errors: dict[str, list[str]] = {}
    if kind not in UpwardFiling.Kind.values:
        errors["kind"] = ["不在可选范围"]
    if not title.strip() or len(title.strip()) > 120:
        errors["title"] = ["应有 1 至 120 字"]
    if filed_on > today:
        errors["filed_on"] = ["不能晚于今天"]
    if errors:
        raise Invalid("没有保存：有内容需要更正", errors=errors)
    if above is None:
        raise Refused(f"{division.name}的上级住建部门还没有登记", code="no_upper_office")
    row = UpwardFiling(
        kind=kind, title=title.strip(), document_number=document_number.strip(), filed_on=filed_on, to_body=above, filed_by=by,
        file=files.store(upload=upload, division=division, by=by, at=at), created_at=at, updated_at=at,
    )  # fmt: skip
    row.place_in(division)
    row.save()
    tell(
        event=f"filing:{row.uid}", recipients=members(above, "clerk", "leader"), subject=row, at=at, link="/staff/filings/",
        title=f"{division.name}报送{row.get_kind_display()}备案", text=row.title,
    )  # fmt: skip
    record(by=by, at=at, action="filing.send", subject=row, body=body, data={"kind": kind, "on": filed_on.isoformat()})
    return row


@transaction.atomic
def receive_filing(
    *, by: User, at: dt.datetime, today: dt.date, filing: UpwardFiling, received_on: dt.date, receipt_number: str = ""
) -> UpwardFiling:
    """The office above says that it has it, once. Raises Forbidden, Invalid, Refused."""
    row = UpwardFiling.objects.select_for_update(of=("self",)).select_related("to_body").get(pk=filing.pk)
    body = _receiver(by, row.to_body)
    if by.pk == row.filed_by_id:
        raise Forbidden("报送人不能登记收到自己的报送", code="own_submission")
    if row.received_on is not None:
        raise Refused("已经收到备案", code="filing_received")
    if not row.filed_on <= received_on <= today:
        raise Invalid("没有保存：日期需要更正", errors={"received_on": ["不能早于报送日期，也不能晚于今天"]})
    row.received_on, row.received_by, row.receipt_number = received_on, by, receipt_number.strip()
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="filing.receive", subject=row, body=body, data={"on": received_on.isoformat()})
    return row


def _receiver(by: User, above: Body) -> Body:
    if not by.has_role(*RECEIVERS, body=above):
        raise Forbidden(f"只有{above.name}的人员可以登记收到备案")
    return above
