"""Flags of the audit: raised and cleared by the platform, explained by the office or finance, closed or given back by the auditor."""

import datetime as dt

from django.db import transaction

from funding.actions.common import Input
from funding.audit import findings
from funding.models import AuditFlag, FlagNote
from funding.permissions import either
from funding.rules.flags import Flag
from funding.subjects import Project
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Refused

AUDITORS = ("auditor",)


def raise_flags(*, at: dt.datetime, today: dt.date) -> dict[str, int]:
    """Hold every project with money against the rules, a batch a transaction. What is found once is one flag until it is gone; running
    it twice changes nothing. Returns how many were raised and how many are gone."""
    counts = {"raised": 0, "gone": 0}
    for batch, found in findings(today):
        with transaction.atomic():
            raised, gone = _settle(batch, found, at, today)
        counts["raised"], counts["gone"] = counts["raised"] + raised, counts["gone"] + gone
    return counts


def _settle(
    batch: list[Project], found: list[tuple[Project, Flag]], at: dt.datetime, today: dt.date
) -> tuple[int, int]:
    standing = AuditFlag.objects.filter(project_uid__in=[project.uid for project in batch], gone_on__isnull=True)
    stored = {(row.kind, row.about_uid): row for row in standing.select_for_update().order_by("pk")}
    raised = 0
    for project, flag in found:
        before = stored.pop((flag.kind, flag.about.uid), None)
        if before is None:
            _raise(project, flag, at, today)
            raised += 1
    AuditFlag.objects.filter(pk__in=[row.pk for row in stored.values()]).update(gone_on=today, updated_at=at)
    return raised, len(stored)


def _raise(project: Project, flag: Flag, at: dt.datetime, today: dt.date) -> None:
    row = AuditFlag(
        kind=flag.kind, about_kind=flag.about.kind, about_uid=flag.about.uid, title=flag.about.title[:200], link=flag.about.link,
        project_uid=project.uid, project_name=project.name[:120], text=flag.text[:300], rule=flag.citation.rule if flag.citation else "",
        clause=flag.citation.clause[:60] if flag.citation else "", raised_on=today, created_at=at, updated_at=at,
    )  # fmt: skip
    row.place_in(project.division)
    row.save()
    record(by=None, at=at, action="flag.raise", subject=row, data={"kind": flag.kind, "rule": row.rule})


def auditor(user: User, flag: AuditFlag) -> None:
    """Raises Forbidden for whoever is no auditor; that he sees the flag says that it is his."""
    if not user.has_role(*AUDITORS) or not AuditFlag.objects.visible_to(user).filter(pk=flag.pk).exists():
        raise Forbidden("只有审计人员可以了结或退回审计提示")


@transaction.atomic
def explain_flag(*, by: User, at: dt.datetime, flag: AuditFlag, text: str) -> AuditFlag:
    """The office or finance says why, and what is done about it."""
    row = AuditFlag.objects.select_for_update(of=("self",)).select_related("county", "division").get(pk=flag.pk)
    either(by, row.county or row.division)
    return _say(row, FlagNote.Step.EXPLAIN, AuditFlag.State.EXPLAINED, by=by, at=at, text=text)


@transaction.atomic
def return_flag(*, by: User, at: dt.datetime, flag: AuditFlag, text: str) -> AuditFlag:
    """The auditor asks for more."""
    row = AuditFlag.objects.select_for_update().get(pk=flag.pk)
    auditor(by, row)
    return _say(row, FlagNote.Step.RETURN, AuditFlag.State.OPEN, by=by, at=at, text=text)


@transaction.atomic
def close_flag(*, by: User, at: dt.datetime, flag: AuditFlag, text: str) -> AuditFlag:
    """The auditor is done with it, for the reason that he gives."""
    row = AuditFlag.objects.select_for_update().get(pk=flag.pk)
    auditor(by, row)
    return _say(row, FlagNote.Step.CLOSE, AuditFlag.State.CLOSED, by=by, at=at, text=text)


def _say(row: AuditFlag, step: str, state: str, *, by: User, at: dt.datetime, text: str) -> AuditFlag:
    given = Input()
    words = given.text(text, "text", 500)
    given.done("请写明内容")
    if row.state == AuditFlag.State.CLOSED:
        raise Refused("这条审计提示已了结", code="flag_state")
    if step != FlagNote.Step.EXPLAIN and row.notes.filter(step="explain", by=by).exists():
        raise Forbidden("说明人不能了结自己说明的审计提示", code="own_entry")
    FlagNote.objects.create(flag=row, step=step, text=words, by=by, at=at)
    row.state, row.version, row.updated_at = state, row.version + 1, at
    row.save(update_fields=("state", "version", "updated_at"))
    record(by=by, at=at, action=f"flag.{step}", subject=row)
    return row
