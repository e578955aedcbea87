"""Communities that a plan takes in 按一定比例: their share of the year's task against the ceiling entered for that plan (YL-01)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from communities.rules.eligibility import eligibility
from policies.answer import Answer, because
from policies.layers import Layers
from policies.registry import shows

WORDS = "应写成分数或百分数，例如 1/5 或 20%"


def ceiling_of(text: str) -> Fraction | None:
    """The ceiling as it was entered, exact: ``1/5``, ``20%``, ``0.2``; None for an empty one. ValueError for anything else."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not plain:
        return None
    match = re.fullmatch(r"(?:(\d{1,4})/(\d{1,4})|(\d{1,3}(?:\.\d{1,4})?)(%?))", plain)
    if match is None or match[2] in {"0", "00", "000", "0000"}:
        raise ValueError(WORDS)
    value = Fraction(int(match[1]), int(match[2])) if match[1] else Fraction(match[3]) / (100 if match[4] else 1)
    if not 0 <= value <= 1:
        raise ValueError("占比应在 0 到 1 之间")
    return value


@dataclass(frozen=True, kw_only=True)
class Quota(Answer):
    """How many of the plan's communities are taken in by quota. ``over_by``: communities too many; None where no ceiling is entered."""

    quota: int
    whole: int
    ceiling: Fraction | None = None
    over_by: int | None = None
    names: tuple[str, ...] = ()


def taken_by_quota(layers: Layers, *, day: dt.date, built: str) -> bool:
    """Whether a community built as the text says comes in 按一定比例 only (YL-01)."""
    return eligibility(layers, day=day, built=built, excluded=None).band == "quota"


@shows("eligibility_years")
def quota(
    layers: Layers, *, day: dt.date, communities: Sequence[tuple[str, str]], ceiling: Fraction | None
) -> Quota | None:
    """``communities``: (name, built as found) of the plan. None where the governing document knows no quota.

    The text has no number: the ceiling is the plan's own, and without one nothing is over.
    """
    lowest = layers.governing("eligibility_years", day)
    if not lowest or lowest[0].params.later != "quota":
        return None
    names = tuple(name for name, built in communities if taken_by_quota(layers, day=day, built=built))
    whole = len(communities)
    over = None if ceiling is None else max(0, len(names) - int(ceiling * whole))
    missing = f"超出 {over} 个小区" if over else ""
    text = f"按比例纳入的小区 {len(names)} 个，本年任务 {whole} 个，上限{f' {ceiling}' if ceiling is not None else '未录入'}"
    return Quota(
        provision=lowest[0],
        reasons=(because(layers, lowest[0], text, missing),),
        quota=len(names),
        whole=whole,
        ceiling=ceiling,
        over_by=over,
        names=names,
    )
