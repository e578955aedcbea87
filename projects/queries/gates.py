"""Gates as pages show them: plain rows for the gate list, with the act that mends each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from projects.rules.gates import GateAnswer


def gate_row(gate: GateAnswer, *, url: str = "", action: str = "") -> dict[str, Any]:
    """A gate for ``components/gates.html``. An unmet one that only asks to strive says so."""
    note = gate.explanation
    if gate.outcome == "unmet" and not gate.blocks:
        note = f"{note}；不影响办理，计入统计" if note else "不影响办理，计入统计"
    if gate.also:
        clauses = "、".join(f"{each.rule} {each.clause}" for each in gate.also)
        note = f"{note}；同一份材料也满足 {clauses}" if note else f"同一份材料也满足 {clauses}"
    return {
        "label": gate.gate.label,
        "state": gate.outcome,
        "citation": gate.citation,
        "missing": gate.missing if gate.outcome != "met" else "",
        "note": note,
        "word": "待复核" if gate.needs_check else "未满足",
        "url": url if gate.outcome != "met" else "",
        "action": action,
    }


@dataclass(frozen=True)
class Summary:
    """How many gates are met, and those that stand against."""

    met: int
    total: int
    blocking: tuple[GateAnswer, ...]
    soft: int

    @property
    def ready(self) -> bool:
        """Whether nothing stands against."""
        return not self.blocking


def summary(gates: Sequence[GateAnswer]) -> Summary:
    """Counts of a line's gates; excepted ones count as met and are shown as excepted elsewhere."""
    blocking = tuple(gate for gate in gates if gate.blocks)
    soft = sum(1 for gate in gates if gate.outcome == "unmet" and not gate.blocks)
    return Summary(met=len(gates) - len(blocking) - soft, total=len(gates), blocking=blocking, soft=soft)
