"""The only writers of the works: parts, monthly reports, photos, supervising residents, lessons."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from communities.models import Building, Community
from communities.rules.personal import personal_in
from offices import files
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions.permits import ENTERERS
from projects.actions.projects import county_of
from projects.actions.quantities import Measured
from projects.models import (
    Lesson,
    MonthReport,
    Project,
    ReportPlace,
    ResidentSupervisor,
    StageDay,
    SupervisionVisit,
    WorkPhoto,
    WorkSpan,
)
from projects.permissions import keeping_body
from projects.queries.quantities import lines_of
from projects.rules.stages import ORDER
from projects.rules.works import MOMENTS, Span, is_late, month_end, month_of, place_errors, report_errors, span_errors


@transaction.atomic
def save_span(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, name: str, planned_start: dt.date, planned_end: dt.date,
    actual_start: dt.date | None = None, actual_end: dt.date | None = None, reason: str = "", building: Building | None = None,
    span: WorkSpan | None = None, item: UUID | None = None,
) -> WorkSpan:  # fmt: skip
    """Enter a part of the works or change it. Actual days only once the works have started. ``item``: a line of the fixed scheme."""
    project = _held(by, project)
    if span is not None and span.project_id != project.pk:
        raise Invalid("没有保存", errors={"span": ["不是本项目的内容"]})
    days = Span(name.strip(), planned_start, planned_end, actual_start, actual_end)
    errors = {key: [why] for key, why in span_errors(days, today=today, reason=reason).items()}
    if not name.strip():
        errors["name"] = ["请填写内容"]
    if actual_start and ORDER[project.stage] < ORDER["works"]:
        errors["actual_start"] = ["项目还没有开工"]
    if building and not project.parts.filter(community=building.community_id).exists():
        errors["building"] = ["不是本项目小区的楼栋"]
    if item and str(item) not in lines_of(project) and (span is None or span.item != item):
        errors["item"] = ["不在定稿的改造方案里"]
    _no_persons(errors, name=name, reason=reason)
    _raise(errors)
    row = span or WorkSpan(project=project, created_at=at, version=0)
    row.name, row.building, row.item, row.reason = name.strip(), building, item, reason.strip()
    row.planned_start, row.planned_end, row.actual_start, row.actual_end = (
        planned_start,
        planned_end,
        actual_start,
        actual_end,
    )
    row.version, row.updated_at = row.version + 1, at
    row.save()
    _reported(project, at=at, today=today)
    record(by=by, at=at, action="works.span", subject=project, data={"span": str(row.uid), "version": row.version})
    return row


@transaction.atomic
def file_report(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, month: dt.date, percent: int, money: Decimal, done: str,
    safety: str = "", quality: str = "", delay: str = "", places: Mapping[UUID, int] | None = None,
    quantities: Mapping[str, str] | None = None, excess: str = "",
) -> MonthReport:  # fmt: skip
    """File the report of a month, or a corrected one in its place. Raises Refused before the start and after acceptance.

    ``places``: percent of each community by uid, of a project over several (LZ-22). ``quantities``: what the month did of each line of
    the fixed scheme by uid, as text (blank: not reported; None: as the report that is corrected has it); ``excess``: why more is done
    than the scheme holds.
    """
    project = _held(by, project)
    if not ORDER["works"] <= ORDER[project.stage] <= ORDER["accepted"]:
        raise Refused("开工以后、移交以前才填报施工月报", code="not_in_works")
    month = month_of(month)
    rows = MonthReport.objects.filter(project=project, current=True)
    before, after = (
        rows.filter(month__lt=month).order_by("-month").first(),
        rows.filter(month__gt=month).order_by("month").first(),
    )
    start = StageDay.objects.filter(project=project, stage="works", actual_on__isnull=False).first()
    found = report_errors(
        month=month, percent=percent, before=before.percent if before else 0, after=after.percent if after else None,
        late=_late(project, min(month_end(month), today)), delay=delay, started=start.actual_on if start else None, today=today,
    )  # fmt: skip
    communities = {part.community.uid: part.community for part in project.parts.select_related("community")}
    found |= place_errors(
        percent=percent, places=places or {}, expected={uid: row.name for uid, row in communities.items()},
        before={row.community.uid: row.percent for row in before.places.select_related("community")} if before else {},
    )  # fmt: skip
    errors = {key: [why] for key, why in found.items()}
    if not done.strip():
        errors["done"] = ["请写明本月完成了什么"]
    if money < 0:
        errors["money"] = ["不能小于零"]
    elif before and money < before.money:
        errors["money"] = [f"累计数不能低于前一期的 {before.money:,.2f} 元"]
    measured = Measured.read(project, rows.filter(month=month).first(), quantities, excess.strip(), errors)
    _no_persons(errors, done=done, delay=delay)
    _raise(errors)
    rows.filter(month=month).update(current=False, updated_at=at)
    row = MonthReport.objects.create(
        project=project, month=month, percent=percent, money=money, done=done.strip(), safety=safety.strip(), quality=quality.strip(),
        delay=delay.strip(), by=by, at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    for uid, value in (places or {}).items():
        ReportPlace.objects.create(report=row, community=communities[uid], percent=value)
    measured.save(row)
    _reported(project, at=at, today=today)
    record(by=by, at=at, action="works.report", subject=project, data={"month": month.isoformat(), "percent": percent})
    return row


def _late(project: Project, on: dt.date) -> list[str]:
    """Parts that on a day are past their planned end and not done by then."""
    rows = WorkSpan.objects.filter(project=project, planned_end__lt=on)
    return [row.name for row in rows if row.actual_end is None or row.actual_end > on and is_late(_span(row), on)]


def _span(row: WorkSpan) -> Span:
    return Span(row.name, row.planned_start, row.planned_end, row.actual_start, row.actual_end)


@transaction.atomic
def add_photo(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, month: dt.date, moment: str, caption: str, public: bool,
    upload: UploadedFile, community: Community | None = None,
) -> WorkPhoto:  # fmt: skip
    """Add a photo of a month, of one community or of the whole. Only pictures by content; EXIF is stripped by the store."""
    project = _held(by, project)
    errors: dict[str, list[str]] = {}
    if community and not project.parts.filter(community=community).exists():
        errors["community"] = ["不是本项目的小区"]
    if moment not in MOMENTS:
        errors["moment"] = ["请选择时点"]
    if month_of(month) > today:
        errors["month"] = ["不能填报以后的月份"]
    if not caption.strip():
        errors["caption"] = ["请写明拍的是什么"]
    _no_persons(errors, caption=caption)
    _raise(errors)
    file = files.store(upload=upload, division=county_of(project), by=by, at=at)
    if file.content_type not in files.IMAGES:
        raise Invalid("不是照片", errors={"file": ["请上传 JPG、PNG 或 WEBP 照片"]})
    row = WorkPhoto.objects.create(
        project=project, community=community, month=month_of(month), file=file, moment=moment, caption=caption.strip(), public=public,
        by=by, created_at=at, updated_at=at,
    )  # fmt: skip
    record(by=by, at=at, action="works.photo", subject=project, data={"photo": str(row.uid), "public": public})
    return row


@transaction.atomic
def publish_photo(*, by: User, at: dt.datetime, photo: WorkPhoto, public: bool) -> WorkPhoto:
    """Show a photo to residents, or no longer."""
    project, photo = _held(by, photo.project), _standing_photo(photo)
    _put_photo(photo, at=at, public=public)
    record(by=by, at=at, action="works.photo", subject=project, data={"photo": str(photo.uid), "public": public})
    return photo


@transaction.atomic
def withdraw_photo(*, by: User, at: dt.datetime, photo: WorkPhoto, reason: str) -> WorkPhoto:
    """Take back a photo that was entered wrongly (the wrong place, a face): the row stays, no page shows it any more."""
    project, photo = _held(by, photo.project), _standing_photo(photo)
    if not reason.strip():
        raise Invalid("没有撤下", errors={"reason": ["请写明原因"]})
    _put_photo(photo, at=at, public=False, withdrawn_at=at)
    record(by=by, at=at, action="works.withdraw_photo", subject=project, data={"photo": str(photo.uid)}, reason=reason)
    return photo


def _put_photo(photo: WorkPhoto, *, at: dt.datetime, **values: Any) -> None:
    for name, value in {**values, "updated_at": at, "version": photo.version + 1}.items():
        setattr(photo, name, value)
    photo.save(update_fields=(*values, "updated_at", "version"))


def _standing_photo(photo: WorkPhoto) -> WorkPhoto:
    """The photo, locked. Raises Refused where it was taken back."""
    row = WorkPhoto.objects.select_for_update().get(pk=photo.pk)
    if row.withdrawn_at is not None:
        raise Refused("这张照片已经撤下", code="photo_withdrawn")
    return row


@transaction.atomic
def change_supervisor(
    *, by: User, at: dt.datetime, today: dt.date, supervisor: ResidentSupervisor, name: str, since: dt.date, phone: str = "",
    until: dt.date | None = None,
) -> ResidentSupervisor:  # fmt: skip
    """Correct what is held of a supervising resident, or end it. His visits stay, and lie within his days."""
    project = _held(by, supervisor.project)
    row = ResidentSupervisor.objects.select_for_update(of=("self",)).get(pk=supervisor.pk)
    days = list(SupervisionVisit.objects.filter(supervisor=row).values_list("day", flat=True))
    errors: dict[str, list[str]] = {} if name.strip() else {"name": ["请填写姓名"]}
    if since > today or (days and since > min(days)):
        errors["since"] = ["不能晚于今天，也不能晚于他的第一次监督记录"]
    if until is not None and (until < since or until > today or (days and until < max(days))):
        errors["until"] = ["应在受邀之后、今天以前，不能早于他的最后一次监督记录"]
    _raise(errors)
    row.name, row.phone, row.since, row.until = name.strip(), phone.strip(), since, until
    row.version, row.updated_at = row.version + 1, at
    row.save()
    record(
        by=by,
        at=at,
        action="works.change_supervisor",
        subject=project,
        data={"supervisor": str(row.uid), "ended": until is not None},
    )
    return row


@transaction.atomic
def invite_supervisor(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, name: str, since: dt.date, phone: str = ""
) -> ResidentSupervisor:
    """Note that a resident was invited to supervise quality and safety (RC-19)."""
    project = _held(by, project)
    if not name.strip() or since > today:
        raise Invalid("没有保存", errors={"since": ["不能晚于今天"]} if name.strip() else {"name": ["请填写姓名"]})
    row = ResidentSupervisor.objects.create(
        project=project, name=name.strip(), phone=phone.strip(), since=since, created_at=at, updated_at=at
    )
    record(by=by, at=at, action="works.supervisor", subject=project, data={"supervisor": str(row.uid)})
    return row


@transaction.atomic
def note_visit(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, supervisor: ResidentSupervisor, day: dt.date, found: str,
    answer: str = "", upload: UploadedFile | None = None,
) -> SupervisionVisit:  # fmt: skip
    """Note what a supervising resident found. A second person of the office checks it against the record that he signed."""
    project = _held(by, project)
    errors: dict[str, list[str]] = {}
    if supervisor.project_id != project.pk:
        errors["supervisor"] = ["不是本项目的居民监督员"]
    if day > today or day < supervisor.since or (supervisor.until is not None and day > supervisor.until):
        errors["day"] = ["应在受邀之后、今天之前；已不再监督的，应在其期间"]
    if ORDER[project.stage] < ORDER["works"]:
        errors["day"] = ["项目还没有开工"]
    if not found.strip():
        errors["found"] = ["请写明看到的情况，没有问题也写明"]
    _raise(errors)
    file = files.store(upload=upload, division=county_of(project), by=by, at=at, personal=True) if upload else None
    row = SupervisionVisit.objects.create(
        project=project, supervisor=supervisor, day=day, found=found.strip(), answer=answer.strip(), file=file, entered_by=by,
        entered_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    record(by=by, at=at, action="works.visit", subject=project, data={"visit": str(row.uid)})
    return row


@transaction.atomic
def check_visit(*, by: User, at: dt.datetime, visit: SupervisionVisit) -> SupervisionVisit:
    """A second person has held the note against the record."""
    project = _held(by, visit.project)
    visit = SupervisionVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.entered_by_id == by.pk:
        raise Forbidden("录入人不能复核自己录入的材料，请由另一人复核", code="own_paper")
    if visit.checked_by_id is not None:
        raise Refused(f"已由{visit.checked_by}复核", code="paper_checked")
    visit.checked_by, visit.checked_at, visit.updated_at, visit.version = by, at, at, visit.version + 1
    visit.save(update_fields=("checked_by", "checked_at", "updated_at", "version"))
    record(by=by, at=at, action="works.check", subject=project, data={"visit": str(visit.uid)})
    return visit


@transaction.atomic
def note_lesson(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, day: dt.date, problem: str, cause: str, solution: str,
    after: bool = False,
) -> Lesson:  # fmt: skip
    """Note what was learned (JX-11): the problem, its cause, the way found. An evaluation comes after acceptance."""
    project = _held(by, project)
    texts: Mapping[str, str] = {"problem": problem, "cause": cause, "solution": solution}
    errors: dict[str, list[str]] = {key: ["不能为空"] for key, text in texts.items() if not text.strip()}
    if day > today:
        errors["day"] = ["不能晚于今天"]
    if after and ORDER[project.stage] < ORDER["accepted"]:
        errors["after"] = ["竣工验收以后才作完工评估"]
    _raise(errors)
    row = Lesson.objects.create(
        project=project, day=day, after=after, by=by, created_at=at, updated_at=at, **{k: t.strip() for k, t in texts.items()}
    )  # fmt: skip
    record(by=by, at=at, action="works.lesson", subject=project, data={"lesson": str(row.uid)})
    return row


def _held(by: User, project: Project) -> Project:
    """The project, locked, where the user's office keeps it. Raises Forbidden."""
    row = Project.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=project.pk)
    keeping_body(by, county_of(row), roles=ENTERERS)
    return row


def _reported(project: Project, *, at: dt.datetime, today: dt.date) -> None:
    project.reported_on, project.updated_at, project.version = today, at, project.version + 1
    project.save(update_fields=("reported_on", "updated_at", "version"))


def _no_persons(errors: dict[str, list[str]], **texts: Any) -> None:
    """These texts are shown to residents."""
    for field, text in texts.items():
        kinds = personal_in(text)
        if kinds:
            errors.setdefault(field, []).append(f"这段文字会公开，不能写个人信息（{'、'.join(kinds)}）")


def _raise(errors: dict[str, list[str]]) -> None:
    if errors:
        raise Invalid("没有保存：有字段需要更正", errors=errors)
