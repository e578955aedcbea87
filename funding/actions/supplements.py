"""Money added to a contract by a supplement of two persons, and when its payments fall due."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from funding.actions.common import Input, claim, lock_contract, project_or_refused, settle
from funding.actions.contracts import Line, ask_for_check, none_waits, promise, touch
from funding.models import Contract, ContractChange, ContractChangeLine, PaymentTerm
from funding.models.contracts import CLASSES
from funding.permissions import either, keeper
from offices import messages
from offices.files import store
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Refused

MOST_TERMS = 24


@dataclass(frozen=True)
class Term:
    """A payment that the contract agrees on. ``due_on`` None: its condition has no day."""

    words: str
    amount: object
    due_on: dt.date | None = None


@transaction.atomic
def enter_change(
    *, by: User, at: dt.datetime, today: dt.date, contract: Contract, number: str, amount: object, signed_on: dt.date, reason: str,
    lines: Sequence[Line], upload: Any = None, key: str = "",
) -> ContractChange:  # fmt: skip
    """Enter a supplement whose money stands in purses of the project. Raises Invalid naming each field, Refused."""
    given = Input()
    value = given.amount(amount, "amount")
    given.past(signed_on, "signed_on", today)
    texts = {"number": given.text(number, "number", 60), "reason": given.text(reason, "reason", 300)}
    rows = [_line(given, contract, n, line) for n, line in enumerate(lines)]
    if len({line.fund.pk for line in lines}) < len(lines):
        given.wrong("lines", "同一专账只能写一行")
    brought = sum((row.amount for row in rows), Decimal(0))
    if brought != value and not given.errors:
        given.wrong("lines", f"增加的 {value:,.2f} 元须全部落实到专账，各行合计 {brought:,.2f} 元")
    given.done("补充协议没有登记：有字段需要更正")
    asked = {
        "act": "supplement", "contract": contract.uid, "amount": value, "signed_on": signed_on, **texts,
        "lines": [(line.fund.uid, row.amount, row.item, row.item_class, row.reason) for line, row in zip(lines, rows, strict=True)],
    }  # fmt: skip
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return ContractChange.objects.get(uid=earlier)
    contract = lock_contract(contract)
    body = keeper(by, contract.county or contract.division)
    none_waits(contract)
    change = ContractChange(
        contract=contract, amount=value, signed_on=signed_on, entered_by=by, created_at=at, updated_at=at, **texts,
        file=store(upload=upload, division=contract.division, by=by, at=at) if upload else None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as error:
        reason_ = {"number": ["协议编号重复"]}
        raise Refused("本合同已有这个编号的补充协议", errors=reason_, code="contract_exists") from error
    for row in rows:
        row.change = change
    ContractChangeLine.objects.bulk_create(rows)
    touch(contract, at)
    record(by=by, at=at, action="change.enter", subject=contract, body=body, data={"change": str(change.uid)})
    ask_for_check(change, at)
    settle(request, change.uid)
    return change


def _line(given: Input, contract: Contract, n: int, line: Line) -> ContractChangeLine:
    if line.fund.project_uid != contract.project_uid:
        given.wrong(f"lines[{n}].fund", "这是另一个项目的专账，资金不得跨项目使用")
    if line.item_class not in dict(CLASSES):
        given.wrong(f"lines[{n}].item_class", "只能是 basic、improved、upgraded")
    return ContractChangeLine(
        fund=line.fund, amount=given.amount(line.amount, f"lines[{n}].amount"), item=given.text(line.item, f"lines[{n}].item", 120),
        item_class=line.item_class, reason=given.text(line.reason, f"lines[{n}].reason", 200, blank=True),
    )  # fmt: skip


@transaction.atomic
def decide_change(*, by: User, at: dt.datetime, today: dt.date, change: ContractChange, accept: bool) -> ContractChange:
    """A second person holds it against the paper. Accepted, the purses promise it, never beyond what is allotted (and what is signed,
    which a supplement makes larger)."""
    contract = lock_contract(change.contract)
    target = project_or_refused(contract.project_uid)
    body = either(by, target.county)
    change = ContractChange.objects.select_for_update(of=("self",)).select_related("entered_by").get(pk=change.pk)
    if not change.waits:
        raise Refused(f"这份{change.get_kind_display()}已经复核过了", code="already_confirmed")
    if change.entered_by_id == by.pk:
        raise Forbidden(f"登记人不能复核自己登记的{change.get_kind_display()}，请由另一人复核", code="own_entry")
    change.version, change.updated_at = change.version + 1, at
    if accept:
        change.confirmed_by, change.confirmed_at = by, at
    else:
        change.refused_by = by
    change.save()
    if accept:
        contract.refresh_from_db(fields=("supplement",))
        promise(at=at, today=today, change=change, contract=contract, project=target)
    touch(contract, at)
    action = "change.confirm" if accept else "change.refuse"
    record(by=by, at=at, action=action, subject=contract, body=body, data={"change": str(change.uid)})
    messages.tell(
        event=f"change:{change.uid}:decided", recipients=[change.entered_by], subject=contract, at=at,
        title=f"{change.get_kind_display()}{'已复核，资金已落实' if accept else '未通过复核'}", text=f"{contract}，{change.amount:,.2f} 元",
        link=f"/staff/money/contracts/{contract.uid}/",
    )  # fmt: skip
    return change


@transaction.atomic
def set_terms(*, by: User, at: dt.datetime, contract: Contract, terms: Sequence[Term]) -> list[PaymentTerm]:
    """Enter the agreed payments as a whole, in their order; together never more than the contract. Raises Invalid, Forbidden."""
    contract = lock_contract(contract)
    body = keeper(by, contract.county or contract.division)
    given = Input()
    plan = (contract.terms.aggregate(last=Max("plan"))["last"] or 0) + 1
    rows = [
        PaymentTerm(
            contract=contract, plan=plan, number=n + 1, words=given.text(term.words, f"terms[{n}].words", 120),
            amount=given.amount(term.amount, f"terms[{n}].amount"), due_on=term.due_on, by=by, at=at,
        )
        for n, term in enumerate(terms[:MOST_TERMS])
    ]  # fmt: skip
    if not 1 <= len(terms) <= MOST_TERMS:
        given.wrong("terms", f"填写 1 至 {MOST_TERMS} 个付款节点")
    days = [row.due_on for row in rows if row.due_on]
    if days != sorted(days):
        given.wrong("terms", "约定付款日应按先后填写")
    over = sum((row.amount for row in rows), Decimal(0)) - contract.total
    if over > 0:
        given.wrong("terms", f"各节点合计超出合同金额 {over:,.2f} 元")
    given.done("付款节点没有保存：有字段需要更正")
    PaymentTerm.objects.bulk_create(rows)
    touch(contract, at)
    record(by=by, at=at, action="contract.terms", subject=contract, body=body, data={"rows": len(rows)})
    return rows
