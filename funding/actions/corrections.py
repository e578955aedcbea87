"""What was posted is taken back by its exact opposite, once, by two persons; what a payee sends back is a refund, by two persons."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from funding.actions.book import draft, post
from funding.actions.common import Input, claim, lock_funds, settle
from funding.models import Contract, DueReceipt, Fund, FundingSource, JournalEntry
from funding.permissions import DECIDERS, finance
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Refused


def _lock(entry: JournalEntry) -> tuple[JournalEntry, Fund]:
    """Source or contract first, then the fund, then the entry."""
    if entry.concerns == "allotment":
        FundingSource.objects.select_for_update(of=("self",)).get(pk=entry.fund.source_id)
    if entry.commitment_id is not None:
        Contract.objects.select_for_update(of=("self",)).get(commitments=entry.commitment_id)
    fund = lock_funds([entry.fund_id])[entry.fund_id]
    return JournalEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk), fund


@transaction.atomic
def ask_reversal(
    *, by: User, at: dt.datetime, today: dt.date, entry: JournalEntry, reason: str, key: str = ""
) -> JournalEntry:
    """Draft the opposite of a posted entry; ``post_entry`` by another person books it. Once; a reversal is never reversed."""
    given = Input()
    why = given.text(reason, "reason", 300)
    given.done("请写明冲销理由")
    request, earlier = claim(by=by, at=at, key=key, asked={"act": "reverse", "entry": entry.uid, "reason": why})
    if earlier:
        return JournalEntry.objects.get(uid=earlier)
    entry, fund = _lock(entry)
    body = finance(by, fund.county or fund.division)
    if entry.kind == "reversal":
        raise Refused(
            "冲销分录不能再冲销；如冲销有误，请按原业务重新登记",
            errors={"entry": ["冲销分录不能再冲销"]},
            code="not_reversible",
        )
    if entry.state != "posted":
        raise Refused("只有已入账的分录可以冲销", errors={"entry": ["还没有入账"]}, code="not_reversible")
    _not_again(entry)
    _not_given_back(entry)
    back = draft(
        by=by, at=at, fund=fund, kind="reversal", concerns=entry.concerns, amount=entry.amount, day=today,
        moves={leg.account.kind: -leg.amount for leg in entry.legs.select_related("account")}, words=f"冲销：{entry.words}",
        reason=why, reverses=entry, commitment_id=entry.commitment_id, request=request,
    )  # fmt: skip
    record(by=by, at=at, action="entry.ask_reversal", subject=fund, body=body, data={"entry": str(entry.uid)})
    settle(request, back.uid)
    return back


def _not_again(entry: JournalEntry) -> None:
    if JournalEntry.objects.filter(reverses=entry).exclude(state="dropped").exists():
        raise Refused("这笔分录已经冲销或正在冲销，只能冲销一次", errors={"entry": ["已冲销"]}, code="already_reversed")
    if JournalEntry.objects.filter(refunds=entry).exclude(state="dropped").filter(reversals__isnull=True).exists():
        raise Refused("这笔拨付已有退回，不能整笔冲销", errors={"entry": ["已有退回"]}, code="not_reversible")


def _not_given_back(entry: JournalEntry) -> None:
    """Money that a home paid and got back, or that went back to it, is not taken out of the books by a reversal."""
    if entry.kind == "giveback":
        raise Refused(
            "退还缴款人的款项不能冲销；如退错，请重新收款", errors={"entry": ["已退还"]}, code="not_reversible"
        )
    back = DueReceipt.objects.filter(refunds__entry=entry, dropped_at__isnull=True)
    if back.exists():
        raise Refused("这笔收款已有退款，不能冲销", errors={"entry": ["已有退款"]}, code="not_reversible")


@transaction.atomic
def ask_refund(
    *, by: User, at: dt.datetime, today: dt.date, entry: JournalEntry, amount: object, day: dt.date, voucher: str, reason: str,
    key: str = "",
) -> JournalEntry:  # fmt: skip
    """Draft what a payee sent back of a payment; ``post_entry`` by another person books it."""
    given = Input()
    value = given.amount(amount, "amount")
    given.past(day, "day", today)
    number, why = given.text(voucher, "voucher", 60), given.text(reason, "reason", 300)
    given.done("退回没有登记：有字段需要更正")
    asked = {"act": "refund", "entry": entry.uid, "amount": value, "day": day, "voucher": number, "reason": why}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return JournalEntry.objects.get(uid=earlier)
    entry, fund = _lock(entry)
    body = finance(by, fund.county or fund.division)
    if (
        entry.kind != "payment"
        or entry.state != "posted"
        or JournalEntry.objects.filter(reverses=entry).exclude(state="dropped").exists()
    ):
        raise Refused("只有已拨付且未冲销的款项可以退回", errors={"entry": ["不是已拨付的款项"]}, code="not_refundable")
    net = entry.legs.filter(account__kind="paid").aggregate(s=Sum("amount"))["s"] or Decimal(0)
    before = JournalEntry.objects.filter(refunds=entry).exclude(state="dropped").aggregate(s=Sum("amount"))[
        "s"
    ] or Decimal(0)
    if value > net - before:
        raise Refused(
            f"这笔拨付 {net:,.2f} 元，已退回 {before:,.2f} 元，最多再退 {net - before:,.2f} 元",
            errors={"amount": [f"超出 {value - (net - before):,.2f} 元"]}, code="beyond_payment",
        )  # fmt: skip
    back = draft(
        by=by, at=at, fund=fund, kind="refund", amount=value, day=day, voucher=number, reason=why, refunds=entry, request=request,
        moves={"cash": value, "paid": -value, "spent": value, "committed": -value}, words=f"退回：{entry.words}",
        commitment_id=entry.commitment_id,
    )  # fmt: skip
    record(by=by, at=at, action="entry.ask_refund", subject=fund, body=body, data={"entry": str(entry.uid)})
    settle(request, back.uid)
    return back


@transaction.atomic
def post_entry(*, by: User, at: dt.datetime, entry: JournalEntry) -> JournalEntry:
    """A second person of finance books a drafted reversal or refund."""
    entry, fund = _lock(entry)
    body = finance(by, fund.county or fund.division, roles=DECIDERS)
    if entry.drafted_by_id == by.pk:
        raise Forbidden("提出人不能复核自己的冲销或退回，请由另一人办理", code="own_entry")
    if entry.state != "draft":
        raise Refused(f"这笔分录{entry.get_state_display()}", code="entry_state")
    if entry.reverses is not None:
        if entry.reverses.state != "posted":
            raise Refused("原分录没有入账", code="not_reversible")
        _not_given_back(entry.reverses)
    post(entry, by=by, at=at)
    record(by=by, at=at, action=f"entry.{entry.kind}", subject=fund, body=body, data={"entry": str(entry.uid)})
    return entry


@transaction.atomic
def drop_entry(*, by: User, at: dt.datetime, entry: JournalEntry) -> JournalEntry:
    """Give a drafted reversal or refund up: it stays to be read and moves nothing."""
    entry, fund = _lock(entry)
    body = finance(by, fund.county or fund.division)
    if entry.state != "draft":
        raise Refused(f"这笔分录{entry.get_state_display()}", code="entry_state")
    entry.state, entry.version, entry.updated_at = JournalEntry.State.DROPPED, entry.version + 1, at
    try:
        with transaction.atomic():
            entry.save(update_fields=("state", "version", "updated_at"))
    except IntegrityError as error:
        raise Refused("这笔分录刚刚已由他人办理，请刷新", code="entry_state") from error
    record(by=by, at=at, action="entry.drop", subject=fund, body=body, data={"entry": str(entry.uid)})
    return entry
