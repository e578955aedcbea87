"""Who pays for what: CZ-07 by area and item, RC-05 by N and X; which communities and content draw central money. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import cast

from funding.rules.money import half_up, said
from funding.rules.shares import SOURCE_LABELS
from funding.rules.subsidy import central_subsidy
from policies.answer import citation
from policies.kinds import Exclusion, Payers
from policies.layers import Layers
from policies.model import Provision
from policies.registry import answers
from projects.rules.scheme import Item, Scheme
from projects.rules.scheme_items import Check, checked
from projects.rules.situation import Place

Found = tuple[Provision, Payers.Row]


def row_of(layers: Layers, *, day: dt.date, item: Item) -> Found | None:
    """The row that speaks on an item: one that names it goes before one that names its class. None: 未作规定."""
    rows: list[Found] = [(p, row) for p in layers.governing("payers", day) for row in p.params.rows]
    named = [found for found in rows if item.listed and item.name in found[1].items]
    of_class = [found for found in rows if item.item_class and item.item_class in found[1].classes]
    return next(iter((*named, *of_class)), None)


@answers("payers")
def payer_checks(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """One line against its row: ``only`` refuses every other payer; ``open`` notes one that the text does not name."""
    found = row_of(layers, day=day, item=item)
    if found is None or not item.payers:
        return
    provision, row = found
    others = {kind: amount for kind, amount in item.payers.items() if kind not in row.sources}
    words = "、".join(SOURCE_LABELS[kind] for kind in others)
    if row.how == "only":
        text = f"“{item.name}”（{item.where}）：{row.words}"
        over = sum(others.values())
        missing = f"{words}不能出资，涉及 {said(over)} 元" if others else ""
        yield checked(layers, provision, not others, text, missing=missing, about=(item.name,))
    elif row.how == "open" and others:
        text = f"“{item.name}”由{words}出资：文件没有点名，以“等”收尾，不排除"
        yield Check(provision.rule_id, "noted", text, citation(layers, provision), about=(item.name,))


def split_checks(layers: Layers, *, day: dt.date, scheme: Scheme) -> Iterator[Check]:
    """RC-05 of the whole budget: N mainly by fiscal money (more than half), X with the owners' ratio as entered."""
    for provision in layers.governing("payers", day):
        for row in provision.params.rows:
            items = [item for item in scheme.items if row_of(layers, day=day, item=item) == (provision, row)]
            if items and row.how == "mainly":
                yield _mainly(layers, provision, row, items)
            elif items and row.how == "ratio":
                yield _ratio(layers, provision, row, items, scheme.owner_ratio)


def _mainly(layers: Layers, provision: Provision, row: Payers.Row, items: Sequence[Item]) -> Check:
    total, paid = sum(item.amount for item in items), sum(item.paid_by(row.sources) for item in items)
    classes = "、".join(row.classes)
    text = f"{classes}共 {said(total)} 元，其中财政资金 {said(paid)} 元；{row.words}"
    short = total // 2 + 1 - paid
    return checked(
        layers, provision, 2 * paid > total, text, missing=f"财政资金应超过一半，还差 {said(max(short, 0))} 元"
    )


def _ratio(
    layers: Layers, provision: Provision, row: Payers.Row, items: Sequence[Item], ratio: Fraction | None
) -> Check:
    total, paid = sum(item.amount for item in items), sum(item.paid_by(row.sources) for item in items)
    classes = "、".join(row.classes)
    if ratio is None or ratio <= 0:
        text = f"{classes}共 {said(total)} 元，没有写明业主出资比例；{row.words}"
        return checked(layers, provision, False, text, missing="请填写业主出资比例（大于零）")
    wanted = half_up(ratio * total)
    text = (
        f"{classes}共 {said(total)} 元，业主出资比例 {_percent(ratio)}，应出 {said(wanted)} 元，方案中 {said(paid)} 元"
    )
    return checked(layers, provision, paid >= wanted, text, missing=f"业主出资还差 {said(max(wanted - paid, 0))} 元")


def central_checks(
    layers: Layers, *, day: dt.date, scheme: Scheme, places: Sequence[Place], subsidised: bool
) -> Iterator[Check]:
    """Central money: eligible communities, content (CZ-03, JX-05), and after the years supported first a recorded reason (RC-03)."""
    for place in places:
        own = any(item.paid_by({"central"}) and item.community in {"", place.name} for item in scheme.items)
        if own or subsidised:
            yield from _central(layers, day, place, scheme)


def _central(layers: Layers, day: dt.date, place: Place, scheme: Scheme) -> Iterator[Check]:
    excluded = cast(Exclusion | None, place.excluded or None)
    found = central_subsidy(layers, day=day, built=place.built, excluded=excluded, works=scheme.works)
    if found.allowed is None:
        return
    failing = () if found.allowed else tuple(r for r in found.reasons if r.missing) or found.reasons
    for reason in found.reasons:
        met = reason not in failing
        missing = "" if met else reason.missing or "这个小区不能使用中央补助资金"
        rule = reason.citation.rule if reason.citation else ""
        text = f"{place.name}：{reason.text}"
        yield Check(rule, "met" if met else "unmet", text, reason.citation, missing, (place.name,), not met)
    if found.reason_needed:
        yield _late(layers, day, place, scheme)


def _late(layers: Layers, day: dt.date, place: Place, scheme: Scheme) -> Check:
    provision = layers.governing("subsidy_years", day)[0]
    met = bool(scheme.central_reason.strip())
    said = f"，理由：{scheme.central_reason}" if met else ""
    text = f"{place.name}建成晚于{provision.params.first_until}年，使用中央补助须登记理由{said}"
    cited = citation(layers, provision)
    missing = "" if met else "请填写使用中央补助的理由"
    return Check(provision.rule_id, "met" if met else "unmet", text, cited, missing, (place.name,), not met)


def _percent(ratio: Fraction) -> str:
    hundredths = ratio * 10_000
    return (
        f"{int(hundredths) // 100}.{int(hundredths) % 100:02d}%"
        if int(hundredths) % 100
        else f"{int(hundredths) // 100}%"
    )
