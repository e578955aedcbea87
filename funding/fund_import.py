"""The kind ``funds``: what a finance clerk keeps in Excel of the money of a county, one act a row (事项): 下达, 分配 to a project, 到位.

Each row becomes what the same act typed by hand would be: a source waits for its second person and can be allotted only after that; an
allotment and a receipt are entries of the books. So an undo withdraws sources that nobody has confirmed and drafts the reversal of
each entry, which a second person books; the books themselves are never rewritten.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from communities.imports.cells import (
    MONEY_UNITS,
    CellError,
    Column,
    Context,
    Parsed,
    choice,
    day,
    plain,
    words,
    year,
)
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.progress import Run
from communities.imports.undo import Standing, Traces, moved
from communities.models import Import
from communities.rules.numbers import measure
from communities.rules.search import fold
from funding.actions.corrections import ask_reversal
from funding.actions.sources import BUDGETS, allot, receive, register_source, withdraw_source
from funding.models import Allotment, Fund, FundingSource, JournalEntry
from funding.permissions import either, may
from funding.rules.shares import SOURCE_LABELS
from funding.subjects import projects
from offices.clock import day_of
from offices.models import Body, User
from policies.refusal import Forbidden

MOST = 2_000
ACTS = {
    "source": ("下达", "资金下达", "登记"),
    "allot": ("分配", "下拨", "分配到项目"),
    "receive": ("到位", "到账", "收款"),
}
KINDS = {
    **{str(kind): (label,) for kind, label in SOURCE_LABELS.items()},
    "central": ("中央补助资金", "中央资金", "中央补助", "中央财政", "中央"),
    "provincial": ("省级（自治区）资金", "省级(自治区)资金", "省级资金", "自治区资金", "省级", "自治区", "省级财政"),
    "city": ("市级资金", "市级", "市级财政", "市级配套"),
    "county": ("县（区）级资金", "县(区)级资金", "县级资金", "区级资金", "县级", "区级", "县级配套", "区级配套"),
    "special_bond": ("地方政府专项债券", "专项债券", "专项债"),
    "resident_direct": ("居民直接出资", "居民出资", "居民"),
    "maintenance_fund": ("住宅专项维修资金", "维修资金"),
    "private_capital": ("社会资本", "社会资金"),
}


def money(text: str, context: Context) -> Parsed:
    """Yuan above zero as text; 万元 of the cell or the column counts."""
    found = measure(text, "money", context.header)
    if found.refusal:
        raise CellError(f"“{plain(text)[:40]}”{found.refusal.partition('：')[0]}，应写成 1234.50")
    if found.value is not None and found.value <= 0:
        raise CellError("应大于零")
    return Parsed({"amount": None if found.value is None else f"{found.value:.2f}"}, list(found.notes))


COLUMNS: tuple[Column, ...] = (
    Column("act", "事项", ("业务", "类型", "业务类型"), choice("act", ACTS), required=True, fill_down=True,
           choices=("下达", "分配", "到位"), note="下达：登记一笔资金；分配：分到一个项目；到位：钱到了专账", example="下达"),
    Column("name", "资金名称", ("名称", "资金来源", "资金项目"), words("name", 120), required=True, fill_down=True,
           example="2026年中央补助资金（第一批）"),
    Column("kind", "资金类别", ("类别", "资金性质", "资金种类"), choice("kind", KINDS), choices=tuple(v[0] for v in KINDS.values()),
           note="下达时必填", example="中央补助资金"),
    Column("document_number", "文号", ("下达文号", "指标文号", "分配文号", "文件号"), words("document_number", 60),
           example="财综〔2026〕3号"),
    Column("amount", "金额", ("金额（元）", "下达金额", "资金金额", "资金额", "分配金额", "到位金额"), money, required=True,
           units=MONEY_UNITS, note="单位写在表头：金额（元）或金额（万元）", example="350000.00"),
    Column("day", "日期", ("下达日期", "分配日期", "到位日期", "到账日期", "时间"), day("day"), required=True, example="2026-3-1"),
    Column("year", "资金年度", ("年度", "年份"), year("year", 2015, 2), note="不填按日期的年份", example="2026"),
    Column("purpose", "用途", ("资金用途", "用款内容"), words("purpose", 200), note="下达时必填", example="老旧小区改造"),
    Column("channel", "渠道", ("来源部门", "整合渠道"), words("channel", 40)),
    Column("project", "项目名称", ("项目", "分配项目", "改造项目"), words("project", 120), note="分配、到位时必填", example="某某小区"),
    Column("voucher", "凭证号", ("到账凭证", "流水号", "银行流水号"), words("voucher", 60), note="到位时必填", example="20260301-17"),
    Column("remark", "备注", ("说明",), words("remark", 200)),
)  # fmt: skip


class FundKind(ImportKind):
    """Sources, allotments and receipts of the import's division."""

    name, label, columns = "funds", "资金台账（下达、分配、到位）", COLUMNS
    forbidden = "您没有在该区划登记资金的权限：须为该区划财政部门或住建部门的人员。"
    template_notes = (
        "每行一件事：下达（登记一笔资金）、分配（分到一个具体项目）、到位（款项到了该项目的专账）。",
        "下达的资金须由第二人复核后才能分配，所以“下达”和它的“分配”要分两次导入；分配和到位只能由财政部门导入。",
        "已经登记过的同一笔（同名同文号、同凭证号）再次导入不会重复登记。",
    )

    def keeper(self, user: User, row: Any) -> Body | None:
        """Finance or the keeping office of the division."""
        try:
            return either(user, row.division if isinstance(row, Import) else row)
        except Forbidden:
            return None

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """Each row against the sources, the funds and the books, the rows above it included."""
        usable = [row for row in rows if row.usable]
        for row in usable[MOST:]:
            row.error("act", f"一次最多导入 {MOST} 行，请分批导入")
        book = _Book(source, usable)
        for row in usable[:MOST]:
            book.meet(row)

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Each act as if it were typed; who may not is refused by the action."""
        fresh = [row for row in rows if row.status == "new"]
        book, today = _Book(source, rows), day_of(at)
        for done, row in enumerate(sorted(fresh, key=lambda row: (list(ACTS).index(row.values["act"]), row.number))):
            run.step("正在登记资金", done, len(fresh))
            run.created([book.write(row, by=by, at=at, today=today)])
        return {
            "created": len(fresh), "updated": 0, "unchanged": len(rows) - len(fresh), "link": "/staff/money/", "link_label": "查看资金来源",
        }  # fmt: skip

    def standing(self, traces: Traces) -> list[Standing]:
        """A source that a second person has confirmed, and an entry on whose fund other money has moved since."""
        confirmed = [row for row in traces.rows(FundingSource).values() if row.confirmed_by_id]
        entries = traces.rows(JournalEntry)
        later = JournalEntry.objects.filter(
            fund__in={row.fund_id for row in entries.values()}, pk__gt=min(entries, default=0)
        ).exclude(pk__in=entries).exclude(state="dropped").select_related("fund")  # fmt: skip
        return [
            *(Standing("已由第二人复核", f"资金“{row.name}”") for row in confirmed),
            *(Standing(f"专账已有后续分录（{row.words}）", row.fund.project_name) for row in later),
            *([] if confirmed else moved(traces)),
        ]

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """Sources are withdrawn; for each entry its reversal is drafted, the last first, and a second person books it."""
        reason = f"撤销导入“{source.file.name}”"[:300]
        for entry in sorted(traces.rows(JournalEntry).values(), key=lambda row: -row.pk):
            ask_reversal(by=by, at=at, today=day_of(at), entry=entry, reason=reason)
        for row in traces.rows(FundingSource).values():
            withdraw_source(by=by, at=at, source=row)


class _Book:
    """Sources, projects and funds of a division as a table speaks of them, with what its own rows have taken so far."""

    def __init__(self, source: Import, rows: Sequence[StagedRow]) -> None:
        self.division = source.division
        self.finance = may(source.by, source.division, what="finance")
        self.sources: dict[str, list[FundingSource]] = defaultdict(list)
        for row in FundingSource.objects.standing().filter(division=source.division).order_by("pk"):
            self.sources[fold(row.name)].append(row)
        self.projects = projects().called(source.division, {str(row.values.get("project") or "") for row in rows})
        funds = Fund.objects.filter(source__division=source.division).select_related("source")
        self.funds = {(fund.source_id, fund.project_uid): fund for fund in funds}
        self.fresh: list[FundingSource] = []  # of rows above
        self.taken: dict[int, Decimal] = defaultdict(Decimal)  # source → allotted by rows above
        self.waiting: dict[tuple[int, UUID], Decimal] = defaultdict(Decimal)  # still to come in, rows above included
        for fund in funds.prefetch_related("accounts"):
            self.waiting[fund.source_id, fund.project_uid] = sum(
                (account.balance for account in fund.accounts.all() if account.kind == "expected"), Decimal(0)
            )
        self.known = self._known()

    def _known(self) -> dict[tuple[Any, ...], JournalEntry]:
        """What stands in the books: allotments by source, project, amount, day and document; receipts by fund and voucher."""
        found: dict[tuple[Any, ...], JournalEntry] = {}
        entries = JournalEntry.objects.filter(
            fund__source__division=self.division, state="posted", kind__in=("allotment", "receipt")
        )
        numbers = dict(Allotment.objects.filter(entry__in=entries).values_list("entry_id", "document_number"))
        for entry in entries.filter(reversals__isnull=True).select_related("fund").order_by("pk"):
            where = (entry.fund.source_id, entry.fund.project_uid)
            if entry.kind == "receipt":
                found["receive", *where, entry.voucher] = entry
            else:
                found["allot", *where, f"{entry.amount:.2f}", entry.day.isoformat(), numbers.get(entry.pk, "")] = entry
        return found

    def meet(self, row: StagedRow) -> None:
        """Status, target and problems of one row."""
        if row.values["act"] == "source":
            self._source(row)
            return
        if not self.finance:
            row.error("act", "分配和到位只能由财政部门导入")
            return
        where = self._where(row)
        if where is not None:
            (self._allot if row.values["act"] == "allot" else self._receive)(row, *where)

    def _named(self, row: StagedRow) -> list[FundingSource]:
        found = self.sources.get(fold(row.values["name"]), [])
        number = row.values.get("document_number") or ""
        exact = [each for each in found if fold(each.document_number) == fold(number)]
        return exact if len(found) > 1 or row.values["act"] == "source" else found

    def _source(self, row: StagedRow) -> None:
        values = row.values
        for name, label in (("kind", "资金类别"), ("purpose", "用途")):
            if not values.get(name):
                row.error(name, f"{label}未填写，下达时必填")
        if values.get("kind") in BUDGETS and not values.get("document_number"):
            row.error("document_number", "财政资金要写下达文号")
        for known in self._named(row):
            if known.amount != Decimal(values["amount"]) or known.kind != values.get("kind"):
                row.error(
                    "amount", f"同名同文号的资金已登记，{known.get_kind_display()} {known.amount:,.2f} 元，与本行不同"
                )
            elif any(known is each for each in self.fresh):
                row.error("name", f"与上面的一行重复：都是“{known.name}”")
            else:
                row.becomes(known.uid, known.version, {})
            return
        if row.usable:
            number, amount = values.get("document_number") or "", Decimal(values["amount"])
            entry = FundingSource(name=values["name"], document_number=number, amount=amount, kind=values["kind"])
            self.sources[fold(values["name"])].append(entry)
            self.fresh.append(entry)

    def _where(self, row: StagedRow) -> tuple[FundingSource, UUID] | None:
        """The source and the project that a row names; problems otherwise."""
        found, targets = self._named(row), self.projects.get(row.values.get("project") or "", [])
        if len(found) != 1:
            missing = f"没有登记过“{row.values['name']}”，请先导入下达"
            row.error("name", f"有 {len(found)} 笔同名资金，请填写文号以便区分" if found else missing)
        elif found[0].confirmed_by_id is None:
            row.error("name", f"“{found[0].name}”还没有第二人复核，复核后才能分配")
        if len(targets) != 1:
            many = f"有 {len(targets)} 个同名项目" if targets else f"没有项目“{row.values.get('project') or ''}”"
            row.error("project", f"{many}；资金只能分配到具体项目")
        return (found[0], targets[0]) if row.usable else None

    def _allot(self, row: StagedRow, source: FundingSource, project: UUID) -> None:
        amount = Decimal(row.values["amount"])
        number = row.values.get("document_number") or ""
        known = self.known.get(("allot", source.pk, project, f"{amount:.2f}", row.values["day"], number))
        if known is not None:
            row.becomes(known.uid, known.version, {})
            return
        left = source.left - self.taken[source.pk]
        if amount > left:
            row.error("amount", f"“{source.name}”还可分配 {left:,.2f} 元，超出 {amount - left:,.2f} 元")
            return
        self.taken[source.pk] += amount
        self.waiting[source.pk, project] += amount

    def _receive(self, row: StagedRow, source: FundingSource, project: UUID) -> None:
        amount, voucher = Decimal(row.values["amount"]), row.values.get("voucher") or ""
        if not voucher:
            row.error("voucher", "凭证号未填写，到位时必填")
            return
        known = self.known.get(("receive", source.pk, project, voucher))
        if known is not None and known.amount == amount:
            row.becomes(known.uid, known.version, {})
        elif known is not None:
            row.error("voucher", f"这个凭证号已登记到位 {known.amount:,.2f} 元，金额不同")
        elif amount > self.waiting[source.pk, project]:
            waiting = self.waiting[source.pk, project]
            row.error("amount", f"已分配而未到位的只有 {waiting:,.2f} 元，超出 {amount - waiting:,.2f} 元；请先分配")
        else:
            self.waiting[source.pk, project] -= amount

    def write(self, row: StagedRow, *, by: User, at: dt.datetime, today: dt.date) -> FundingSource | JournalEntry:
        """The act itself."""
        values = row.values
        on = dt.date.fromisoformat(values["day"])
        number, remark = values.get("document_number") or "", values.get("remark") or ""
        if values["act"] == "source":
            return register_source(
                by=by, at=at, today=today, division=self.division, kind=values["kind"], name=values["name"], amount=values["amount"],
                issued_on=on, year=values.get("year") or on.year, purpose=values["purpose"], document_number=number,
                channel=values.get("channel") or "",
            )  # fmt: skip
        source, project = self._named(row)[0], self.projects[values["project"]][0]
        if values["act"] == "allot":
            return allot(
                by=by, at=at, today=today, source=source, project=project, amount=values["amount"], day=on, document_number=number,
                note=remark,
            )  # fmt: skip
        fund = self.funds.get((source.pk, project)) or Fund.objects.get(source=source, project_uid=project)
        return receive(
            by=by,
            at=at,
            today=today,
            fund=fund,
            amount=values["amount"],
            day=on,
            voucher=values["voucher"],
            words=remark,
        )
