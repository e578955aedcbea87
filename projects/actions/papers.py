"""Evidence of gates: papers recorded for a plan or a project, checked by a second person, and exceptions by strength."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from approvals import exceptions, papers
from approvals.models import GateException, Paper
from offices import files
from offices.models import User
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.model import Provision
from policies.refusal import Invalid, Refused
from projects.figures import PaperKind, paper_kinds
from projects.models import AnnualPlan, Project
from projects.rules.gates import evidence_key

Subject = AnnualPlan | Project


def kind_for(subject: Subject, key: str, day: dt.date) -> PaperKind:
    """The paper of this key that the subject's documents ask for. Raises Invalid for any other."""
    kind = paper_kinds(layers_of(subject.division), day).get(key)
    if kind is None or kind.of_plan != isinstance(subject, AnnualPlan):
        raise Invalid("适用的文件没有要求这种材料", errors={"evidence": [f"没有“{key}”这种材料"]})
    return kind


@transaction.atomic
def record_evidence(
    *, by: User, at: dt.datetime, today: dt.date, subject: Subject, key: str, figures: Mapping[str, Any], day: dt.date,
    document_number: str = "", title: str = "", upload: UploadedFile | None = None,
) -> Paper:  # fmt: skip
    """Record what a paper shows for one kind of evidence, with its scan. Raises Invalid naming each wrong field, Forbidden."""
    kind = kind_for(subject, key, today)
    file = files.store(upload=upload, division=subject.division, by=by, at=at) if upload else None
    return papers.record_paper(
        by=by, at=at, today=today, subject=subject, division=subject.division, evidence=key, title=title.strip() or kind.label,
        figures=figures, day=day, document_number=document_number, file=file, requires=kind.requires,
    )  # fmt: skip


@transaction.atomic
def check_all(*, by: User, at: dt.datetime, chosen: Sequence[Paper]) -> int:
    """Check several papers at once, all or none; the number checked. Raises Forbidden for one's own entry, Refused for an empty choice."""
    if not chosen:
        raise Refused("没有选择要复核的材料", code="nothing_chosen")
    for paper in chosen:
        papers.check_paper(by=by, at=at, paper=paper)
    return len(chosen)


def gate_provision(subject: Subject, *, rule: str, step: str, evidence: str, day: dt.date) -> Provision:
    """The gate that an exception speaks of. Raises Invalid where the subject's documents have none such."""
    for provision in layers_of(subject.division).provisions("gate", day):
        if (provision.rule_id, provision.params.step, evidence_key(provision.params)) == (rule, step, evidence):
            return provision
    raise Invalid("适用的文件没有这项要求", errors={"rule": [f"没有 {rule}（{step}）这项要求"]})


@transaction.atomic
def grant_exception(
    *, by: User, at: dt.datetime, today: dt.date, subject: Subject, rule: str, step: str, evidence: str, reason: str,
    document_number: str = "", issuer: str = "", issued_on: dt.date | None = None, upload: UploadedFile | None = None,
) -> GateException:  # fmt: skip
    """Register what opens a gate: a document (must) or a leader's reason (in_principle); nothing opens a statute."""
    provision = gate_provision(subject, rule=rule, step=step, evidence=evidence, day=today)
    file = files.store(upload=upload, division=subject.division, by=by, at=at) if upload else None
    return exceptions.grant(
        by=by, at=at, today=today, subject=subject, division=subject.division, provision=provision,
        citation=citation(layers_of(subject.division), provision), reason=reason, document_number=document_number, issuer=issuer,
        issued_on=issued_on, file=file,
    )  # fmt: skip
