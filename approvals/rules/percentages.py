"""Shares of households or respondents: consent to the plan, coverage of the survey, satisfaction."""

import datetime as dt
import math
from dataclasses import dataclass

from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Threshold
from policies.layers import Layers
from policies.model import Provision
from policies.registry import answers
from policies.words import share_words

UNITS = {"households": "户", "respondents": "人"}


@dataclass(frozen=True, kw_only=True)
class Percentage(Answer):
    """``passed`` None: 未作规定. ``short_by`` counts whole households or respondents.

    It is None where the denominator is zero or nothing is regulated.
    """

    passed: bool | None
    part: int
    whole: int
    short_by: int | None
    of_words: str = ""


def still_needed(threshold: Threshold, part: int, whole: int) -> int | None:
    """Least whole number to add to ``part`` so that the share of the same ``whole`` is reached; None for nothing of nothing."""
    if whole <= 0:
        return None
    exact = threshold.share * whole
    least = math.floor(exact) + 1 if threshold.strict else math.ceil(exact)
    return max(least - part, 0)


@answers("plan_consent")
def plan_consent(layers: Layers, *, day: dt.date, households: int, agreeing: int) -> Percentage:
    """Consent of the households before a community enters a plan. ValueError for impossible counts."""
    return _percentage("plan_consent", layers, day=day, part=agreeing, whole=households)


@answers("survey_coverage")
def survey_coverage(layers: Layers, *, day: dt.date, households: int, asked: int) -> Percentage:
    """Households asked before a scheme is fixed. ValueError for impossible counts."""
    return _percentage("survey_coverage", layers, day=day, part=asked, whole=households)


@answers("satisfaction")
def satisfaction(layers: Layers, *, day: dt.date, respondents: int, satisfied: int) -> Percentage:
    """Satisfied among those who answered, before acceptance. ValueError for impossible counts."""
    return _percentage("satisfaction", layers, day=day, part=satisfied, whole=respondents)


def _percentage(kind: str, layers: Layers, *, day: dt.date, part: int, whole: int) -> Percentage:
    if part < 0 or whole < 0 or part > whole:
        raise ValueError(f"数目不成立：{whole} 中的 {part}")
    lowest = layers.governing(kind, day)
    if not lowest:
        return Percentage(provision=None, reasons=UNREGULATED, passed=None, part=part, whole=whole, short_by=None)
    provision = _strictest(lowest + layers.uppers(kind, day))
    threshold: Threshold = provision.params.share
    short_by = still_needed(threshold, part, whole)
    unit = UNITS[provision.params.of]
    text = f"{part} / {whole}（{provision.params.of_words}），要求{'超过' if threshold.strict else '不低于'} {share_words(threshold.share)}"
    missing = "" if not short_by else f"还差 {short_by} {unit}"
    return Percentage(
        provision=provision,
        reasons=(because(layers, provision, text, missing),),
        passed=threshold.met(part, whole),
        part=part,
        whole=whole,
        short_by=short_by,
        of_words=provision.params.of_words,
    )


def _strictest(provisions: tuple[Provision, ...]) -> Provision:
    """The first provision unless a later one (of an upper layer) asks for more."""
    strictest = provisions[0]
    for provision in provisions[1:]:
        if provision.params.share.stricter_than(strictest.params.share):
            strictest = provision
    return strictest
