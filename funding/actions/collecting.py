"""Money of homes: what came in and what goes back to whoever paid it, each by two persons, each one entry of the fund's books."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction

from funding.actions.book import draft, post
from funding.actions.common import Input, claim, lock_funds, settle
from funding.models import Apportionment, DueReceipt, HomeDue
from funding.permissions import DECIDERS, HANDLERS, either, finance
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Refused

MOST_CHECKED = 200


@transaction.atomic
def collect(
    *, by: User, at: dt.datetime, today: dt.date, due: HomeDue, amount: object, day: dt.date, voucher: str, key: str = "",
) -> DueReceipt:  # fmt: skip
    """Money from a home, never beyond what it owes. It counts once finance has seen it in the account (``check_receipt``)."""
    given = Input()
    value, number = given.amount(amount, "amount"), given.text(voucher, "voucher", 60)
    given.past(day, "day", today)
    given.done("没有登记：有字段需要更正")
    asked = {"act": "collect", "due": due.uid, "amount": value, "day": day, "voucher": number}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return DueReceipt.objects.get(uid=earlier)
    due = _locked(due)
    body = either(by, due.apportionment.county or due.apportionment.division)
    _within_due(due, value, waiting=True)
    row = _written(
        DueReceipt(due=due, amount=value, day=day, voucher=number, recorded_by=by, created_at=at, updated_at=at)
    )
    record(by=by, at=at, action="due.collect", subject=row, body=body)
    settle(request, row.uid)
    return row


@transaction.atomic
def give_back(
    *, by: User, at: dt.datetime, today: dt.date, receipt: DueReceipt, amount: object, day: dt.date, voucher: str, reason: str,
    key: str = "",
) -> DueReceipt:  # fmt: skip
    """Money back to whoever paid ``receipt``, never more than it brought in. It counts once finance has paid it (``check_receipt``)."""
    given = Input()
    value, number = given.amount(amount, "amount"), given.text(voucher, "voucher", 60)
    why = given.text(reason, "reason", 200)
    given.past(day, "day", today)
    given.done("退款没有登记：有字段需要更正")
    asked = {"act": "give_back", "receipt": receipt.uid, "amount": value, "day": day, "voucher": number, "reason": why}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return DueReceipt.objects.get(uid=earlier)
    due = _locked(receipt.due)
    body = either(by, due.apportionment.county or due.apportionment.division)
    _within_receipt(due, receipt.pk, value, waiting=True)
    row = _written(
        DueReceipt(
            due=due, kind=DueReceipt.Kind.REFUND, amount=value, day=day, voucher=number, refunds_id=receipt.pk, reason=why,
            recorded_by=by, created_at=at, updated_at=at,
        )
    )  # fmt: skip
    record(by=by, at=at, action="due.give_back", subject=row, body=body, reason=why)
    settle(request, row.uid)
    return row


def _written(row: DueReceipt) -> DueReceipt:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("这张收据已经登记", errors={"voucher": ["收据号重复"]}, code="receipt_exists") from error
    return row


@transaction.atomic
def check_receipt(*, by: User, at: dt.datetime, row: DueReceipt) -> DueReceipt:
    """Finance has seen the money in the account, or has paid it back: it becomes an entry of the fund, for exactly this amount."""
    due = _locked(row.due)
    row = _waiting(row, due)
    main, refund = due.apportionment, row.kind == DueReceipt.Kind.REFUND
    body = finance(by, main.county or main.division, roles=DECIDERS if refund else HANDLERS)
    if row.recorded_by_id == by.pk:
        raise Forbidden("登记人不能复核自己登记的收退款，请由另一人复核", code="own_entry")
    if refund:
        _within_receipt(due, row.refunds_id, row.amount, waiting=False)
    else:
        _within_due(due, row.amount, waiting=False)
    sign = -1 if refund else 1
    entry = draft(
        by=row.recorded_by, at=at, fund=main.fund, kind="giveback" if refund else "receipt", amount=row.amount, day=row.day,
        moves={"cash": sign * row.amount, "expected": -sign * row.amount}, voucher=row.voucher, reason=row.reason,
        words=f"{main.title}：{due.label}{row.get_kind_display()}",
    )  # fmt: skip
    post(entry, by=by, at=at)
    row.checked_by, row.checked_at, row.entry = by, at, entry
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="due.check", subject=row, body=body, data={"entry": str(entry.uid)})
    return row


@transaction.atomic
def check_receipts(*, by: User, at: dt.datetime, row: Apportionment) -> int:
    """Check what others recorded as paid, the oldest ``MOST_CHECKED``: all of them or none. How many; Refused where there is nothing."""
    finance(by, row.county or row.division)
    waiting = DueReceipt.objects.filter(
        due__apportionment=row, kind=DueReceipt.Kind.PAID, checked_by=None, dropped_at=None
    )
    found = list(waiting.exclude(recorded_by=by).select_related("due__apportionment").order_by("pk")[:MOST_CHECKED])
    if not found:
        raise Refused("没有可由您复核的收款登记", code="not_confirmed")
    for receipt in found:
        check_receipt(by=by, at=at, row=receipt)
    return len(found)


@transaction.atomic
def drop_receipt(*, by: User, at: dt.datetime, row: DueReceipt) -> DueReceipt:
    """A record that was wrong and that nobody has checked: it stays to be read and counts nowhere."""
    due = _locked(row.due)
    row = _waiting(row, due)
    body = either(by, due.apportionment.county or due.apportionment.division)
    row.dropped_by, row.dropped_at = by, at
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="due.drop", subject=row, body=body)
    return row


def _locked(due: HomeDue) -> HomeDue:
    """The fund first, then the home's due, of an apportionment that is announced."""
    lock_funds([due.apportionment.fund_id])
    rows = HomeDue.objects.select_for_update(of=("self",))
    due = rows.select_related("apportionment__county", "apportionment__division", "apportionment__fund").get(pk=due.pk)
    _open(due.apportionment)
    return due


def _open(row: Apportionment) -> None:
    if row.withdrawn_at is not None:
        raise Refused(f"这次分摊已经撤回：{row.withdrawn_reason}", code="withdrawn")
    if row.confirmed_by_id is None:
        raise Refused("分摊还没有第二人复核公布，不能收款", code="not_confirmed")


def _waiting(row: DueReceipt, due: HomeDue) -> DueReceipt:
    row = DueReceipt.objects.select_for_update(of=("self",)).select_related("recorded_by").get(pk=row.pk, due=due)
    if row.checked_by_id is not None:
        raise Refused("已经复核入账", code="already_confirmed")
    if row.dropped_at is not None:
        raise Refused("这条登记已经作废", code="already_confirmed")
    return row


def _within_due(due: HomeDue, value: Decimal, *, waiting: bool) -> None:
    """Never more than the home owes (``waiting``: what waits for its check counts as paid in)."""
    rows = [
        r
        for r in due.receipts.filter(dropped_at__isnull=True, taken_back=False)
        if r.checked_by_id or (waiting and r.kind == "paid")
    ]
    paid = sum((r.amount if r.kind == "paid" else -r.amount for r in rows), Decimal(0))
    if paid + value > due.amount:
        raise Refused(
            f"{due.label}应缴 {due.amount:,.2f} 元，已登记 {paid:,.2f} 元，还可收 {max(due.amount - paid, Decimal(0)):,.2f} 元",
            errors={"amount": [f"超出应缴 {paid + value - due.amount:,.2f} 元"]}, code="beyond_due",
        )  # fmt: skip


def _within_receipt(due: HomeDue, receipt: int | None, value: Decimal, *, waiting: bool) -> None:
    """Never more back than a standing receipt brought in (``waiting``: refunds that wait count as given back)."""
    rows = list(due.receipts.filter(dropped_at__isnull=True, taken_back=False))
    paid = next((r for r in rows if r.pk == receipt and r.kind == "paid" and r.checked_by_id), None)
    if paid is None:
        raise Refused("只有已复核入账的收款可以退还", errors={"receipt": ["不是已入账的收款"]}, code="not_refundable")
    back = sum((r.amount for r in rows if r.refunds_id == paid.pk and (waiting or r.checked_by_id)), Decimal(0))
    if value > paid.amount - back:
        raise Refused(
            f"收据 {paid.voucher} 收款 {paid.amount:,.2f} 元，已退或待退 {back:,.2f} 元，最多再退 {paid.amount - back:,.2f} 元",
            errors={"amount": [f"超出 {value - (paid.amount - back):,.2f} 元"]}, code="beyond_due",
        )  # fmt: skip
