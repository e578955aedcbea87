"""Residents' money among homes: computed from the register, frozen by a second person, collected and refunded home by home."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import IntegrityError, transaction

from communities.models import Home
from funding.actions.common import Input, lock_funds, project_or_refused
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.permissions import either, keeper
from funding.rules.apportionment import Apportionment as Shares
from funding.rules.apportionment import HomeArea, HomeWeight, apportionment, by_agreement
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused

RESIDENTS = "resident_direct"
MOST_HOMES = 20_000
FORMULAS = {
    "area": "每户应缴＝总额×本户专有部分面积÷全部面积",
    "concerned": "每户应缴＝总额×本户专有部分面积÷涉及各户面积",
    "table": "每户应缴＝总额×本户所在楼层系数÷各户系数合计",
}


@transaction.atomic
def apportion(
    *, by: User, at: dt.datetime, today: dt.date, fund: Fund, title: str, way: str, amount: object, agreement: str = "",
    homes: Collection[UUID] = (), floors: Mapping[int, Fraction] | None = None,
) -> Apportionment:  # fmt: skip
    """Share an amount of a fund of residents' money among homes of its project (LZ-18, N-03).

    ``homes``: those concerned (other ways than ``area``; empty: all). ``floors``: weight of each floor, every floor of the homes named.
    Raises Invalid naming the field, Refused where homes lack an area or a floor, or where the fund is not big enough.
    """
    fund = lock_funds([fund.pk])[fund.pk]
    target = project_or_refused(fund.project_uid)
    body = keeper(by, target.county)
    given = Input()
    value, name = given.amount(amount, "amount"), given.text(title, "title", 80)
    words = given.text(agreement, "agreement", 200, blank=way == "area")
    if way not in FORMULAS:
        given.wrong("way", "没有这种分摊办法")
    if fund.source.kind != RESIDENTS:
        given.wrong("fund", "只有居民直接出资的专账可以分摊到户")
    rows = _homes(target.communities, homes if way != "area" else ())
    if way == "concerned" and not homes:
        given.wrong("homes", "请选择涉及改造的户")
    if not rows or len(rows) > MOST_HOMES:
        given.wrong("homes", "没有可分摊的户" if not rows else f"最多 {MOST_HOMES} 户")
    if homes and way != "area" and len(rows) != len(set(homes)):
        given.wrong("homes", "有的户不在本项目，或已合并")
    given.done("没有分摊：有字段需要更正")
    taken = sum(Apportionment.objects.filter(fund=fund).values_list("amount", flat=True), Decimal(0))
    if taken + value > fund.allotted:
        raise Refused(
            f"“{fund.source.name}”计划 {fund.allotted} 元，已分摊 {taken} 元，本次超出 {taken + value - fund.allotted} 元",
            errors={"amount": ["超出居民出资计划"]}, code="beyond_plan",
        )  # fmt: skip
    weights = _floor_weights(rows, floors or {}) if way == "table" else _areas(rows)
    found = _shares(fund, today, value, way, rows, weights)
    assert found.provision is not None
    made = Apportionment(
        fund=fund, project_uid=target.uid, project_name=target.name[:120], title=name, way=way, agreement=words, amount=value,
        formula=f"{FORMULAS[way]}，尾差按余数从大到小补一分", rule=found.provision.rule_id, clause=found.provision.clause, made_by=by,
        created_at=at, updated_at=at,
    )  # fmt: skip
    made.place_in(target.division)
    made.save()
    HomeDue.objects.bulk_create(
        [
            HomeDue(
                apportionment=made, home=home, label=f"{home.building.name} {home.unit} {home.room}".replace("  ", " "),
                area=home.private_area, weight_part=weight.numerator, weight_whole=weight.denominator,
                amount=Decimal(share.amount).scaleb(-2), created_at=at, updated_at=at,
            )
            for home, weight, share in zip(rows, weights, found.shares, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    record(by=by, at=at, action="apportionment.make", subject=made, body=body, data={"rows": len(rows)})
    return made


def _homes(communities: Sequence[UUID], chosen: Collection[UUID]) -> list[Home]:
    """Homes of a project in the order of the register: the order decides who bears a cent where remainders are equal."""
    rows = Home.objects.filter(building__community__uid__in=communities, merged_into__isnull=True)
    if chosen:
        rows = rows.filter(uid__in=set(chosen))
    return list(rows.select_related("building").order_by("building__name", "unit", "room", "pk")[: MOST_HOMES + 1])


def _areas(rows: Sequence[Home]) -> list[Fraction]:
    lacking = [home for home in rows if home.private_area is None]
    if lacking:
        words = "、".join(f"{home.building.name}{home.unit}{home.room}" for home in lacking[:5])
        raise Refused(f"有 {len(lacking)} 户没有登记专有部分面积：{words}。请先在名册中补齐", code="no_area")
    return [Fraction(int((home.private_area or Decimal(0)).scaleb(2))) for home in rows]


def _floor_weights(rows: Sequence[Home], floors: Mapping[int, Fraction]) -> list[Fraction]:
    """No default: a floor that the table doesn't name, or a home whose floor is not known, is refused by name."""
    unknown = [home for home in rows if home.floor is None]
    if unknown:
        words = "、".join(f"{home.building.name}{home.unit}{home.room}" for home in unknown[:5])
        raise Refused(f"有 {len(unknown)} 户没有登记楼层：{words}。请先在名册中补齐", code="no_floor")
    absent = sorted({home.floor for home in rows if home.floor is not None} - set(floors))
    if absent:
        words = "、".join(str(floor) for floor in absent)
        raise Invalid("没有分摊：有楼层没有系数", errors={"floors": [f"请填写第 {words} 层的系数（不分摊的填 0）"]})
    return [floors[home.floor] for home in rows if home.floor is not None]


def _shares(
    fund: Fund, today: dt.date, value: Decimal, way: str, rows: Sequence[Home], weights: Sequence[Fraction]
) -> Shares:
    layers, total = layers_of(fund.division), int(value.scaleb(2))
    try:
        if way == "table":
            found = by_agreement(
                layers, day=today, amount=total, homes=[HomeWeight(h.pk, w) for h, w in zip(rows, weights, strict=True)]
            )
        else:
            areas = [HomeArea(home.pk, int(weight)) for home, weight in zip(rows, weights, strict=True)]
            found = apportionment(layers, day=today, amount=total, homes=areas)
    except ValueError as error:
        raise Invalid("没有分摊", errors={"homes": [str(error)]}) from error
    if not found.shares:
        raise Refused(found.reasons[0].text, reasons=found.reasons, code="no_way")
    return found


@transaction.atomic
def confirm_apportionment(*, by: User, at: dt.datetime, row: Apportionment) -> Apportionment:
    """A second person has held it against the agreement; from now on nothing of it moves."""
    row = Apportionment.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=row.pk)
    body = either(by, row.county or row.division)
    if row.made_by_id == by.pk:
        raise Forbidden("编制人不能复核自己编制的分摊，请由另一人复核", code="own_entry")
    if row.confirmed_by_id is not None:
        raise Refused(f"已由{row.confirmed_by}复核", code="already_confirmed")
    row.confirmed_by, row.confirmed_at = by, at
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="apportionment.confirm", subject=row, body=body)
    return row


@transaction.atomic
def record_due(
    *, by: User, at: dt.datetime, today: dt.date, due: HomeDue, amount: object, day: dt.date, voucher: str, kind: str = "paid",
) -> DueReceipt:  # fmt: skip
    """Money from a home, or back to it. It counts once another person has checked it."""
    due = _locked_due(due.pk)
    main = due.apportionment
    body = keeper(by, main.county or main.division)
    given = Input()
    value, number = given.amount(amount, "amount"), given.text(voucher, "voucher", 60)
    given.past(day, "day", today)
    if kind not in DueReceipt.Kind.values:
        given.wrong("kind", "只能是收款或退款")
    given.done("没有登记：有字段需要更正")
    if main.confirmed_by_id is None:
        raise Refused("分摊还没有第二人复核，不能收款", code="not_confirmed")
    _within(due, kind, value, waiting=True)
    row = DueReceipt(
        due=due, kind=kind, amount=value, day=day, voucher=number, recorded_by=by, created_at=at, updated_at=at
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("这张收据已经登记", errors={"voucher": ["收据号重复"]}, code="receipt_exists") from error
    record(by=by, at=at, action="due.record", subject=row, body=body, data={"kind": kind})
    return row


@transaction.atomic
def check_due(*, by: User, at: dt.datetime, row: DueReceipt) -> DueReceipt:
    """A second person has seen the money or the receipt."""
    due = _locked_due(row.due_id)
    row = DueReceipt.objects.select_for_update(of=("self",)).get(pk=row.pk)
    body = either(by, due.apportionment.county or due.apportionment.division)
    if row.recorded_by_id == by.pk:
        raise Forbidden("登记人不能复核自己登记的收退款，请由另一人复核", code="own_entry")
    if row.checked_by_id is not None:
        raise Refused("已经复核", code="already_confirmed")
    _within(due, row.kind, row.amount, waiting=False)
    row.checked_by, row.checked_at = by, at
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="due.check", subject=row, body=body)
    return row


def _locked_due(pk: int) -> HomeDue:
    rows = HomeDue.objects.select_for_update(of=("self",))
    return rows.select_related("apportionment__county", "apportionment__division").get(pk=pk)


def _within(due: HomeDue, kind: str, value: Decimal, *, waiting: bool) -> None:
    """Never more than a home owes, never back more than it paid (``waiting``: what waits for its check is counted as paid in)."""
    rows = [row for row in due.receipts.all() if row.checked_by_id or (waiting and row.kind == "paid")]
    paid = sum((row.amount if row.kind == "paid" else -row.amount for row in rows), Decimal(0))
    if kind == "paid" and paid + value > due.amount:
        left = max(due.amount - paid, Decimal(0))
        raise Refused(
            f"{due.label}应缴 {due.amount} 元，已登记 {paid} 元，还可收 {left} 元",
            errors={"amount": [f"超出应缴 {paid + value - due.amount} 元"]}, code="beyond_due",
        )  # fmt: skip
    checked = sum((r.amount if r.kind == "paid" else -r.amount for r in rows if r.checked_by_id), Decimal(0))
    if kind == "refund" and value > checked:
        raise Refused(
            f"{due.label}实收 {checked} 元，最多退 {checked} 元", errors={"amount": ["超出实收"]}, code="beyond_due"
        )
