"""Exceptions: what opens a gate that is not met, by its strength. Nothing opens a statute."""

import datetime as dt
from typing import Any

from django.db import transaction

from approvals.models import GateException
from offices.history import record
from offices.models import Division, StoredFile, User
from policies.model import Provision
from policies.refusal import Citation, Forbidden, Invalid, Reason, RuleRefused


@transaction.atomic
def grant(
    *, by: User, at: dt.datetime, today: dt.date, subject: Any, division: Division, provision: Provision, citation: Citation,
    reason: str, document_number: str = "", issuer: str = "", issued_on: dt.date | None = None, file: StoredFile | None = None,
) -> GateException:  # fmt: skip
    """Record an exception to a gate. must: a document of the level that issued the rule, with its number; in_principle: a leader's reason.

    Raises RuleRefused under a statute (a floor), Forbidden for anyone but a leader of the place under in_principle, Invalid per field.
    """
    gate = provision.params
    evidence = f"{gate.evidence}:{gate.matter}" if gate.matter else gate.evidence
    if provision.floor:
        words = Reason(text="法律底线不设例外", citation=citation)
        raise RuleRefused("法律、行政法规的规定不能以例外文件放行", reasons=(words,))
    place = {division.pk, division.county_id}
    roles = {m.role for m in by.active_memberships if m.body.division_id in place}
    if provision.strength == "in_principle" and "leader" not in roles:
        raise Forbidden("“原则上”的要求须由本级机构负责人登记理由")
    if not roles & {"clerk", "leader"}:
        raise Forbidden(f"只有{division.name}机构的经办人或负责人可以登记例外文件")
    _check(
        provision.strength,
        reason=reason,
        document_number=document_number,
        issuer=issuer,
        issued_on=issued_on,
        today=today,
    )
    row = GateException(
        subject_type=subject._meta.model_name, subject_uid=subject.uid, rule_id=provision.rule_id, step=gate.step, evidence=evidence,
        strength=provision.strength, document_number=document_number.strip(), issuer=issuer.strip(), issued_on=issued_on,
        reason=reason.strip(), file=file, by=by, at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    row.place_in(division)
    withdraw_open(by=by, at=at, subject=subject, gate=(provision.rule_id, gate.step, evidence))
    row.save()
    record(
        by=by, at=at, action="exception.grant", subject=subject,
        data={"exception": str(row.uid), "rule": provision.rule_id, "step": gate.step},
    )  # fmt: skip
    return row


def _check(
    strength: str, *, reason: str, document_number: str, issuer: str, issued_on: dt.date | None, today: dt.date
) -> None:
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = ["请写明理由"]
    if strength == "must":
        if not document_number.strip():
            errors["document_number"] = ["须填写发布该规定的机关（或其上级）批准例外的文号"]
        if not issuer.strip():
            errors["issuer"] = ["请填写发文机关"]
        if issued_on is None:
            errors["issued_on"] = ["请填写发文日期"]
    if issued_on is not None and issued_on > today:
        errors["issued_on"] = ["不能晚于今天"]
    if errors:
        raise Invalid("例外没有登记：有字段需要更正", errors=errors)


def withdraw_open(*, by: User, at: dt.datetime, subject: Any, gate: tuple[str, str, str]) -> int:
    """Withdraw the exception that stands for a gate (rule, step, evidence), if any (a new one replaces it; both stay on record)."""
    rule_id, step, evidence = gate
    rows = GateException.objects.filter(
        subject_uid=subject.uid, rule_id=rule_id, step=step, evidence=evidence, withdrawn_at__isnull=True
    )
    return rows.update(withdrawn_at=at, updated_at=at)


def open_exceptions(subject: Any) -> list[GateException]:
    """Exceptions in force for a subject, as they are shown wherever it is shown."""
    rows = GateException.objects.filter(
        subject_type=subject._meta.model_name, subject_uid=subject.uid, withdrawn_at__isnull=True
    ).select_related("by")
    return list(rows.order_by("pk"))
