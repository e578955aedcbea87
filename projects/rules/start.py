"""What the documents ask to be there before the works start, paper by paper; where each may be entered. Pure functions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from policies.answer import citation
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation
from projects.rules.gates import evidence_key, gates_of
from projects.rules.permits import PERMIT_LABELS, Permits

BY_PARTY = frozenset({"procurement", "supervision"})
BY_MODE = frozenset({"contract_mode"})
# What the one page takes in; votes, reviews, notices and budgets have pages of their own.
ENTERED = frozenset({"permits", "pipeline_plan", "heritage_paper", "consents_of_neighbours"})
ON_THE_PAGE = BY_PARTY | BY_MODE | ENTERED
WAIVABLE = "waivable"  # evidence of the permits that the facts leave needed
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Demand:
    """A paper that a start gate names; ``key`` is empty where the gate names none and is itself the paper."""

    evidence: str
    key: str
    label: str
    citation: Citation
    of_elevator: bool = False


def demands(layers: Layers, *, day: dt.date, facts: frozenset[str]) -> tuple[Demand, ...]:
    """Every paper that the start gates of a project with these facts name, in the order of the document."""
    found: dict[tuple[str, str], Demand] = {}
    for provision in gates_of(layers, day=day, step="start", facts=facts):
        gate = provision.params
        key = evidence_key(gate)
        if key not in ENTERED:
            continue
        names = [(paper.key, paper.label) for paper in gate.requires] or [("", gate.label)]
        for name, label in names:
            demand = Demand(key, name, label, citation(layers, provision), "elevator" in gate.applies_when)
            found.setdefault((key, name), demand)
    return tuple(found.values())


def roles_asked(layers: Layers, *, day: dt.date, facts: frozenset[str]) -> Mapping[str, Citation]:
    """Roles of the parties that the start gates ask for, each with the clause."""
    found: dict[str, Citation] = {}
    for provision in gates_of(layers, day=day, step="start", facts=facts):
        gate = provision.params
        keys = [paper.key for paper in gate.requires] if gate.evidence == "procurement" else []
        for role in [SUPERVISOR] if gate.evidence == "supervision" else keys:
            found.setdefault(role, citation(layers, provision))
    return found


def mode_asked(layers: Layers, *, day: dt.date, facts: frozenset[str]) -> Citation | None:
    """The clause that asks how the contract is let; None where no document does."""
    asked = [p for p in gates_of(layers, day=day, step="start", facts=facts) if p.params.evidence in BY_MODE]
    return citation(layers, asked[0]) if asked else None


def waivers(layers: Layers, *, day: dt.date) -> Provision | None:
    """The provision that waives permits under facts; None where the documents are silent."""
    return next(iter(layers.governing("permit_waivers", day)), None)


@dataclass(frozen=True)
class Blocked:
    """A permit that stands against the start: what it is, why, and what would mend it."""

    text: str
    missing: str


def blocked(answer: Permits | None, held: Mapping[str, bool], why: Mapping[str, str]) -> tuple[Blocked, ...]:
    """RC-17: a permit is needed unless its conditions of waiver hold; ``held``: permits entered, True where checked.

    ``answer`` None: the facts are not stated yet, so that nothing can be called waived. ``why``: in words, what stands against each.
    """
    if answer is None:
        return (Blocked("尚未填写手续事实，不能判断哪些许可可以免办", "请填写手续事实"),)
    found = []
    for permit in answer.needed:
        if held.get(permit):
            continue
        label = PERMIT_LABELS[permit]
        reason = f"（{why[permit]}）" if why.get(permit) else ""
        missing = f"{label}已录入，待第二人复核" if permit in held else f"请录入{label}"
        found.append(Blocked(f"{label}不符合免办条件{reason}，须办理", missing))
    return tuple(found)
