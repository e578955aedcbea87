"""What stands before the start of the works is entered by one person and checked by another; a correction replaces and keeps."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from offices import files
from offices.history import record
from offices.models import Body, StoredFile, User
from policies.kinds import Fact
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions.projects import county_of
from projects.models import ContractMode, Party, Permit, PermitFacts, Project
from projects.permissions import keeping_body
from projects.queries.permits import demands_of, latest_facts
from projects.rules.parties import ROLES, credit_code_error, method_error, mode_error
from projects.rules.permits import FACT_LABELS

ENTERERS = ("clerk", "leader", "approver")
Entry = Permit | Party | ContractMode
ENTRIES: Mapping[str, type[Permit] | type[Party] | type[ContractMode]] = {
    "permit": Permit,
    "party": Party,
    "mode": ContractMode,
}


@transaction.atomic
def state_facts(
    *, by: User, at: dt.datetime, project: Project, facts: Mapping[Fact, bool], upload: UploadedFile | None = None
) -> PermitFacts:
    """State the facts from which the permits needed and waived follow (RC-17). A signed commitment comes with its paper."""
    project = _locked(project)
    body = keeping_body(by, county_of(project), roles=ENTERERS)
    absent = [key for key in FACT_LABELS if not isinstance(facts.get(key), bool)]
    if absent or set(facts) - set(FACT_LABELS):
        raise Invalid("手续事实要逐项填写“是”或“否”", errors={key: ["请选择是或否"] for key in absent})
    before = latest_facts(project)
    kept = before.commitment if before and facts["commitment_signed"] else None
    file = _stored(upload, project, by=by, at=at) if facts["commitment_signed"] else None
    if facts["commitment_signed"] and file is None and kept is None:
        raise Invalid("告知承诺没有附件", errors={"commitment": ["请上传建设单位签章的告知承诺书"]})
    row = PermitFacts.objects.create(
        project=project, commitment=file or kept, by=by, body=body, at=at, **cast("dict[str, Any]", dict(facts))
    )
    record(by=by, at=at, action="permits.facts", subject=project, body=body, data={"facts": dict(facts)})
    return row


@transaction.atomic
def enter_permit(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, evidence: str, key: str, issuer: str, day: dt.date,
    number: str = "", upload: UploadedFile | None = None,
) -> Permit:  # fmt: skip
    """Enter a permit or paper that the project's start asks for; an earlier entry of the same stays and no longer counts."""
    project = _locked(project)
    keeping_body(by, county_of(project), roles=ENTERERS)
    if all((demand.evidence, demand.key) != (evidence, key) for demand in demands_of(project, day=today)):
        raise Invalid("本项目没有要求这种材料", errors={"evidence": [f"没有“{evidence}”“{key}”"]})
    if not issuer.strip():
        raise Invalid("没有保存", errors={"issuer": ["请填写核发或出具的单位"]})
    row = Permit(evidence=evidence, key=key, issuer=issuer.strip())
    _enter(row, by=by, at=at, today=today, project=project, day=day, number=number, upload=upload)
    record(by=by, at=at, action="permits.enter", subject=project, data={"evidence": evidence, "key": key})
    return row


@transaction.atomic
def enter_party(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, role: str, name: str, credit_code: str, method: str, day: dt.date,
    number: str = "", reason: str = "", phone: str = "", upload: UploadedFile | None = None,
) -> Party:  # fmt: skip
    """Enter a unit with the record of its procurement (CZ-15, YL-19, JX-20)."""
    project = _locked(project)
    keeping_body(by, county_of(project), roles=ENTERERS)
    errors: dict[str, list[str]] = {}
    if role not in ROLES:
        errors["role"] = ["没有这类单位"]
    if not name.strip():
        errors["name"] = ["请填写单位名称"]
    code = credit_code.strip().upper()
    wrong = credit_code_error(code)
    if wrong:
        errors["credit_code"] = [wrong]
    field, why = method_error(role, method, reason)
    if why:
        errors[field] = [why]
    if errors:
        raise Invalid("没有保存：有字段需要更正", errors=errors)
    row = Party(
        role=role, name=name.strip(), credit_code=code, method=method, phone=phone.strip(),
        reason=reason.strip() if method == "direct" else "",
    )  # fmt: skip
    _enter(row, by=by, at=at, today=today, project=project, day=day, number=number, upload=upload)
    record(by=by, at=at, action="permits.party", subject=project, data={"role": role, "method": method})
    return row


@transaction.atomic
def enter_mode(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, mode: str, day: dt.date, number: str = "", reason: str = "",
    upload: UploadedFile | None = None,
) -> ContractMode:  # fmt: skip
    """Enter how the contract is let; a way other than EPC says why (LZ-33)."""
    project = _locked(project)
    keeping_body(by, county_of(project), roles=ENTERERS)
    field, why = mode_error(mode, reason)
    if why:
        raise Invalid("没有保存", errors={field: [why]})
    row = ContractMode(mode=mode, reason=reason.strip() if mode != "epc" else "")
    _enter(row, by=by, at=at, today=today, project=project, day=day, number=number, upload=upload)
    record(by=by, at=at, action="permits.mode", subject=project, data={"mode": mode})
    return row


@transaction.atomic
def check_entry(*, by: User, at: dt.datetime, entry: Entry) -> Entry:
    """A second person has held the entry against its paper. Raises Forbidden for one's own, Refused for a replaced or a checked one."""
    project = _locked(entry.project)
    keeping_body(by, county_of(project), roles=ENTERERS)
    entry = type(entry)._default_manager.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的材料，请由另一人复核", code="own_paper")
    if not entry.current:
        raise Refused("这份材料已被新的材料替换，请复核新的材料", code="paper_superseded")
    if entry.checked_by_id is not None:
        raise Refused(f"已由{entry.checked_by}复核", code="paper_checked")
    entry.checked_by, entry.checked_at = by, at
    entry.version += 1
    entry.updated_at = at
    entry.save(update_fields=("checked_by", "checked_at", "version", "updated_at"))
    record(by=by, at=at, action="permits.check", subject=project, data={"entry": str(entry.uid)})
    return entry


@transaction.atomic
def check_entries(*, by: User, at: dt.datetime, chosen: list[Entry]) -> int:
    """Check several at once, all or none; how many."""
    if not chosen:
        raise Refused("没有选择要复核的材料", code="nothing_chosen")
    for entry in chosen:
        check_entry(by=by, at=at, entry=entry)
    return len(chosen)


def _enter(
    row: Entry, *, by: User, at: dt.datetime, today: dt.date, project: Project, day: dt.date, number: str,
    upload: UploadedFile | None,
) -> None:  # fmt: skip
    """Save a new entry in the place of the one that counted."""
    if day > today:
        raise Invalid("没有保存", errors={"day": ["不能晚于今天"]})
    row.project, row.day, row.number = project, day, number.strip()
    row.file = _stored(upload, project, by=by, at=at)
    row.entered_by, row.entered_at, row.created_at, row.updated_at = by, at, at, at
    same = {name: getattr(row, name) for name in ("evidence", "key", "role") if hasattr(row, name)}
    type(row)._default_manager.filter(project=project, current=True, **same).update(current=False, updated_at=at)
    row.save()


def _stored(upload: UploadedFile | None, project: Project, *, by: User, at: dt.datetime) -> StoredFile | None:
    return files.store(upload=upload, division=county_of(project), by=by, at=at) if upload else None


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=project.pk)


def certificate_body(user: User, project: Project) -> Body:
    """The body that issues vehicle certificates (RC-18): the county's 领导小组办公室, or the office that is it too. Raises Forbidden."""
    county = county_of(project)
    for membership in user.active_memberships:
        body = membership.body
        kinds = {body.kind, *body.also}
        if body.division_id == county.pk and "leading_group_office" in kinds and membership.role in ENTERERS:
            return body
    raise Forbidden(f"通行证明由{county.name}老旧小区改造领导小组办公室出具")
