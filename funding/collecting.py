"""Reads of residents' money: what each home owes and paid, what its owner sees of it, and by which channel a project's money came."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from communities.models import Building, Home, Ownership
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.queries import ZERO, Sums, sums_by, total
from funding.rules.apportionment import STATE_WORDS, State, collection_state, digest, formula_words
from funding.rules.fundvote import demand
from funding.rules.shares import SOURCE_LABELS, SourceKind
from funding.standing import owners_refuse
from funding.subjects import Project
from offices.models import User
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Citation, Reason

CHANNELS: tuple[SourceKind, ...] = ("resident_direct", "maintenance_fund", "provident_fund", "common_revenue")
_SIGNED = Case(When(kind="paid", then=F("amount")), default=-F("amount"), output_field=IntegerField())
_STANDS = Q(checked_by__isnull=False, taken_back=False)
_PAID = Coalesce(
    Subquery(
        DueReceipt.objects.filter(_STANDS, due=OuterRef("pk")).order_by().values("due").annotate(sum=Sum(_SIGNED)).values("sum"),
        output_field=IntegerField(),
    ),
    Value(0),
)  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """Of one apportionment: yuan that came in (checked, less what went back), homes, homes that owe nothing more, records that wait."""

    paid: Decimal = ZERO
    homes: int = 0
    settled: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class DueLine:
    """A home's due with what counts as paid of it, in yuan, and how it stands today."""

    due: HomeDue
    paid: Decimal
    state: State
    formula: str

    @property
    def left(self) -> Decimal:
        """Still to pay."""
        return self.due.amount - self.paid

    @property
    def words(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]


def apportionments(user: User, project: UUID) -> QuerySet[Apportionment]:
    """Apportionments of a project that the user sees."""
    rows = Apportionment.objects.visible_to(user).filter(project_uid=project)
    return rows.select_related("fund__source", "made_by", "confirmed_by", "division", "county")


def dues(row: Apportionment, *, unpaid: bool = False, text: str = "") -> QuerySet[HomeDue]:
    """Homes with ``paid_fen`` (分 that stand) and their receipts, in the order of the register; only debtors, only doors with a text."""
    receipts = DueReceipt.objects.select_related("recorded_by", "checked_by").order_by("pk")
    rows = (
        row.dues.annotate(paid_fen=_PAID)
        .select_related("home")
        .prefetch_related(Prefetch("receipts", queryset=receipts))
    )
    if unpaid:
        rows = rows.filter(paid_fen__lt=F("amount"))
    if text:
        rows = rows.filter(label__contains=text)
    return rows.order_by("pk")


def lines(rows: Iterable[Any], today: dt.date) -> list[DueLine]:
    """Rows of ``dues`` or ``own_dues`` as they stand on a day."""
    found = []
    for row in rows:
        main, owed = row.apportionment, _fen(row.amount)
        state = collection_state(owed=owed, paid=row.paid_fen, pay_by=main.pay_by, today=today)
        words = formula_words(
            way=main.way, total=_fen(main.amount), weight=row.weight, whole=Fraction(main.weight_total), amount=owed
        )
        found.append(DueLine(row, Decimal(row.paid_fen).scaleb(-2), state, words))
    return found


def _fen(yuan: Decimal) -> int:
    return int(yuan.scaleb(2))


def collected(rows: Iterable[Apportionment]) -> dict[int, Collected]:
    """How far each is, by id (two queries)."""
    rows = list(rows)
    of_rows = (
        HomeDue.objects.filter(apportionment__in=rows).annotate(paid_fen=_PAID).order_by().values("apportionment_id")
    )
    sums = of_rows.annotate(
        homes=Count("pk"), settled=Count("pk", filter=Q(paid_fen__gte=F("amount"))), paid=Sum("paid_fen")
    )
    waiting = DueReceipt.objects.filter(due__apportionment__in=rows, checked_by__isnull=True, dropped_at__isnull=True)
    numbers = dict(waiting.order_by().values_list("due__apportionment").annotate(Count("pk")))
    return {
        row["apportionment_id"]: Collected(
            Decimal(row["paid"]).scaleb(-2), row["homes"], row["settled"], numbers.get(row["apportionment_id"], 0)
        )
        for row in sums
    }


def standing_receipts(row: Apportionment) -> QuerySet[DueReceipt]:
    """Receipts and refunds that count."""
    return DueReceipt.objects.filter(_STANDS, due__apportionment=row)


def digest_of(row: Apportionment) -> str:
    """The hash of what is announced, computed from the rows as they are now."""
    head = {
        "uid": row.uid, "project": row.project_uid, "fund": row.fund.uid, "title": row.title, "way": row.way, "amount": f"{row.amount:.2f}",
        "agreement": row.agreement, "formula": row.formula, "floors": row.floors, "weights": row.weight_total, "pay_by": row.pay_by,
        "rule": row.rule,
    }  # fmt: skip
    homes = row.dues.order_by("pk").values_list("home__uid", "label", "area", "weight_part", "weight_whole", "amount")
    return digest(
        {key: value if isinstance(value, dict) else str(value) for key, value in head.items()},
        (
            [str(uid), label, str(area), f"{part}/{whole}", f"{amount:.2f}"]
            for uid, label, area, part, whole, amount in homes
        ),
    )


def own_dues(persons: Collection[int], day: dt.date) -> list[HomeDue]:
    """What the homes that these persons own on a day owe by what is announced: each owner sees his own alone."""
    homes = Ownership.objects.in_force(day).filter(person__in=list(persons)).values("home")
    rows = HomeDue.objects.filter(
        home__in=homes, apportionment__confirmed_by__isnull=False, apportionment__withdrawn_at=None
    )
    receipts = DueReceipt.objects.filter(_STANDS).order_by("pk")
    rows = rows.annotate(paid_fen=_PAID).prefetch_related(Prefetch("receipts", queryset=receipts))
    return list(rows.select_related("apportionment__division").order_by("pk"))


def clause_of(row: Apportionment, day: dt.date) -> Citation | None:
    """The clause by which an apportionment is shared, word for word."""
    layers = layers_of(row.division)
    found = layers.governing("apportionment", day)
    return citation(layers, found[0]) if found else None


def buildings(communities: Collection[UUID]) -> list[Building]:
    """Buildings of a project's communities."""
    rows = Building.objects.filter(community__uid__in=list(communities)).select_related("community")
    return list(rows.order_by("community__name", "name"))


def homes_concerned(communities: Collection[UUID], building: UUID | None, unit: str) -> QuerySet[Home]:
    """Homes of a project, of one of its buildings, of one of its stairwells."""
    rows = Home.objects.filter(building__community__uid__in=list(communities), merged_into__isnull=True)
    if building is not None:
        rows = rows.filter(building__uid=building)
    return rows.filter(unit=unit) if unit else rows


def floors_of(homes: QuerySet[Home]) -> list[tuple[int | None, int]]:
    """(floor, homes on it), lowest first; None: not known."""
    counted = homes.order_by().values_list("floor").annotate(number=Count("pk"))
    return sorted(counted, key=lambda row: (row[0] is None, row[0] or 0))


@dataclass(frozen=True)
class Channel:
    """One of the residents' four ways to pay: its funds with their sums, and what the documents ask before it is used."""

    kind: str
    label: str
    funds: list[tuple[Fund, Sums]]
    sums: Sums
    asks: Citation | None
    refusal: Reason | None


def channels(project: Project, day: dt.date) -> list[Channel]:
    """四条渠道 (LZ-18): each yuan stands in the fund of the channel that it came by; owners decide where LZ-05 asks for it."""
    funds = list(
        Fund.objects.filter(project_uid=project.uid, source__kind__in=CHANNELS).select_related("source").order_by("pk")
    )
    sums, layers = sums_by(Fund.objects.filter(pk__in=[fund.pk for fund in funds])), layers_of(project.division)
    found = []
    for kind in CHANNELS:
        own = [(fund, sums[fund.pk]) for fund in funds if fund.source.kind == kind]
        whole = total(each for _, each in own)
        provision = demand(layers, day, kind)
        refusal = owners_refuse(project, layers=layers, day=day, kind=kind) if own and provision else None
        asks = citation(layers, provision) if provision else None
        found.append(Channel(kind, SOURCE_LABELS[kind], own, whole, asks, refusal))
    return found
