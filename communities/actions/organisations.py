"""Writers of residents' organisations: founded, ended; a community has one of a kind at a time (LZ-07, JX-16)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from communities.access import require_keeper
from communities.actions.rows import assign, changed, check, created, locked, need
from communities.models import Community, Organisation
from offices import history
from offices.clock import day_of
from offices.models import StoredFile, User
from policies.refusal import Invalid, Refused

FIELDS = ("kind", "name", "established_on", "filing_number", "evidence", "public_phone")


@transaction.atomic
def add_organisation(
    *, by: User, at: dt.datetime, community: Community, values: Mapping[str, Any], file: StoredFile | None = None
) -> Organisation:
    """Record an organisation with its evidence. Raises Invalid naming fields, Refused where one of the kind stands, Forbidden."""
    body = require_keeper(by, community)
    row = Organisation(community=community, file=file, recorded_by=by)
    assign(row, values, FIELDS)
    errors: dict[str, list[str]] = {}
    for name, label in (("name", "名称"), ("evidence", "依据"), ("established_on", "成立日期")):
        if not getattr(row, name):
            errors[name] = [f"请填写{label}"]
    if row.established_on and row.established_on > day_of(at):
        errors["established_on"] = ["不能晚于今天"]
    if errors:
        raise Invalid("组织没有登记：有字段需要更正", errors=errors)
    check(row, FIELDS)
    try:
        with transaction.atomic():
            created(row, at)
    except IntegrityError as error:
        raise Refused(f"该小区已登记{row.get_kind_display()}，换届请先登记原组织终止。", code="duplicate") from error
    data = {"community": str(community.uid), "kind": row.kind}
    history.record(by=by, at=at, action="organisation.add", subject=row, data=data, body=body)
    return row


@transaction.atomic
def end_organisation(
    *, by: User, at: dt.datetime, organisation: Organisation, ended_on: dt.date, reason: str,
    expected_version: int | None = None,
) -> Organisation:  # fmt: skip
    """An organisation ended on a day (new election, dissolved). Raises Invalid, Refused where it has ended, Stale, Forbidden."""
    body = require_keeper(by, organisation.community)
    reason = need(reason, "reason", "终止原因", 200)
    row = locked(organisation, expected_version)
    if row.ended_on is not None:
        raise Refused("该组织已登记终止。", code="ended")
    if ended_on > day_of(at) or ended_on < row.established_on:
        raise Invalid("终止日期有误。", errors={"ended_on": ["不能晚于今天，也不能早于成立日期"]})
    row.ended_on, row.ended_reason = ended_on, reason
    changed(row, at)
    data = {"community": str(row.community.uid), "kind": row.kind, "on": ended_on.isoformat()}
    history.record(by=by, at=at, action="organisation.end", subject=row, data=data, body=body)
    return row
