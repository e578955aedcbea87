"""Counting an owners' vote: four shares, each against its own threshold, in exact numbers (N-01, N-02, N-04)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from approvals.rules.percentages import still_needed
from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Matter, Threshold, Vote
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Reason
from policies.registry import answers
from policies.words import share_words

Choice = Literal["agree", "oppose", "abstain", "none"]
Test = Literal["participation_area", "participation_heads", "agreement_area", "agreement_heads"]
TESTS: tuple[Test, ...] = ("participation_area", "participation_heads", "agreement_area", "agreement_heads")
TEST_LABELS: dict[Test, str] = {
    "participation_area": "参与表决的专有部分面积",
    "participation_heads": "参与表决的人数",
    "agreement_area": "同意的专有部分面积",
    "agreement_heads": "同意的人数",
}


@dataclass(frozen=True)
class Voter:
    """An owner, or co-owners together: one head with the areas of all their homes, in 0.01 ㎡. ``none``: did not vote."""

    areas: tuple[int, ...]
    choice: Choice

    @property
    def area(self) -> int:
        """All homes of the voter together, in 0.01 ㎡."""
        return sum(self.areas)


@dataclass(frozen=True)
class Counts:
    """What was counted: heads, and areas in 0.01 ㎡. ValueError where a part is greater than its whole or below zero."""

    total_area: int
    total_heads: int
    participating_area: int
    participating_heads: int
    agreeing_area: int
    agreeing_heads: int

    def __post_init__(self) -> None:
        for unit in ("area", "heads"):
            agreeing, taking_part, total = (
                getattr(self, f"{part}_{unit}") for part in ("agreeing", "participating", "total")
            )
            if not 0 <= agreeing <= taking_part <= total:
                raise ValueError(f"数目不成立：同意 {agreeing}、参与 {taking_part}、总数 {total}")


@dataclass(frozen=True)
class Result:
    """One of the four shares. ``part`` and ``whole`` are heads, or 0.01 ㎡ for areas.

    ``missing`` is the least that must be added to ``part`` with ``whole`` as it stands; None where ``whole`` is zero.
    """

    test: Test
    part: int
    whole: int
    threshold: Threshold
    provision: Provision
    met: bool
    missing: int | None


@dataclass(frozen=True, kw_only=True)
class Tally(Answer):
    """Counted vote. Areas in 0.01 ㎡. ``passed`` None and no results: 未作规定."""

    matter: Matter
    passed: bool | None
    total_area: int
    total_heads: int
    participating_area: int
    participating_heads: int
    agreeing_area: int
    agreeing_heads: int
    results: tuple[Result, ...]

    @property
    def unmet(self) -> tuple[Test, ...]:
        """Tests that are not met, in their fixed order."""
        return tuple(result.test for result in self.results if not result.met)


@answers("vote", "counting")
def tally(layers: Layers, *, day: dt.date, matter: Matter, voters: Iterable[Voter]) -> Tally:
    """Count ``voters`` on ``matter`` under the documents in force on ``day``.

    The lowest document that speaks on the matter gives the four thresholds; each is replaced by that of a floor or an upper must where
    that one asks for more, never where it asks for less. ``provision`` is the lowest document's, unless the vote fails only because of a
    threshold that was tightened. ValueError for a negative area.
    """
    roll = tuple(voters)
    if any(area < 0 for voter in roll for area in voter.areas):
        raise ValueError("面积不能为负数")
    taking_part = [voter for voter in roll if voter.choice != "none"]
    agreeing = [voter for voter in roll if voter.choice == "agree"]
    counts = Counts(
        total_area=sum(voter.area for voter in roll),
        total_heads=len(roll),
        participating_area=sum(voter.area for voter in taking_part),
        participating_heads=len(taking_part),
        agreeing_area=sum(voter.area for voter in agreeing),
        agreeing_heads=len(agreeing),
    )
    return decide(layers, day=day, matter=matter, counts=counts)


def decide(layers: Layers, *, day: dt.date, matter: Matter, counts: Counts) -> Tally:
    """The result that ``counts`` (of this platform's vote or of a recorded paper) give under the documents in force on ``day``."""

    def on_matter(provision: Provision) -> bool:
        return matter in provision.params.matters

    lowest = layers.governing("vote", day, on_matter)
    if not lowest:
        return Tally(provision=None, reasons=UNREGULATED, matter=matter, passed=None, results=(), **asdict(counts))
    asked = lowest + layers.uppers("vote", day, on_matter)
    results = tuple(_result(test, asked, counts) for test in TESTS)
    return Tally(
        provision=_decided(lowest[0], results),
        reasons=tuple(_reason(layers, result) for result in results),
        matter=matter,
        passed=all(result.met for result in results),
        results=results,
        **asdict(counts),
    )


def _result(test: Test, asked: tuple[Provision, ...], counts: Counts) -> Result:
    share, unit = test.split("_")
    part_name, whole_name = ("participating", "total") if share == "participation" else ("agreeing", "participating")
    part, whole = getattr(counts, f"{part_name}_{unit}"), getattr(counts, f"{whole_name}_{unit}")
    provision = asked[0]
    for other in asked[1:]:
        if _threshold(other, test).stricter_than(_threshold(provision, test)):
            provision = other
    threshold = _threshold(provision, test)
    met = threshold.met(part, whole)
    return Result(test, part, whole, threshold, provision, met, still_needed(threshold, part, whole))


def _threshold(provision: Provision, test: Test) -> Threshold:
    vote: Vote = provision.params
    thresholds: dict[Test, Threshold] = {
        "participation_area": vote.participation_area,
        "participation_heads": vote.participation_heads,
        "agreement_area": vote.agreement_area,
        "agreement_heads": vote.agreement_heads,
    }
    return thresholds[test]


def _decided(lowest: Provision, results: tuple[Result, ...]) -> Provision:
    """The lowest provision, unless every unmet test would have been met by its own thresholds."""
    unmet = [result for result in results if not result.met]
    by_itself = [r for r in unmet if not _threshold(lowest, r.test).met(r.part, r.whole)]
    return unmet[0].provision if unmet and not by_itself else lowest


def _reason(layers: Layers, result: Result) -> Reason:
    def figure(value: int) -> str:
        return f"{value // 100}.{value % 100:02d} ㎡" if result.test.endswith("area") else f"{value} 人"

    asks = f"{'超过' if result.threshold.strict else '不少于'} {share_words(result.threshold.share)}"
    text = f"{TEST_LABELS[result.test]} {figure(result.part)} / {figure(result.whole)}，要求{asks}"
    missing = f"还差 {figure(result.missing)}" if result.missing else ""
    return because(layers, result.provision, text, missing)
