"""The order of the reserve (LZ-06, RC-11, CZ-14, JX-19) and for upper money (LZ-21, JX-12). Exact fractions; never blocks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from policies.registry import answers

Source = Literal["survey", "register", "entered", "none"]
SOURCE_LABELS: dict[Source, str] = {"survey": "居民调查", "register": "登记册", "entered": "录入", "none": "未填报"}
# Criteria that the platform reads by itself; every other one is entered with its evidence.
COMPUTED = frozenset({
    "residents_willing", "participation", "party_organisation", "residents_organisation", "infrastructure_missing",
    "necessary_infrastructure", "preparation_fast", "procedures_complete", "performance",
})  # fmt: skip
NECESSARY = ("water", "power", "road", "gas")
NECESSARY_LABELS = {"water": "水", "power": "电", "road": "路", "gas": "气"}
HIGHEST = 100  # of a weight


@dataclass(frozen=True)
class Criterion:
    """What comes first in the document's words, with its clause."""

    key: str
    words: str
    citation: Citation

    @property
    def computed(self) -> bool:
        """Whether the platform reads it by itself."""
        return self.key in COMPUTED


@dataclass(frozen=True)
class Value:
    """What is known of a project under a criterion. ``score`` from 0 to 1, None: nothing known, counted as 0 and shown as 未填报."""

    score: Fraction | None
    words: str = ""
    source: Source = "none"


@dataclass(frozen=True)
class Candidate:
    """A project of the reserve. ``share``: households that agree of all households in its surveys, None where nobody was asked."""

    key: str
    name: str
    values: Mapping[str, Value]
    share: Fraction | None = None


@dataclass(frozen=True)
class Line:
    """One criterion of one project: its value, its weight, and what it adds to the score."""

    criterion: Criterion
    value: Value
    weight: int
    adds: Fraction


@dataclass(frozen=True)
class Ranked:
    """A project in its place, with everything that put it there."""

    position: int
    candidate: Candidate
    score: Fraction
    lines: tuple[Line, ...]

    @property
    def unknown(self) -> int:
        """Criteria of which nothing is known."""
        return sum(line.value.score is None for line in self.lines)


def criteria(layers: Layers, day: dt.date, of: str = "reserve") -> tuple[Criterion, ...]:
    """What the documents over a place put first in its reserve or for upper money, the lowest first (they add up); empty where none does.

    For upper money a 倾斜 that a document promises to the well assessed is a criterion, too: last year's scorecard answers it.
    """
    found: dict[str, Criterion] = {}
    for provision in layers.provisions("ranking", day):
        for row in provision.params.criteria if provision.params.of == of else ():
            found.setdefault(row.key, Criterion(row.key, row.words, citation(layers, provision)))
    for provision in layers.provisions("assessment", day) if of == "upper_money" else ():
        words = provision.params.consequences.get("favoured")
        if words:
            found.setdefault("performance", Criterion("performance", f"考核结果：{words}", citation(layers, provision)))
    return tuple(found.values())


def weights_of(asked: Sequence[Criterion], entered: Mapping[str, int] | None) -> dict[str, int]:
    """The weights in force: those entered for the year; else every criterion alike (平台默认、文件未作规定). A new criterion weighs nothing
    until it is given a weight."""
    if entered is None:
        return {criterion.key: 1 for criterion in asked}
    return {criterion.key: entered.get(criterion.key, 0) for criterion in asked}


@answers("ranking")
def ranking(
    asked: Sequence[Criterion], candidates: Sequence[Candidate], weights: Mapping[str, int]
) -> tuple[Ranked, ...]:
    """Projects by score, the highest first. Ties: the larger share of households that agree, then the name, then the key.

    The score is the weighted mean of the criteria, from 0 to 1. Without criteria or with no weight at all it is 0 for everybody.
    """
    total = sum(weights[criterion.key] for criterion in asked)
    scored = []
    for candidate in candidates:
        lines = tuple(_line(criterion, candidate, weights[criterion.key], total) for criterion in asked)
        scored.append((sum((line.adds for line in lines), Fraction(0)), candidate, lines))
    scored.sort(key=lambda row: (-row[0], -(row[1].share or Fraction(0)), row[1].name, row[1].key))
    return tuple(Ranked(place, candidate, score, lines) for place, (score, candidate, lines) in enumerate(scored, 1))


def points(score: Fraction) -> str:
    """A score of 0 to 1 as points of a hundred with two decimals, half up, as a sheet shows it."""
    hundredths = (score.numerator * 20000 + score.denominator) // (2 * score.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _line(criterion: Criterion, candidate: Candidate, weight: int, total: int) -> Line:
    value = candidate.values.get(criterion.key, Value(None))
    adds = (value.score or Fraction(0)) * Fraction(weight, total) if total else Fraction(0)
    return Line(criterion, value, weight, adds)


def survey_value(part: int, whole: int, words: str) -> Value:
    """A share of a survey; nobody asked is nothing known."""
    if whole <= 0:
        return Value(None)
    return Value(Fraction(part, whole), f"{words} {part} / {whole} 户", "survey")


def organisation_value(holding: int, communities: int, words: str) -> Value:
    """How many of a project's communities have the organisation: the register answers, so none recorded is none."""
    return Value(Fraction(holding, communities) if communities else None, words, "register")


def fact_value(holds: Sequence[bool], words: str) -> Value:
    """Facts of the register (失养失修, 配套设施缺失): the share that holds of those recorded; none recorded is nothing known."""
    return Value(Fraction(sum(holds), len(holds)), words, "register") if holds else Value(None)


def necessary_value(reasons: Mapping[str, Sequence[str]], recorded: bool) -> Value:
    """How many of 水、电、路、气 are in urgent need of renewal, each with the reason (a hazard of the register, what residents want).

    ``recorded``: hazards or a survey are there at all; else nothing is known.
    """
    if not recorded:
        return Value(None)
    needed = [key for key in NECESSARY if reasons.get(key)]
    words = "；".join(f"{NECESSARY_LABELS[key]}：{'、'.join(reasons[key])}" for key in needed)
    return Value(Fraction(len(needed), len(NECESSARY)), words or "四项都没有隐患登记，也不到半数住户需要", "register")


def progress_value(order: int, start: int, label: str) -> Value:
    """前期推进: how far a project has come on the way to its works; ``start`` is the order of the stage of works."""
    return Value(Fraction(min(order, start), start), f"已到“{label}”", "register")


def procedures_value(met: int, asked: int, missing: Sequence[str]) -> Value:
    """手续完善: gates up to the start that are met, with what is missing; no gate at all is nothing known."""
    if not asked:
        return Value(None)
    words = f"{met} / {asked} 项已满足" + (
        f"，缺：{'、'.join(missing[:4])}{'等' if len(missing) > 4 else ''}" if missing else ""
    )
    return Value(Fraction(met, asked), words, "register")
