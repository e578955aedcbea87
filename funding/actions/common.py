"""What every writer of money does: read an amount, act once a key, lock in one order."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from funding.models import Contract, Fund, Request
from funding.rules.money import NotExact, entered
from funding.subjects import Project, project_of
from offices.models import User
from policies.refusal import Invalid, Refused


class KeyUsed(Refused):
    """The key of a request came again with another request."""

    status = 422
    code = "idempotency_mismatch"


class Input:
    """Collects what is wrong with each field, so that all of it is said at once and nothing is done."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def wrong(self, field: str, reason: str) -> None:
        """A reason at a field."""
        self.errors.setdefault(field, []).append(reason)

    def amount(self, raw: object, field: str) -> Decimal:
        """An amount above zero; what is wrong stands at ``field``."""
        try:
            value = entered(raw)
        except NotExact as error:
            self.wrong(field, str(error))
            return Decimal("0.00")
        if value == 0:
            self.wrong(field, "应大于零")
        return value

    def text(self, raw: str, field: str, most: int, *, blank: bool = False) -> str:
        """A plain text, trimmed; NUL and over-long ones are wrong."""
        text = raw.strip()
        if not text and not blank:
            self.wrong(field, "不能为空")
        if "\x00" in text:
            self.wrong(field, "含有不能保存的字符")
        if len(text) > most:
            self.wrong(field, f"最多 {most} 个字，现有 {len(text)} 个")
        return text

    def past(self, day: dt.date, field: str, today: dt.date) -> None:
        """A day that is not to come."""
        if day > today:
            self.wrong(field, "不能晚于今天")

    def done(self, detail: str) -> None:
        """Raises Invalid where anything was wrong."""
        if self.errors:
            raise Invalid(detail, errors=self.errors)


def claim(*, by: User, at: dt.datetime, key: str, asked: Mapping[str, Any]) -> tuple[Request | None, UUID | None]:
    """Take a key for this request, or hear what it was answered. Raises KeyUsed where it asked for something else.

    A second request with the key waits for the first (unique index); a refusal rolls the key back, so that it is free again.
    """
    if not key:
        return None, None
    if len(key) > 128 or not key.isascii() or not key.isprintable():
        raise Invalid("幂等键不合格式", errors={"key": ["须为 1–128 个可见的 ASCII 字符"]})
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = Request.objects.filter(actor=by, key=key).first() or _first(Request(actor=by, key=key, digest=digest, at=at))
    if row.digest != digest:
        raise KeyUsed(
            "这个幂等键已用于另一个请求；新的请求请用新的键。", errors={"Idempotency-Key": ["已用于另一个请求"]}
        )
    return row, row.answer


def _first(fresh: Request) -> Request:
    """The row written, or that of whoever was first (PostgreSQL waits for him on the unique index)."""
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        return Request.objects.get(actor=fresh.actor, key=fresh.key)
    return fresh


def settle(request: Request | None, answer: UUID) -> None:
    """Keep what the request was answered, in the transaction of the act."""
    if request is not None:
        Request.objects.filter(pk=request.pk, answer__isnull=True).update(answer=answer)


def project_or_refused(uid: object, field: str = "project") -> Project:
    """A project that there is, by its uid or the text of it. Raises Invalid."""
    try:
        found = project_of(uid if isinstance(uid, UUID) else UUID(str(uid)))
    except ValueError:
        found = None
    if found is None:
        raise Invalid("没有这个项目", errors={field: ["没有这个项目；资金只能分配到具体项目"]})
    return found


def lock_contract(contract: Contract) -> Contract:
    """The contract, locked."""
    return Contract.objects.select_for_update(of=("self",)).select_related("county", "division").get(pk=contract.pk)


def lock_funds(pks: Iterable[int]) -> dict[int, Fund]:
    """Funds locked in the order of their ids."""
    rows = Fund.objects.filter(pk__in=set(pks)).select_for_update(of=("self",)).order_by("pk")
    return {fund.pk: fund for fund in rows.select_related("source", "county", "division")}
