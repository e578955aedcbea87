"""Reads of public money: every figure is a sum of balances, and every balance is a sum of posted legs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet, Sum

from funding.models import (
    Account,
    Commitment,
    Contract,
    ContractChange,
    ContractChangeLine,
    Fund,
    FundingSource,
    Gift,
    JournalEntry,
    Leg,
    Payment,
    PaymentPart,
    PaymentTerm,
    Settlement,
    SettlementItem,
)
from funding.permissions import finance_body
from funding.rules.papers import paid_of
from funding.rules.ringfence import CLASS_LABELS
from offices.models import Division, User

ZERO = Decimal("0.00")
FISCAL = ("central", "provincial", "city", "county")


@dataclass
class Sums:
    """计划, 到位, 拨付, 支出 of one or several funds, in yuan."""

    balances: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def planned(self) -> Decimal:
        """计划: what was allotted."""
        return self.balances["expected"] + self.balances["cash"] + self.balances["paid"]

    @property
    def received(self) -> Decimal:
        """到位."""
        return self.balances["cash"] + self.balances["paid"]

    @property
    def paid(self) -> Decimal:
        """拨付: what has left the treasury, refunds taken off."""
        return self.balances["paid"]

    @property
    def spent(self) -> Decimal:
        """支出: works that were accepted for payment, retention included."""
        return self.balances["spent"] + self.balances["retained"]

    @property
    def held(self) -> Decimal:
        """质保金 held back."""
        return self.balances["retained"]

    @property
    def cash(self) -> Decimal:
        """Came in and not yet paid out."""
        return self.balances["cash"]

    @property
    def free(self) -> Decimal:
        """Allotted and promised to no contract."""
        return self.balances["free"]

    @property
    def committed(self) -> Decimal:
        """Promised to contracts and not yet due."""
        return self.balances["committed"]

    @property
    def signed(self) -> Decimal:
        """已签约: promised to contracts, whether due already or not."""
        return self.balances["committed"] + self.spent

    def add(self, other: "Sums") -> None:
        """Sum up."""
        for kind, value in other.balances.items():
            self.balances[kind] += value


def sums_by(funds: QuerySet[Fund], key: str = "pk") -> dict[Any, Sums]:
    """Sums of funds by a field of the fund (``pk``, ``source_id``, ``project_uid``); one query."""
    found: dict[Any, Sums] = defaultdict(Sums)
    rows = (
        Account.objects.filter(fund__in=funds).order_by().values_list(f"fund__{key}", "kind").annotate(Sum("balance"))
    )
    for owner, kind, value in rows:
        found[owner].balances[kind] = value
    return found


def total(rows: Iterable[Sums]) -> Sums:
    """All together."""
    result = Sums()
    for row in rows:
        result.add(row)
    return result


def sources(
    user: User, *, division: Division | None, year: int | None = None, kind: str = ""
) -> QuerySet[FundingSource]:
    """Sources in scope, of a division and below."""
    rows = FundingSource.objects.visible_to(user).select_related("division", "registered_by", "confirmed_by")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if year:
        rows = rows.filter(year=year)
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True)
class Ledger:
    """The books of one project: its funds with their sums, what fiscal money paid outside the basic class, contracts and gifts."""

    funds: list[tuple[Fund, Sums]]
    total: Sums
    outside: list[tuple[Commitment, Decimal, str]]
    contracts: list[Contract]
    gifts: list[Gift]
    gift_value: Decimal


def ledger(user: User, project: UUID) -> Ledger:
    """The books of a project, in a bounded number of queries."""
    rows = list(Fund.objects.visible_to(user).filter(project_uid=project).select_related("source").order_by("pk"))
    sums = sums_by(Fund.objects.filter(pk__in=[row.pk for row in rows]))
    funds = [(row, sums[row.pk]) for row in rows]
    commitments = Commitment.objects.filter(fund__in=rows, fund__source__kind__in=FISCAL, amount__gt=0).exclude(
        item_class="basic"
    )
    contracts = (
        Contract.objects.visible_to(user)
        .filter(project_uid=project)
        .prefetch_related(Prefetch("commitments", queryset=Commitment.objects.select_related("fund__source")))
    )
    gifts = list(
        Gift.objects.visible_to(user).filter(project_uid=project).select_related("recorded_by", "confirmed_by")
    )
    return Ledger(
        funds=funds, total=total(value for _, value in funds),
        outside=[
            (row, row.amount - row.unspent, CLASS_LABELS.get(row.item_class, row.item_class))
            for row in commitments.select_related("fund__source", "contract").order_by("pk")
        ],
        contracts=list(contracts), gifts=gifts,
        gift_value=sum((gift.value for gift in gifts if gift.confirmed_by_id), ZERO),
    )  # fmt: skip


def entries(fund: Fund) -> QuerySet[JournalEntry]:
    """Entries of a fund, newest first."""
    return fund.entries.select_related(
        "drafted_by", "posted_by", "reverses", "commitment__contract", "part__payment"
    ).order_by("-pk")


def legs(entry: JournalEntry) -> list[Leg]:
    """Legs of an entry with their accounts."""
    return list(entry.legs.select_related("account").order_by("pk"))


def funds_in(user: User, division: Division | None) -> QuerySet[Fund]:
    """Purses that the user sees, of a division and below."""
    funds = Fund.objects.visible_to(user)
    return funds if division is None else funds.filter(**{division.column: division.pk})


def funded_projects(funds: QuerySet[Fund]) -> QuerySet[Any, Any]:
    """uids of the projects of purses, in the order in which they got their first one."""
    return (
        funds.order_by()
        .values("project_uid")
        .annotate(first=Min("pk"))
        .order_by("first")
        .values_list("project_uid", flat=True)
    )


def sums_of_projects(funds: QuerySet[Fund], projects: Iterable[UUID]) -> list[dict[str, Any]]:
    """uid, name and sums of some projects, over some purses (two queries)."""
    listed = list(projects)
    own = funds.filter(project_uid__in=listed)
    names, sums = dict(own.order_by("pk").values_list("project_uid", "project_name")), sums_by(own, "project_uid")
    return [{"uid": uid, "name": names[uid], "sums": sums[uid]} for uid in listed]


def sum_of(funds: QuerySet[Fund]) -> Sums:
    """Purses together (one query)."""
    rows = Account.objects.filter(fund__in=funds).order_by().values_list("kind").annotate(Sum("balance"))
    return Sums(defaultdict(lambda: ZERO, rows))


def desk(user: User, *, state: str) -> QuerySet[Payment]:
    """Requests in a state that the user sees, oldest first while they wait."""
    rows = Payment.objects.visible_to(user).filter(state=state)
    rows = rows.select_related("contract__county", "contract__division", "requested_by", "checked_by", "released_by")
    parts = PaymentPart.objects.select_related("commitment__fund__source").order_by("commitment__fund_id")
    order = "pk" if state in ("requested", "checked") else "-pk"
    return rows.prefetch_related(Prefetch("parts", queryset=parts)).order_by(order)


def waiting(user: User) -> dict[str, int]:
    """How many requests wait for a check and for a release."""
    states = Payment.objects.visible_to(user).filter(state__in=("requested", "checked")).order_by()
    return {"requested": 0, "checked": 0} | dict(states.values_list("state").annotate(Count("pk")))


def drafts(user: User) -> QuerySet[JournalEntry]:
    """Reversals and refunds that wait for a second person."""
    rows = JournalEntry.objects.visible_to(user).filter(state="draft", kind__in=("reversal", "refund"))
    return rows.select_related("fund__source", "drafted_by").order_by("pk")


def usable_funds(project: UUID) -> list[Fund]:
    """Funds of a project for the lines of a contract."""
    return list(Fund.objects.filter(project_uid=project).filter(~Q(allotted=0)).select_related("source").order_by("pk"))


def finance_name(division: Division) -> str:
    """Who checks and releases, for the words of a page."""
    return str(finance_body(division) or f"{division.name}财政部门")


@dataclass(frozen=True)
class SettlementPage:
    """A settlement with its items, what was cut and what went back, and the earlier ones."""

    row: Settlement | None
    items: list[SettlementItem]
    moves: list[JournalEntry]
    earlier: list[Settlement]

    @property
    def planned(self) -> Decimal:
        """Of all items."""
        return sum((item.planned for item in self.items), ZERO)

    @property
    def over(self) -> Decimal:
        """Over-runs of all items that have one."""
        return sum((max(item.difference, ZERO) for item in self.items), ZERO)

    @property
    def saved(self) -> Decimal:
        """What the other items stayed below their plan."""
        return sum((item.saved for item in self.items), ZERO)

    @property
    def returned(self) -> Decimal:
        """What went back to the sources, as posted."""
        return sum((entry.amount for entry in self.moves if entry.kind == "return"), ZERO)


def settlement_page(user: User, project: UUID, row: Settlement | None = None) -> SettlementPage:
    """A settlement of a project (the last one where none is named) with everything around it; four queries."""
    rows = Settlement.objects.visible_to(user).filter(project_uid=project).order_by("-number")
    rows = rows.select_related(
        "division", "county", "file", "entered_by", "confirmed_by", "returned_by", "closed_by", "reopen_asked_by", "reopened_by"
    )  # fmt: skip
    found = list(rows)
    if row is not None:
        found = [row, *(each for each in found if each.pk != row.pk)]
    if not found:
        return SettlementPage(None, [], [], [])
    moves = JournalEntry.objects.filter(fund__project_uid=project, kind__in=("cut", "return"), state="posted")
    begun, ended = found[0].confirmed_at, found[0].reopened_at
    moves = moves.filter(posted_at__gte=begun) if begun else moves.none()
    moves = moves.filter(posted_at__lte=ended) if ended else moves
    return SettlementPage(
        row=found[0], items=list(found[0].items.all()), moves=list(moves.select_related("fund__source").order_by("pk")),
        earlier=found[1:],
    )  # fmt: skip


@dataclass(frozen=True)
class TermRow:
    """An agreed payment with what of it is paid; ``late``: its day is over and something is missing."""

    row: PaymentTerm
    paid: Decimal
    late: bool

    @property
    def left(self) -> Decimal:
        """Not yet paid."""
        return self.row.amount - self.paid


def terms(contract: Contract, today: dt.date) -> list[TermRow]:
    """The agreed payments that count, filled in their order by what was released (retention held counts as paid)."""
    rows = list(contract.terms.select_related("by").order_by("plan", "number"))
    rows = [row for row in rows if row.plan == rows[-1].plan]
    spent = contract.commitments.aggregate(a=Sum("amount"), u=Sum("unspent"))
    parts = paid_of([int(row.amount * 100) for row in rows], int(((spent["a"] or ZERO) - (spent["u"] or ZERO)) * 100))
    return [
        TermRow(row, Decimal(part).scaleb(-2), bool(row.due_on and row.due_on < today and part < row.amount * 100))
        for row, part in zip(rows, parts, strict=True)
    ]


def changes(contract: Contract) -> list[ContractChange]:
    """Supplements of a contract with their lines, newest first."""
    rows = contract.changes.select_related("entered_by", "confirmed_by", "refused_by", "file").order_by("-pk")
    return list(
        rows.prefetch_related(Prefetch("lines", queryset=ContractChangeLine.objects.select_related("fund__source")))
    )
