"""A payment: asked for with progress and papers, checked by finance, released by a second person of finance, with voucher and day."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from funding.actions.book import balances, draft, open_purse, post
from funding.actions.common import Input, claim, lock_contract, lock_funds, project_or_refused, settle
from funding.actions.contracts import purse_of, usable, work_of
from funding.models import Commitment, Contract, Fund, Payment, PaymentPart, Settlement
from funding.permissions import DECIDERS, finance, finance_body, keeper
from funding.rules.money import half_up
from funding.rules.papers import PAPERS, PAPERS_FROM, papers_missing, retention_part
from funding.rules.ringfence import within_fund
from funding.subjects import projects
from offices import messages
from offices.files import store
from offices.history import record
from offices.models import StoredFile, User
from offices.queries import members
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Reason, Refused, RuleRefused
from policies.words import date_words

OPEN = ("requested", "checked")
Wanted = Mapping[int, Decimal]  # commitment id to yuan


@transaction.atomic
def request_payment(
    *, by: User, at: dt.datetime, today: dt.date, contract: Contract, amounts: Mapping[Commitment, object], progress: object = "",
    words: str, paper: str, kind: str = "progress", papers: Mapping[str, Any] | None = None, key: str = "",
) -> Payment:  # fmt: skip
    """Ask for a payment out of funds of a contract: never beyond the contract, the progress entered or what the funds hold.

    ``papers``: uploads (or files kept already) by the keys of ``rules.papers.PAPERS``. Retention goes back after its warranty only.
    """
    given = Input()
    wanted = {row.pk: given.amount(raw, _field(amounts, row)) for row, raw in amounts.items()}
    if not wanted:
        given.wrong("amounts", "请至少填写一项金额")
    for row in amounts:
        if row.contract_id != contract.pk:
            given.wrong(_field(amounts, row), "不是本合同的资金，不得串用")
    if kind not in Payment.Kind.values:
        given.wrong("kind", "只能是进度款或返还质保金")
    done = given.amount(progress, "progress") if kind == "progress" else Decimal(0)
    texts = {"words": given.text(words, "words", 200), "paper": given.text(paper, "paper", 200)}
    uploads = {name: upload for name, upload in (papers or {}).items() if upload}
    for name in papers_missing(kind, int(sum(wanted.values(), Decimal(0)) * 100), tuple(uploads)):
        given.wrong(name, f"请上传{PAPERS[name]}（{PAPERS_FROM // 1_000_000} 万元以上的申请）")
    given.done("申请没有提交：有字段需要更正")
    asked = {
        "act": "payment",
        "contract": contract.uid,
        "kind": kind,
        "progress": done,
        **texts,
        "amounts": sorted(wanted.items()),
    }
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Payment.objects.get(uid=earlier)
    contract = lock_contract(contract)
    body = keeper(by, contract.county or contract.division, roles=("clerk", "leader"))
    rows = {row.pk: row for row in contract.commitments.select_related("fund__source").order_by("fund_id")}
    funds = lock_funds(row.fund_id for row in rows.values() if row.pk in wanted)
    held = {pk: _held(contract, value) if kind == "progress" else Decimal(0) for pk, value in wanted.items()}
    if kind == "progress":
        for fund in funds.values():
            open_purse(fund)
        _within_progress(contract, rows, wanted, done)
        contract.progress = done
    _within(contract, rows, funds, wanted, held, kind=kind, today=today, waiting=True)
    if kind == "retention":
        _after_warranty(contract, today)
    kept = {name: _kept(upload, contract, by, at) for name, upload in uploads.items()}
    payment = Payment.objects.create(
        contract=contract, kind=kind, progress=contract.progress, amount=sum(wanted.values(), Decimal(0)),
        held=sum(held.values(), Decimal(0)), **texts, **kept, requested_by=by, requested_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    PaymentPart.objects.bulk_create(
        PaymentPart(payment=payment, contract=contract, commitment_id=pk, amount=value, held=held[pk])
        for pk, value in sorted(wanted.items(), key=lambda pair: rows[pair[0]].fund_id)
    )
    Contract.objects.filter(pk=contract.pk).update(
        progress=contract.progress, version=contract.version + 1, updated_at=at
    )
    record(by=by, at=at, action="payment.request", subject=payment, body=body)
    _tell(payment, at, "有一笔拨付申请等待审核", ("clerk", "approver", "leader"))
    settle(request, payment.uid)
    return payment


def _kept(upload: Any, contract: Contract, by: User, at: dt.datetime) -> StoredFile:
    return upload if isinstance(upload, StoredFile) else store(upload=upload, division=contract.division, by=by, at=at)


def _after_warranty(contract: Contract, today: dt.date) -> None:
    """The retention secures the warranty: not before the last day of the part that it stands for (N-07). Raises RuleRefused."""
    parts = projects().warranty(contract.project_uid)
    part = retention_part(parts, contract.warranty_part)
    if part is None or part.ends_on is None:
        cited = part.citation if part else parts[0].citation if parts else None
        text = "质保金在保修期满后返还" if parts else "质保金在保修期满后返还，项目还没有竣工验收合格"
        missing = "请先登记这一部分的保修年限" if parts else "请先办理竣工验收"
        raise RuleRefused("还不能返还质保金", reasons=(Reason(text=text, citation=cited, missing=missing),))
    if today <= part.ends_on:
        text = f"“{part.label}”保修期至{date_words(part.ends_on)}，期满后返还质保金"
        days = (part.ends_on - today).days + 1
        raise RuleRefused(
            "还不能返还质保金", reasons=(Reason(text=text, citation=part.citation, missing=f"还有 {days} 天"),)
        )


def _field(amounts: Mapping[Commitment, object], row: Commitment) -> str:
    return "amount" if len(amounts) == 1 else f"amount-{row.fund.uid}"


def _held(contract: Contract, value: Decimal) -> Decimal:
    """Retention of a part, to the nearest 分; never the whole of it."""
    fen = int(value * 100)
    return Decimal(min(half_up(contract.retention * fen), fen - 1)) / 100


def _within_progress(contract: Contract, rows: Mapping[int, Commitment], wanted: Wanted, done: Decimal) -> None:
    """Progress only grows and ends at the contract's amount; what was and is asked for never passes it. Raises Refused."""
    if done < contract.progress:
        reason = f"不能小于此前填报的 {contract.progress:,.2f} 元"
        raise Invalid("累计完成产值有误", errors={"progress": [reason]})
    if done > contract.total:
        raise Invalid("累计完成产值有误", errors={"progress": [f"超出合同金额 {done - contract.total:,.2f} 元"]})
    spent = sum((row.amount - row.unspent for row in rows.values()), Decimal(0))
    waiting = _waiting(contract, "progress")
    before = spent + sum(waiting.values(), Decimal(0))
    over = before + sum(wanted.values(), Decimal(0)) - done
    if over > 0:
        raise Refused(
            f"累计完成产值 {done:,.2f} 元，已付和在办 {before:,.2f} 元，本次最多申请 {done - before:,.2f} 元",
            errors={"progress": [f"本次申请超出完成产值 {over:,.2f} 元"]}, code="beyond_progress",
        )  # fmt: skip


def _waiting(contract: Contract, kind: str, but: Payment | None = None) -> dict[int, Decimal]:
    """Commitment id to what other open requests ask of it."""
    rows = PaymentPart.objects.filter(contract=contract, payment__state__in=OPEN, payment__kind=kind)
    if but is not None:
        rows = rows.exclude(payment=but)
    return dict(rows.order_by().values_list("commitment").annotate(Sum("amount")))


def _within(
    contract: Contract, rows: Mapping[int, Commitment], funds: Mapping[int, Fund], wanted: Wanted, held: Wanted, *, kind: str,
    today: dt.date, waiting: bool,
) -> None:  # fmt: skip
    """Each part within its commitment and its fund, for works that the fund may pay for. Raises Refused or RuleRefused with clauses."""
    project = project_or_refused(contract.project_uid)
    if kind == "progress":
        _within_review(contract, rows, wanted, waiting=waiting)
    layers = layers_of(project.division)
    asked = _waiting(contract, kind) if waiting else {}
    reasons: list[Reason] = []
    for pk, value in wanted.items():
        row, fund = rows[pk], funds[rows[pk].fund_id]
        limit = (row.held if kind == "retention" else row.unspent) - asked.get(pk, Decimal(0))
        if value > limit:
            what = "质保金" if kind == "retention" else "已签约未支付的"
            raise Refused(
                f"“{fund.source.name}”在本合同中{what}资金还有 {limit:,.2f} 元，超出 {value - limit:,.2f} 元",
                errors={"amount": [f"超出 {value - limit:,.2f} 元"]}, code="beyond_contract",
            )  # fmt: skip
        work = work_of(layers, item=row.item, item_class=row.item_class, reason=row.item_reason)
        reasons += usable(project, fund, work=work, layers=layers, day=today).reasons
        cash = balances(fund)["cash"] - (_fund_waiting(fund) if waiting else Decimal(0))
        reasons += within_fund(
            layers, day=today, purse=purse_of(fund), wanted=int((value - held[pk]) * 100), held=int(cash * 100)
        ).reasons
    if reasons:
        raise RuleRefused("不能拨付：有规定不满足", reasons=tuple(reasons))


def _within_review(contract: Contract, rows: Mapping[int, Commitment], wanted: Wanted, *, waiting: bool) -> None:
    """Once a settlement is confirmed no item is paid beyond what its review found. Raises Refused."""
    standing = Settlement.objects.filter(project_uid=contract.project_uid, state__in=Settlement.STANDING).first()
    if standing is None:
        return
    reviewed = dict(standing.items.values_list("item", "reviewed"))
    for item in {rows[pk].item for pk in wanted}:
        promises = Commitment.objects.filter(project_uid=contract.project_uid, item=item)
        before = sum((row.amount - row.unspent for row in promises), Decimal(0))
        parts = PaymentPart.objects.filter(commitment__in=promises, payment__state__in=OPEN, payment__kind="progress")
        before += (parts.aggregate(s=Sum("amount"))["s"] or Decimal(0)) if waiting else Decimal(0)
        left = reviewed.get(item, Decimal(0)) - before
        asked = sum((value for pk, value in wanted.items() if rows[pk].item == item), Decimal(0))
        if asked > left:
            raise Refused(
                f"“{item}”评审 {reviewed.get(item, Decimal(0)):,.2f} 元，已付和在办 {before:,.2f} 元，超出评审 {asked - left:,.2f} 元",
                errors={"amount": [f"超出评审 {asked - left:,.2f} 元"]}, code="beyond_review",
            )  # fmt: skip


def _fund_waiting(fund: Fund) -> Decimal:
    """Net yuan that open requests ask of a fund."""
    found = PaymentPart.objects.filter(commitment__fund=fund, payment__state__in=OPEN).aggregate(
        a=Sum("amount"), h=Sum("held")
    )
    return (found["a"] or Decimal(0)) - (found["h"] or Decimal(0))


def _lock(payment: Payment) -> tuple[Contract, Payment]:
    contract = lock_contract(payment.contract)
    return contract, Payment.objects.select_for_update(of=("self",)).select_related("requested_by", "checked_by").get(
        pk=payment.pk
    )


def _in_state(payment: Payment, *states: str) -> None:
    if payment.state not in states:
        raise Refused(f"这笔申请{payment.get_state_display()}，不能再办理", code="payment_state")


@transaction.atomic
def check_payment(*, by: User, at: dt.datetime, payment: Payment) -> Payment:
    """Finance has held the request against contract, progress and papers. Never the requester."""
    contract, payment = _lock(payment)
    body = finance(by, contract.county or contract.division)
    if payment.requested_by_id == by.pk:
        raise Forbidden("申请人不能审核自己的申请", code="own_entry")
    _in_state(payment, "requested")
    payment.state, payment.checked_by, payment.checked_at = Payment.State.CHECKED, by, at
    _save(payment, at)
    record(by=by, at=at, action="payment.check", subject=payment, body=body)
    _tell(payment, at, "有一笔拨付等待拨出", DECIDERS)
    return payment


@transaction.atomic
def release_payment(
    *, by: User, at: dt.datetime, today: dt.date, payment: Payment, voucher: str, released_on: dt.date, key: str = ""
) -> Payment:
    """The money has left the treasury: voucher and day, one posted entry for each fund. A third person, whoever he is.

    All limits are asked again under the locks.
    """
    given = Input()
    number = given.text(voucher, "voucher", 60)
    given.past(released_on, "released_on", today)
    given.done("没有拨付：有字段需要更正")
    asked = {"act": "release", "payment": payment.uid, "voucher": number, "on": released_on}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Payment.objects.get(uid=earlier)
    contract, payment = _lock(payment)
    body = finance(by, contract.county or contract.division, roles=DECIDERS)
    if by.pk in {payment.requested_by_id, payment.checked_by_id}:
        raise Forbidden("申请人和审核人不能自己拨付，请由第三人办理", code="own_entry")
    _in_state(payment, "checked")
    parts = list(payment.parts.select_related("commitment__fund__source").order_by("commitment__fund_id"))
    rows = {part.commitment_id: part.commitment for part in parts}
    funds = lock_funds(row.fund_id for row in rows.values())
    rows = {row.pk: row for row in Commitment.objects.filter(pk__in=rows)}  # as they are under the locks
    wanted, held = {p.commitment_id: p.amount for p in parts}, {p.commitment_id: p.held for p in parts}
    _within(contract, rows, funds, wanted, held, kind=payment.kind, today=today, waiting=False)
    payment.state, payment.released_by, payment.released_at = Payment.State.RELEASED, by, at
    payment.voucher, payment.released_on, payment.payee = number, released_on, _payee(contract)
    _save(payment, at)
    for part in parts:
        entry = draft(
            by=payment.requested_by, at=at, fund=funds[rows[part.commitment_id].fund_id], kind="payment", moves=_moves(payment, part),
            amount=part.amount, day=released_on, words=f"{contract.party}：{payment.words}", voucher=number,
            commitment=part.commitment, part=part, request=request,
        )  # fmt: skip
        post(entry, by=by, at=at)
    record(by=by, at=at, action="payment.release", subject=payment, body=body, data={"on": released_on.isoformat()})
    _tell_requester(payment, at, "拨付申请已拨出")
    settle(request, payment.uid)
    return payment


def _payee(contract: Contract) -> Any:
    """The confirmed account; none while a change of it waits. Raises Refused."""
    rows = list(contract.payees.filter(refused_by__isnull=True).order_by("pk"))
    if any(row.confirmed_by_id is None for row in rows):
        raise Refused("收款账户有变更等待复核，复核后才能拨付", code="payee_waits")
    if not rows:
        raise Refused("合同还没有经复核的收款账户，请先录入并由另一人复核", code="no_payee")
    return rows[-1]


def _moves(payment: Payment, part: PaymentPart) -> dict[str, Decimal]:
    net = part.amount - part.held
    moves = {"cash": -net, "paid": net, "spent": -net}
    if payment.kind == "retention":
        return {**moves, "retained": net}
    return {**moves, "committed": part.amount, "retained": -part.held}


@transaction.atomic
def return_payment(*, by: User, at: dt.datetime, payment: Payment, reason: str) -> Payment:
    """Finance gives a request back with its reason; the money asked for is free again."""
    contract, payment = _lock(payment)
    body = finance(by, contract.county or contract.division)
    return _close(payment, Payment.State.RETURNED, by=by, at=at, reason=reason, body=body)


@transaction.atomic
def withdraw_payment(*, by: User, at: dt.datetime, payment: Payment, reason: str) -> Payment:
    """The requesting office takes its request back."""
    contract, payment = _lock(payment)
    body = keeper(by, contract.county or contract.division)
    return _close(payment, Payment.State.WITHDRAWN, by=by, at=at, reason=reason, body=body)


def _close(payment: Payment, state: str, *, by: User, at: dt.datetime, reason: str, body: Any) -> Payment:
    given = Input()
    text = given.text(reason, "reason", 300)
    given.done("请写明理由")
    _in_state(payment, *OPEN)
    payment.state, payment.closed_by, payment.reason = state, by, text
    _save(payment, at)
    record(by=by, at=at, action=f"payment.{state}", subject=payment, body=body)
    if state == Payment.State.RETURNED:
        _tell_requester(payment, at, "拨付申请被退回")
    return payment


def _save(payment: Payment, at: dt.datetime) -> None:
    payment.version, payment.updated_at = payment.version + 1, at
    payment.save()


def _tell(payment: Payment, at: dt.datetime, title: str, roles: tuple[str, ...]) -> None:
    body = finance_body(payment.contract.county or payment.contract.division)
    people = (
        [user for user in members(body, *roles) if user.pk not in {payment.requested_by_id, payment.checked_by_id}]
        if body
        else []
    )
    messages.tell(
        event=f"payment:{payment.uid}:{payment.state}", recipients=people, title=title, text=f"{payment}，{payment.amount:,.2f} 元",
        link=f"/staff/money/payments/{payment.uid}/", subject=payment, at=at,
    )  # fmt: skip


def _tell_requester(payment: Payment, at: dt.datetime, title: str) -> None:
    messages.tell(
        event=f"payment:{payment.uid}:{payment.state}", recipients=[payment.requested_by], title=title, text=str(payment),
        link=f"/staff/money/payments/{payment.uid}/", subject=payment, at=at,
    )  # fmt: skip
