"""Targets of a programme period (LZ-10, YL-02, RC-14): what a document asks of all communities of its place, against what is done.

They are nobody's due day: nothing is blocked by them and no project carries one. Counts come in as plain numbers.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from approvals.rules.strength import LATENESS_LABELS, lateness
from communities.rules.eligibility import eligibility
from policies.answer import UNREGULATED, Answer, because, citation
from policies.calendar import WorkingCalendar
from policies.kinds import Exclusion, FixedDay, ProgrammeTarget
from policies.layers import Layers
from policies.model import Provision, Strength
from policies.refusal import Citation, Reason
from policies.registry import answers
from projects.rules.deadlines import due_day

State = Literal["reached", "open", "late", "breached", "counted", "not_applicable"]
STATE_LABELS: Mapping[State, str] = {
    "reached": "已完成", "open": "进行中", "counted": "只计数，不作判断", "not_applicable": "不适用",
    "late": LATENESS_LABELS["late"], "breached": LATENESS_LABELS["breached"],
}  # fmt: skip
YEAR_END = FixedDay(month=12, day=31)
Group = tuple[int | None, str]  # latest built year, category of exclusion ("" for none)


@dataclass(frozen=True)
class BuiltCount:
    """Communities of one latest built year (None: not known) and one category of exclusion; ``done`` of them are renovated."""

    built: int | None
    excluded: str
    communities: int
    done: int


@dataclass(frozen=True)
class Counts:
    """What the register holds of a place: by built year, and the communities done by plan year (each counted once)."""

    built: tuple[BuiltCount, ...] = ()
    done_in_year: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """One band, one year or the whole: ``done`` of ``whole`` communities by ``due``.

    ``groups`` are the built years and exclusions behind a band's figures, ``years`` the plan years behind the others'.
    """

    key: str
    label: str
    strength: Strength
    due: dt.date
    done: int
    whole: int
    passed: bool
    state: State
    citation: Citation
    groups: frozenset[Group] = frozenset()
    years: tuple[int, ...] = ()
    note: str = ""

    @property
    def word(self) -> str:
        """已完成, 进行中, 逾期, 滞后…"""
        return STATE_LABELS[self.state]

    @property
    def missing(self) -> int:
        """Communities still to be done, never below zero."""
        return max(self.whole - self.done, 0)


@dataclass(frozen=True, kw_only=True)
class Programme(Answer):
    """The targets of a place in the order of its document. ``unknown``: communities without a built year, in no band."""

    targets: tuple[Target, ...] = ()
    unknown: int = 0


@answers("programme_target")
def programme(layers: Layers, *, day: dt.date, counts: Counts) -> Programme:
    """How far each target of the place's programme is reached on ``day`` (an Asia/Shanghai day).

    A band's denominator are the communities of its built years that the place's documents let be renovated; a year's and the whole's
    is the number that the document plans. After the last day what is not reached is 逾期 under must and 滞后 under anything weaker.
    Musts of upper documents stand beside the place's own. Without a provision: 未作规定, no target.
    """
    found = (*layers.governing("programme_target", day), *layers.uppers("programme_target", day))
    if not found:
        return Programme(provision=None, reasons=UNREGULATED)
    eligible = tuple(count for count in counts.built if _eligible(layers, day, count))
    targets = tuple(target for provision in found for target in _targets(layers, provision, day, eligible, counts))
    has_bands = any(_rule(provision).bands for provision in found)
    unknown = (
        sum(count.communities for count in counts.built if count.built is None and not count.excluded)
        if has_bands
        else 0
    )
    reasons = tuple(
        Reason(
            text=f"{target.label}：{target.done}/{target.whole}，{target.word}",
            citation=target.citation,
            missing=_missing(target),
        )
        for target in targets
    )
    if unknown:
        reasons += (because(layers, found[0], f"另有 {unknown} 个小区建成年份不详，未计入任何一档"),)
    return Programme(provision=found[0], reasons=reasons, targets=targets, unknown=unknown)


def _rule(provision: Provision) -> ProgrammeTarget:
    return cast(ProgrammeTarget, provision.params)


def _eligible(layers: Layers, day: dt.date, count: BuiltCount) -> bool:
    excluded = cast(Exclusion | None, count.excluded or None)
    return eligibility(layers, day=day, built=count.built, excluded=excluded).eligible is not False


def _targets(
    layers: Layers, provision: Provision, day: dt.date, eligible: tuple[BuiltCount, ...], counts: Counts
) -> Iterator[Target]:
    rule = _rule(provision)
    by = due_day(rule.by, rule.by_year, WorkingCalendar())
    for number, band in enumerate(rule.bands, start=1):
        within = [count for count in eligible if _within(band, count.built)]
        yield _target(
            layers, provision, day, key=f"{provision.rule_id}-band-{number}", label=_band_label(band), strength=band.strength, due=by,
            done=sum(count.done for count in within), whole=sum(count.communities for count in within), judged=not band.part,
            groups=frozenset((count.built, count.excluded) for count in within),
            note="文件没有写比例，平台不代拟" if band.part else "",
        )  # fmt: skip
    reported = {
        year.year: max(counts.done_in_year.get(year.year, 0), year.communities if year.done else 0)
        for year in rule.years
    }
    for year in rule.years:
        yield _target(
            layers, provision, day, key=f"{provision.rule_id}-{year.year}", label=f"{year.year}年", strength=year.strength,
            due=due_day(YEAR_END, year.year, WorkingCalendar()), done=reported[year.year], whole=year.communities, years=(year.year,),
            note="完成数为文件所载" if reported[year.year] > counts.done_in_year.get(year.year, 0) else "",
        )  # fmt: skip
    if rule.total is not None:
        done = (
            sum(reported.values())
            if rule.years
            else sum(n for year, n in counts.done_in_year.items() if year <= rule.by_year)
        )
        years = tuple(year.year for year in rule.years) or tuple(
            year for year in counts.done_in_year if year <= rule.by_year
        )
        yield _target(
            layers, provision, day, key=f"{provision.rule_id}-total", label="全部", strength=provision.strength, due=by, done=done,
            whole=rule.total, years=years,
        )  # fmt: skip


def _target(
    layers: Layers, provision: Provision, day: dt.date, *, key: str, label: str, strength: Strength, due: dt.date, done: int, whole: int,
    judged: bool = True, groups: frozenset[Group] = frozenset(), years: tuple[int, ...] = (), note: str = "",
) -> Target:  # fmt: skip
    start = provision.in_force_from
    state = _state(
        day, due, done=done, whole=whole, strength=strength, judged=judged, applicable=start is None or due >= start
    )
    cited = replace(citation(layers, provision), strength=strength)  # a row may be weaker than its sentence
    return Target(key, label, strength, due, done, whole, day > due, state, cited, groups, years, note)


def _state(
    day: dt.date, due: dt.date, *, done: int, whole: int, strength: Strength, judged: bool, applicable: bool
) -> State:
    if not judged:
        return "counted"
    if done >= whole:
        return "reached" if whole else "counted"
    if not applicable:
        return "not_applicable"
    return (lateness(strength) or "counted") if day > due else "open"


def _within(band: ProgrammeTarget.Row, built: int | None) -> bool:
    if built is None:
        return False
    return (band.built_from is None or built >= band.built_from) and (
        band.built_until is None or built <= band.built_until
    )


def _band_label(band: ProgrammeTarget.Row) -> str:
    if band.built_from and band.built_until:
        years = f"{band.built_from}—{band.built_until}年建成的"
    elif band.built_until:
        years = f"{band.built_until}年底前建成的"
    else:
        years = f"{band.built_from}年以后建成的" if band.built_from else "全部小区"
    return f"{years}（{band.words}）"


def _missing(target: Target) -> str:
    return f"还差 {target.missing} 个" if target.missing and target.state not in {"counted", "not_applicable"} else ""
