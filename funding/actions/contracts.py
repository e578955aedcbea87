"""Contracts: signed, funded out of purses that may pay for their works, and their payee: money and payee by two persons each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from funding.actions.book import balances, draft, open_purse, post
from funding.actions.common import Input, claim, lock_contract, lock_funds, project_or_refused, settle
from funding.models import Commitment, Contract, ContractChange, ContractChangeLine, Fund, PayeeAccount
from funding.permissions import HANDLERS, either, finance_body, keeper
from funding.rules.money import NotExact, share_entered
from funding.rules.ringfence import CLASS_KEYS, Purse, Use, Work, may_pay
from funding.standing import owners_refuse
from funding.subjects import Project
from offices import messages
from offices.history import record, salted
from offices.models import User
from offices.queries import members
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused


@dataclass(frozen=True)
class Line:
    """What a fund is to pay of a contract. ``item_class`` is asked only for an item that the place's catalogue does not name."""

    fund: Fund
    amount: object
    item: str
    item_class: str = ""
    reason: str = ""


def purse_of(fund: Fund) -> Purse:
    """A fund's source as the rules see it."""
    source = fund.source
    return Purse(kind=source.kind, name=source.name, classes=tuple(source.classes), items=tuple(source.items))


def work_of(layers: Layers, *, item: str, item_class: str = "", reason: str = "") -> Work:
    """An item as the catalogues of the place name it: its class is theirs, not the input's, where they name it."""
    for book in layers.books:
        for row in book.catalogue.items if book.catalogue else ():
            if row.name == item:
                return Work(item, CLASS_KEYS.get(row.item_class or "", ""), row.five, reason)
    return Work(item, item_class, None, reason)


def warranty_parts(layers: Layers, day: dt.date) -> dict[str, str]:
    """Parts whose warranty the documents set, key to label: what a contract's retention may secure."""
    return {
        period.key: period.label for provision in layers.provisions("warranty", day) for period in provision.params.periods
    }  # fmt: skip


def usable(project: Project, fund: Fund, *, work: Work, layers: Layers, day: dt.date) -> Use:
    """Whether a fund may pay for a work; its owners' decision is among the reasons where that is missing."""
    found = may_pay(layers, day=day, purse=purse_of(fund), work=work)
    owners = owners_refuse(project, layers=layers, day=day, kind=fund.source.kind)
    if owners is None:
        return found
    return Use(provision=found.provision, reasons=(*found.reasons, owners), allowed=False, shown=found.shown)


@transaction.atomic
def sign_contract(
    *, by: User, at: dt.datetime, today: dt.date, project: Any, number: str, name: str, party: str, amount: object,
    signed_on: dt.date, retention: object = "0", warranty_part: str = "", lines: Sequence[Line] = (), key: str = "",
) -> Contract:  # fmt: skip
    """Enter a signed contract and ask for the money of its lines; a second person confirms it (``decide_change``).

    Raises Invalid, RuleRefused with clauses, Refused.
    """
    target = project_or_refused(project)
    body = keeper(by, target.county)
    given = Input()
    value = given.amount(amount, "amount")
    given.past(signed_on, "signed_on", today)
    texts = {
        "number": given.text(number, "number", 60),
        "name": given.text(name, "name", 120),
        "party": given.text(party, "party", 120),
    }
    share = _share(given, retention)
    if warranty_part and warranty_part not in warranty_parts(layers_of(target.division), signed_on):
        given.wrong("warranty_part", "本地文件没有这一部分的保修期")
    given.done("合同没有登记：有字段需要更正")
    asked = {
        "act": "sign", "project": target.uid, "amount": value, "signed_on": signed_on, "retention": str(share), **texts,
        "part": warranty_part,
        "lines": [(line.fund.uid, str(line.amount), line.item, line.item_class, line.reason) for line in lines],
    }  # fmt: skip
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Contract.objects.get(uid=earlier)
    contract = Contract(
        **texts, project_uid=target.uid, project_name=target.name[:120], amount=value, signed_on=signed_on, signed_by=by,
        retention_part=share.numerator, retention_whole=share.denominator, warranty_part=warranty_part, created_at=at, updated_at=at,
    )  # fmt: skip
    contract.place_in(target.division)
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError as error:
        raise Refused(
            "本项目已有这个编号的合同", errors={"number": ["合同编号重复"]}, code="contract_exists"
        ) from error
    record(by=by, at=at, action="contract.sign", subject=contract, body=body)
    if lines:
        _ask(by=by, at=at, today=today, contract=contract, project=target, lines=lines)
    settle(request, contract.uid)
    return Contract.objects.get(pk=contract.pk)


def _share(given: Input, retention: object) -> Fraction:
    try:
        return share_entered(retention)
    except NotExact as error:
        given.wrong("retention", str(error))
        return Fraction(0)


@transaction.atomic
def ask_funding(
    *, by: User, at: dt.datetime, today: dt.date, contract: Contract, lines: Sequence[Line], key: str = ""
) -> Contract:
    """Ask for money for a contract that stands, within what is signed; a second person confirms it (``decide_change``)."""
    asked = {
        "act": "commit", "contract": contract.uid,
        "lines": [(line.fund.uid, str(line.amount), line.item, line.item_class, line.reason) for line in lines],
    }  # fmt: skip
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Contract.objects.get(uid=earlier)
    contract = lock_contract(contract)
    target = project_or_refused(contract.project_uid)
    keeper(by, target.county)
    if not lines:
        raise Invalid("请至少填写一项资金", errors={"lines": ["不能为空"]})
    _ask(by=by, at=at, today=today, contract=contract, project=target, lines=lines)
    settle(request, contract.uid)
    return Contract.objects.get(pk=contract.pk)


def _ask(
    *, by: User, at: dt.datetime, today: dt.date, contract: Contract, project: Project, lines: Sequence[Line]
) -> None:
    """Keep the lines for the second person; what could not be promised now is refused at once."""
    none_waits(contract)
    promises = weigh(contract=contract, project=project, lines=lines, today=today)
    change = ContractChange.objects.create(
        contract=contract, kind="funding", amount=sum((each.value for each in promises), Decimal(0)), signed_on=contract.signed_on,
        entered_by=by, created_at=at, updated_at=at,
    )  # fmt: skip
    ContractChangeLine.objects.bulk_create(
        ContractChangeLine(
            change=change, fund=each.fund, amount=each.value, item=each.work.item, item_class=each.work.item_class, reason=each.work.reason,
        )
        for each in promises
    )  # fmt: skip
    touch(contract, at)
    record(by=by, at=at, action="contract.ask", subject=contract, data={"change": str(change.uid)})
    ask_for_check(change, at)


def none_waits(contract: Contract) -> None:
    """Raises Refused where money of the (locked) contract waits for its second person."""
    waits = contract.changes.filter(confirmed_by__isnull=True, refused_by__isnull=True).first()
    if waits is not None:
        raise Refused(f"已有一份{waits.get_kind_display()}等待复核，请先办结", code="change_waits")


def ask_for_check(change: ContractChange, at: dt.datetime) -> None:
    """Finance is told that something waits."""
    contract = change.contract
    body = finance_body(contract.county or contract.division)
    people = members(body, *HANDLERS) if body else []
    messages.tell(
        event=f"change:{change.uid}", recipients=[user for user in people if user.pk != change.entered_by_id],
        title=f"有一份{change.get_kind_display()}等待复核", text=f"{contract}，{change.amount:,.2f} 元", subject=contract, at=at,
        link=f"/staff/money/contracts/{contract.uid}/",
    )  # fmt: skip


@dataclass(frozen=True)
class Promise:
    """What a fund can promise: in yuan, for which work."""

    fund: Fund
    value: Decimal
    work: Work


def weigh(*, contract: Contract, project: Project, lines: Sequence[Line], today: dt.date) -> list[Promise]:
    """Each line: of this project, for works that its fund may pay for, within what is allotted and not yet promised. Locks the funds."""
    given = Input()
    values = [given.amount(line.amount, f"lines[{n}].amount") for n, line in enumerate(lines)]
    items = [given.text(line.item, f"lines[{n}].item", 120) for n, line in enumerate(lines)]
    reasons = [given.text(line.reason, f"lines[{n}].reason", 200, blank=True) for n, line in enumerate(lines)]
    for n, line in enumerate(lines):
        if line.fund.project_uid != contract.project_uid:
            given.wrong(f"lines[{n}].fund", "这是另一个项目的专账，资金不得跨项目使用")
        if line.item_class not in ("", *CLASS_KEYS.values()):
            given.wrong(f"lines[{n}].item_class", "只能是 basic、improved、upgraded")
    if len({line.fund.pk for line in lines}) < len(lines):
        given.wrong("lines", "同一专账只能写一行")
    given.done("资金没有落实：有字段需要更正")
    layers, funds = layers_of(project.division), lock_funds(line.fund.pk for line in lines)
    total = sum(values, Decimal(0))
    if contract.committed + total > contract.total:
        over = contract.committed + total - contract.total
        raise Refused(
            f"落实的资金超出合同金额 {over:,.2f} 元",
            errors={"lines": [f"超出合同金额 {over:,.2f} 元"]},
            code="beyond_contract",
        )
    found = []
    for line, value, item, reason in sorted(
        zip(lines, values, items, reasons, strict=True), key=lambda row: row[0].fund.pk
    ):
        fund = funds[line.fund.pk]
        work = work_of(layers, item=item, item_class=line.item_class, reason=reason)
        use = usable(project, fund, work=work, layers=layers, day=today)
        if not use.allowed:
            raise RuleRefused(f"“{fund.source.name}”不能用于“{item}”", reasons=use.reasons)
        found.append(_within(contract, Promise(fund, value, work)))
    return found


def _within(contract: Contract, asked: Promise) -> Promise:
    """What the purse still has free, for the item that it pays of this contract already. Raises Refused."""
    fund = asked.fund
    open_purse(fund)
    free = balances(fund)["free"]
    if asked.value > free:
        raise Refused(
            f"“{fund.source.name}”专账未签约的计划资金 {free:,.2f} 元，还差 {asked.value - free:,.2f} 元",
            errors={"lines": [f"“{fund.source.name}”还差 {asked.value - free:,.2f} 元"]}, code="overdrawn",
        )  # fmt: skip
    made = Commitment.objects.filter(contract=contract, fund=fund).first()
    if made is not None and made.item != asked.work.item:
        raise Refused(f"“{fund.source.name}”在本合同中已用于“{made.item}”，请写同一内容", code="other_item")
    return asked


def promise(*, at: dt.datetime, today: dt.date, change: ContractChange, contract: Contract, project: Project) -> None:
    """The purses promise what a confirmed change says, by its two persons; weighed once more under the locks."""
    lines = [
        Line(line.fund, f"{line.amount:.2f}", line.item, line.item_class, line.reason)
        for line in change.lines.select_related("fund")
    ]
    for each in weigh(contract=contract, project=project, lines=lines, today=today):
        made, _ = Commitment.objects.get_or_create(
            contract=contract, fund=each.fund,
            defaults={
                "project_uid": contract.project_uid, "item": each.work.item, "item_class": each.work.item_class,
                "item_reason": each.work.reason,
            },
        )  # fmt: skip
        entry = draft(
            by=change.entered_by, at=at, fund=each.fund, kind="commitment", moves={"free": each.value, "committed": -each.value},
            amount=each.value, day=contract.signed_on, words=f"{contract}：{each.work.item}", commitment=made,
        )  # fmt: skip
        assert change.confirmed_by is not None
        post(entry, by=change.confirmed_by, at=at)
        record(
            by=change.confirmed_by, at=at, action="contract.commit", subject=contract, data={"entry": str(entry.uid)}
        )


@transaction.atomic
def enter_payee(
    *, by: User, at: dt.datetime, contract: Contract, holder: str, bank: str, number: str, reason: str = ""
) -> PayeeAccount:
    """Enter where the payee is paid, or a change of it with its reason. It counts when another person has confirmed it."""
    contract = lock_contract(contract)
    body = keeper(by, contract.county or contract.division)
    given = Input()
    first = not contract.payees.filter(confirmed_by__isnull=False).exists()
    values = {
        "holder": given.text(holder, "holder", 120), "bank": given.text(bank, "bank", 120), "number": given.text(number, "number", 40),
        "reason": given.text(reason, "reason", 300, blank=first),
    }  # fmt: skip
    if values["holder"] and values["holder"] != contract.party:
        given.wrong("holder", f"户名应与收款单位“{contract.party}”一致")
    if not values["number"].replace(" ", "").replace("-", "").isascii() or not any(
        c.isdigit() for c in values["number"]
    ):
        given.wrong("number", "账号应为数字")
    given.done("收款账户没有保存：有字段需要更正")
    if contract.payees.filter(confirmed_by__isnull=True, refused_by__isnull=True).exists():
        raise Refused("已有一个账户变更等待复核，请先办结", code="payee_waits")
    row = PayeeAccount.objects.create(**values, contract=contract, entered_by=by, created_at=at, updated_at=at)
    touch(contract, at)
    record(
        by=by,
        at=at,
        action="payee.enter",
        subject=contract,
        body=body,
        data={"payee": str(row.uid), "hash": salted(number)},
    )
    return row


@transaction.atomic
def decide_payee(*, by: User, at: dt.datetime, payee: PayeeAccount, accept: bool) -> PayeeAccount:
    """A second person holds the account against the paper, and confirms or refuses it."""
    contract = lock_contract(payee.contract)
    body = either(by, contract.county or contract.division)
    payee = PayeeAccount.objects.get(pk=payee.pk)
    if payee.confirmed_by_id is not None or payee.refused_by_id is not None:
        raise Refused("这个账户已经复核过了", code="already_confirmed")
    if payee.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的收款账户，请由另一人复核", code="own_entry")
    if accept:
        payee.confirmed_by, payee.confirmed_at = by, at
    else:
        payee.refused_by = by
    payee.version, payee.updated_at = payee.version + 1, at
    payee.save()
    touch(contract, at)
    action = "payee.confirm" if accept else "payee.refuse"
    record(by=by, at=at, action=action, subject=contract, body=body, data={"payee": str(payee.uid)})
    return payee


def touch(contract: Contract, at: dt.datetime) -> None:
    """The contract has changed."""
    Contract.objects.filter(pk=contract.pk).update(version=contract.version + 1, updated_at=at)
