"""What changed between two versions of a scheme: rows added, removed, and what each other row says differently. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from funding.rules.money import said
from funding.rules.shares import SOURCE_LABELS
from policies.words import yuan_words
from projects.rules.scheme import Item, Scheme

PARTS: Mapping[str, str] = {
    "name": "项目", "where": "位置", "item_class": "类别", "quantity": "数量", "unit_price": "单价（元）", "amount": "金额（元）",
    "payers": "出资", "facility": "专营设施", "means": "方式", "reason": "理由", "note": "说明",
}  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """One cell of a row: the part in words, before and after."""

    part: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """A row of the difference. ``kind``: added, removed, changed."""

    kind: str
    item: Item
    cells: tuple[Changed, ...] = ()

    @property
    def worth(self) -> str:
        """2 部，1,120,000.00 元: what a row brings or takes away."""
        return f"{quantity_words(self.item.quantity, self.item.unit)}，{yuan_words(Decimal(self.item.amount).scaleb(-2))} 元"


@dataclass(frozen=True)
class Difference:
    """Rows in the order of the later version, removed ones last; texts of the scheme itself; 分 before and after."""

    rows: tuple[Row, ...]
    texts: tuple[Changed, ...]
    before: int
    after: int

    @property
    def empty(self) -> bool:
        """Nothing differs."""
        return not self.rows and not self.texts


def plain(thousandths: int) -> str:
    """12500 as 12.5: what a field of a form takes back."""
    return quantity_words(thousandths).replace(",", "")


def quantity_words(thousandths: int, unit: str = "") -> str:
    """12500 with 米 as 12.5 米."""
    whole, rest = divmod(thousandths, 1000)
    text = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    return f"{text} {unit}".strip()


def payer_words(item: Item) -> str:
    """Who pays what, in the order of the kinds."""
    parts = [f"{label} {said(item.payers[kind])}" for kind, label in SOURCE_LABELS.items() if kind in item.payers]
    return "；".join(parts) or "未填报"


_SAY: Mapping[str, Callable[[Item], str]] = {
    "quantity": lambda item: quantity_words(item.quantity, item.unit),
    "unit_price": lambda item: said(item.unit_price),
    "amount": lambda item: said(item.amount),
    "payers": payer_words,
    "facility": lambda item: "" if item.facility is None else "；".join(_facility(item)),
}


def _facility(item: Item) -> list[str]:
    facility = item.facility
    assert facility is not None
    step = "同步设计、同步实施" if facility.in_step else "不同步"
    return [facility.kind, facility.owner, facility.renewed_by, facility.kept_by, step]


def _words(item: Item, part: str) -> str:
    return _SAY[part](item) if part in _SAY else str(getattr(item, part))


def difference(before: Scheme, after: Scheme) -> Difference:
    """From one version to another; of a version and itself nothing."""
    old = {item.uid: item for item in before.items}
    rows: list[Row] = []
    for item in after.items:
        earlier = old.pop(item.uid, None)
        if earlier is None:
            rows.append(Row("added", item))
            continue
        cells = _cells(earlier, item)
        if cells:
            rows.append(Row("changed", item, cells))
    rows += [Row("removed", item) for item in old.values()]
    return Difference(tuple(rows), _texts(before, after), before.total, after.total)


def _cells(before: Item, after: Item) -> tuple[Changed, ...]:
    found = [(part, label, _words(before, part), _words(after, part)) for part, label in PARTS.items()]
    return tuple(Changed(*cell) for cell in found if cell[2] != cell[3])


def _texts(before: Scheme, after: Scheme) -> tuple[Changed, ...]:
    parts = {
        "owner_ratio": "业主出资比例", "central_reason": "使用中央补助的理由", "residents_funding": "居民资金筹集方案",
        "management": "长效管理方案",
    }  # fmt: skip
    texts = [(part, label, _text(before, part), _text(after, part)) for part, label in parts.items()]
    replies = [("replies", "隐患和意愿的回应", str(len(before.replies)), str(len(after.replies)))]
    if before.replies == after.replies:
        replies = []
    elif len(before.replies) == len(after.replies):
        replies = [
            ("replies", "隐患和意愿的回应", f"{len(before.replies)} 条", f"{len(after.replies)} 条（内容有改动）")
        ]
    return tuple(Changed(*cell) for cell in (*texts, *replies) if cell[2] != cell[3])


def _text(scheme: Scheme, part: str) -> str:
    value = getattr(scheme, part)
    return "" if value is None else str(value)
