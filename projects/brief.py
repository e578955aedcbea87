"""What an approver sees first of a plan: its sums, its gates as they stood at submission, its exceptions, and whether it is on time.

Frozen into the case (``content["gates"]``) as plain JSON; a case from before that shows its sums alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from approvals.models import Case
from approvals.shown import Brief, BriefDay
from offices.clock import day_of
from offices.models import Duty
from policies.layers import Layers
from policies.refusal import Citation
from policies.words import date_words
from projects.gates import plan_gates
from projects.models import AnnualPlan
from projects.queries.duties import duties_of
from projects.rules.gates import GateAnswer

NAMED = 5  # lines named one by one before the rest are counted


def frozen_gates(plan: AnnualPlan, *, layers: Layers, day: dt.date) -> list[dict[str, Any]]:
    """Every gate of the plan and of its lines on ``day``, as JSON values: whose, which rule, outcome, what is missing, exception."""
    own, each = plan_gates(plan, layers=layers, day=day)
    rows = [_frozen(gate, "", "") for gate in own]
    return rows + [_frozen(gate, str(project.uid), project.name) for project, gates in each for gate in gates]


def _frozen(gate: GateAnswer, project: str, name: str) -> dict[str, Any]:
    return {
        "project": project, "name": name, "label": gate.gate.label, "rule": gate.provision.rule_id, "outcome": gate.outcome,
        "explanation": gate.explanation, "missing": gate.missing, "exception": gate.exception.words if gate.exception else "",
        "citation": asdict(gate.citation),
    }  # fmt: skip


def brief_of(case: Case, plan: AnnualPlan) -> Brief:
    """The head of a plan's case: one query, for its deadlines."""
    gates: list[Mapping[str, Any]] = case.content.get("gates", [])
    return Brief(
        figures=(*_money(case.content["lines"]), *_figures(case.content["totals"])),
        gates=tuple(_rows(gates)),
        exceptions=tuple(
            f"{gate['name'] or '计划'}：{gate['label']}（{gate['rule']}），{gate['exception']}"
            for gate in _excepted(gates)
        ),
        days=tuple(_days(case, plan)),
    )


def _money(lines: Iterable[Mapping[str, Any]]) -> list[tuple[str, int | Decimal, str]]:
    """总投资 in yuan: what is filled in, added up; a line without it is counted apart and never as zero."""
    given = [line["investment"] for line in lines]
    known = [Decimal(value) for value in given if value is not None]
    rows: list[tuple[str, int | Decimal, str]] = [("总投资", sum(known, Decimal("0.00")), "元")] if known else []
    blank = len(given) - len(known)
    return [*rows, ("总投资未填报", blank, "个项目")] if blank else rows


def _figures(sums: Mapping[str, Any]) -> tuple[tuple[str, int | Decimal, str], ...]:
    counted = (("项目", "lines", "个"), ("小区", "communities", "个"), ("户数", "households", "户"))
    return (
        *((label, int(sums[key]), unit) for label, key, unit in counted),
        ("面积", Decimal(sums["floor_area"]), "㎡"),
    )


def _excepted(gates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [gate for gate in gates if gate["outcome"] == "excepted"]


def _rows(gates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a demand (rule and label) for ``components/gates.html``, with how many projects meet it and who does not."""
    asked: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for gate in gates:
        asked[gate["rule"], gate["label"]].append(gate)
    return [_row(label, rows) for (_, label), rows in asked.items()]


def _row(label: str, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    by_outcome: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_outcome[row["outcome"]].append(row)
    unmet, excepted = by_outcome["unmet"], by_outcome["excepted"]
    parts = [_met(len(by_outcome["met"]), rows)]
    parts += [f"{_named(excepted)}按例外放行"] if excepted else []
    parts += [f"{_named(unmet)}未满足，不影响办理"] if unmet else []
    return {
        "label": label, "state": "excepted" if excepted else "unmet" if unmet else "met", "citation": Citation(**rows[0]["citation"]),
        "note": "；".join(part for part in parts if part), "excepted_word": "按例外放行",
    }  # fmt: skip


def _met(met: int, rows: list[Mapping[str, Any]]) -> str:
    if not rows[0]["name"]:
        return str(rows[0]["explanation"]) if met else ""
    return f"{met} / {len(rows)} 个项目满足" if met else ""


def _named(rows: list[Mapping[str, Any]]) -> str:
    names = [row["name"] for row in rows if row["name"]]
    more = f"等{len(names)}个项目" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def _days(case: Case, plan: AnnualPlan) -> list[BriefDay]:
    """The days that the documents set for the declaration, against the day of submission."""
    submitted = day_of(case.submitted_at)
    found = []
    for row in duties_of([plan], plan.declared_on or submitted)[plan.uid]:
        if row.duty.milestone != "plan_declaration" or row.duty.state == Duty.State.NOT_APPLICABLE:
            continue
        on = plan.declared_on or submitted
        late = on > row.duty.due_on
        words = f"{row.label}：文件要求{date_words(row.duty.due_on)}前，{date_words(on)}申报"
        found.append(
            BriefDay(
                words, (row.late_word or "逾期") if late else "按期", late, row.duty.strength == "must", row.citation
            )
        )
    return found
