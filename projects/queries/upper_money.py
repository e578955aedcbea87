"""What a ranking for upper money reads of each project: its progress, its procedures, its county's last assessment (LZ-21, JX-12)."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from offices.rulebooks import layers_of
from policies.kinds import Step
from projects.gates import gates_of_project, kinds_at, situations
from projects.models import Project
from projects.queries.assessment import scores_before
from projects.rules.ranking import Criterion, Value, procedures_value, progress_value
from projects.rules.stages import ORDER, STAGE

BEFORE_WORKS: tuple[Step, ...] = ("survey", "plan", "declare", "scheme", "review", "start")


def upper_values(
    projects: Sequence[Project], asked: Sequence[Criterion], *, year: int, today: dt.date
) -> dict[int, dict[str, Value]]:
    """pk → values of the criteria that are asked (a bounded number of queries for any number of projects)."""
    wanted = {row.key for row in asked}
    found: dict[int, dict[str, Value]] = {project.pk: {} for project in projects}
    if "preparation_fast" in wanted:
        for project in projects:
            stage = STAGE[project.stage]
            found[project.pk]["preparation_fast"] = progress_value(ORDER[stage.key], ORDER["works"], stage.label)
    if "procedures_complete" in wanted:
        for project, value in _procedures(projects, today):
            found[project.pk]["procedures_complete"] = value
    if "performance" in wanted:
        scores = scores_before([project.county_id or 0 for project in projects], year)
        for project in projects:
            known = scores.get(project.county_id or 0)
            words = f"{year - 1}年度考核第 {known[1].number} 版" if known else ""
            found[project.pk]["performance"] = Value(Fraction(known[0]), words, "register") if known else Value(None)
    return found


def _procedures(projects: Sequence[Project], today: dt.date) -> list[tuple[Project, Value]]:
    layers = {project.division.governed_by: layers_of(project.division) for project in projects}
    kinds = frozenset[str]().union(*(kinds_at(each, day=today, steps=BEFORE_WORKS) for each in layers.values()))
    held = situations(projects, kinds=kinds) if projects else {}
    found = []
    for project in projects:
        gates = gates_of_project(
            project,
            layers=layers[project.division.governed_by],
            day=today,
            steps=BEFORE_WORKS,
            situation=held[project.uid],
        )
        missing = [gate.gate.label for gate in gates if gate.outcome == "unmet"]
        found.append((project, procedures_value(len(gates) - len(missing), len(gates), missing)))
    return found
