"""Recorded papers: entered by one person, checked by another, mended by a new paper that supersedes the old one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from approvals.models import Paper
from approvals.rules.evidence import FigureErrors, form_of, read_figures
from offices.history import record
from offices.models import Division, StoredFile, User
from policies.refusal import Forbidden, Invalid, Refused

ENTERERS = ("clerk", "leader", "approver")


@transaction.atomic
def record_paper(
    *, by: User, at: dt.datetime, today: dt.date, subject: Any, division: Division, evidence: str, title: str,
    figures: Mapping[str, Any], day: dt.date, document_number: str = "", file: StoredFile | None = None,
    requires: tuple[tuple[str, str], ...] = (),
) -> Paper:  # fmt: skip
    """Enter what a paper shows. An earlier paper of the same evidence is superseded and stays. Raises Invalid naming each field."""
    _may_write(by, division)
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    try:
        values = read_figures(form_of(evidence, requires), figures)
    except FigureErrors as found:
        errors.update(found.errors)
    if day > today:
        errors["day"] = ["不能晚于今天"]
    if not title.strip():
        errors["title"] = ["不能为空"]
    if errors:
        raise Invalid("材料没有保存：有字段需要更正", errors=errors)
    kind = subject._meta.model_name
    before = current(subject).get(evidence)
    paper = Paper(
        subject_type=kind, subject_uid=subject.uid, evidence=evidence, title=title.strip(), figures=values, day=day,
        document_number=document_number.strip(), file=file, entered_by=by, entered_at=at, supersedes=before,
        created_at=at, updated_at=at,
    )  # fmt: skip
    paper.place_in(division)
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:  # two people entered it at the same moment
        raise Refused("同一份材料刚刚已由他人录入，请刷新后核对，必要时再更正", code="paper_recorded") from error
    record(by=by, at=at, action="paper.record", subject=subject, data={"paper": str(paper.uid), "evidence": evidence})
    return paper


@transaction.atomic
def check_paper(*, by: User, at: dt.datetime, paper: Paper) -> Paper:
    """A second person has held the entry against the paper. Never the one who entered it; once checked it stays checked."""
    paper = Paper.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=paper.pk)
    _may_write(by, paper.county or paper.division)
    if paper.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的材料，请由另一人复核", code="own_paper")
    if Paper.objects.filter(supersedes=paper).exists():
        raise Refused("这份材料已被新的材料替换，请复核新的材料", code="paper_superseded")
    if paper.checked_by_id is not None:
        raise Refused(f"已由{paper.checked_by}复核", code="paper_checked")
    paper.checked_by, paper.checked_at = by, at
    paper.version += 1
    paper.updated_at = at
    paper.save()
    record(by=by, at=at, action="paper.check", subject=paper, data={"evidence": paper.evidence})
    return paper


def current(subject: Any) -> dict[str, Paper]:
    """Papers that stand for a subject, by evidence; superseded ones left out."""
    rows = Paper.objects.filter(
        subject_type=subject._meta.model_name, subject_uid=subject.uid, superseded_by__isnull=True
    ).select_related("entered_by", "checked_by", "file")
    return {paper.evidence: paper for paper in rows.order_by("pk")}


def _may_write(user: User, division: Division) -> None:
    """Members of a body of the division (or of the county above it) enter and check its papers."""
    place = {division.pk, division.county_id}
    if not any(m.role in ENTERERS and m.body.division_id in place for m in user.active_memberships):
        raise Forbidden(f"只有{division.name}机构的人员可以录入或复核材料")
