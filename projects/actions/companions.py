"""The only writers of other units' plans beside the annual plan: entered, matched by hand, checked by another, taken back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from communities.models import Community
from communities.rules.search import fold
from offices.history import record
from offices.models import Division, User
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions.plans import YEARS
from projects.models import CompanionLine
from projects.permissions import keeping_body
from projects.queries.companions import found_by_name

TEXTS: Mapping[str, int] = {"unit": 80, "place": 100, "works": 200, "document_number": 80}


@transaction.atomic
def add_companion_lines(
    *, by: User, at: dt.datetime, division: Division, rows: Sequence[Mapping[str, Any]]
) -> list[CompanionLine]:
    """Enter lines of other units' plans; a name that one community of the division bears, now or before, is matched at once.

    Each row: year, kind, sector, unit, place (or ``nothing``), works, amount, funds_on, document_number. Raises Invalid, Forbidden.
    """
    body = keeping_body(by, division)
    for row in rows:
        _check(row)
    known = found_by_name(division, [str(row.get("place") or "") for row in rows])
    made = []
    for row in rows:
        line = CompanionLine(
            entered_by=by, created_at=at, updated_at=at, community=known.get(fold(str(row.get("place") or "")))
        )
        for name, value in row.items():
            setattr(line, name, value.strip() if isinstance(value, str) else value)
        line.place_in(division)
        made.append(line)
    CompanionLine.objects.bulk_create(made, batch_size=500)
    data = {"rows": len(made), "year": made[0].year} if made else {}
    record(by=by, at=at, action="companion.enter", subject=division, body=body, data=data)
    return made


def _check(row: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    for name, limit in TEXTS.items():
        if len(str(row.get(name) or "")) > limit or "\0" in str(row.get(name) or ""):
            errors[name] = [f"最多 {limit} 字"]
    if not str(row.get("unit") or "").strip():
        errors["unit"] = ["请填写编制单位"]
    if bool(row.get("nothing")) == bool(str(row.get("place") or "").strip()):
        errors["place"] = ["请填写小区名称；本年度没有计划的勾选“没有涉及”，不填小区"]
    if row.get("year") not in YEARS:
        errors["year"] = ["年度不合理"]
    for name, allowed in (("kind", CompanionLine.Kind.values), ("sector", CompanionLine.Sector.values)):
        if row.get(name) not in allowed:
            errors[name] = ["不在可选范围"]
    amount = row.get("amount")
    if amount is not None and not 0 < Decimal(amount) < Decimal("1e12"):
        errors["amount"] = ["应大于 0"]
    if errors:
        raise Invalid("没有保存：有内容需要更正", errors=errors)


@transaction.atomic
def settle_companion(*, by: User, at: dt.datetime, line: CompanionLine, community: Community) -> CompanionLine:
    """Say by hand which community a line means. What was checked before has to be checked again. Raises Invalid, Forbidden."""
    line = _held(by, line)
    if line.nothing or getattr(community, line.division.column) != line.division_id:
        raise Invalid("请选择本辖区的小区", errors={"community": ["不是本辖区的小区"]})
    line.community, line.checked_by, line.checked_at = community, None, None
    line.agreed_reason, line.agreed_by = "", None
    return _saved(line, by, at, "companion.settle", {"community": str(community.uid)})


@transaction.atomic
def agree_companion(*, by: User, at: dt.datetime, line: CompanionLine, reason: str) -> CompanionLine:
    """A leader says why works of another year in the same community may stand (先后施工不重复开挖). Raises Invalid, Forbidden."""
    line = _held(by, line, roles=("leader",))
    if not reason.strip() or len(reason.strip()) > 300:
        raise Invalid("请写明理由", errors={"reason": ["应有 1 至 300 字"]})
    line.agreed_reason, line.agreed_by = reason.strip(), by
    return _saved(line, by, at, "companion.agree", {"year": line.year})


@transaction.atomic
def withdraw_companion(*, by: User, at: dt.datetime, line: CompanionLine) -> CompanionLine:
    """Take a line back; it stays on record."""
    line = _held(by, line)
    line.withdrawn_at = at
    return _saved(line, by, at, "companion.withdraw", {"year": line.year})


@transaction.atomic
def check_companions(*, by: User, at: dt.datetime, division: Division, lines: Sequence[CompanionLine]) -> int:
    """A second person has held the lines against the units' papers; his own are left out. Returns how many. Raises Forbidden, Refused."""
    body = keeping_body(by, division, roles=("clerk", "approver", "leader"))
    waiting = CompanionLine.objects.standing().filter(
        pk__in=[line.pk for line in lines], division=division, checked_by__isnull=True
    )
    if not waiting.exists():
        raise Refused("没有待复核的计划", code="already_checked")
    number = waiting.exclude(entered_by=by).update(checked_by=by, checked_at=at, updated_at=at)
    if not number:
        raise Forbidden("录入人不能复核自己录入的计划，请由另一人复核", code="second_person")
    record(by=by, at=at, action="companion.check", subject=division, body=body, data={"rows": number})
    return number


def _held(by: User, line: CompanionLine, roles: tuple[str, ...] = ("clerk", "leader")) -> CompanionLine:
    row = CompanionLine.objects.select_for_update(of=("self",)).select_related("division").get(pk=line.pk)
    keeping_body(by, row.division, roles=roles)
    if row.withdrawn_at is not None:
        raise Refused("这一条已经撤回", code="companion_withdrawn")
    return row


def _saved(line: CompanionLine, by: User, at: dt.datetime, action: str, data: dict[str, Any]) -> CompanionLine:
    line.version, line.updated_at = line.version + 1, at
    line.save()
    record(by=by, at=at, action=action, subject=line, data=data)
    return line
