"""The kind ``payments``: a bank's list of what homes paid becomes receipts that wait for their check. Matched by 分摊名称 and 房屋."""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from communities.imports.cells import CellError, Column, Context, Parsed, day, words
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.progress import Run
from communities.imports.undo import Standing, Traces, moved
from communities.models import Import
from funding.actions.collecting import collect, drop_receipt
from funding.models import Apportionment, DueReceipt, HomeDue
from funding.rules.money import NotExact, entered
from offices.clock import day_of
from offices.models import User

MOST = 500
Key = tuple[str, str]


def money(text: str, context: Context) -> Parsed:
    """Yuan above zero, as text."""
    try:
        value = entered(unicodedata.normalize("NFKC", text))
    except NotExact as error:
        raise CellError(str(error)) from error
    if not value:
        raise CellError("应大于零")
    return Parsed({"amount": f"{value:.2f}"})


COLUMNS: tuple[Column, ...] = (
    Column(
        "title", "分摊名称", ("名称", "款项名称", "收费项目"), words("title", 80), required=True, fill_down=True,
        note="与平台上公布的名称一致", example="3号楼1单元加装电梯居民出资",
    ),
    Column(
        "home", "房屋", ("房号", "户", "缴款房屋"), words("home", 120), required=True, note="与收缴清单的“房屋”一致",
        example="3号楼 1单元 101",
    ),
    Column(
        "amount", "收款金额（元）", ("金额", "缴款金额", "交易金额", "收款金额", "贷方发生额"), money, required=True, example="1000.00"
    ),
    Column("day", "收款日期", ("日期", "交易日期", "缴款日期", "入账日期"), day("day"), required=True, example="2026-9-10"),
    Column(
        "voucher", "银行流水号", ("流水号", "收据号", "凭证号", "交易流水号"), words("voucher", 60), required=True,
        example="20260910000123",
    ),
)  # fmt: skip


class PaymentKind(ImportKind):
    """Receipts of announced apportionments in the import's division; each waits for finance like one that was typed."""

    name, label, columns = "payments", "银行收款清单", COLUMNS
    template_notes = (
        "每笔收款一行；“分摊名称”和“房屋”照抄平台上的收缴清单。",
        "导入的是登记：财政部门核对到账、复核后才入账。同一流水号再次导入不会重复登记。",
    )

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """Find each home's due; nothing beyond what it owes, what waits and the rows above included."""
        usable = [row for row in rows if row.usable]
        for row in usable[MOST:]:
            row.error("title", f"一次最多导入 {MOST} 笔，请分批导入")
        dues = self._dues(usable, source)
        held: dict[int, Decimal] = defaultdict(Decimal)
        known: dict[int, dict[str, Decimal]] = defaultdict(dict)
        receipts = DueReceipt.objects.filter(
            due__in=[due for due in dues.values() if due], dropped_at__isnull=True, taken_back=False
        )
        for receipt in receipts.order_by("pk"):
            if receipt.kind == "paid":
                held[receipt.due_id] += receipt.amount
                known[receipt.due_id][receipt.voucher] = receipt.amount
            elif receipt.checked_by_id:
                held[receipt.due_id] -= receipt.amount
        for row in usable[:MOST]:
            self._meet(row, dues.get(_key(row)), held, known)

    @staticmethod
    def _dues(rows: Sequence[StagedRow], source: Import) -> dict[Key, HomeDue | None]:
        """(title, home) → its due; None where two apportionments carry the title."""
        titles = {str(row.values.get("title")) for row in rows}
        shared = Apportionment.objects.filter(
            title__in=titles,
            confirmed_by__isnull=False,
            withdrawn_at=None,
            **{source.division.column: source.division_id},
        )
        found: dict[Key, HomeDue | None] = {}
        for due in HomeDue.objects.filter(apportionment__in=shared).select_related("apportionment").order_by("pk"):
            key = (due.apportionment.title, due.label)
            found[key] = None if key in found else due
        return found

    @staticmethod
    def _meet(
        row: StagedRow, due: HomeDue | None, held: dict[int, Decimal], known: dict[int, dict[str, Decimal]]
    ) -> None:
        if due is None:
            row.error("home", "没有这次分摊的这一户，或有两次同名的分摊；请照收缴清单填写")
            return
        amount, voucher = Decimal(row.values["amount"]), str(row.values["voucher"])
        if voucher in known[due.pk]:
            if known[due.pk][voucher] == amount:
                row.becomes(due.uid, due.version, {})
            else:
                row.error("voucher", f"这个流水号已登记 {known[due.pk][voucher]:,.2f} 元，金额不同")
            return
        if held[due.pk] + amount > due.amount:
            row.error(
                "amount",
                f"应缴 {due.amount:,.2f} 元，已登记 {held[due.pk]:,.2f} 元，还可收 {due.amount - held[due.pk]:,.2f} 元",
            )
            return
        held[due.pk] += amount
        known[due.pk][voucher] = amount

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Record each as if it were typed; who may not is refused by the action."""
        dues, made = self._dues(rows, source), 0
        met = [due for due in dues.values() if due]
        for row in rows:
            due = dues.get(_key(row))
            if row.status == "new" and due is not None:
                receipt = collect(
                    by=by, at=at, today=day_of(at), due=due, amount=row.values["amount"], day=dt.date.fromisoformat(row.values["day"]),
                    voucher=row.values["voucher"],
                )  # fmt: skip
                run.created([receipt])
                made += 1
        link = f"/staff/money/apportionments/{met[0].apportionment.uid}/" if met else ""
        return {"created": made, "updated": 0, "unchanged": len(rows) - made, "link": link}

    def standing(self, traces: Traces) -> list[Standing]:
        """A receipt that finance has checked is in the books: it is given back, not undone."""
        return [*moved(traces), *(
            Standing("财政部门已复核入账", f"流水号 {row.voucher}") for row in traces.rows(DueReceipt).values() if row.checked_by_id
        )]  # fmt: skip

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """Each record is dropped: it stays to be read and counts nowhere."""
        for row in traces.rows(DueReceipt).values():
            drop_receipt(by=by, at=at, row=row)


def _key(row: StagedRow) -> Key:
    return str(row.values.get("title")), str(row.values.get("home"))
