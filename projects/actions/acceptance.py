"""Acceptance: opened once everything before it is met, signed by its parties, confirmed by a second person, filed; checked by the city."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from offices import duties, files
from offices.calendar import calendar
from offices.history import record
from offices.models import StoredFile, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Reason, Refused, RuleRefused, Stale
from projects.actions.projects import county_of
from projects.duties import keeper
from projects.gates import facts_held, gates_of_project, reason_of
from projects.models import Acceptance, AcceptanceParty, Project, SeparateAcceptance, SpotCheck
from projects.permissions import keeping_body
from projects.queries.acceptance import parts_of
from projects.rules.acceptance import REPORT, Asked, absent, parties, separate
from projects.rules.stages import STAGE, reached
from projects.rules.warranty import FILING, REVISIT, filing

CHECKERS = ("clerk", "leader", "approver")
LONGEST_LIFE = 100  # years


def not_after(day: dt.date, today: dt.date, field: str) -> None:
    """Raises Invalid for a day that is still to come."""
    if day > today:
        raise Invalid("日期有误", errors={field: ["不能晚于今天"]})


def not_blank(**values: str) -> None:
    """Raises Invalid naming each blank field."""
    blank = {name: ["请填写"] for name, value in values.items() if not value.strip()}
    if blank:
        raise Invalid("有必填的栏目没有填写", errors=blank)


def held_project(project: Project) -> Project:
    """The project, held still until the end of the transaction: what belongs to it is written one after the other."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("division", "county", "city")
    return rows.get(pk=project.pk)


def kept_file(
    upload: UploadedFile | None, project: Project, *, by: User, at: dt.datetime, personal: bool = False
) -> StoredFile | None:
    """The scan of a paper, where one was sent."""
    return files.store(upload=upload, division=project.division, by=by, at=at, personal=personal) if upload else None


def check_row(row: Any, *, by: User, at: dt.datetime, project: Project, action: str) -> None:
    """A second person has held an entered row against its paper. Raises Forbidden for the one who entered it, Refused when done."""
    keeping_body(by, county_of(project), roles=CHECKERS)
    if row.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的内容，请由另一人复核", code="second_person")
    if row.checked_by_id is not None:
        raise Refused(f"已由{row.checked_by}复核", code="already_checked")
    row.checked_by, row.checked_at, row.updated_at = by, at, at
    row.version += 1
    row.save()
    record(by=by, at=at, action=action, subject=project, data={"line": str(row.uid)})


@transaction.atomic
def record_separate(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, key: str, body: str, passed_on: dt.date, number: str = "",
    upload: UploadedFile | None = None,
) -> SeparateAcceptance:  # fmt: skip
    """Enter the acceptance of a part by its competent body (CZ-16). It counts once another person has checked it."""
    project = held_project(project)
    keeping_body(by, county_of(project))
    wanted = separate(layers_of(project.division), day=today, facts=facts_held(project))
    if key not in {each.key for each in wanted}:
        names = "、".join(each.label for each in wanted) or "没有需要单独验收的内容"
        raise Invalid("不需要单独验收这项内容", errors={"key": [f"本项目：{names}"]})
    not_after(passed_on, today, "passed_on")
    not_blank(body=body)
    row = SeparateAcceptance(
        project=project, key=key, body=body.strip(), passed_on=passed_on, number=number.strip(), entered_by=by,
        file=kept_file(upload, project, by=by, at=at), created_at=at, updated_at=at,
    )  # fmt: skip
    row.save()
    record(by=by, at=at, action="acceptance.separate", subject=project, data={"key": key, "line": str(row.uid)})
    return row


@transaction.atomic
def check_separate(*, by: User, at: dt.datetime, row: SeparateAcceptance) -> None:
    """The second person's check of a separate acceptance."""
    project = held_project(row.project)
    row = SeparateAcceptance.objects.get(pk=row.pk)
    check_row(row, by=by, at=at, project=project, action="acceptance.check_separate")


@transaction.atomic
def open_acceptance(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, held_on: dt.date, place: str = ""
) -> Acceptance:
    """Begin the acceptance of a project. Every gate before it is asked here (satisfaction by RC-09, separate acceptances by CZ-16):
    who accepts too early is refused with what is missing. A project accepted before it came here is only recorded."""
    project = held_project(project)
    keeping_body(by, county_of(project))
    if not reached(project.stage, "works"):
        raise Refused(
            f"“{project.name}”在“{STAGE[project.stage].label}”，施工完成后才能组织竣工验收", code="acceptance_too_early"
        )
    not_after(held_on, today, "held_on")
    if Acceptance.objects.filter(project=project).exists():
        raise Refused("本项目的竣工验收已经登记，请在其中继续办理", code="acceptance_exists")
    if project.stage == "works":
        gates = gates_of_project(project, layers=layers_of(project.division), day=today)
        reasons = [
            reason_of(g, subject=project.name) for g in gates if g.blocks and g.gate.evidence != "acceptance_parties"
        ]
        if reasons:
            words = f"“{project.name}”还不能组织竣工验收：有 {len(reasons)} 项要求没有满足"
            raise RuleRefused(words, reasons=tuple(reasons))
    row = Acceptance(project=project, held_on=held_on, place=place.strip(), opened_by=by, created_at=at, updated_at=at)
    row.place_in(project.division)
    row.save()
    record(by=by, at=at, action="acceptance.open", subject=project, data={"on": held_on.isoformat()})
    return row


@transaction.atomic
def sign(
    *, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, key: str, unit: str, signer: str, signed_on: dt.date,
    agrees: bool, opinion: str = "", upload: UploadedFile | None = None,
) -> AcceptanceParty:  # fmt: skip
    """Enter who signed for a party that the document names. The name is personal: it is shown masked and stands in no history."""
    row = _open(acceptance, by=by)
    wanted = {each.key: each for each in parties_of(row) if each.key != REPORT}
    if key not in wanted:
        raise Invalid("文件没有列出这一方", errors={"key": ["请从文件列出的参加方中选择"]})
    not_blank(unit=unit, signer=signer, **({} if agrees else {"opinion": opinion}))
    not_after(signed_on, today, "signed_on")
    if signed_on < row.held_on:
        raise Invalid("签字日期有误", errors={"signed_on": [f"早于验收日期 {row.held_on}"]})
    party = AcceptanceParty(
        acceptance=row, key=key, label=wanted[key].label, unit=unit.strip(), signer=signer.strip(), signed_on=signed_on, agrees=agrees,
        opinion=opinion.strip(), scan=kept_file(upload, row.project, by=by, at=at, personal=True), entered_by=by, created_at=at,
        updated_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as error:
        raise Refused(f"{unit}已经签字；录错的先撤销再录", code="party_signed") from error
    _save(row, at)
    record(by=by, at=at, action="acceptance.sign", subject=row.project, data={"key": key, "line": str(party.uid)})
    return party


@transaction.atomic
def withdraw_signature(*, by: User, at: dt.datetime, party: AcceptanceParty, reason: str) -> None:
    """Take back a signature that was entered wrongly, until the acceptance is confirmed; the row stays."""
    row = _open(party.acceptance, by=by)
    not_blank(reason=reason)
    party = AcceptanceParty.objects.get(pk=party.pk)
    if party.withdrawn_at is not None:
        raise Refused("这条签字已经撤销", code="signature_withdrawn")
    party.withdrawn_by, party.withdrawn_at = by, at
    party.save(update_fields=("withdrawn_by", "withdrawn_at"))
    _save(row, at)
    record(
        by=by, at=at, action="acceptance.withdraw", subject=row.project, data={"line": str(party.uid)}, reason=reason
    )


@transaction.atomic
def report(*, by: User, at: dt.datetime, acceptance: Acceptance, upload: UploadedFile) -> None:
    """Keep the report of the acceptance."""
    row = _open(acceptance, by=by)
    row.report = kept_file(upload, row.project, by=by, at=at)
    _save(row, at)
    record(
        by=by,
        at=at,
        action="acceptance.report",
        subject=row.project,
        data={"sha256": row.report.sha256 if row.report else ""},
    )


@transaction.atomic
def confirm(
    *, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, passed_on: dt.date, conclusion: str,
    expected_version: int | None = None,
) -> Acceptance:  # fmt: skip
    """A second person confirms that the acceptance passed: every party of the document has signed and agrees. Warranty and the days for
    filing count from here. Raises Stale where signatures have changed since they were seen."""
    row = _open(acceptance, by=by, roles=CHECKERS)
    if expected_version is not None and row.version != expected_version:
        raise Stale("签字或验收报告在您打开之后有变动，请重新核对后再确认")
    if row.opened_by_id == by.pk:
        raise Forbidden("登记验收的人不能自己确认，请由另一人核对签字后确认", code="second_person")
    not_blank(conclusion=conclusion)
    not_after(passed_on, today, "passed_on")
    rows = list(row.parties.filter(withdrawn_at__isnull=True))
    last = max([row.held_on, *(party.signed_on for party in rows)])
    if passed_on < last:
        raise Invalid("验收合格日期有误", errors={"passed_on": [f"早于最后签字的 {last}"]})
    _refuse_absent(row, rows)
    row.passed_on, row.passed_by, row.passed_at, row.conclusion = passed_on, by, at, conclusion.strip()
    _save(row, at)
    refresh(row, at=at, today=today)
    record(by=by, at=at, action="acceptance.confirm", subject=row.project, data={"on": passed_on.isoformat()})
    return row


def _refuse_absent(row: Acceptance, signed: list[AcceptanceParty]) -> None:
    wanted = parties_of(row)
    present = {party.key for party in signed if party.agrees} | ({REPORT} if row.report_id else set())
    against = [party for party in signed if not party.agrees]
    missing = absent(wanted, present)
    if not missing and not against:
        return
    words = [f"还缺：{'、'.join(missing)}"] if missing else []
    words += [f"不同意：{'、'.join(party.unit for party in against)}"] if against else []
    reasons = tuple(
        Reason(text=f"没有签字：{each.label}", citation=each.citation, missing=each.label, subject=row.project.name)
        for each in wanted
        if each.label in missing
    )
    raise RuleRefused(f"“{row.project.name}”的验收还不能确认：{'；'.join(words)}", reasons=reasons)


@transaction.atomic
def describe_warranty(
    *,
    by: User,
    at: dt.datetime,
    today: dt.date,
    acceptance: Acceptance,
    design_life: int | None,
    seasons_end: dt.date | None,
) -> None:
    """Enter what N-07 leaves to the design and the place: the design life in years, the end of the second heating season."""
    row = _of(acceptance, by=by)
    if design_life is not None and not 1 <= design_life <= LONGEST_LIFE:
        raise Invalid("年限有误", errors={"design_life": [f"应在 1 到 {LONGEST_LIFE} 年之间"]})
    if seasons_end is not None and seasons_end <= (row.passed_on or row.held_on):
        raise Invalid("日期有误", errors={"seasons_end": ["应晚于验收日期"]})
    row.design_life, row.seasons_end = design_life, seasons_end
    _save(row, at)
    refresh(row, at=at, today=today)
    record(
        by=by, at=at, action="acceptance.warranty", subject=row.project, data={"fields": ["design_life", "seasons_end"]}
    )


@transaction.atomic
def revisit(*, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, key: str, on: dt.date) -> None:
    """Report that a part was looked at again before its warranty ends."""
    row = _of(acceptance, by=by)
    if row.passed_on is None:
        raise Refused("验收还没有确认，保修期尚未开始", code="acceptance_open")
    not_after(on, today, "on")
    if on < row.passed_on:
        raise Invalid("日期有误", errors={"on": ["早于验收合格日期"]})
    if not duties.fulfil(subject=row, milestone=f"{REVISIT}{key}", on=on, at=at):
        raise Invalid("没有这项回访", errors={"key": ["没有待办的回访"]})
    record(by=by, at=at, action="acceptance.revisit", subject=row.project, data={"key": key, "on": on.isoformat()})


@transaction.atomic
def file_acceptance(
    *, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, filed_on: dt.date, filing_number: str,
    upload: UploadedFile | None = None,
) -> None:  # fmt: skip
    """Enter the filing (N-07, article 49). It answers the gate once a second person has checked it; its duty is done on that day."""
    row = _of(acceptance, by=by)
    if row.passed_on is None:
        raise Refused("验收还没有确认，不能登记备案", code="acceptance_open")
    if row.filing_checked_by_id is not None:
        raise Refused("备案已经复核，不能改动", code="filing_checked")
    not_blank(filing_number=filing_number)
    not_after(filed_on, today, "filed_on")
    if filed_on < row.passed_on:
        raise Invalid("备案日期有误", errors={"filed_on": [f"早于验收合格日期 {row.passed_on}"]})
    row.filed_on, row.filing_number, row.filed_by = filed_on, filing_number.strip(), by
    row.filing = kept_file(upload, row.project, by=by, at=at) or row.filing
    _save(row, at)
    record(by=by, at=at, action="acceptance.file", subject=row.project, data={"on": filed_on.isoformat()})


@transaction.atomic
def check_filing(*, by: User, at: dt.datetime, acceptance: Acceptance) -> None:
    """The second person's check of the filing."""
    row = _of(acceptance, by=by, roles=CHECKERS)
    if row.filed_on is None:
        raise Refused("还没有登记备案", code="filing_absent")
    if row.filed_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的备案，请由另一人复核", code="second_person")
    if row.filing_checked_by_id is not None:
        raise Refused("备案已经复核", code="filing_checked")
    row.filing_checked_by = by
    _save(row, at)
    duties.fulfil(subject=row, milestone=FILING, on=row.filed_on, at=at)
    record(by=by, at=at, action="acceptance.check_filing", subject=row.project)


@transaction.atomic
def spot_check(
    *, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, on: dt.date, passed: bool, findings: str
) -> SpotCheck:
    """抽检核验 by the office of the city above (RC-19). Raises Forbidden for anybody else, the county included."""
    project = held_project(acceptance.project)
    row = Acceptance.objects.get(pk=acceptance.pk)
    if project.city is None:
        raise Forbidden("本辖区之上没有市级机构")
    body = keeping_body(by, project.city)
    not_blank(findings=findings)
    not_after(on, today, "on")
    if on < row.held_on:
        raise Invalid("抽检日期有误", errors={"on": [f"早于验收日期 {row.held_on}"]})
    check = SpotCheck(
        acceptance=row,
        on=on,
        body=body,
        passed=passed,
        findings=findings.strip(),
        by=by,
        at=at,
        created_at=at,
        updated_at=at,
    )
    check.save()
    record(by=by, at=at, action="acceptance.spot_check", subject=project, body=body, data={"passed": passed})
    return check


def refresh(row: Acceptance, *, at: dt.datetime, today: dt.date) -> None:
    """Duties of a confirmed acceptance: its filing (must) and a revisit before each warranty ends (the platform's own reminder)."""
    if row.passed_on is None:
        return
    layers, project = layers_of(row.project.division), row.project
    year = project.plan_year or row.passed_on.year
    rows = []
    due = filing(layers, day=row.passed_on, accepted_on=row.passed_on, calendar=calendar())
    if due is not None:
        rows.append(
            duties.Row(due.provision.rule_id, due.provision.place, FILING, "must", year, due.due_on, reason=due.words)
        )
    for part in parts_of(row, layers):
        if part.ends_on is not None:
            reason = f"{part.words}，自验收合格之日起计算；届满前回访是平台提醒"
            rows.append(
                duties.Row(
                    part.provision.rule_id,
                    part.provision.place,
                    f"{REVISIT}{part.key}",
                    "strive",
                    year,
                    part.ends_on,
                    reason=reason,
                )
            )
    duties.sync(
        subject=row, title=str(row), link=f"/staff/projects/{project.uid}/acceptance/", division=row.division,
        body=keeper(county_of(project)), rows=rows, at=at, today=today, public=False,
    )  # fmt: skip


def parties_of(row: Acceptance) -> tuple[Asked, ...]:
    """Parties of the acceptance by the documents in force when it was held."""
    return parties(layers_of(row.project.division), day=row.held_on, facts=facts_held(row.project))


def _save(row: Acceptance, at: dt.datetime) -> None:
    row.version += 1
    row.updated_at = at
    row.save()


def _of(acceptance: Acceptance, *, by: User, roles: tuple[str, ...] = ("clerk", "leader")) -> Acceptance:
    """The acceptance as it stands, its project held; whoever keeps the project may write it."""
    project = held_project(acceptance.project)
    keeping_body(by, county_of(project), roles=roles)
    row = Acceptance.objects.get(pk=acceptance.pk)
    row.project = project
    return row


def _open(acceptance: Acceptance, *, by: User, roles: tuple[str, ...] = ("clerk", "leader")) -> Acceptance:
    """The same, while it is not confirmed. Raises Refused after."""
    row = _of(acceptance, by=by, roles=roles)
    if row.passed_on is not None:
        raise Refused("验收已经确认，签字和报告不能改动", code="acceptance_confirmed")
    return row
