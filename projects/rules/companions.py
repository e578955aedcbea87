"""Other units' plans beside the year's plan (RC-31): matched by community, and what contradicts it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS: Mapping[str, str] = {"special_plans": "专项改造计划", "pipeline_plans": "管线改造计划"}


@dataclass(frozen=True)
class Beside:
    """One line as the gate sees it. ``planned``: the year in which the annual plans take the community up, None: in none of them."""

    kind: str
    year: int
    place: str
    unit: str
    matched: bool
    checked: bool
    nothing: bool = False
    agreed: bool = False
    planned: int | None = None

    def clashes(self, year: int) -> bool:
        """Whether its works fall into another year than the renovation of ``year``: a road dug twice. A leader's word settles it."""
        return self.planned == year and self.year != year and not self.agreed


def figures(lines: Iterable[Beside], year: int) -> dict[str, Any]:
    """What the lines say to the plan of ``year``: which kinds are there, names not found, lines not checked, clashes in words."""
    rows = list(lines)
    own = [row for row in rows if row.year == year]
    return {
        **{kind: any(row.kind == kind for row in own) for kind in KINDS},
        "unmatched": sum(not row.matched and not row.nothing for row in own),
        "unchecked": sum(not row.checked for row in rows if row.year == year or row.clashes(year)),
        "clashes": [f"{row.place}：{row.unit}安排在{row.year}年" for row in rows if row.clashes(year)],
    }


def against_companions(said: Mapping[str, Any]) -> list[str]:
    """What stands against the plan in the figures above, in words; nothing for a recorded paper, which holds none of them."""
    words = []
    if said.get("unmatched"):
        words.append(f"还有 {said['unmatched']} 条没有对上小区")
    if said.get("clashes"):
        words.append(f"年度不一致，可能重复开挖：{'、'.join(said['clashes'][:5])}")
    if said.get("unchecked"):
        words.append(f"还有 {said['unchecked']} 条待第二人复核")
    return words
