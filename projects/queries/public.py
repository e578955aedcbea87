"""What the public may know of a project's place in its plan: published projects only, offices and documents, never a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals.models import GateException
from offices.models import Duty
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from projects.models import PlanLine, Project
from projects.queries.duties import DutyRow, duties_of


@dataclass(frozen=True)
class PublicException:
    """An exception in force, without the person who recorded it: it is shown wherever its project is shown."""

    words: str
    citation: Citation | None


@dataclass(frozen=True)
class PublicPlan:
    """The issued plan of a published project, the next day that a document sets for it, and the exceptions in force."""

    year: int
    document_number: str
    issued_on: dt.date | None
    due: DutyRow | None
    exceptions: tuple[PublicException, ...]
    midlife: bool


def public_plan(project: Project, *, today: dt.date, duties: Sequence[DutyRow] | None = None) -> PublicPlan | None:
    """Plan, next due day and exceptions of a published project; None for any other. ``duties`` where they are known already."""
    if not project.published:
        return None
    line = (
        PlanLine.objects.filter(project=project, plan__state="issued")
        .select_related("plan")
        .order_by("-plan__year")
        .first()
    )
    if line is None:
        return None
    rows = duties_of([project], today)[project.uid] if duties is None else duties
    held = GateException.objects.filter(
        subject_type="project", subject_uid=project.uid, withdrawn_at__isnull=True
    ).order_by("pk")
    layers = layers_of(project.division)
    return PublicPlan(
        year=line.plan.year,
        document_number=line.plan.document_number,
        issued_on=line.plan.issued_on,
        due=next((row for row in rows if row.duty.state == Duty.State.OPEN), None),
        exceptions=tuple(_exception(row, layers) for row in held),
        midlife=project.entered_in_midlife,
    )


def _exception(row: GateException, layers: Layers) -> PublicException:
    words = f"{row.issuer}{row.document_number}批准" if row.document_number else f"负责人登记理由：{row.reason}"
    found = layers.rule(row.rule_id)
    provisions = found[1].provisions if found else ()
    clause = next((p for p in provisions if p.kind == "gate" and p.params.step == row.step), None)
    return PublicException(words, citation(layers, clause) if clause else None)
