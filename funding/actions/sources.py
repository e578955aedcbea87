"""Sources, what they give to a project, what comes in, and what is given in kind."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from funding.actions.book import draft, open_accounts, post, settled
from funding.actions.common import Input, claim, lock_funds, project_or_refused, settle
from funding.models import Allotment, Fund, FundingSource, Gift, JournalEntry, Settlement
from funding.permissions import either, finance
from funding.rules.ringfence import CLASS_KEYS
from funding.rules.shares import SOURCE_LABELS
from offices.history import record
from offices.models import Division, User
from policies.refusal import Forbidden, Invalid, Refused

BUDGETS = ("central", "provincial", "city", "county")  # kinds that name their own level
MAY_NAME_LEVEL = (*BUDGETS, "special_bond", "housing_sale_revenue")


@transaction.atomic
def register_source(
    *, by: User, at: dt.datetime, today: dt.date, division: Division, kind: str, name: str, amount: object, issued_on: dt.date,
    year: int, purpose: str, document_number: str = "", level: str = "", channel: str = "", classes: Sequence[str] = (),
    items: Sequence[str] = (), return_order: int | None = None, key: str = "",
) -> FundingSource:  # fmt: skip
    """Enter money that was promised. It can be allotted once another person has confirmed it. Raises Invalid naming each field."""
    body = either(by, division)
    given = Input()
    value = given.amount(amount, "amount")
    if kind not in SOURCE_LABELS:
        given.wrong("kind", "没有这种资金类别")
    level = kind if kind in BUDGETS else level
    if level not in ("", *BUDGETS) or (level and kind not in MAY_NAME_LEVEL):
        given.wrong("level", "这类资金没有财政级次")
    if set(classes) - set(CLASS_KEYS.values()):
        given.wrong("classes", "只能是 basic、improved、upgraded")
    if kind in BUDGETS and not document_number.strip():
        given.wrong("document_number", "财政资金要写下达文号")
    if not 2015 <= year <= today.year + 2:
        given.wrong("year", f"应在 2015 至 {today.year + 2} 之间")
    if return_order is not None and not 1 <= return_order <= 99:
        given.wrong("return_order", "应在 1 至 99 之间，1 最先退回")
    given.past(issued_on, "issued_on", today)
    values: dict[str, Any] = {
        "name": given.text(name, "name", 120), "purpose": given.text(purpose, "purpose", 200),
        "document_number": given.text(document_number, "document_number", 60, blank=True),
        "channel": given.text(channel, "channel", 40, blank=True),
        "items": [given.text(item, "items", 60) for item in items][:30],
    }  # fmt: skip
    given.done("资金来源没有登记：有字段需要更正")
    values |= {
        "kind": kind,
        "level": level,
        "amount": value,
        "issued_on": issued_on,
        "year": year,
        "classes": sorted(set(classes)),
        "return_order": return_order,
    }
    request, earlier = claim(by=by, at=at, key=key, asked={"act": "source", "division": division.uid, **values})
    if earlier:
        return FundingSource.objects.get(uid=earlier)
    source = FundingSource(**values, registered_by=by, created_at=at, updated_at=at)
    source.place_in(division)
    source.save()
    record(by=by, at=at, action="source.register", subject=source, body=body, data={"kind": kind})
    settle(request, source.uid)
    return source


@transaction.atomic
def confirm_source(*, by: User, at: dt.datetime, source: FundingSource) -> FundingSource:
    """A second person has held the entry against the document."""
    source = FundingSource.objects.select_for_update(of=("self",)).select_related("division").get(pk=source.pk)
    body = either(by, source.division)
    if source.registered_by_id == by.pk:
        raise Forbidden("登记人不能复核自己登记的资金来源，请由另一人复核", code="own_entry")
    if source.confirmed_by_id is not None:
        raise Refused(f"已由{source.confirmed_by}复核", code="already_confirmed")
    if source.withdrawn_at is not None:
        raise Refused("这笔资金的登记已撤回", code="source_withdrawn")
    source.confirmed_by, source.confirmed_at = by, at
    source.version, source.updated_at = source.version + 1, at
    source.save()
    record(by=by, at=at, action="source.confirm", subject=source, body=body)
    return source


@transaction.atomic
def withdraw_source(*, by: User, at: dt.datetime, source: FundingSource) -> FundingSource:
    """An entry that was wrong and that nobody has confirmed: it stays on record and counts nowhere. Raises Refused, Forbidden."""
    source = FundingSource.objects.select_for_update(of=("self",)).select_related("division").get(pk=source.pk)
    body = either(by, source.division)
    if source.confirmed_by_id is not None or source.withdrawn_at is not None:
        raise Refused("只有还没有复核的资金登记可以撤回", code="already_confirmed")
    source.withdrawn_at = at
    source.version, source.updated_at = source.version + 1, at
    source.save()
    record(by=by, at=at, action="source.withdraw", subject=source, body=body)
    return source


@transaction.atomic
def allot(
    *, by: User, at: dt.datetime, today: dt.date, source: FundingSource, project: Any, amount: object, day: dt.date,
    document_number: str = "", note: str = "", key: str = "",
) -> JournalEntry:  # fmt: skip
    """Give money of a source to a project, by its uid (JX-13: never to a pool). Never more than was appropriated (LZ-19)."""
    target = project_or_refused(project)
    given = Input()
    value = given.amount(amount, "amount")
    given.past(day, "day", today)
    number, note = (
        given.text(document_number, "document_number", 60, blank=True),
        given.text(note, "note", 200, blank=True),
    )
    given.done("没有分配：有字段需要更正")
    asked = {"act": "allot", "source": source.uid, "project": target.uid, "amount": value, "day": day, "number": number}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return JournalEntry.objects.get(uid=earlier)
    source = FundingSource.objects.select_for_update(of=("self",)).select_related("division").get(pk=source.pk)
    body = finance(by, source.division)
    if getattr(target.division, source.division.column) != source.division_id:
        raise Invalid("项目不在资金的辖区内", errors={"project": [f"“{target.name}”不在{source.division}辖区内"]})
    if source.confirmed_by_id is None:
        raise Refused("资金来源还没有第二人复核，不能分配", code="not_confirmed")
    left = source.amount - source.allotted
    if value > left:
        raise Refused(
            f"“{source.name}”下达 {source.amount:,.2f} 元，已分配 {source.allotted:,.2f} 元，还可分配 {left:,.2f} 元",
            errors={"amount": [f"超出可分配金额 {value - left:,.2f} 元"]}, code="beyond_appropriation",
        )  # fmt: skip
    fund = _fund(source, target, at)
    entry = draft(
        by=by, at=at, fund=fund, kind="allotment", moves={"expected": value, "free": -value}, amount=value, day=day,
        words=f"{source.name}分配到{target.name}", request=request,
    )  # fmt: skip
    post(entry, by=by, at=at)
    Allotment.objects.create(source=source, fund=fund, entry=entry, document_number=number, note=note)
    FundingSource.objects.filter(pk=source.pk).update(version=source.version + 1, updated_at=at)
    record(by=by, at=at, action="source.allot", subject=fund, body=body, data={"entry": str(entry.uid)})
    settle(request, entry.uid)
    return entry


def _fund(source: FundingSource, target: Any, at: dt.datetime) -> Fund:
    """The fund of a source and a project, opened at the first allotment (the caller holds the source's lock)."""
    fund = Fund.objects.filter(source=source, project_uid=target.uid).select_for_update(of=("self",)).first()
    if fund is None:
        if Settlement.objects.filter(project_uid=target.uid, state="closed").exists():
            raise settled(target.name)
        fund = Fund(source=source, project_uid=target.uid, project_name=target.name[:120], created_at=at, updated_at=at)
        fund.place_in(target.division)
        fund.save()
        open_accounts(fund)
    return fund


@transaction.atomic
def receive(
    *, by: User, at: dt.datetime, today: dt.date, fund: Fund, amount: object, day: dt.date, voucher: str, words: str = "",
    key: str = "",
) -> JournalEntry:  # fmt: skip
    """Money came in for a fund: never more than was allotted to it (allot the rest first)."""
    given = Input()
    value = given.amount(amount, "amount")
    given.past(day, "day", today)
    number, text = given.text(voucher, "voucher", 60), given.text(words, "words", 200, blank=True)
    given.done("到位没有登记：有字段需要更正")
    asked = {"act": "receive", "fund": fund.uid, "amount": value, "day": day, "voucher": number}
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return JournalEntry.objects.get(uid=earlier)
    fund = lock_funds([fund.pk])[fund.pk]
    body = finance(by, fund.county or fund.division)
    if fund.apportionments.filter(confirmed_by__isnull=False, withdrawn_at__isnull=True).exists():
        raise Refused("本专账按户归集：请在“居民分摊”中逐户登记收款，复核后自动入账", code="collected_by_home")
    entry = draft(
        by=by, at=at, fund=fund, kind="receipt", moves={"cash": value, "expected": -value}, amount=value, day=day,
        words=text or f"{fund.source.name}到位", voucher=number, request=request,
    )  # fmt: skip
    post(entry, by=by, at=at)
    record(by=by, at=at, action="fund.receive", subject=fund, body=body, data={"entry": str(entry.uid)})
    settle(request, entry.uid)
    return entry


@transaction.atomic
def record_gift(
    *, by: User, at: dt.datetime, today: dt.date, project: Any, kind: str, words: str, basis: str, value: object, given_on: dt.date,
) -> Gift:  # fmt: skip
    """捐物、投工投劳, valued: it stands beside the money and in no account (RC-23)."""
    target = project_or_refused(project)
    body = either(by, target.county)
    given = Input()
    amount = given.amount(value, "value")
    given.past(given_on, "given_on", today)
    if kind not in Gift.Kind.values:
        given.wrong("kind", "只能是捐物或投工投劳")
    what, why = given.text(words, "words", 200), given.text(basis, "basis", 200)
    given.done("没有登记：有字段需要更正")
    gift = Gift(
        project_uid=target.uid, project_name=target.name[:120], kind=kind, words=what, basis=why, value=amount, given_on=given_on,
        recorded_by=by, created_at=at, updated_at=at,
    )  # fmt: skip
    gift.place_in(target.division)
    gift.save()
    record(by=by, at=at, action="gift.record", subject=gift, body=body, data={"kind": kind})
    return gift


@transaction.atomic
def confirm_gift(*, by: User, at: dt.datetime, gift: Gift) -> Gift:
    """A second person has checked what was given and how it was valued."""
    gift = Gift.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=gift.pk)
    body = either(by, gift.county or gift.division)
    if gift.recorded_by_id == by.pk:
        raise Forbidden("登记人不能复核自己登记的折价，请由另一人复核", code="own_entry")
    if gift.confirmed_by_id is not None:
        raise Refused(f"已由{gift.confirmed_by}复核", code="already_confirmed")
    gift.confirmed_by, gift.confirmed_at = by, at
    gift.version, gift.updated_at = gift.version + 1, at
    gift.save()
    record(by=by, at=at, action="gift.confirm", subject=gift, body=body)
    return gift
