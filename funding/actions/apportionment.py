"""Residents' money among homes: computed from the register, announced (frozen and hashed) by a second person, or withdrawn."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from communities.models import Home
from funding.actions.common import Input, claim, lock_funds, project_or_refused, settle
from funding.collecting import digest_of, standing_receipts
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.permissions import either, keeper
from funding.rules.apportionment import Apportionment as Shares
from funding.rules.apportionment import HomeArea, HomeWeight, apportionment, by_agreement
from funding.standing import owners_refuse
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused

BY_HOME = ("resident_direct", "maintenance_fund", "provident_fund")  # common revenue belongs to no home
MOST_HOMES, MOST_DAYS = 20_000, 731
FORMULAS = {
    "area": "每户应缴＝总额×本户专有部分面积÷全部面积",
    "concerned": "每户应缴＝总额×本户专有部分面积÷涉及各户面积",
    "table": "每户应缴＝总额×本户所在楼层系数÷各户系数合计",
}


@transaction.atomic
def apportion(
    *, by: User, at: dt.datetime, today: dt.date, fund: Fund, title: str, way: str, amount: object, pay_by: dt.date,
    agreement: str = "", homes: Collection[UUID] = (), floors: Mapping[int, Fraction] | None = None, key: str = "",
) -> Apportionment:  # fmt: skip
    """Share an amount of a fund of residents' money among homes of its project (LZ-18, N-03).

    ``homes``: those concerned (other ways than ``area``; empty: all). ``floors``: weight of each floor, every floor of the homes named.
    ``pay_by``: the last day in time. Raises Invalid naming the field, Refused where homes lack an area or a floor, or where the fund is
    not big enough. Cents left over go to the largest remainders, of equals to the home first in the register.
    """
    target = project_or_refused(fund.project_uid)
    body = keeper(by, target.county)
    given = Input()
    value, name = given.amount(amount, "amount"), given.text(title, "title", 80)
    words = given.text(agreement, "agreement", 200, blank=way == "area")
    if way not in FORMULAS:
        given.wrong("way", "没有这种分摊办法")
    if fund.source.kind not in BY_HOME:
        given.wrong("fund", "只有居民直接出资、维修资金、公积金的专账可以分摊到户")
    if not today <= pay_by <= today + dt.timedelta(days=MOST_DAYS):
        given.wrong("pay_by", "应在今天至两年之内")
    asked = {"act": "apportion", "fund": fund.uid, "title": name, "way": way, "amount": value, "agreement": words, "pay_by": pay_by,
             "homes": sorted(str(home) for home in homes), "floors": sorted((k, str(v)) for k, v in (floors or {}).items())}  # fmt: skip
    request, earlier = claim(by=by, at=at, key=key, asked=asked)
    if earlier:
        return Apportionment.objects.get(uid=earlier)
    fund = lock_funds([fund.pk])[fund.pk]
    rows = _homes(target.communities, homes if way != "area" else ())
    if way == "concerned" and not homes:
        given.wrong("homes", "请选择涉及改造的户")
    if not rows or len(rows) > MOST_HOMES:
        given.wrong("homes", "没有可分摊的户" if not rows else f"最多 {MOST_HOMES} 户")
    if homes and way != "area" and len(rows) != len(set(homes)):
        given.wrong("homes", "有的户不在本项目，或已合并")
    given.done("没有分摊：有字段需要更正")
    taken = sum(
        Apportionment.objects.filter(fund=fund, withdrawn_at__isnull=True).values_list("amount", flat=True), Decimal(0)
    )
    if taken + value > fund.allotted:
        raise Refused(
            f"“{fund.source.name}”计划 {fund.allotted:,.2f} 元，已分摊 {taken:,.2f} 元，本次超出 {taken + value - fund.allotted:,.2f} 元",
            errors={"amount": ["超出居民出资计划"]}, code="beyond_plan",
        )  # fmt: skip
    weights = _floor_weights(rows, floors or {}) if way == "table" else _areas(rows)
    found = _shares(fund, today, value, way, rows, weights)
    assert found.provision is not None
    made = Apportionment(
        fund=fund, project_uid=target.uid, project_name=target.name[:120], title=name, way=way, agreement=words, amount=value,
        formula=f"{FORMULAS[way]}，尾差按余数从大到小补一分", pay_by=pay_by, weight_total=str(sum(weights, Fraction(0))),
        floors={str(floor): str(weight) for floor, weight in sorted((floors or {}).items())} if way == "table" else {},
        rule=found.provision.rule_id, clause=found.provision.clause, made_by=by, created_at=at, updated_at=at,
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
    settle(request, made.uid)
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


def _locked(row: Apportionment) -> Apportionment:
    """The fund first, as whoever checks a receipt does: nothing comes in while it is announced or withdrawn."""
    lock_funds([row.fund_id])
    rows = Apportionment.objects.select_for_update(of=("self",))
    row = rows.select_related("division", "county", "fund__source").get(pk=row.pk)
    if row.withdrawn_at is not None:
        raise Refused(f"这次分摊已经撤回：{row.withdrawn_reason}", code="withdrawn")
    return row


@transaction.atomic
def announce_apportionment(*, by: User, at: dt.datetime, today: dt.date, row: Apportionment) -> Apportionment:
    """A second person has held it against the agreement: frozen and hashed, and money may be collected (LZ-05: after the owners' vote)."""
    row = _locked(row)
    body = either(by, row.county or row.division)
    if row.made_by_id == by.pk:
        raise Forbidden("编制人不能复核自己编制的分摊，请由另一人复核公布", code="own_entry")
    if row.confirmed_by_id is not None:
        raise Refused(f"已由{row.confirmed_by}复核公布", code="already_confirmed")
    target = project_or_refused(row.project_uid)
    reason = owners_refuse(target, layers=layers_of(target.division), day=today, kind=row.fund.source.kind)
    if reason is not None:
        raise Refused(reason.text, reasons=(reason,), code="owners_decide")
    row.confirmed_by, row.confirmed_at, row.digest = by, at, digest_of(row)
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="apportionment.announce", subject=row, body=body, data={"digest": row.digest})
    return row


@transaction.atomic
def withdraw_apportionment(*, by: User, at: dt.datetime, row: Apportionment, reason: str) -> Apportionment:
    """Give it up and say why; it stays to be read. What is announced is withdrawn by another than its maker, once nothing of it is held."""
    given = Input()
    why = given.text(reason, "reason", 200)
    given.done("请写明撤回理由")
    row = _locked(row)
    body = either(by, row.county or row.division)
    if row.confirmed_by_id is not None and row.made_by_id == by.pk:
        raise Forbidden("已公布的分摊由编制人以外的人撤回", code="own_entry")
    held = sum((r.amount if r.kind == "paid" else -r.amount for r in standing_receipts(row)), Decimal(0))
    if held:
        raise Refused(f"还有 {held:,.2f} 元逐户收款没有退还，退清后才能撤回", code="money_held")
    if DueReceipt.objects.filter(due__apportionment=row, checked_by__isnull=True, dropped_at__isnull=True).exists():
        raise Refused("还有收退款登记没有复核，复核或作废后才能撤回", code="money_held")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, at, why
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(by=by, at=at, action="apportionment.withdraw", subject=row, body=body, reason=why)
    return row
