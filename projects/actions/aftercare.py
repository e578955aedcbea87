"""After the works: the archive closed by a second person, facilities handed over, managers, what was agreed."""

import datetime as dt
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from communities.models import Community
from communities.rules.personal import personal_in
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions.acceptance import CHECKERS, check_row, held_project, kept_file, not_after, not_blank
from projects.actions.projects import county_of
from projects.models import AftercareRecord, Archive, ArchivePaper, Handover, Manager, Project
from projects.permissions import keeping_body
from projects.rules.acceptance import ARCHIVE_LABELS, archive_missing
from projects.rules.stages import STAGE, reached

MOST_PAGES = 100_000


def _keep(project: Project, by: User, since: str = "works") -> Project:
    """The project held, the writer's right asked, and whether it has come so far."""
    project = held_project(project)
    keeping_body(by, county_of(project))
    if not reached(project.stage, since):
        words = f"“{project.name}”在“{STAGE[project.stage].label}”，到“{STAGE[since].label}”后才能办理"
        raise Refused(words, code="too_early")
    return project


@transaction.atomic
def put_in_archive(
    *, by: User, at: dt.datetime, project: Project, key: str, pages: int | None = None, reason: str = ""
) -> ArchivePaper:
    """A paper of the list lies in the archive (``pages``), or does not belong to this project (``reason``)."""
    project = _keep(project, by)
    if key not in ARCHIVE_LABELS:
        raise Invalid("目录里没有这份材料", errors={"key": ["请从目录中选择"]})
    if (pages is None) == (not reason.strip()):
        raise Invalid("请填写页数，或写明不适用的原因", errors={"pages": ["页数和不适用的原因填且只填一项"]})
    if pages is not None and not 1 <= pages <= MOST_PAGES:
        raise Invalid("页数有误", errors={"pages": [f"应在 1 到 {MOST_PAGES} 之间"]})
    archive = Archive.objects.filter(project=project).first()
    if archive is None:
        archive = Archive(project=project, entered_by=by, created_at=at, updated_at=at)
        archive.place_in(project.division)
        archive.save()
    if archive.checked_by_id is not None:
        raise Refused("档案已经归档，不能改动目录", code="archive_closed")
    paper, _ = ArchivePaper.objects.update_or_create(
        archive=archive, key=key, defaults={"pages": pages, "reason": reason.strip(), "by": by, "at": at}
    )
    record(by=by, at=at, action="archive.put", subject=project, data={"key": key}, reason=reason)
    return paper


@transaction.atomic
def close_archive(*, by: User, at: dt.datetime, project: Project, number: str, shelf: str, keeper: str) -> Archive:
    """Close the archive: number, shelf and keeper, by another person than those who put the papers in. Raises Refused naming what is
    missing."""
    project = held_project(project)
    keeping_body(by, county_of(project), roles=CHECKERS)
    not_blank(number=number, shelf=shelf, keeper=keeper)
    archive = Archive.objects.filter(project=project).prefetch_related("papers").first()
    held = {paper.key for paper in archive.papers.all()} if archive else set()
    missing = archive_missing(held)
    if archive is None or missing:
        raise Refused(f"档案还缺 {len(missing)} 项：{'、'.join(missing)}", code="archive_incomplete")
    if archive.checked_by_id is not None:
        raise Refused("档案已经归档", code="archive_closed")
    if by.pk in {archive.entered_by_id, *(paper.by_id for paper in archive.papers.all())}:
        raise Forbidden("整理材料的人不能自己归档，请由另一人核对目录后归档", code="second_person")
    archive.number, archive.shelf, archive.keeper = number.strip(), shelf.strip(), keeper.strip()
    archive.checked_by, archive.checked_at, archive.updated_at = by, at, at
    archive.version += 1
    archive.save()
    record(by=by, at=at, action="archive.close", subject=project, data={"number": archive.number})
    return archive


@transaction.atomic
def hand_over(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, facility: str, giver: str, receiver_kind: str, receiver: str,
    standard: str, on: dt.date, number: str = "", item: UUID | None = None, upload: UploadedFile | None = None,
) -> Handover:  # fmt: skip
    """Enter that a facility was handed over; it counts once a second person has checked it."""
    project = _keep(project, by)
    not_blank(facility=facility, giver=giver, receiver=receiver, standard=standard)
    not_after(on, today, "on")
    if receiver_kind not in Handover.Receiver.values:
        raise Invalid("没有这类接收方", errors={"receiver_kind": ["请从列出的类别中选择"]})
    row = Handover(
        project=project, facility=facility.strip(), item=item, giver=giver.strip(), receiver_kind=receiver_kind, receiver=receiver.strip(),
        standard=standard.strip(), on=on, number=number.strip(), entered_by=by, file=kept_file(upload, project, by=by, at=at),
        created_at=at, updated_at=at,
    )  # fmt: skip
    row.save()
    record(by=by, at=at, action="handover.record", subject=project, data={"line": str(row.uid)})
    return row


@transaction.atomic
def set_manager(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, community: Community, mode: str, name: str, phone: str,
    since: dt.date, paper: str, until: dt.date | None = None, reason: str = "", upload: UploadedFile | None = None,
) -> Manager:  # fmt: skip
    """Who manages a community from a day on (LZ-24, RC-24, YL-12). The one before ends the day before, with the reason; a row that nobody
    has checked yet is replaced by a corrected one in the same way."""
    project = _keep(project, by, "accepted")
    if not project.parts.filter(community=community).exists():
        raise Invalid("小区不在本项目", errors={"community": ["请选择本项目的小区"]})
    not_blank(name=name, phone=phone, paper=paper)
    not_after(since, today, "since")
    if mode not in Manager.Mode.values:
        raise Invalid("没有这种管理模式", errors={"mode": ["请从列出的模式中选择"]})
    if until is not None and until < since:
        raise Invalid("合同到期日有误", errors={"until": ["早于起始日"]})
    before = Manager.objects.select_for_update(of=("self",)).filter(community=community, ended_on__isnull=True).first()
    if before is not None:
        not_blank(reason=reason)
        if since <= before.since:
            raise Invalid("起始日有误", errors={"since": [f"应晚于现管理人的起始日 {before.since}"]})
        before.ended_on, before.ended_reason, before.updated_at = since - dt.timedelta(days=1), reason.strip(), at
        before.version += 1
        before.save()
    row = Manager(
        community=community, mode=mode, name=name.strip(), phone=phone.strip(), since=since, until=until, paper=paper.strip(),
        entered_by=by, file=kept_file(upload, project, by=by, at=at), created_at=at, updated_at=at,
    )  # fmt: skip
    row.place_in(community.division)
    row.save()
    record(by=by, at=at, action="manager.set", subject=project, data={"community": str(community.uid)}, reason=reason)
    return row


@transaction.atomic
def record_aftercare(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, community: Community, kind: str, on: dt.date, words: str,
    bodies: str = "", collection: str = "", use: str = "", renewal: str = "", upload: UploadedFile | None = None,
) -> AftercareRecord:  # fmt: skip
    """Enter a covenant, rules of procedure, a joint meeting, or the fund's mechanism (CZ-10, YL-12)."""
    project = _keep(project, by, "approved")
    if kind not in AftercareRecord.Kind.values:
        raise Invalid("没有这一类", errors={"kind": ["请从列出的类别中选择"]})
    if not project.parts.filter(community=community).exists():
        raise Invalid("小区不在本项目", errors={"community": ["请选择本项目的小区"]})
    not_after(on, today, "on")
    not_blank(words=words)
    if kind == AftercareRecord.Kind.MEETING:
        not_blank(bodies=bodies)
    if kind == AftercareRecord.Kind.FUND:
        not_blank(collection=collection, use=use, renewal=renewal)
    if personal_in(words):
        raise Invalid("内容含个人信息", errors={"words": ["请删去电话、证件号码等个人信息"]})
    row = AftercareRecord(
        project=project, community=community, kind=kind, on=on, bodies=bodies.strip(), words=words.strip(), collection=collection.strip(),
        use=use.strip(), renewal=renewal.strip(), entered_by=by, file=kept_file(upload, project, by=by, at=at), created_at=at,
        updated_at=at,
    )  # fmt: skip
    row.place_in(community.division)
    row.save()
    record(by=by, at=at, action="aftercare.record", subject=project, data={"kind": kind, "line": str(row.uid)})
    return row


CHECKED = {"handover": Handover, "manager": Manager, "record": AftercareRecord}


@transaction.atomic
def check(*, by: User, at: dt.datetime, project: Project, row: Handover | Manager | AftercareRecord) -> None:
    """A second person has held the entry against its paper."""
    project = held_project(project)
    fresh = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if isinstance(fresh, Manager) and fresh.ended_on is not None:
        raise Refused("这位管理人已经变更，不再复核", code="manager_ended")
    check_row(fresh, by=by, at=at, project=project, action=f"{row._meta.model_name}.check")
