"""改造对象: may a community be renovated under the documents of its place, and in which band."""

import datetime as dt
from dataclasses import dataclass

from communities.rules.years import BuiltYears, built_years
from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Band, EligibilityYears, Exclusion, Exclusions
from policies.layers import Layers
from policies.model import Provision
from policies.registry import answers

BAND_LABELS: dict[Band, str] = {
    "must": "确保完成",
    "priority": "重点改造",
    "eligible": "可以改造",
    "quota": "按年度任务比例纳入",
    "none": "不在改造范围",
}


@dataclass(frozen=True, kw_only=True)
class Eligibility(Answer):
    """``eligible`` None: 未作规定. ``band`` is ``none`` unless eligible; ``built`` holds the years read from the text."""

    eligible: bool | None
    band: Band
    built: BuiltYears


@answers("eligibility_years", "exclusions")
def eligibility(layers: Layers, *, day: dt.date, built: str | int | None, excluded: Exclusion | None) -> Eligibility:
    """Whether a community built as ``built`` says may be renovated on ``day``.

    1. An exclusion of any layer decides first: exclusions are added to, not replaced.
    2. The lowest document with a year rule gives the band by the latest year. Where it sets years, an unknown year is not eligible.
    3. An upper must that shuts the year out in its own words tightens the answer; what is only our reading of it does not.
    4. A place that has exclusions and no year rule takes in everything that is not excluded.
    """
    years = built_years(built)
    exclusions = list(layers.provisions("exclusions", day))
    for provision in exclusions:
        words = _excluding(provision, excluded)
        if words:
            reason = because(layers, provision, f"属于{words}，不在改造范围")
            return Eligibility(provision=provision, reasons=(reason,), eligible=False, band="none", built=years)
    lowest = layers.governing("eligibility_years", day)
    if lowest:
        stricter = (p for p in layers.uppers("eligibility_years", day) if not p.params.reading_of_later)
        decided = next((p for p in (lowest[0], *stricter) if _band(p.params, years) == "none"), lowest[0])
        return _by_year(layers, decided, years)
    if exclusions:
        reason = because(layers, exclusions[0], "不属于排除的范围，文件没有年份要求")
        return Eligibility(provision=exclusions[0], reasons=(reason,), eligible=True, band="eligible", built=years)
    return Eligibility(provision=None, reasons=UNREGULATED, eligible=None, band="none", built=years)


def _excluding(provision: Provision, excluded: Exclusion | None) -> str:
    rule: Exclusions = provision.params
    return next((row.words for row in rule.rows if row.category == excluded), "")


def _band(rule: EligibilityYears, years: BuiltYears) -> Band:
    if not rule.bands:
        return rule.later
    if years.latest is None:
        return "none"
    rows = sorted(rule.bands, key=lambda row: row.until)
    return next((row.band for row in rows if years.latest <= row.until), rule.later)


def _by_year(layers: Layers, provision: Provision, years: BuiltYears) -> Eligibility:
    band = _band(provision.params, years)
    if not provision.params.bands:
        text = "文件没有年份要求"
    elif years.latest is None:
        text = "建成年份不详，文件按建成年份确定改造范围"
    else:
        text = f"最晚建成于 {years.latest} 年：{BAND_LABELS[band]}"
    reason = because(layers, provision, text)
    return Eligibility(provision=provision, reasons=(reason,), eligible=band != "none", band=band, built=years)
