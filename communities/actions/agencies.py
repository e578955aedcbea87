"""Writers of the papers by which heirs, guardians and agents act for an owner: entered by one, checked by another."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from communities.access import checker_body, require_checker, require_keeper
from communities.actions.rows import assign, changed, check, created, locked, need
from communities.models import Agency, Person
from offices import history
from offices.models import Body, StoredFile, User
from policies.refusal import Forbidden, Invalid, Refused

FIELDS = ("kind", "agent_name", "agent_id_number", "agent_phone", "evidence", "valid_from", "valid_until")


@transaction.atomic
def enter_agency(
    *, by: User, at: dt.datetime, person: Person, values: Mapping[str, Any], file: StoredFile | None = None
) -> Agency:
    """Enter a paper. It counts only after another person has checked it. Raises Invalid naming each field, Forbidden."""
    body = require_keeper(by, person.community)
    row = Agency(person=person, file=file, entered_by=by, entered_at=at)
    assign(row, values, FIELDS)
    errors: dict[str, list[str]] = {}
    for name, label in (("agent_name", "姓名"), ("evidence", "依据"), ("valid_from", "有效期起日")):
        if not getattr(row, name):
            errors[name] = [f"请填写{label}"]
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        errors["valid_until"] = ["不能早于有效期起日"]
    natural = person.kind == Person.Kind.NATURAL
    if row.kind in Agency.Kind.values and natural == (row.kind == Agency.Kind.REPRESENTATIVE):
        errors["kind"] = ["单位代表只用于单位业主；继承人、监护人、委托代理人只用于自然人业主"]
    if row.agent_id_number and row.agent_id_number == person.id_number:
        errors["agent_id_number"] = ["与业主本人证件号码相同：本人不用代理"]
    if errors:
        raise Invalid("材料没有保存：有字段需要更正", errors=errors)
    check(row, FIELDS)
    created(row, at)
    _record(by, at, "agency.enter", row, body)
    return row


@transaction.atomic
def check_agency(*, by: User, at: dt.datetime, agency: Agency, expected_version: int | None = None) -> Agency:
    """A second person has held the entry against the original. Raises Forbidden for whoever entered it, Refused where done or withdrawn."""
    body = require_checker(by, agency.person.community)
    row = locked(agency, expected_version)
    if row.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的材料，请由另一人复核", code="own_paper")
    if row.withdrawn_at is not None:
        raise Refused("这份材料已经撤销。", code="withdrawn")
    if row.checked_by_id is not None:
        raise Refused(f"已由{row.checked_by}复核", code="paper_checked")
    row.checked_by, row.checked_at = by, at
    changed(row, at)
    _record(by, at, "agency.check", row, body)
    return row


@transaction.atomic
def withdraw_agency(
    *, by: User, at: dt.datetime, agency: Agency, reason: str, expected_version: int | None = None
) -> Agency:
    """The paper no longer stands (guardianship ended, mandate revoked). Raises Invalid without a reason, Refused, Forbidden."""
    body = require_keeper(by, agency.person.community)
    reason = need(reason, "reason", "撤销理由", 200)
    row = locked(agency, expected_version)
    if row.withdrawn_at is not None:
        raise Refused("这份材料已经撤销。", code="withdrawn")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, at, reason
    changed(row, at)
    _record(by, at, "agency.withdraw", row, body)
    return row


@transaction.atomic
def open_agency(*, by: User, at: dt.datetime, agency: Agency, reason: str) -> Agency:
    """Open the agent's values and the scan, after who, when and why is recorded (N-06). For keepers and whoever checks. Raises Invalid."""
    community = agency.person.community
    body = checker_body(by, community) or require_keeper(by, community)
    reason = need(reason, "reason", "查看理由", 200)
    data = {"community": str(community.uid), "hash": history.salted(reason)}
    history.record(by=by, at=at, action="agency.open", subject=agency, data=data, body=body)
    return agency


def _record(by: User, at: dt.datetime, action: str, row: Agency, body: Body) -> None:
    data = {"community": str(row.person.community.uid), "person": str(row.person.uid), "kind": row.kind}
    history.record(by=by, at=at, action=action, subject=row, data=data, body=body)
