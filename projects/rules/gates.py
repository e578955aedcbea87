"""Gates: which demands of the documents guard a step, and whether what is held meets them. Pure functions.

Strength decides what an unmet gate can do: must and in_principle block (until an exception stands), strive never blocks and is shown and
counted. Evidence is what the platform holds or a recorded paper; a paper counts once a second person has checked it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from policies.answer import citation
from policies.kinds import Gate, Step
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation
from policies.registry import answers
from projects.rules.evidence import Verdict, evaluate
from projects.rules.situation import Held, HeldException, HeldResult, Situation

Outcome = Literal["met", "unmet", "excepted"]
OUTCOME_LABELS: dict[Outcome, str] = {"met": "已满足", "unmet": "未满足", "excepted": "例外放行"}
BLOCKING = frozenset({"must", "in_principle"})


@dataclass(frozen=True)
class GateAnswer:
    """One gate: what it asks, whether it is met, what is missing in numbers, and the clause that says so."""

    provision: Provision
    citation: Citation
    gate: Gate
    outcome: Outcome
    explanation: str
    missing: str = ""
    paper: str | None = None
    needs_check: bool = False
    exception: HeldException | None = None
    also: tuple[Citation, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the step is refused because of it."""
        return self.outcome == "unmet" and self.provision.strength in BLOCKING

    @property
    def key(self) -> str:
        """Key of the evidence that answers it."""
        return evidence_key(self.gate)

    @property
    def opened_by(self) -> Literal["document", "leader", "nothing"]:
        """What can open it: a document of the issuing level (must), a leader's reason (in_principle), nothing under a statute."""
        if self.provision.floor:
            return "nothing"
        return "document" if self.provision.strength == "must" else "leader"


def evidence_key(gate: Gate) -> str:
    """Key under which evidence of a gate is recorded: ``plan_consent``, ``vote:scheme``."""
    return f"{gate.evidence}:{gate.matter}" if gate.matter else gate.evidence


def gates_of(layers: Layers, *, day: dt.date, step: Step, facts: frozenset[str] = frozenset()) -> tuple[Provision, ...]:
    """Gates that guard ``step`` on ``day`` for a subject with these facts.

    Per kind of evidence the lowest document that speaks governs; an upper must stays beside a weaker one below (it may be
    tightened, never loosened). Gates of different rules of one document all stand.
    """
    asked = [p for p in layers.provisions("gate", day) if p.params.step == step and set(p.params.applies_when) <= facts]
    kept: list[Provision] = []
    for provision in asked:
        key = evidence_key(provision.params)
        lower = [other for other in kept if evidence_key(other.params) == key and other.place != provision.place]
        if (
            not lower
            or (provision.strength == "must" and all(other.strength != "must" for other in lower))
            or provision.floor
        ):
            kept.append(provision)
    return tuple(kept)


@answers("gate")
def answer(layers: Layers, *, day: dt.date, provision: Provision, situation: Situation) -> GateAnswer:
    """Whether one gate is met by what is held."""
    gate: Gate = provision.params
    held, verdict = _judged(layers, day, gate, situation)
    exception = situation.exceptions.get((provision.rule_id, gate.step, evidence_key(gate)))
    outcome, explanation, missing, needs_check = _decide(verdict, held, exception)
    return GateAnswer(
        provision=provision,
        citation=citation(layers, provision),
        gate=gate,
        outcome=outcome,
        explanation=explanation,
        missing=missing,
        paper=held.paper if held else None,
        needs_check=needs_check,
        exception=exception,
    )


def shown_once(gates: Sequence[GateAnswer]) -> list[GateAnswer]:
    """Gates that one paper answers alike, once: a floor that asks for the same as the place's own clause (竣工验收备案: RC-16 and N-07)
    keeps its row, which nothing but the paper opens, and names the other clause."""
    found: list[GateAnswer] = []
    for gate in gates:
        floor = next(
            (other for other in gates if other.provision.floor and other is not gate and _alike(other, gate)), None
        )
        if floor is None:
            also = tuple(
                other.citation for other in gates if other is not gate and gate.provision.floor and _alike(other, gate)
            )
            found.append(replace(gate, also=also) if also else gate)
    return found


def _alike(one: GateAnswer, other: GateAnswer) -> bool:
    strength = (one.provision.strength, other.provision.strength)
    return (
        one.gate.step == other.gate.step
        and one.key == other.key
        and one.gate.requires == other.gate.requires
        and strength == ("must", "must")
    )


def _judged(layers: Layers, day: dt.date, gate: Gate, situation: Situation) -> tuple[Held | None, Verdict]:
    """The platform's own results first: one that fails is not papered over; where they leave a community out a paper may fill it."""
    held = situation.papers.get(evidence_key(gate))
    results = situation.results.get(evidence_key(gate), ())
    if not results:
        return held, _of_paper(layers, day, gate, situation, held)
    each = [(result, _verdict_of(layers, day, gate, situation, result)) for result in results]
    failed = [(result, verdict) for result, verdict in each if not verdict.met]
    if failed:
        explanation = "；".join(_said(result, verdict.explanation) for result, verdict in failed)
        missing = "；".join(_said(result, verdict.missing) for result, verdict in failed if verdict.missing)
        return None, Verdict(False, explanation, missing=missing)
    absent = _absent(results, situation)
    if absent and held is not None:
        return held, _of_paper(layers, day, gate, situation, held)
    if absent:
        words = "、".join(absent)
        return None, Verdict(False, f"{words}尚无结果", missing=f"还缺：{words}")
    said = "；".join(f"{_said(result, verdict.explanation)}（{result.words}）" for result, verdict in each)
    return None, Verdict(True, said, computed=True)


def _verdict_of(layers: Layers, day: dt.date, gate: Gate, situation: Situation, result: HeldResult) -> Verdict:
    """One result judged like a paper about its community alone."""
    if not result.settled:
        return Verdict(False, result.words, missing=result.words)
    places = tuple(place for place in situation.places if not result.place or place.name == result.place)
    own = replace(situation, places=places)
    return evaluate(layers, day=day, gate=gate, figures=result.figures, situation=own, on=result.day)


def _of_paper(layers: Layers, day: dt.date, gate: Gate, situation: Situation, held: Held | None) -> Verdict:
    figures, on = (held.figures, held.day) if held else (None, None)
    return evaluate(layers, day=day, gate=gate, figures=figures, situation=situation, on=on)


def _absent(results: tuple[HeldResult, ...], situation: Situation) -> list[str]:
    spoken = {result.place for result in results}
    return [] if "" in spoken else [place.name for place in situation.places if place.name not in spoken]


def _said(result: HeldResult, words: str) -> str:
    return f"{result.place}：{words}" if result.place else words


def _decide(verdict: Verdict, held: Held | None, exception: HeldException | None) -> tuple[Outcome, str, str, bool]:
    if verdict.met and (verdict.computed or (held is not None and held.checked)):
        return "met", verdict.explanation, "", False
    waits = verdict.met and held is not None and not held.checked
    missing = "材料已录入，待第二人复核" if waits else verdict.missing
    if exception is not None:
        return "excepted", f"{verdict.explanation}；{exception.words}", missing, waits
    return "unmet", verdict.explanation, missing, waits


def answers_for(
    layers: Layers, *, day: dt.date, steps: tuple[Step, ...], situation: Situation
) -> tuple[GateAnswer, ...]:
    """All gates of the steps, in the order of the document."""
    return tuple(
        answer(layers, day=day, provision=provision, situation=situation)
        for step in steps
        for provision in gates_of(layers, day=day, step=step, facts=situation.facts)
    )
