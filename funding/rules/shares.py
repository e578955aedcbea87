"""Least share of residents and enterprises in the total investment, exactly."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from approvals.rules.percentages import still_needed
from funding.rules.money import said
from policies.answer import UNREGULATED, Answer, because
from policies.kinds import FundingShare
from policies.layers import Layers
from policies.registry import answers
from policies.words import share_words

SourceKind = Literal[
    "central", "provincial", "city", "county", "special_bond", "housing_sale_revenue", "loan", "resident_direct",
    "maintenance_fund", "provident_fund", "common_revenue", "utility", "private_capital", "original_unit_enterprise",
    "original_unit_public", "donation", "enterprise_bond",
]  # fmt: skip
SOURCE_LABELS: dict[SourceKind, str] = {
    "central": "中央补助资金",
    "provincial": "省级（自治区）资金",
    "city": "市级资金",
    "county": "县（区）级资金",
    "special_bond": "地方政府专项债券",
    "housing_sale_revenue": "国有住房出售收入存量资金",
    "loan": "信贷资金",
    "resident_direct": "居民直接出资",
    "maintenance_fund": "住宅专项维修资金",
    "provident_fund": "住房公积金",
    "common_revenue": "小区公共收益",
    "utility": "专营单位出资",
    "private_capital": "社会资本",
    "original_unit_enterprise": "原产权单位（企业）出资",
    "original_unit_public": "原产权单位（机关事业）出资",
    "donation": "企业捐助",
    "enterprise_bond": "企业债券、项目收益票据",
}


@dataclass(frozen=True)
class Source:
    """Money of one kind, in 分."""

    kind: SourceKind
    amount: int


@dataclass(frozen=True, kw_only=True)
class Share(Answer):
    """Amounts in 分. ``counted`` of ``total``; ``short_by`` with the total held fixed, rounded up to the cent.

    ``passed`` and ``counted`` None: 未作规定. A zero total passes nothing and has no ``short_by``.
    """

    passed: bool | None
    counted: int | None
    total: int
    short_by: int | None


@answers("funding_share")
def funding_share(layers: Layers, *, day: dt.date, sources: Iterable[Source]) -> Share:
    """Whether residents and enterprises bring the least share. Votes that a source asks for are taken as passed. ValueError below zero."""
    given = tuple(sources)
    if any(source.amount < 0 for source in given):
        raise ValueError("金额不能为负数")
    total = sum(source.amount for source in given)
    lowest = layers.governing("funding_share", day)
    if not lowest:
        return Share(provision=None, reasons=UNREGULATED, passed=None, counted=None, total=total, short_by=None)
    asked = lowest + layers.uppers("funding_share", day)
    answers_ = [(p, _counted(p.params, given)) for p in asked]
    short = [still_needed(p.params.share, counted, total) for p, counted in answers_]
    # The one that leaves most missing decides; of equals the lowest document.
    place = max(range(len(asked)), key=lambda number: short[number] or 0)
    provision, counted = answers_[place]
    rule: FundingShare = provision.params
    asks = f"{'超过' if rule.share.strict else '不低于'} {share_words(rule.share.share)}"
    text = f"居民和企业出资 {said(counted)} 元，总投资 {said(total)} 元，要求{asks}"
    missing = f"还差 {said(short[place] or 0)} 元" if short[place] else ""
    return Share(
        provision=provision,
        reasons=(because(layers, provision, text, missing),),
        passed=rule.share.met(counted, total),
        counted=counted,
        total=total,
        short_by=short[place],
    )


def _counted(rule: FundingShare, sources: tuple[Source, ...]) -> int:
    return sum(source.amount for source in sources if source.kind in rule.counts)
