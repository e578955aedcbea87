"""What stands in each report: its columns, its rows one by one, and the figures of the ledger that its totals are held against."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from funding.models import Fund, FundingPlan, FundingPlanLine, JournalEntry, Leg
from funding.queries import ZERO, Sums, sums_by, total
from funding.rules.disclosure import is_firm
from funding.rules.plans import STATES
from funding.rules.shares import SOURCE_LABELS
from funding.subjects import projects
from offices.models import Division, User

Kind = Literal["text", "money", "date", "count"]
Row = tuple[Any, ...]
PERSON = "个人（不列姓名）"
CHUNK = 500


@dataclass(frozen=True)
class Column:
    """A column: its name in data, its head, what it holds, its width in signs. Money is added up."""

    key: str
    label: str
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True)
class Check:
    """A line of 核对: what the ledger says of the same money, recomputed apart from the rows (column key → yuan)."""

    label: str
    figures: Mapping[str, Decimal]


@dataclass(frozen=True)
class Report:
    """One report over what a user sees of a division (and year). ``rows`` reads them anew at each call, never all at once."""

    key: str
    title: str
    basis: str
    division: Division
    year: int | None
    columns: tuple[Column, ...]
    count: int
    rows: Callable[[], Iterator[Row]]
    check: Check

    @property
    def heading(self) -> str:
        """城中区2026年资金台账."""
        return f"{self.division.name}{f'{self.year}年' if self.year else ''}{self.title}"

    @property
    def lead(self) -> int:
        """How many columns stand before the first with money."""
        return next(number for number, column in enumerate(self.columns) if column.kind == "money")

    def empty(self) -> dict[str, Decimal]:
        """Totals of the money columns before the first row."""
        return {column.key: ZERO for column in self.columns if column.kind == "money"}

    def adding(self, totals: dict[str, Decimal]) -> Iterator[Row]:
        """Rows one by one; each is added to ``totals`` before it is given."""
        places = [(number, column.key) for number, column in enumerate(self.columns) if column.kind == "money"]
        for row in self.rows():
            for number, key in places:
                totals[key] += row[number]
            yield row


BOOKS = (
    Column("planned", "计划", "money"), Column("received", "到位", "money"), Column("signed", "已签约", "money"),
    Column("paid", "拨付", "money"), Column("spent", "支出", "money"), Column("held", "其中质保金", "money"),
    Column("cash", "可用", "money"),
)  # fmt: skip
PLACE = Column("division", "区划", width=12)
PROJECT = Column("project", "项目", width=26)
SOURCE_KIND = Column("kind", "资金类别", width=20)
PLAN_COLUMNS = (
    PROJECT, PLACE, Column("version", "版本", "count", 8), Column("confirmed", "复核", width=8), SOURCE_KIND,
    Column("state", "落实情况", width=10), Column("document", "文号或依据", width=22), Column("use", "用于", width=18),
    Column("amount", "金额", "money"),
)  # fmt: skip
LEDGER_COLUMNS = (
    PROJECT, PLACE, Column("source", "资金来源", width=30), SOURCE_KIND, Column("document", "文号", width=20),
    Column("year", "年度", "count", 9), *BOOKS,
)  # fmt: skip
PAYMENT_COLUMNS = (
    Column("day", "日期", "date", 17), PLACE, PROJECT, Column("source", "资金来源", width=28), SOURCE_KIND,
    Column("contract", "合同编号", width=16), Column("payee", "收款单位", width=26), Column("what", "事项", width=8),
    Column("voucher", "凭证号", width=20), Column("paid", "拨付金额", "money"), Column("held", "扣留质保金", "money"),
)  # fmt: skip
SUMMARY_COLUMNS = (PLACE, SOURCE_KIND, Column("funds", "专账（本）", "count", 10), *BOOKS)


def _places(rows: QuerySet[Any], division: Division, path: str = "") -> QuerySet[Any]:
    return rows.filter(**{f"{path}{division.column}": division.pk})


def _funds(user: User, division: Division, year: int | None) -> QuerySet[Fund]:
    rows: QuerySet[Fund] = _places(Fund.objects.visible_to(user), division)
    return rows.filter(source__year=year) if year else rows


def _county(row: Any) -> str:
    return str(row.county or row.division)


def plan_table(user: User, division: Division, year: int | None) -> Report:
    """资金计划表: the lines of the newest plan of each project, by the plan year of the project."""
    newer = FundingPlan.objects.filter(project_uid=OuterRef("project_uid"), number__gt=OuterRef("number"))
    plans: QuerySet[FundingPlan] = _places(FundingPlan.objects.visible_to(user), division).filter(~Exists(newer))
    if year:
        plans = plans.filter(project_uid__in=projects().of_year(year))
    lines = FundingPlanLine.objects.filter(plan__in=plans).select_related("plan__county", "plan__division")

    def rows() -> Iterator[Row]:
        for line in lines.order_by("plan__county_id", "plan_id", "pk").iterator(CHUNK):
            yield (
                line.plan.project_name, _county(line.plan), line.plan.number, "已复核" if line.plan.confirmed_by_id else "待复核",
                SOURCE_LABELS.get(line.kind, "尚无来源"), STATES[line.state], line.document_number or line.paper,  # type: ignore[call-overload]
                line.area or line.get_part_display(), line.amount,
            )  # fmt: skip

    stated = plans.aggregate(Sum("total"))["total__sum"] or ZERO
    check = Check("各项目资金计划合计", {"amount": stated})
    basis = "各项目最新一版资金计划；年度为项目的计划年度"
    return Report("plans", "资金计划表", basis, division, year, PLAN_COLUMNS, lines.count(), rows, check)


def ledger_table(user: User, division: Division, year: int | None) -> Report:
    """资金台账: one row for each purse, from its balances; held against the posted entries."""
    funds = _funds(user, division, year)
    kinds = ("expected", "cash", "paid", "free", "committed", "retained", "spent")
    sums = {f"sum_{kind}": Sum("accounts__balance", filter=Q(accounts__kind=kind)) for kind in kinds}

    def rows() -> Iterator[Row]:
        listed = funds.select_related("source", "county", "division").annotate(**sums)
        for fund in listed.order_by("county_id", "project_uid", "pk").iterator(CHUNK):
            books = Sums({kind: getattr(fund, f"sum_{kind}") or ZERO for kind in kinds})
            source = fund.source
            yield (
                fund.project_name, _county(fund), source.name, source.get_kind_display(), source.document_number, source.year,
                *_figures(books),
            )  # fmt: skip

    basis = "每个来源对每个项目一本专账；年度为资金年度"
    return Report("ledger", "资金台账", basis, division, year, LEDGER_COLUMNS, funds.count(), rows, _recomputed(funds))


def summary_table(user: User, division: Division, year: int | None) -> Report:
    """年度汇总: by county and kind of source, from balances; held against the posted entries."""
    funds = _funds(user, division, year)
    order = {str(kind): number for number, kind in enumerate(SOURCE_LABELS)}

    def rows() -> Iterator[Row]:
        found: dict[tuple[int, str], Sums] = {}
        purses: dict[tuple[int, str], set[int]] = defaultdict(set)
        names = {row.pk: row.name for row in Division.objects.filter(pk__in=funds.values("county_id"))}
        accounts = funds.order_by().values_list(
            "county_id", "source__kind", "pk", "accounts__kind", "accounts__balance"
        )
        for county, kind, pk, account, balance in accounts.iterator(CHUNK):
            purses[county or 0, kind].add(pk)
            found.setdefault((county or 0, kind), Sums()).balances[account] += balance or ZERO
        for county, kind in sorted(found, key=lambda key: (key[0], order[key[1]])):
            label = SOURCE_LABELS[kind]  # type: ignore[index]
            yield names.get(county, division.name), label, len(purses[county, kind]), *_figures(found[county, kind])

    basis = "按区划和资金类别汇总；年度为资金年度"
    count = funds.order_by().values("county_id", "source__kind").distinct().count()
    return Report("summary", "资金年度汇总", basis, division, year, SUMMARY_COLUMNS, count, rows, _recomputed(funds))


def payment_table(user: User, division: Division, year: int | None) -> Report:
    """拨付明细: payments, refunds and what took either back, by their day; held against the balances of the purses."""
    funds: QuerySet[Fund] = _places(Fund.objects.visible_to(user), division)
    posted = JournalEntry.objects.filter(fund__in=funds, state="posted", concerns__in=("payment", "refund"))
    entries = posted.filter(day__year=year) if year else posted
    amounts = {kind: Sum("legs__amount", filter=Q(legs__account__kind=kind)) for kind in ("paid", "retained")}

    def rows() -> Iterator[Row]:
        listed = entries.select_related("fund__source", "fund__county", "fund__division", "commitment__contract")
        for row in (
            listed.annotate(**{f"sum_{key}": sum_ for key, sum_ in amounts.items()})
            .order_by("day", "pk")
            .iterator(CHUNK)
        ):
            contract = row.commitment.contract if row.commitment else None
            payee = contract.party if contract and is_firm(contract.party) else PERSON if contract else ""
            what = f"冲销{row.get_concerns_display()}" if row.kind == "reversal" else row.get_kind_display()
            yield (
                row.day, _county(row.fund), row.fund.project_name, row.fund.source.name, row.fund.source.get_kind_display(),
                contract.number if contract else "", payee, what, row.voucher, *_moved(row),
            )  # fmt: skip

    books = total(sums_by(funds).values())
    elsewhere = _legs(posted.exclude(day__year=year)) if year else Sums()
    check = Check(
        "专账余额（扣除其他年度）" if year else "专账余额",
        {"paid": books.paid - elsewhere.paid, "held": books.held - elsewhere.held},
    )
    basis = "按支付日期；退回和冲销为负数；返还质保金时扣留质保金为负数"
    return Report("payments", "资金拨付明细", basis, division, year, PAYMENT_COLUMNS, entries.count(), rows, check)


def _moved(row: Any) -> tuple[Decimal, Decimal]:
    """What an entry paid out and what it held back, as it was added up from its legs."""
    return row.sum_paid or ZERO, -(row.sum_retained or ZERO)


def _figures(sums: Sums) -> tuple[Decimal, ...]:
    return tuple(getattr(sums, column.key) for column in BOOKS)


def _legs(entries: QuerySet[JournalEntry]) -> Sums:
    """What posted entries add up to, account by account: the balances that they must have made."""
    rows = (
        Leg.objects.filter(entry__in=entries)
        .order_by()
        .values_list("account__kind", "account__side")
        .annotate(Sum("amount"))
    )
    found = Sums()
    for kind, side, amount in rows:
        found.balances[kind] += side * amount
    return found


def _recomputed(funds: QuerySet[Fund]) -> Check:
    sums = _legs(JournalEntry.objects.filter(fund__in=funds, state="posted"))
    return Check("按已入账分录重算", dict(zip((column.key for column in BOOKS), _figures(sums), strict=True)))


TABLES: Mapping[str, tuple[str, Callable[[User, Division, int | None], Report]]] = {
    "plans": ("资金计划表", plan_table),
    "ledger": ("资金台账", ledger_table),
    "payments": ("拨付明细", payment_table),
    "summary": ("年度汇总", summary_table),
}


def report(key: str, *, user: User, division: Division, year: int | None) -> Report:
    """One of ``TABLES`` over what the user sees of a division and below."""
    return TABLES[key][1](user, division, year)


def data(found: Report) -> Iterator[dict[str, Any]]:
    """Rows for programs: keys of the columns, money as text in yuan, days as ISO."""
    for row in found.rows():
        yield {column.key: _plain(value, column.kind) for column, value in zip(found.columns, row, strict=True)}


def _plain(value: Any, kind: Kind) -> Any:
    if kind == "money":
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, dt.date) else value
