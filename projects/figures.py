"""What a recorded paper is asked for: the figures of each kind of evidence, their labels, and reading them from a form or a body."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from communities.rules.numbers import NotExact, hundredths, hundredths_text
from funding.rules.shares import SOURCE_LABELS
from policies.kinds import Gate
from policies.layers import Layers
from policies.refusal import Invalid
from projects.gates import OF_PLAN
from projects.rules.evidence import COMPUTED
from projects.rules.gates import evidence_key

Kind = Literal["count", "area", "money", "day", "yes"]
MOST = 10_000_000


@dataclass(frozen=True)
class Figure:
    """One figure of a paper: its key, its Chinese label, and what it is (a count, ㎡, yuan, a day, there or not)."""

    key: str
    label: str
    kind: Kind
    optional: bool = False
    least: int = 0


_COUNTS: dict[str, tuple[Figure, ...]] = {
    "plan_consent": (Figure("households", "总户数", "count", least=1), Figure("agreeing", "同意户数", "count")),
    "survey_coverage": (Figure("households", "总户数", "count", least=1), Figure("asked", "征求意见户数", "count")),
    "satisfaction": (Figure("respondents", "有效答卷数", "count", least=1), Figure("satisfied", "满意答卷数", "count")),
    "vote": (
        Figure("total_area", "专有部分总面积（㎡）", "area"),
        Figure("total_heads", "业主总人数", "count", least=1),
        Figure("participating_area", "参与表决面积（㎡）", "area"),
        Figure("participating_heads", "参与表决人数", "count"),
        Figure("agreeing_area", "同意面积（㎡）", "area"),
        Figure("agreeing_heads", "同意人数", "count"),
    ),
    "notice": (
        Figure("posted_on", "公示开始日", "day"),
        Figure("closed_on", "公示截止日", "day"),
        Figure("open_objections", "未办结异议（件）", "count", optional=True),
    ),
    "funding_share": tuple(Figure(key, f"{label}（元）", "money", optional=True) for key, label in SOURCE_LABELS.items()),
    "fiscal_capacity": (Figure("capacity", "本级财政承受能力（元）", "money"), Figure("needed", "计划需本级财政资金（元）", "money")),
}
NUMERIC = frozenset(_COUNTS)
# part ≤ whole, per kind of evidence
_WITHIN: dict[str, tuple[tuple[str, str], ...]] = {
    "plan_consent": (("agreeing", "households"),),
    "survey_coverage": (("asked", "households"),),
    "satisfaction": (("satisfied", "respondents"),),
    "vote": (
        ("participating_area", "total_area"), ("participating_heads", "total_heads"),
        ("agreeing_area", "participating_area"), ("agreeing_heads", "participating_heads"),
    ),
    "notice": (("posted_on", "closed_on"),),
}  # fmt: skip


@dataclass(frozen=True)
class PaperKind:
    """A paper that the documents of a place ask for: its evidence key, its name, and its figures."""

    key: str
    label: str
    figures: tuple[Figure, ...]

    @property
    def numeric(self) -> bool:
        """Whether it carries numbers (and not only which papers are there)."""
        return self.key.partition(":")[0] in NUMERIC


def paper_kinds(layers: Layers, day: dt.date) -> dict[str, PaperKind]:
    """Every paper that a gate of the place's documents asks for, by evidence key.

    Gates that share a key share the paper, so its list of papers is that of all of them.
    """
    gates: dict[str, list[Gate]] = {}
    for provision in layers.provisions("gate", day):
        gate: Gate = provision.params
        if gate.evidence not in COMPUTED:
            gates.setdefault(evidence_key(gate), []).append(gate)
    return {key: PaperKind(key, found[0].label, _figures(found)) for key, found in gates.items()}


def _figures(gates: list[Gate]) -> tuple[Figure, ...]:
    fixed = _COUNTS.get(gates[0].evidence)
    if fixed is not None:
        return fixed
    papers = {paper.key: paper for gate in gates for paper in gate.requires}
    return tuple(Figure(paper.key, paper.label, "yes", optional=True) for paper in papers.values())


def of_plan(key: str) -> bool:
    """Whether evidence of this key speaks of a plan as a whole."""
    return key in OF_PLAN


def read_figures(kind: PaperKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as a paper stores them: ints, exact texts, ISO days, True. Raises Invalid naming each wrong field (nothing is guessed)."""
    known = {figure.key for figure in kind.figures}
    errors = {str(name): ["不认识的数据项"] for name in given if name not in known}
    values: dict[str, Any] = {}
    for figure in kind.figures:
        try:
            value = _read(figure, given.get(figure.key))
        except ValueError as error:
            errors[figure.key] = [f"{figure.label}：{error}"]
            continue
        if value is not None:
            values[figure.key] = value
    if not errors:
        errors = _contradictions(kind, values)
    if errors:
        raise Invalid("材料数据有误", errors=errors)
    return values


def _read(figure: Figure, raw: Any) -> Any:
    if figure.kind == "yes":
        return True if raw in (True, "on", "true", "1", 1) else None
    text = "" if raw is None else str(raw).strip()
    if isinstance(raw, float):
        raise ValueError("请写成文本，不接受浮点数")
    if not text:
        if figure.optional:
            return None
        raise ValueError("请填写")
    return _READERS[figure.kind](text, figure)


def _count(text: str, figure: Figure) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"“{text[:20]}”不是整数")
    value = int(text)
    if not figure.least <= value <= MOST:
        raise ValueError(f"应在 {figure.least} 至 {MOST} 之间")
    return value


def _exact(text: str, figure: Figure) -> str:
    try:
        return hundredths_text(hundredths(text.replace(",", "")))
    except NotExact as error:
        raise ValueError("应为最多两位小数的非负数") from error


def _day(text: str, figure: Figure) -> str:
    return read_day(text).isoformat()


_READERS = {"count": _count, "area": _exact, "money": _exact, "day": _day}


def read_day(text: str) -> dt.date:
    """2022-7-5, 2022.7.5, 2022/7/5, 2022年7月5日 or 20220705. Raises ValueError (Chinese)."""
    found = re.fullmatch(r"(\d{4})(?:[-./年])(\d{1,2})(?:[-./月])(\d{1,2})日?", text.strip()) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text.strip()
    )
    if found is None:
        raise ValueError(f"“{text[:20]}”不是日期，应写成 2022-7-5")
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError as error:
        raise ValueError(f"没有“{text[:20]}”这一天") from error


def _contradictions(kind: PaperKind, values: Mapping[str, Any]) -> dict[str, list[str]]:
    labels = {figure.key: figure.label for figure in kind.figures}
    errors: dict[str, list[str]] = {}
    for part, whole in _WITHIN.get(kind.key.partition(":")[0], ()):
        one, other = _comparable(values[part]), _comparable(values[whole])
        if one > other:
            errors[part] = [f"{labels[part]}不能大于{labels[whole]}" if part != "posted_on" else "公示开始日不能晚于截止日"]
    return errors


def _comparable(value: Any) -> Any:
    return value if isinstance(value, int) or "-" in value else hundredths(value)


def figure_words(kind: PaperKind | None, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of a paper's figures, in the order of its form; figures of an older form by their keys."""
    labels = {figure.key: figure for figure in kind.figures} if kind else {}
    ordered: Iterable[str] = [*[key for key in labels if key in figures], *[key for key in figures if key not in labels]]
    rows = []
    for key in ordered:
        figure = labels.get(key)
        value = figures[key]
        rows.append((figure.label if figure else key, "有" if value is True else str(value)))
    return rows
