"""Lines of a scheme: added from the catalogue or beside it, changed, taken out. What a must forbids is refused with its clause."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.db.models import Max

from communities.models import Building, Community
from funding.rules.shares import SOURCE_LABELS, SourceKind
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Invalid, Refused, RuleRefused, Stale
from projects.actions.schemes import held, touch
from projects.models import ProjectCommunity, Scheme, SchemeItem, SchemePayment
from projects.models.schemes import MOST_PRICE, MOST_QUANTITY
from projects.rules.scheme import (
    FACILITIES,
    FACILITY_OWNERS,
    KEEPERS,
    RENEWERS,
    catalogue,
    classes,
    line_amount,
    read_quantity,
    settle_payers,
)
from projects.rules.schemes import line_checks
from projects.schemes import fen, item_value, money

MOST_ITEMS = 1000
TEXTS: Mapping[str, int] = {"name": 80, "unit": 12, "reason": 200, "means": 10, "note": 200, "item_class": 40}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "facility": FACILITIES,
    "facility_owner": FACILITY_OWNERS,
    "renewed_by": RENEWERS,
    "kept_by": KEEPERS,
}
FIGURES = ("quantity", "unit_price")
FIELDS = frozenset({*TEXTS, *CHOICES, *FIGURES, "catalogue_key", "community", "building", "in_step", "payers"})


@transaction.atomic
def add_item(
    *, by: User, at: dt.datetime, today: dt.date, scheme: Scheme, values: Mapping[str, Any], expected_version: int | None = None
) -> SchemeItem:  # fmt: skip
    """Add a line. ``values``: ``catalogue_key`` or ``name`` with ``item_class`` and ``reason``; ``quantity`` (text, ≤ 3 decimals),
    ``unit``, ``unit_price`` (Decimal yuan), ``payers`` [(kind, Decimal or None for the rest)], community, building, facility."""
    scheme = held(by, scheme, expected_version)
    if scheme.items.count() >= MOST_ITEMS:
        raise Refused(f"一个方案最多 {MOST_ITEMS} 项", code="too_many_items")
    last = scheme.items.aggregate(last=Max("position"))["last"] or 0
    row = SchemeItem(scheme=scheme, position=last + 1, created_at=at, updated_at=at)
    return _write(row, values, by=by, at=at, today=today, action="scheme.add_item")


@transaction.atomic
def change_item(
    *, by: User, at: dt.datetime, today: dt.date, item: SchemeItem, values: Mapping[str, Any], expected_version: int | None = None
) -> SchemeItem:  # fmt: skip
    """Change a line; fields that are not given stay. Raises Stale where it has moved on since it was read."""
    scheme = held(by, item.scheme)
    row = (
        scheme.items.select_for_update(of=("self",)).select_related("community", "building").filter(pk=item.pk).first()
    )
    if row is None:
        raise Stale("这一项已被他人删除，请刷新后再试")
    if expected_version is not None and row.version != expected_version:
        raise Stale("这一项已被他人修改，请刷新后再试")
    row.scheme, row.version, row.updated_at = scheme, row.version + 1, at
    return _write(row, values, by=by, at=at, today=today, action="scheme.change_item")


@transaction.atomic
def remove_item(*, by: User, at: dt.datetime, item: SchemeItem, expected_version: int | None = None) -> None:
    """Take a line out of the draft; fixed versions keep it."""
    scheme = held(by, item.scheme)
    row = scheme.items.select_for_update().filter(pk=item.pk).first()
    if row is None or (expected_version is not None and row.version != expected_version):
        raise Stale("这一项已被他人修改或删除，请刷新后再试")
    record(by=by, at=at, action="scheme.remove_item", subject=scheme, data={"item": str(row.uid)})
    row.delete()
    touch(scheme, at=at)


def _write(
    row: SchemeItem, values: Mapping[str, Any], *, by: User, at: dt.datetime, today: dt.date, action: str
) -> SchemeItem:
    unknown = set(values) - FIELDS
    if unknown:
        raise Invalid("有不能修改的字段", errors={name: ["不能修改"] for name in sorted(unknown)})
    layers = layers_of(row.scheme.division)
    errors: dict[str, list[str]] = {}
    before = None if row._state.adding else row.amount
    _place(row, values, errors)
    _texts(row, values, errors)
    _entry(row, values, layers, errors)
    _figures(row, values, errors)
    _facility(row, errors)
    if errors:
        raise Invalid("这一项填写有误", errors=errors)
    row.amount = money(line_amount(row.quantity, fen(row.unit_price)))
    payers = _payers(row, values, before)
    row.save()
    if payers is not None:
        row.payments.all().delete()
        SchemePayment.objects.bulk_create(
            SchemePayment(item=row, kind=kind, amount=money(part)) for kind, part in payers.items()
        )
    _obey(row, layers, today)
    touch(row.scheme, at=at)
    record(by=by, at=at, action=action, subject=row.scheme, data={"item": str(row.uid), "version": row.version})
    return row


def _place(row: SchemeItem, values: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    if "community" in values:
        community: Community | None = values["community"]
        if (
            community is not None
            and not ProjectCommunity.objects.filter(project=row.scheme.project_id, community=community).exists()
        ):
            errors["community"] = ["不是本项目的小区"]
            return
        row.community = community
    if "building" in values:
        building: Building | None = values["building"]
        if building is not None and building.community_id != row.community_id:
            errors["building"] = ["不是所选小区的楼栋"]
            return
        row.building = building
    elif row.building is not None and row.building.community_id != row.community_id:
        row.building = None


def _texts(row: SchemeItem, values: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    for name, longest in TEXTS.items():
        if name not in values:
            continue
        text = str(values[name]).strip()
        if "\x00" in text:
            errors[name] = ["含有不能保存的字符"]
        elif len(text) > longest:
            errors[name] = [f"最多 {longest} 字"]
        else:
            setattr(row, name, text)
    for name, choices in CHOICES.items():
        if name in values:
            if values[name] and values[name] not in choices:
                errors[name] = [f"应为：{'、'.join(choices.values())}"]
            else:
                setattr(row, name, values[name] or "")
    if "in_step" in values:
        row.in_step = bool(values["in_step"])


def _entry(row: SchemeItem, values: Mapping[str, Any], layers: Layers, errors: dict[str, list[str]]) -> None:
    """What the catalogue says of the item is the catalogue's, not the entry's."""
    if "catalogue_key" in values:
        row.catalogue_key = str(values["catalogue_key"] or "").strip()
    if not row.catalogue_key:
        row.group = row.clause = row.five = ""
        if not row.name:
            errors.setdefault("name", ["请填写项目名称，或从目录选择"])
        if row.item_class and row.item_class not in classes(layers):
            errors["item_class"] = [f"应为：{'、'.join(classes(layers))}"]
        return
    entry = next((entry for entry in catalogue(layers) if entry.key == row.catalogue_key), None)
    if entry is None:
        errors["catalogue_key"] = ["适用的文件目录里没有这一项"]
        return
    for name, own in (("name", entry.item.name), ("item_class", entry.item_class)):
        if values.get(name) and str(values[name]).strip() != own:
            errors[name] = [f"目录写的是“{own or '未归类'}”，不能改"]
    row.name, row.item_class, row.group = entry.item.name, entry.item_class, entry.item.group or ""
    row.clause, row.five, row.reason = entry.item.clause, entry.item.five or "", ""


def _figures(row: SchemeItem, values: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    if "quantity" in values:
        number = read_quantity(str(values["quantity"]))
        if number is None or not 0 < number <= MOST_QUANTITY:
            errors["quantity"] = ["应为大于零、不超过 1000000 的数，最多三位小数，如 12.5"]
        else:
            row.quantity = number
    elif not row.quantity:
        errors["quantity"] = ["不能为空"]
    if "unit_price" in values:
        price = Decimal(values["unit_price"])
        if not price.is_finite() or not 0 <= price <= MOST_PRICE or price != price.quantize(Decimal("0.01")):
            errors["unit_price"] = ["应为 0 至 10000000.00 元，最多两位小数"]
        else:
            row.unit_price = price
    elif row._state.adding:
        errors["unit_price"] = ["不能为空"]
    if not row.unit:
        errors.setdefault("unit", ["请填写单位，如 米、㎡、部"])


def _facility(row: SchemeItem, errors: dict[str, list[str]]) -> None:
    """A utility facility says who owns, renews and keeps it; anything else says nothing of that."""
    if not row.facility:
        row.facility_owner = row.renewed_by = row.kept_by = ""
        return
    for name in ("facility_owner", "renewed_by", "kept_by"):
        if not getattr(row, name):
            errors.setdefault(name, ["专营设施须逐项填写"])


def _payers(row: SchemeItem, values: Mapping[str, Any], before: Decimal | None) -> dict[SourceKind, int] | None:
    """Who pays what; None: as it was. One payer alone follows a changed amount, several are asked for anew."""
    if "payers" not in values:
        if before is None or before == row.amount:
            return None
        held_kinds = [cast(SourceKind, payment.kind) for payment in row.payments.all()]
        if len(held_kinds) > 1:
            raise Invalid("金额变了，请重新填写各渠道的出资", errors={"payers": ["合计应等于新的金额"]})
        return dict.fromkeys(held_kinds, fen(row.amount)) if row.amount else {}
    given: Sequence[tuple[str, Decimal | None]] = values["payers"]
    for kind, _ in given:
        if kind not in SOURCE_LABELS:
            raise Invalid("没有这种出资渠道", errors={"payers": [f"不认识“{kind[:30]}”"]})
    try:
        parts = [(cast(SourceKind, kind), None if part is None else _exact(part)) for kind, part in given]
        return settle_payers(fen(row.amount), parts)
    except ValueError as error:
        raise Invalid("出资有误", errors={"payers": [str(error)]}) from error


def _exact(part: Decimal) -> int:
    number = Decimal(part)
    if not number.is_finite() or number != number.quantize(Decimal("0.01")) or abs(number) > Decimal(10) ** 13:
        raise ValueError("出资金额最多两位小数")
    return int(number.scaleb(2))


def _obey(row: SchemeItem, layers: Layers, today: dt.date) -> None:
    """What a must forbids of this line is refused here and now, with its clause."""
    fresh = SchemeItem.objects.select_related("community", "building").prefetch_related("payments").get(pk=row.pk)
    checks = line_checks(layers, day=today, item=item_value(fresh))
    reasons = tuple(check.reason for check in checks if check.blocks)
    if reasons:
        raise RuleRefused(f"“{row.name}”不符合文件规定", reasons=reasons)
