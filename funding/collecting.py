"""Reads of apportionments: what each home owes and paid, and how that stands to the ledger of the fund."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from communities.models import Building
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.queries import ZERO, sums_by
from offices.models import User

_SIGNED = Case(When(kind="paid", then=F("amount")), default=-F("amount"), output_field=IntegerField())
_PAID = Coalesce(
    Sum(
        Case(When(receipts__kind="paid", then=F("receipts__amount")), default=-F("receipts__amount"), output_field=IntegerField()),
        filter=Q(receipts__checked_by__isnull=False),
    ),
    Value(0),
)  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """Yuan of an apportionment: owed, checked receipts less refunds, what waits, homes that paid all; the fund's receipts beside."""

    owed: Decimal
    paid: Decimal
    homes: int
    settled: int
    waiting: int
    ledger: Decimal

    @property
    def left(self) -> Decimal:
        """Still to come in."""
        return self.owed - self.paid

    @property
    def difference(self) -> Decimal:
        """The ledger's receipts of the fund less what homes paid: not zero while the books wait for the bank or the homes' list."""
        return self.ledger - self.paid


def apportionments(user: User, project: UUID) -> QuerySet[Apportionment]:
    """Apportionments of a project that the user sees."""
    rows = Apportionment.objects.visible_to(user).filter(project_uid=project)
    return rows.select_related("fund__source", "made_by", "confirmed_by", "division", "county")


def dues(row: Apportionment) -> QuerySet[HomeDue]:
    """Homes with ``paid`` (分 of checked receipts less refunds) and their receipts, in the order of the register."""
    receipts = DueReceipt.objects.select_related("recorded_by", "checked_by")
    return row.dues.annotate(paid_fen=_PAID).prefetch_related(Prefetch("receipts", queryset=receipts)).order_by("pk")


@dataclass(frozen=True)
class DueLine:
    """A home's due with what counts as paid of it, in yuan."""

    due: HomeDue
    paid: Decimal

    @property
    def left(self) -> Decimal:
        """Still to pay."""
        return self.due.amount - self.paid


def lines(rows: Iterable[Any]) -> list[DueLine]:
    """Rows of ``dues`` or ``own_share`` with what was paid."""
    return [DueLine(row, Decimal(row.paid_fen).scaleb(-2)) for row in rows]


def collected(row: Apportionment) -> Collected:
    """The sums of an apportionment; ``ledger`` and ``paid`` are of its whole fund where the fund has several."""
    of_fund = DueReceipt.objects.filter(due__apportionment__fund=row.fund, checked_by__isnull=False).order_by()
    paid = of_fund.aggregate(sum=Coalesce(Sum(_SIGNED), Value(0)))["sum"]
    all_rows = Apportionment.objects.filter(fund=row.fund, confirmed_by__isnull=False)
    owed = all_rows.aggregate(sum=Sum("amount"))["sum"] if row.confirmed_by_id else row.amount
    homes = HomeDue.objects.filter(apportionment=row).annotate(paid_fen=_PAID)
    counts = homes.aggregate(homes=Count("pk"))
    settled = homes.filter(paid_fen__gte=F("amount")).count()
    waiting = DueReceipt.objects.filter(due__apportionment=row, checked_by__isnull=True).count()
    received = sums_by(Fund.objects.filter(pk=row.fund_id))[row.fund_id].received
    return Collected(owed or ZERO, Decimal(paid).scaleb(-2), counts["homes"], settled, waiting, received)


def own_share(person_ids: Collection[int], project: UUID) -> list[HomeDue]:
    """What the homes that these persons own now owe, in confirmed apportionments of a project: each owner sees his own alone."""
    rows = HomeDue.objects.filter(
        apportionment__project_uid=project, apportionment__confirmed_by__isnull=False,
        home__ownerships__person_id__in=list(person_ids), home__ownerships__until__isnull=True,
    )  # fmt: skip
    return list(rows.select_related("apportionment").annotate(paid_fen=_PAID).order_by("pk").distinct())


def buildings(communities: Collection[UUID]) -> list[Building]:
    """Buildings of a project's communities."""
    rows = Building.objects.filter(community__uid__in=list(communities)).select_related("community")
    return list(rows.order_by("community__name", "name"))
