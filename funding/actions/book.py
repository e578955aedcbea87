"""Drafting and posting entries. The database holds the rules (``funding.guards``); here they are said in words first."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from funding.models import Account, Fund, JournalEntry, Leg
from funding.models.ledger import CREDIT, DEBIT
from offices.models import User
from policies.refusal import Refused

Moves = Mapping[str, Decimal]


def open_accounts(fund: Fund) -> None:
    """The chart of a new fund."""
    Account.objects.bulk_create(
        Account(fund=fund, kind=kind, side=side, balance=0)
        for kinds, side in ((DEBIT, 1), (CREDIT, -1))
        for kind in kinds
    )


def balances(fund: Fund) -> dict[str, Decimal]:
    """Balance of each account of a fund."""
    return dict(Account.objects.filter(fund=fund).values_list("kind", "balance"))


def draft(
    *,
    by: User,
    at: dt.datetime,
    fund: Fund,
    kind: str,
    moves: Moves,
    amount: Decimal,
    day: dt.date,
    words: str,
    **more: Any,
) -> JournalEntry:
    """A draft with its legs (``moves``: account kind to signed yuan, debit above zero; zeros are left out).

    Raises Refused for a closed purse: nothing but the retention leaves it.
    """
    if not (kind == "payment" and more["part"].payment.kind == "retention"):
        open_purse(fund)
    entry = JournalEntry.objects.create(
        fund=fund, kind=kind, concerns=more.pop("concerns", kind), amount=amount, day=day, words=words[:200], drafted_by=by,
        created_at=at, updated_at=at, **more,
    )  # fmt: skip
    accounts = dict(Account.objects.filter(fund=fund, kind__in=moves).values_list("kind", "pk"))
    Leg.objects.bulk_create(
        Leg(entry=entry, account_id=accounts[kind], fund=fund, amount=value) for kind, value in moves.items() if value
    )
    return entry


def open_purse(fund: Fund) -> None:
    """Raises Refused where the purse was closed with its project's settlement."""
    if fund.settlement_id is not None:
        raise settled(fund.project_name)


def settled(name: str) -> Refused:
    """The refusal of whatever would move the money of a settled project."""
    return Refused(f"“{name}”已结清关账，只能返还质保金；确需更正的，先由两人办理重新开账", code="settled")


def post(entry: JournalEntry, *, by: User, at: dt.datetime) -> JournalEntry:
    """Post a draft whose fund the caller has locked. Raises Refused naming the account that would fall below zero."""
    overdrawn = shortage(entry)
    if overdrawn:
        raise Refused(f"不能入账：{overdrawn}", code="overdrawn")
    entry.state, entry.posted_by, entry.posted_at = JournalEntry.State.POSTED, by, at
    entry.version, entry.updated_at = entry.version + 1, at
    try:
        with transaction.atomic():
            entry.save(update_fields=("state", "posted_by", "posted_at", "version", "updated_at"))
    except IntegrityError as error:  # the database saw what we did not: it is right
        raise Refused("账务关系不成立，没有入账；请刷新后核对各科目余额", code="overdrawn") from error
    Fund.objects.filter(pk=entry.fund_id).update(updated_at=at, version=entry.fund.version + 1)
    return entry


def shortage(entry: JournalEntry) -> str:
    """The first account that posting would overdraw, in words; empty where none."""
    for leg in Leg.objects.filter(entry=entry).select_related("account").order_by("pk"):
        after = leg.account.balance + leg.account.side * leg.amount
        if after < 0:
            return f"“{leg.account.get_kind_display()}”余额 {leg.account.balance:,.2f} 元，还差 {-after:,.2f} 元"
    return ""
