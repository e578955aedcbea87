"""Which papers the documents of a place ask for, and what each is asked: the fields themselves stand in ``approvals.rules.evidence``."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.rules.evidence import FORMS, Figure, Form, form_of
from policies.kinds import Gate, Step
from policies.layers import Layers
from policies.words import area_words, count_words, date_words, yuan_words
from projects.gates import OF_PLAN
from projects.rules.evidence import COMPUTED
from projects.rules.gates import evidence_key

# How each kind of field is said: days 2022年7月5日, money and areas with separators and two decimals, the unit stands in the label.
WORDS: Mapping[str, Callable[[Any], str]] = {
    "date": lambda text: date_words(dt.date.fromisoformat(text)),
    "money": lambda text: yuan_words(Decimal(text)),
    "area": lambda text: area_words(Decimal(text)),
    "count": lambda number: count_words(int(number)),
}


@dataclass(frozen=True)
class PaperKind:
    """A paper that the documents of a place ask for: its evidence key, its name, its fields, and the steps that wait for it."""

    key: str
    label: str
    form: Form
    requires: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    @property
    def numeric(self) -> bool:
        """Whether it carries figures (and not only which papers are there)."""
        return self.key.partition(":")[0] in FORMS

    @property
    def of_plan(self) -> bool:
        """Whether it speaks of a plan as a whole."""
        return self.key in OF_PLAN


def paper_kinds(layers: Layers, day: dt.date) -> dict[str, PaperKind]:
    """Every paper that a gate of the place's documents asks for, by evidence key.

    Gates that share a key share the paper, so its list of papers is that of all of them.
    """
    gates: dict[str, list[Gate]] = {}
    for provision in layers.provisions("gate", day):
        gate: Gate = provision.params
        if gate.evidence not in COMPUTED:
            gates.setdefault(evidence_key(gate), []).append(gate)
    return {key: _kind(key, found) for key, found in gates.items()}


def _kind(key: str, gates: list[Gate]) -> PaperKind:
    papers = {paper.key: paper.label for gate in gates for paper in gate.requires}
    requires = tuple(papers.items())
    label = "、".join(dict.fromkeys(gate.label for gate in gates))
    return PaperKind(
        key, label[:120], form_of(key, requires), requires, tuple(dict.fromkeys(gate.step for gate in gates))
    )


def figure_words(kind: PaperKind | None, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of a paper's figures in the order of its form; those of an older form by their keys."""
    fields: dict[str, Figure] = {figure.key: figure for figure in kind.form.figures} if kind else {}
    ordered = [*[key for key in fields if key in figures], *[key for key in figures if key not in fields]]
    return [(fields[key].label if key in fields else key, _word(fields.get(key), figures[key])) for key in ordered]


def _word(field: Figure | None, value: Any) -> str:
    if isinstance(value, bool):
        return "有" if value else "无"
    kind = field.kind if field else "text"
    if kind in WORDS and value not in (None, ""):
        return WORDS[kind](value)
    return "未填报" if value is None else str(value)
