"""Money as everybody may read it: sums of the ledger by kind of source, without a name and without what points at a household."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from funding.models import Commitment, Contract, Fund, FundingPlan, Gift, JournalEntry
from funding.plans import newest
from funding.queries import ZERO, Sums, sums_by, total
from funding.rules.disclosure import (
    FISCAL,
    LABELS,
    ORDER,
    TOLD_AS,
    UNSIGNED,
    Drawing,
    Flow,
    documents,
    drawing,
    few_homes,
    is_firm,
    told,
)
from funding.rules.plans import STATES
from funding.rules.ringfence import CLASS_LABELS
from funding.rules.shares import SOURCE_LABELS
from offices.clock import day_of

OTHERS = "其他收款方（不公开名称）"


@dataclass(frozen=True)
class KindRow:
    """One kind of source: its sums and the documents that it came by."""

    kind: str
    label: str
    sums: Sums
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payee:
    """A firm under contract: how many contracts, for how much, how much was paid to it. Persons are one row without a name."""

    name: str
    contracts: int
    amount: Decimal
    paid: Decimal


@dataclass(frozen=True)
class PublicMoney:
    """The money of one published project. ``homes`` None: not known; ``withheld``: what residents pay is left out everywhere."""

    homes: int | None
    rows: tuple[KindRow, ...]
    flows: tuple[Flow, ...]
    payees: tuple[Payee, ...] = ()
    withheld: bool = False
    plan: tuple[tuple[str, Decimal], ...] = ()
    plan_number: int | None = None
    gifts: Decimal = ZERO
    as_of: dt.date | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.rows or self.plan)

    @property
    def drawing(self) -> Drawing | None:
        """The flows as a chart."""
        return drawing(self.flows)

    @property
    def total(self) -> Sums:
        """All rows that are told."""
        return total(row.sums for row in self.rows)

    @property
    def plan_total(self) -> Decimal:
        """What the confirmed funding plan adds up to."""
        return sum((amount for _, amount in self.plan), ZERO)

    @property
    def per_home(self) -> Decimal | None:
        """Yuan spent for each household, rounded down to the cent; None where the households are not known."""
        return (self.total.spent / self.homes).quantize(Decimal("0.01"), "ROUND_DOWN") if self.homes else None


def public_money(homes: Mapping[UUID, int | None], *, whole: bool = True) -> dict[UUID, PublicMoney]:
    """The public money of projects (uid → their households) in eight queries; projects without any money are there with empty rows.

    Without ``whole`` in two: sums by kind alone. The caller passes published projects only.
    """
    funds = list(Fund.objects.filter(project_uid__in=list(homes)).select_related("source").order_by("pk"))
    books = _Books(funds, sums_by(Fund.objects.filter(pk__in=[fund.pk for fund in funds])), whole)
    plans = {uid: plan for uid, plan in newest(homes if whole else ()).items() if plan.confirmed_by_id}
    return {uid: books.of(uid, number, plans.get(uid)) for uid, number in homes.items()}


class _Books:
    """What the rows of the database say of several projects, read once."""

    def __init__(self, funds: list[Fund], sums: Mapping[int, Sums], whole: bool) -> None:
        self.sums = sums
        self.funds: dict[UUID, list[Fund]] = defaultdict(list)
        for fund in funds:
            self.funds[fund.project_uid].append(fund)
        self.commitments: dict[int, list[Commitment]] = defaultdict(list)
        self.contracts: dict[UUID, list[Contract]] = defaultdict(list)
        self.days: dict[UUID, dt.datetime] = {}
        self.gifts: dict[UUID, Decimal] = {}
        if whole:
            self._details(funds)

    def _details(self, funds: list[Fund]) -> None:
        uids = {fund.project_uid for fund in funds}
        for row in Commitment.objects.filter(fund__in=funds, amount__gt=0).order_by("pk"):
            self.commitments[row.fund_id].append(row)
        for contract in Contract.objects.filter(project_uid__in=uids).order_by("pk"):
            self.contracts[contract.project_uid].append(contract)
        posted = JournalEntry.objects.filter(fund__in=funds, state="posted").order_by()
        self.days = dict(posted.values_list("fund__project_uid").annotate(Max("posted_at")))
        given = Gift.objects.filter(project_uid__in=uids, confirmed_by__isnull=False).order_by()
        self.gifts = dict(given.values_list("project_uid").annotate(Sum("value")))

    def of(self, uid: UUID, homes: int | None, plan: FundingPlan | None) -> PublicMoney:
        """One project."""
        shown = [(fund, kind) for fund in self.funds[uid] if (kind := told(fund.source.kind, homes))]
        few = few_homes(homes)
        withheld = few and len(shown) < len(self.funds[uid])
        posted = self.days.get(uid)
        return PublicMoney(
            homes=homes, rows=self._rows(shown), flows=self._flows(shown), payees=() if few else self._payees(uid), withheld=withheld,
            plan=() if plan is None or few else _plan(plan), plan_number=plan.number if plan else None,
            gifts=ZERO if few else self.gifts.get(uid, ZERO), as_of=day_of(posted) if posted else None,
        )  # fmt: skip

    def _rows(self, shown: list[tuple[Fund, str]]) -> tuple[KindRow, ...]:
        found: dict[str, list[Fund]] = defaultdict(list)
        for fund, kind in shown:
            found[kind].append(fund)
        return tuple(
            KindRow(
                kind,
                LABELS[kind],
                total(self.sums[fund.pk] for fund in found[kind]),
                documents(fund.source.document_number for fund in found[kind]) if kind in FISCAL else (),
            )
            for kind in sorted(found, key=ORDER.__getitem__)
        )

    def _flows(self, shown: list[tuple[Fund, str]]) -> tuple[Flow, ...]:
        found: dict[tuple[str, str], int] = defaultdict(int)
        for fund, kind in sorted(shown, key=lambda pair: ORDER[pair[1]]):
            for row in self.commitments[fund.pk]:
                found[LABELS[kind], CLASS_LABELS[row.item_class]] += int(row.amount.scaleb(2))
            found[LABELS[kind], UNSIGNED] += int(self.sums[fund.pk].free.scaleb(2))
        return tuple(Flow(source, target, amount) for (source, target), amount in found.items() if amount)

    def _payees(self, uid: UUID) -> tuple[Payee, ...]:
        paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for fund in self.funds[uid]:
            for row in self.commitments[fund.pk]:
                paid[row.contract_id] += row.amount - row.unspent - row.held
        found: dict[str, list[Contract]] = defaultdict(list)
        for contract in self.contracts[uid]:
            found[contract.party.strip() if is_firm(contract.party) else OTHERS].append(contract)
        return tuple(
            Payee(
                name,
                len(rows),
                sum((row.total for row in rows), ZERO),
                sum((paid[row.pk] for row in rows), ZERO),
            )
            for name, rows in sorted(found.items(), key=lambda pair: pair[0] == OTHERS)
        )


def by_kind(funds: QuerySet[Fund], *, told_together: bool) -> tuple[KindRow, ...]:
    """Sums of purses by kind of source (one query); ``told_together``: a provident fund with what residents bring in cash."""
    found: dict[str, Sums] = defaultdict(Sums)
    for kind, sums in sums_by(funds, "source__kind").items():
        found[_kind(kind, told_together)].add(sums)
    labels = LABELS if told_together else SOURCE_LABELS
    return tuple(KindRow(kind, labels[kind], found[kind]) for kind in sorted(found, key=ORDER.__getitem__))  # type: ignore[index]


def flows_of(funds: QuerySet[Fund], rows: Iterable[KindRow], *, told_together: bool) -> tuple[Flow, ...]:
    """Where the money of each of ``rows`` (``by_kind`` of the same purses) goes: to classes of works, or to no contract yet (one query)."""
    amounts: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    signed = Commitment.objects.filter(fund__in=funds, amount__gt=0).order_by()
    for kind, item_class, amount in signed.values_list("fund__source__kind", "item_class").annotate(Sum("amount")):
        amounts[_kind(kind, told_together), CLASS_LABELS[item_class]] += amount
    found = []
    for row in rows:
        uses = [(use, amounts[row.kind, use]) for use in CLASS_LABELS.values() if amounts.get((row.kind, use))]
        found += [
            Flow(row.label, use, int(amount.scaleb(2))) for use, amount in [*uses, (UNSIGNED, row.sums.free)] if amount
        ]
    return tuple(found)


def _kind(kind: str, told_together: bool) -> str:
    return TOLD_AS.get(kind, kind) if told_together else kind


def _plan(plan: FundingPlan) -> tuple[tuple[str, Decimal], ...]:
    """What the plan counts as 已落实, 预计 and 未落实; lines for a cluster's other areas are none of this project's."""
    sums = {state: ZERO for state in STATES}
    for line in plan.lines.all():
        if not line.area:
            sums[line.state] += line.amount
    return tuple((STATES[state], amount) for state, amount in sums.items() if amount)
