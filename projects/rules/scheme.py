"""A renovation scheme as plain values: what is to be done where, for how much, and who pays. No database, no clock.

Money is integer 分, quantity integer thousandths of its unit. The amount of a line is quantity × unit price, rounded half up once per
line; sums add amounts and never round again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from funding.rules.money import half_up, said
from funding.rules.shares import SOURCE_LABELS, SourceKind
from funding.rules.subsidy import Works
from policies.layers import Layers
from policies.model import CatalogueItem

BASIC = "基础类"
QUANTITY = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")
FISCAL = frozenset({"central", "provincial", "city", "county", "special_bond"})
FACILITIES: Mapping[str, str] = {
    "water": "供水", "power": "供电", "gas": "供气", "telecom": "通信", "heating": "供热", "cable_tv": "有线电视", "other": "其他专营设施",
}  # fmt: skip
FACILITY_OWNERS: Mapping[str, str] = {
    "utility": "专营单位",
    "owners": "全体业主",
    "unit": "原产权单位",
    "government": "政府",
}
RENEWERS: Mapping[str, str] = {"utility": "专营单位", "implementing": "项目实施单位"}
KEEPERS: Mapping[str, str] = {"utility": "移交专营单位", "owners": "业主（物业）", "government": "政府部门"}


@dataclass(frozen=True)
class Facility:
    """专营设施: which, who owns it, who renews it, who keeps it afterwards, whether in step with the community's works (LZ-03, RC-06)."""

    kind: str
    owner: str
    renewed_by: str
    kept_by: str
    in_step: bool


@dataclass(frozen=True)
class Item:
    """One line of a scheme. ``listed``: it stands in the catalogue; ``item_class`` empty: the document gives it no class."""

    uid: str
    name: str
    listed: bool
    item_class: str
    quantity: int
    unit: str
    unit_price: int
    amount: int
    payers: Mapping[SourceKind, int]
    group: str = ""
    clause: str = ""
    five: str = ""
    community: str = ""
    building: str = ""
    reason: str = ""
    means: str = ""
    facility: Facility | None = None
    note: str = ""

    @property
    def where(self) -> str:
        """映山街机械厂宿舍 3号楼; 全项目 where it names no community."""
        return f"{self.community} {self.building}".strip() or "全项目"

    def paid_by(self, kinds: Iterable[str]) -> int:
        """What these kinds of source pay of it."""
        wanted = frozenset(kinds)
        return sum(amount for kind, amount in self.payers.items() if kind in wanted)


@dataclass(frozen=True)
class Reply:
    """What the scheme says to a hazard or a need: the item that takes it up (uid), or why not; whether a leader recorded it."""

    item: str = ""
    reason: str = ""
    by_leader: bool = False


@dataclass(frozen=True)
class Need:
    """A hazard or a wish that the scheme has to answer. ``catalogue_name``: the item of the catalogue that would meet it."""

    key: str
    words: str
    community: str
    hazard: bool
    strong: bool = True
    catalogue_name: str = ""
    basic: bool = False


@dataclass(frozen=True)
class Scheme:
    """A scheme as the rules see it. ``owner_ratio``: the share of X that owners carry, as entered (None: not entered)."""

    items: tuple[Item, ...] = ()
    owner_ratio: Fraction | None = None
    central_reason: str = ""
    residents_funding: str = ""
    management: str = ""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    number: int = 0

    @property
    def total(self) -> int:
        """分 of all items."""
        return sum(item.amount for item in self.items)

    @property
    def works(self) -> tuple[Works, ...]:
        """水、电、路、气 and lifts among the items of the catalogue, each once (CZ-03, JX-05)."""
        found = dict.fromkeys(item.five for item in self.items if item.listed and item.five)
        return cast("tuple[Works, ...]", tuple(found))

    def with_needs(self, needs: Iterable[Need]) -> "Scheme":
        """The scheme held against these hazards and wishes too; those that it knows stay as they are."""
        known = {need.key: need for need in self.needs}
        return replace(self, needs=tuple({**{need.key: need for need in needs}, **known}.values()))


def read_quantity(text: str) -> int | None:
    """``12.5`` as 12500 thousandths; None for anything but a plain number with at most three decimals."""
    return int(Decimal(text.strip()).scaleb(3)) if QUANTITY.fullmatch(text.strip()) else None


def line_amount(quantity: int, unit_price: int) -> int:
    """分 of a line: ``quantity`` thousandths × ``unit_price`` 分, rounded half up, once. ValueError below zero."""
    if quantity < 0 or unit_price < 0:
        raise ValueError("数量和单价不能为负数")
    return half_up(Fraction(quantity * unit_price, 1000))


def settle_payers(amount: int, given: Sequence[tuple[SourceKind, int | None]]) -> dict[SourceKind, int]:
    """Who pays what of ``amount`` 分: each kind once, at most one without a figure, which takes what is left.

    The parts add up to ``amount`` exactly, or ValueError in Chinese says what is wrong. Nobody named: nobody pays yet ({}).
    """
    kinds = [kind for kind, _ in given]
    if len(set(kinds)) != len(kinds):
        raise ValueError("同一出资渠道只能写一次")
    open_ended = [kind for kind, part in given if part is None]
    if len(open_ended) > 1:
        raise ValueError("只能有一个渠道不写金额（承担其余部分）")
    if any(part is not None and part <= 0 for _, part in given):
        raise ValueError("出资金额应大于零")
    if not given:
        return {}
    left = amount - sum(part for _, part in given if part is not None)
    if open_ended and left <= 0:
        raise ValueError(f"各渠道金额已达 {said(amount - left)} 元，没有其余部分")
    if not open_ended and left != 0:
        word = "少" if left > 0 else "多"
        raise ValueError(f"各渠道合计 {said(amount - left)} 元，应为 {said(amount)} 元，{word} {said(abs(left))} 元")
    return {kind: left if part is None else part for kind, part in given}


def sums_by_class(scheme: Scheme) -> dict[str, int]:
    """分 by class or area, in the order of first appearance; "" for what has none."""
    found: dict[str, int] = {}
    for item in scheme.items:
        found[item.item_class] = found.get(item.item_class, 0) + item.amount
    return found


def sums_by_payer(items: Iterable[Item]) -> dict[SourceKind, int]:
    """分 by kind of source, in the order of ``SOURCE_LABELS``."""
    found: dict[SourceKind, int] = {}
    for item in items:
        for kind, amount in item.payers.items():
            found[kind] = found.get(kind, 0) + amount
    return {kind: found[kind] for kind in SOURCE_LABELS if kind in found}


@dataclass(frozen=True)
class Entry:
    """An item of a catalogue that may be picked. ``key`` is stable over revisions that don't rename it."""

    key: str
    place: str
    document: str
    item: CatalogueItem

    @property
    def item_class(self) -> str:
        """Its class or area; empty where the document gives none."""
        return self.item.item_class or ""


def catalogue(layers: Layers) -> tuple[Entry, ...]:
    """Every item of the place's catalogues, lowest document first: catalogues are added to, not replaced."""
    found: dict[str, Entry] = {}
    for book in layers.books:
        if book.catalogue is None:
            continue
        for item in (*book.catalogue.items, *book.catalogue.outside_classes):
            key = "/".join((book.document.place, item.item_class or "", item.group or "", item.name))
            found.setdefault(key, Entry(key, book.document.place, book.document.label, item))
    return tuple(found.values())


def classes(layers: Layers) -> tuple[str, ...]:
    """Classes (or areas) of the lowest document with a catalogue; empty where none has one."""
    return next((book.catalogue.classes for book in layers.books if book.catalogue is not None), ())


def open_ended(layers: Layers) -> dict[str, str]:
    """Classes to which the text lets one add (等), with the words that say so, of the lowest document with a catalogue."""
    return next((dict(book.catalogue.open_ended) for book in layers.books if book.catalogue is not None), {})


def frozen(scheme: Scheme) -> dict[str, Any]:
    """The scheme as plain JSON values; ``thawed`` reads it back."""
    return {
        "number": scheme.number,
        "owner_ratio": str(scheme.owner_ratio) if scheme.owner_ratio is not None else None,
        "central_reason": scheme.central_reason,
        "residents_funding": scheme.residents_funding,
        "management": scheme.management,
        "items": [_frozen_item(item) for item in scheme.items],
        "replies": {
            key: {"item": reply.item, "reason": reply.reason, "by_leader": reply.by_leader}
            for key, reply in sorted(scheme.replies.items())
        },
        "needs": [
            {
                "key": need.key, "words": need.words, "community": need.community, "hazard": need.hazard, "strong": need.strong,
                "catalogue_name": need.catalogue_name, "basic": need.basic,
            }
            for need in scheme.needs
        ],
        "total": scheme.total,
    }  # fmt: skip


def _frozen_item(item: Item) -> dict[str, Any]:
    facility = item.facility
    return {
        "uid": item.uid, "name": item.name, "listed": item.listed, "class": item.item_class, "group": item.group, "clause": item.clause,
        "five": item.five, "community": item.community, "building": item.building, "quantity": item.quantity, "unit": item.unit,
        "unit_price": item.unit_price, "amount": item.amount, "payers": dict(item.payers), "reason": item.reason, "means": item.means,
        "note": item.note,
        "facility": None if facility is None else {
            "kind": facility.kind, "owner": facility.owner, "renewed_by": facility.renewed_by, "kept_by": facility.kept_by,
            "in_step": facility.in_step,
        },
    }  # fmt: skip


def thawed(content: Mapping[str, Any]) -> Scheme:
    """The scheme that was frozen."""
    ratio = content["owner_ratio"]
    return Scheme(
        items=tuple(_item(row) for row in content["items"]),
        owner_ratio=Fraction(ratio) if ratio is not None else None,
        central_reason=content["central_reason"],
        residents_funding=content["residents_funding"],
        management=content["management"],
        replies={key: Reply(**reply) for key, reply in content["replies"].items()},
        needs=tuple(Need(**need) for need in content["needs"]),
        number=content["number"],
    )


def _item(row: Mapping[str, Any]) -> Item:
    facility = row["facility"]
    values = {key: value for key, value in row.items() if key not in {"class", "facility"}}
    return Item(**values, item_class=row["class"], facility=Facility(**facility) if facility else None)
