"""The settlement of a project: entered by one, confirmed by another, closed once all is paid, reopened by two persons.

Confirming cuts what was promised beyond the review; closing gives back what is left and shuts the purses (``funding.settlement_guards``).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from funding.actions.book import balances, draft, post
from funding.actions.common import Input, claim, lock_funds, project_or_refused, settle
from funding.models import Commitment, Contract, Fund, FundingSource, JournalEntry, Payment, Settlement, SettlementItem
from funding.permissions import DECIDERS, either, finance
from funding.queries import sums_by
from funding.rules.closing import Promise, brought, cut, give_back
from funding.rules.money import NotExact, entered, share_entered
from funding.rules.settlement import Settlement as Answer
from funding.rules.settlement import settlement as settlement_rule
from funding.rules.shares import SOURCE_LABELS
from funding.subjects import Project, projects
from offices.files import store
from offices.history import record
from offices.models import StoredFile, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Reason, Refused, RuleRefused, Stale

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Reviewed:
    """What the review says of an item. ``reason`` and ``payer`` (a kind of source) are asked for an over-run only."""

    item: str
    amount: object
    paper: str
    reason: str = ""
    payer: str = ""


@dataclass(frozen=True)
class Figures:
    """What the ledger holds of a project: 分 by side, and per item what is planned and what is promised."""

    brought: Mapping[str, int]
    planned: Mapping[str, int]
    committed: Mapping[str, int]


def figures_of(project: Project, *, day: dt.date) -> Figures:
    """The ledger as a settlement of this moment sees it; items are those that some contract promises money to."""
    funds = Fund.objects.filter(project_uid=project.uid)
    sums, kinds = sums_by(funds, "source__kind"), dict[str, int]()
    for kind, found in sums.items():
        kinds[kind] = _fen(found.received)
    committed: dict[str, int] = {}
    for item, amount in Commitment.objects.filter(project_uid=project.uid).order_by("pk").values_list("item", "amount"):
        committed[item] = committed.get(item, 0) + _fen(amount)
    scheme, planned = projects().scheme(project.uid, day), dict[str, int]()
    for row in scheme.items if scheme else ():
        planned[row.name] = planned.get(row.name, 0) + row.amount
    return Figures(
        brought=brought(kinds.items()),
        planned={item: planned.get(item, amount) for item, amount in committed.items()},
        committed=committed,
    )


def _fen(value: Decimal) -> int:
    return int(value * 100)


def _yuan(value: int) -> Decimal:
    return Decimal(value).scaleb(-2)


@transaction.atomic
def enter_settlement(
    *, by: User, at: dt.datetime, today: dt.date, project: Any, reviewer: str, report_number: str, reviewed_on: dt.date,
    items: Sequence[Reviewed], county_ratio: object = "", ratio_paper: str = "", upload: Any = None, key: str = "",
) -> Settlement:  # fmt: skip
    """Enter a reviewed settlement, item by item. Raises Invalid naming each field, RuleRefused with the clauses, Refused."""
    target = project_or_refused(project)
    body = either(by, target.county)
    given, layers = Input(), layers_of(target.division)
    texts = {
        "reviewer": given.text(reviewer, "reviewer", 120), "report_number": given.text(report_number, "report_number", 60),
        "ratio_paper": given.text(ratio_paper, "ratio_paper", 120, blank=True),
    }  # fmt: skip
    given.past(reviewed_on, "reviewed_on", today)
    figures = figures_of(target, day=today)
    rows = _rows(given, items, figures)
    ratio = _ratio(given, county_ratio, texts["ratio_paper"], asked=bool(layers.governing("settlement", reviewed_on)))
    given.done("结算没有登记：有字段需要更正")
    asked = {
        "act": "settlement", "project": target.uid, "reviewed_on": reviewed_on, "ratio": str(ratio), **texts,
        "items": [(row.item, row.reviewed, row.paper, row.reason, row.payer) for row in rows],
    }  # fmt: skip
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Settlement.objects.get(uid=earlier)
    _payers_allowed(target, rows, today)
    lock_funds(Fund.objects.filter(project_uid=target.uid).values_list("pk", flat=True))
    before = Settlement.objects.filter(project_uid=target.uid).order_by("-number").first()
    if before is not None and before.state in Settlement.LIVE:
        raise Refused(f"本项目已有结算（{before.get_state_display()}），先办结或重新开账", code="settlement_stands")
    total = sum((row.reviewed for row in rows), ZERO)
    answer = _answer(target, reviewed_on, total, figures, ratio)
    row = Settlement(
        project_uid=target.uid, project_name=target.name[:120], number=before.number + 1 if before else 1, reviewed_on=reviewed_on,
        total=total, upper_subsidies=_yuan(figures.brought["upper_subsidies"]), county_received=_yuan(figures.brought["county"]),
        other_contributions=_yuan(figures.brought["other_contributions"]), ratio_part=ratio.numerator if ratio is not None else None,
        ratio_whole=ratio.denominator if ratio is not None else None, rule=answer.rule or "", rulebook=layers.revision, entered_by=by,
        governments_part=None if answer.governments_part is None else _yuan(answer.governments_part),
        county_owes=None if answer.county_owes is None else _yuan(answer.county_owes), created_at=at, updated_at=at, **texts,
        file=_kept(upload, target, by, at),
    )  # fmt: skip
    row.place_in(target.division)
    row.save()
    for item in rows:
        item.settlement = row
    SettlementItem.objects.bulk_create(rows)
    record(
        by=by,
        at=at,
        action="settlement.enter",
        subject=row,
        body=body,
        data={"rule": row.rule, "rulebook": row.rulebook},
    )
    settle(request, row.uid)
    return row


def _kept(upload: Any, target: Project, by: User, at: dt.datetime) -> StoredFile | None:
    return store(upload=upload, division=target.division, by=by, at=at) if upload else None


def _rows(given: Input, items: Sequence[Reviewed], figures: Figures) -> list[SettlementItem]:
    """Each promised item once, with what an over-run asks for."""
    rows: list[SettlementItem] = []
    if not figures.committed:
        given.wrong("items", "本项目还没有签约的改造内容，不能结算")
    for n, line in enumerate(items):
        field = f"items[{n}]"
        if line.item not in figures.committed or any(row.item == line.item for row in rows):
            given.wrong(f"{field}.item", "不是本项目签约的内容，或重复填写")
            continue
        row = SettlementItem(
            item=line.item, planned=_yuan(figures.planned[line.item]), committed=_yuan(figures.committed[line.item]),
            reviewed=_amount(given, line.amount, f"{field}.amount"), paper=given.text(line.paper, f"{field}.paper", 120),
        )  # fmt: skip
        if row.difference > 0:
            row.reason = given.text(line.reason, f"{field}.reason", 300)
            row.payer = line.payer
            if line.payer not in SOURCE_LABELS:
                given.wrong(f"{field}.payer", f"超出计划 {row.difference:,.2f} 元，请选择由谁承担")
        rows.append(row)
    left = [item for item in figures.committed if all(row.item != item for row in rows)]
    if left:
        given.wrong("items", f"还没有填写：{'、'.join(left)}")
    elif rows and not any(row.reviewed for row in rows):
        given.wrong("items", "评审结算额合计应大于零")
    return rows


def _amount(given: Input, raw: object, field: str) -> Decimal:
    """Zero is an answer here: nothing was done of it."""
    try:
        return entered(raw)
    except NotExact as error:
        given.wrong(field, str(error))
        return ZERO


def _ratio(given: Input, raw: object, paper: str, *, asked: bool) -> Fraction | None:
    """The county's ratio, asked for where a document speaks; a ratio names its paper."""
    if not str(raw or "").strip():
        if asked:
            given.wrong("county_ratio", "本地文件规定剩余部分由县财政按照比例承担，请填写比例")
        return None
    if not paper:
        given.wrong("ratio_paper", "请写明比例的依据（文件没有写比例）")
    try:
        return share_entered(raw, whole=True)
    except NotExact as error:
        given.wrong("county_ratio", str(error))
        return None


def _payers_allowed(target: Project, rows: Sequence[SettlementItem], day: dt.date) -> None:
    """Who pays an over-run follows from the item as in the scheme (CZ-07)."""
    reasons: list[Reason] = []
    for row in rows:
        if row.payer:
            reasons += projects().payer_refused(target.uid, row.item, row.payer, day)
    if reasons:
        raise RuleRefused("超支的承担方不符合规定", reasons=tuple(reasons))


def _answer(target: Project, day: dt.date, total: Decimal, figures: Figures, ratio: Fraction | None) -> Answer:
    """RC-21 of these figures; 未作规定 where no document speaks."""
    return settlement_rule(
        layers_of(target.division), day=day, reviewed_settlement=_fen(total), upper_subsidies=figures.brought["upper_subsidies"],
        other_contributions=figures.brought["other_contributions"], county_ratio=ratio or Fraction(0),
    )  # fmt: skip


def _lock(settlement: Settlement) -> tuple[Settlement, Project, dict[int, Fund]]:
    """Sources, contracts, funds by id, then the settlement: the order of every writer of money."""
    target = project_or_refused(settlement.project_uid)
    funds = Fund.objects.filter(project_uid=target.uid)
    list(FundingSource.objects.filter(pk__in=funds.values("source")).select_for_update().order_by("pk"))
    list(Contract.objects.filter(project_uid=target.uid).select_for_update().order_by("pk"))
    locked = lock_funds(funds.values_list("pk", flat=True))
    return Settlement.objects.select_for_update().get(pk=settlement.pk), target, locked


def _in_state(row: Settlement, *states: str) -> None:
    if row.state not in states:
        raise Refused(f"这份结算{row.get_state_display()}，不能这样办理", code="settlement_state")


def _step(row: Settlement, state: str, at: dt.datetime, **said: Any) -> None:
    for name, value in said.items():
        setattr(row, name, value)
    row.state, row.version, row.updated_at = state, row.version + 1, at
    row.save()


@transaction.atomic
def attach_report(*, by: User, at: dt.datetime, settlement: Settlement, upload: Any) -> Settlement:
    """The review's report, where it was entered without."""
    row, target, _ = _lock(settlement)
    body = either(by, target.county)
    _in_state(row, "entered")
    if row.file_id is not None:
        raise Refused("评审报告已上传", code="settlement_state")
    row.file = _kept(upload, target, by, at)
    _step(row, row.state, at)
    record(by=by, at=at, action="settlement.file", subject=row, body=body)
    return row


@transaction.atomic
def confirm_settlement(*, by: User, at: dt.datetime, today: dt.date, settlement: Settlement) -> Settlement:
    """Finance has held it against the report. What was promised beyond the review is cut, so that only the review can be paid."""
    row, target, funds = _lock(settlement)
    body = finance(by, target.county)
    if row.entered_by_id == by.pk:
        raise Forbidden("登记人不能复核自己登记的结算，请由另一人复核", code="own_entry")
    _in_state(row, "entered")
    if row.file_id is None:
        raise Refused("还没有上传评审报告，不能复核", errors={"file": ["请先上传评审报告"]}, code="no_report")
    found = figures_of(target, day=today)
    now = (found.brought["upper_subsidies"], found.brought["other_contributions"], found.brought["county"])
    items = list(row.items.all())
    if now != tuple(
        map(_fen, (row.upper_subsidies, row.other_contributions, row.county_received))
    ) or found.committed != {item.item: _fen(item.committed) for item in items}:
        raise Stale("登记以后资金有变动，请退回后重新登记结算", code="stale")
    _step(row, Settlement.State.CONFIRMED, at, confirmed_by=by, confirmed_at=at)
    _cut(row, items, funds, by=by, at=at, today=today)
    projects().settled(target.uid, on=row.reviewed_on, at=at)
    record(by=by, at=at, action="settlement.confirm", subject=row, body=body)
    return row


def _cut(
    row: Settlement, items: Sequence[SettlementItem], funds: Mapping[int, Fund], *, by: User, at: dt.datetime, today: dt.date
) -> None:  # fmt: skip
    """Take what no review supports off the promises, in the sources' order, else in proportion (``rules.closing.cut``)."""
    promises: dict[str, list[Commitment]] = {}
    for promise in (
        Commitment.objects.filter(project_uid=row.project_uid).select_related("contract").order_by("fund_id", "pk")
    ):
        promises.setdefault(promise.item, []).append(promise)
    for item in items:
        rows = promises.get(item.item, [])
        saved = sum(_fen(p.amount) for p in rows) - _fen(item.reviewed)
        parts = cut(
            saved, [Promise(p.pk, _fen(p.amount), _fen(p.unspent), funds[p.fund_id].source.return_order) for p in rows]
        )
        for promise in rows:
            value = _yuan(parts[promise.pk])
            if value:
                entry = draft(
                    by=row.entered_by, at=at, fund=funds[promise.fund_id], kind="cut", amount=value, day=today, commitment=promise,
                    moves={"committed": value, "free": -value}, words=f"结算核减：{promise.contract}：{item.item}",
                )  # fmt: skip
                post(entry, by=by, at=at)


@transaction.atomic
def return_settlement(*, by: User, at: dt.datetime, settlement: Settlement, reason: str) -> Settlement:
    """It does not agree with the report: given back with the reason, to be entered anew."""
    row, target, _ = _lock(settlement)
    body = either(by, target.county)
    given = Input()
    why = given.text(reason, "reason", 300)
    given.done("请写明理由")
    _in_state(row, "entered")
    _step(row, Settlement.State.RETURNED, at, returned_by=by, return_reason=why)
    record(by=by, at=at, action="settlement.return", subject=row, body=body)
    return row


@transaction.atomic
def close_settlement(*, by: User, at: dt.datetime, today: dt.date, settlement: Settlement) -> Settlement:
    """All that the review found is paid or held: give the rest back and shut the purses. Raises Refused naming what is open."""
    row, target, funds = _lock(settlement)
    body = finance(by, target.county, roles=DECIDERS)
    if row.entered_by_id == by.pk:
        raise Forbidden("登记人不能自己关账，请由另一人办理", code="own_entry")
    _in_state(row, "confirmed")
    items = list(row.items.all())
    _all_paid(row, items)
    _cut(row, items, funds, by=by, at=at, today=today)  # what payees sent back since the confirmation
    for fund in funds.values():
        _give_back(row, fund, by=by, at=at, today=today)
    _step(row, Settlement.State.CLOSED, at, closed_by=by, closed_at=at)
    record(by=by, at=at, action="settlement.close", subject=row, body=body)
    return row


def _all_paid(row: Settlement, items: Sequence[SettlementItem]) -> None:
    waiting = Payment.objects.filter(contract__project_uid=row.project_uid, state__in=("requested", "checked")).count()
    drafts = JournalEntry.objects.filter(fund__project_uid=row.project_uid, state="draft").count()
    reasons = []
    if waiting or drafts:
        reasons.append(Reason(text=f"还有 {waiting} 笔拨付申请、{drafts} 笔分录在办", missing="请先办结"))
    spent: dict[str, Decimal] = {}
    for promise in Commitment.objects.filter(project_uid=row.project_uid):
        spent[promise.item] = spent.get(promise.item, ZERO) + promise.amount - promise.unspent
    for item in items:
        left = item.reviewed - spent.get(item.item, ZERO)
        text = f"“{item.item}”评审 {item.reviewed:,.2f} 元，已支出（含质保金）{spent.get(item.item, ZERO):,.2f} 元"
        if left:
            reasons.append(
                Reason(
                    text=text, missing=f"还有 {left:,.2f} 元没有支付" if left > 0 else f"多付 {-left:,.2f} 元，请先收回"
                )
            )
    if reasons:
        raise Refused("还不能关账", reasons=tuple(reasons), code="not_all_paid")


def _give_back(row: Settlement, fund: Fund, *, by: User, at: dt.datetime, today: dt.date) -> None:
    held = balances(fund)
    back = give_back(**{kind: _fen(held[kind]) for kind in ("expected", "cash", "free", "retained")})
    if back.lacking:
        text = f"“{fund.source.name}”专账还有 {_yuan(back.lacking)} 元没有到位，质保金或已完成的内容没有资金"
        raise Refused(text, code="not_all_paid")
    expected, cash = _yuan(back.expected), _yuan(back.cash)
    if expected or cash:
        entry = draft(
            by=row.entered_by, at=at, fund=fund, kind="return", amount=expected + cash, day=today,
            moves={"expected": -expected, "cash": -cash, "free": expected + cash},
            words=f"结余退回{fund.source.name}：未到位 {expected:,.2f} 元，已到位 {cash:,.2f} 元",
        )  # fmt: skip
        post(entry, by=by, at=at)


@transaction.atomic
def ask_reopening(*, by: User, at: dt.datetime, settlement: Settlement, reason: str, paper: str) -> Settlement:
    """Ask that a confirmed or closed settlement be opened again: an exception with its reason and paper; another person grants it."""
    row, target, _ = _lock(settlement)
    body = either(by, target.county)
    given = Input()
    why, by_what = given.text(reason, "reason", 300), given.text(paper, "paper", 120)
    given.done("请写明理由和依据")
    _in_state(row, "confirmed", "closed")
    _step(row, row.state, at, reopen_asked_by=by, reopen_reason=why, reopen_paper=by_what)
    record(by=by, at=at, action="settlement.ask_reopening", subject=row, body=body)
    return row


@transaction.atomic
def grant_reopening(*, by: User, at: dt.datetime, settlement: Settlement) -> Settlement:
    """A second person, who decides for finance, opens the purses again; a new settlement is to be entered."""
    row, target, _ = _lock(settlement)
    body = finance(by, target.county, roles=DECIDERS)
    _in_state(row, "confirmed", "closed")
    if row.reopen_asked_by_id is None:
        raise Refused("还没有人提出重新开账", code="settlement_state")
    if row.reopen_asked_by_id == by.pk:
        raise Forbidden("提出人不能自己同意重新开账，请由另一人办理", code="own_entry")
    _step(row, Settlement.State.REOPENED, at, reopened_by=by, reopened_at=at)
    record(by=by, at=at, action="settlement.reopen", subject=row, body=body)
    return row
