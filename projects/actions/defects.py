"""Defects of an acceptance and reports within the warranty: entered with photo, owner and day; mended; seen again by another person."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from communities.rules.personal import personal_in
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions.acceptance import CHECKERS, held_project, kept_file, not_after, not_blank
from projects.actions.projects import county_of
from projects.models import Acceptance, Defect
from projects.permissions import keeping_body
from projects.queries.acceptance import parts_of


@transaction.atomic
def add_defect(
    *, by: User, at: dt.datetime, today: dt.date, acceptance: Acceptance, text: str, owner: str, found_on: dt.date, due_on: dt.date,
    component: str = "", upload: UploadedFile | None = None,
) -> Defect:  # fmt: skip
    """Enter what was found at the acceptance, or with ``component`` what was reported within its warranty (then the platform says
    whether the day lies inside). Raises Invalid naming each wrong field."""
    project = held_project(acceptance.project)
    keeping_body(by, county_of(project))
    row = Acceptance.objects.get(pk=acceptance.pk)
    row.project = project
    not_blank(text=text, owner=owner)
    not_after(found_on, today, "found_on")
    if personal_in(text):
        raise Invalid("内容含个人信息", errors={"text": ["请删去电话、证件号码等个人信息"]})
    if due_on < found_on:
        raise Invalid("整改期限有误", errors={"due_on": ["早于发现日期"]})
    within = _within(row, component, found_on) if component else None
    if not component and found_on < row.held_on:
        raise Invalid("发现日期有误", errors={"found_on": [f"早于验收日期 {row.held_on}"]})
    defect = Defect(
        acceptance=row, kind=Defect.Kind.WARRANTY if component else Defect.Kind.ACCEPTANCE, component=component, within=within,
        text=text.strip(), owner=owner.strip(), found_on=found_on, due_on=due_on, entered_by=by,
        photo=kept_file(upload, project, by=by, at=at), created_at=at, updated_at=at,
    )  # fmt: skip
    defect.save()
    record(by=by, at=at, action=f"defect.{defect.kind}", subject=project, data={"line": str(defect.uid)})
    return defect


def _within(row: Acceptance, component: str, on: dt.date) -> bool | None:
    if row.passed_on is None:
        raise Refused("验收还没有确认，保修期尚未开始", code="acceptance_open")
    if on < row.passed_on:
        raise Invalid("报修日期有误", errors={"found_on": [f"早于验收合格日期 {row.passed_on}"]})
    part = next((part for part in parts_of(row, layers_of(row.project.division)) if part.key == component), None)
    if part is None:
        raise Invalid("没有这个保修部位", errors={"component": ["请从列出的部位中选择"]})
    return part.within(on)


@transaction.atomic
def mend(*, by: User, at: dt.datetime, today: dt.date, defect: Defect, mended_on: dt.date, note: str) -> Defect:
    """Report that a defect was mended."""
    defect = _held(defect, by)
    if defect.state != Defect.State.OPEN:
        raise Refused(f"这个问题{defect.get_state_display()}，不能再报整改", code="defect_not_open")
    not_blank(note=note)
    not_after(mended_on, today, "mended_on")
    if mended_on < defect.found_on:
        raise Invalid("整改完成日有误", errors={"mended_on": [f"早于发现日期 {defect.found_on}"]})
    defect.state, defect.mended_on, defect.mended_note, defect.mended_by = (
        Defect.State.MENDED,
        mended_on,
        note.strip(),
        by,
    )
    return _saved(defect, by, at, "defect.mend")


@transaction.atomic
def see_again(
    *, by: User, at: dt.datetime, today: dt.date, defect: Defect, seen_on: dt.date, good: bool, reason: str = ""
) -> Defect:
    """Re-inspection by another person than the one who reported it mended: done, or back to its owner with a reason."""
    defect = _held(defect, by)
    if defect.state != Defect.State.MENDED:
        raise Refused(f"这个问题{defect.get_state_display()}，不在复验环节", code="defect_not_mended")
    if defect.mended_by_id == by.pk:
        raise Forbidden("报告整改完成的人不能自己复验，请由另一人复验", code="second_person")
    not_after(seen_on, today, "seen_on")
    if defect.mended_on and seen_on < defect.mended_on:
        raise Invalid("复验日期有误", errors={"seen_on": [f"早于整改完成日 {defect.mended_on}"]})
    if good:
        defect.state, defect.seen_on, defect.seen_by = Defect.State.DONE, seen_on, by
        return _saved(defect, by, at, "defect.see")
    not_blank(reason=reason)
    defect.state, defect.mended_on, defect.mended_note, defect.mended_by = Defect.State.OPEN, None, "", None
    defect.returns += 1
    return _saved(defect, by, at, "defect.return", reason)


def _held(defect: Defect, by: User) -> Defect:
    project = held_project(defect.acceptance.project)
    keeping_body(by, county_of(project), roles=CHECKERS)
    return Defect.objects.select_related("acceptance__project__division").get(pk=defect.pk)


def _saved(defect: Defect, by: User, at: dt.datetime, action: str, reason: str = "") -> Defect:
    defect.version += 1
    defect.updated_at = at
    defect.save()
    record(
        by=by, at=at, action=action, subject=defect.acceptance.project, data={"line": str(defect.uid)}, reason=reason
    )
    return defect
