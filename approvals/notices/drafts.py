"""Drafts of notices: what is to be posted, where and for how long. Nothing here is public."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from approvals.models import Notice
from approvals.notices.access import common_division, require
from approvals.notices.subjects import NoticeSubject, subject_of
from approvals.rules.notice_days import LONGEST
from communities.models import Community
from offices.history import record
from offices.models import StoredFile, User
from offices.texts import Texts
from policies.refusal import Invalid, Refused, Stale

MOST_PLACES, MOST_FILES = 200, 10
FIELDS = frozenset({"title", "text", "communities", "own_days", "own_counted_in", "files"})
UNITS = frozenset({"working_days", "calendar_days"})
NOT_SAVED = "公示没有保存：有字段需要更正"


@transaction.atomic
def create_notice(
    *, by: User, at: dt.datetime, kind: str, values: Mapping[str, Any], subject_type: str = "", subject: Any = None,
    copied_from: Notice | None = None,
) -> Notice:  # fmt: skip
    """A draft. ``values``: title, text, communities (rows), own_days, own_counted_in, files (rows). Raises Invalid, Forbidden."""
    if kind not in Notice.Kind.values:
        raise Invalid(NOT_SAVED, errors={"kind": ["没有这个类别"]})
    handler = subject_of(subject_type) if subject is not None else None
    if kind == Notice.Kind.SCHEME and handler is None:
        raise Invalid(NOT_SAVED, errors={"subject": ["方案公示须选择项目"]})
    notice = Notice(kind=kind, created_by=by, copied_from=copied_from, created_at=at, updated_at=at)
    if handler is not None:
        notice.subject_type, notice.subject_uid, notice.counts_for = (
            subject_type,
            subject.uid,
            handler.counts_for(subject),
        )
    places = _fill(notice, values, handler, subject)
    notice.body = require(by, places)
    division = common_division(places)
    if division is None:
        raise Invalid(NOT_SAVED, errors={"communities": ["所选小区不在同一区划"]})
    notice.place_in(division)
    notice.save()
    record(by=by, at=at, action="notice.draft", subject=notice, data={"kind": kind}, body=notice.body)
    return notice


@transaction.atomic
def change_notice(
    *, by: User, at: dt.datetime, notice: Notice, values: Mapping[str, Any], expected_version: int | None = None
) -> Notice:
    """Change a draft; what was posted is frozen. Raises Refused (posted), Stale, Invalid, Forbidden."""
    row = locked(notice, expected_version)
    before = places_of(row)
    require(by, before)
    if row.state != Notice.State.DRAFT:
        raise Refused("公示发布后不能修改；内容有误的，撤回后重新公示（公示期重新起算）", code="notice_frozen")
    handler = subject_of(row.subject_type)
    subject = handler.get(row.subject_uid) if handler and row.subject_uid else None
    kept: dict[str, Any] = {
        "title": row.title, "text": row.text, "communities": before, "own_days": row.own_days,
        "own_counted_in": row.own_counted_in, "files": files_of(row),
    }  # fmt: skip
    places = _fill(row, {**kept, **values}, handler, subject)
    row.body = require(by, places)
    division = common_division(places)
    if division is None:
        raise Invalid(NOT_SAVED, errors={"communities": ["所选小区不在同一区划"]})
    row.place_in(division)
    saved(row, at)
    record(by=by, at=at, action="notice.change", subject=row, data={"version": row.version}, body=row.body)
    return row


@transaction.atomic
def copy_notice(*, by: User, at: dt.datetime, notice: Notice) -> Notice:
    """A new draft with the words of a notice that was withdrawn or voided: its period starts anew, and is not shorter."""
    if notice.state not in (Notice.State.WITHDRAWN, Notice.State.VOID):
        raise Refused("只有已撤回或已作废的公示可以复制后重新公示", code="notice_state")
    handler = subject_of(notice.subject_type)
    subject = handler.get(notice.subject_uid) if handler and notice.subject_uid else None
    values = {
        "title": notice.title, "text": notice.text, "communities": places_of(notice), "own_days": notice.own_days,
        "own_counted_in": notice.own_counted_in, "files": files_of(notice),
    }  # fmt: skip
    return create_notice(
        by=by, at=at, kind=notice.kind, values=values, subject_type=notice.subject_type, subject=subject, copied_from=notice
    )  # fmt: skip


def locked(notice: Notice, expected_version: int | None) -> Notice:
    """The row as it stands now, locked. Raises Stale."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("division", "body__division").get(pk=notice.pk)
    if expected_version is not None and row.version != expected_version:
        raise Stale("这份公示在您打开之后已有变动，请刷新后核对再操作。")
    return row


def saved(row: Notice, at: dt.datetime) -> None:
    """Save a changed row: one version more."""
    row.version += 1
    row.updated_at = at
    row.save()


def places_of(notice: Notice) -> list[Community]:
    """Communities of a notice, in the order of the register."""
    return list(Community.objects.filter(uid__in=notice.places).select_related("division", "county").order_by("pk"))


def files_of(notice: Notice) -> list[StoredFile]:
    """Files that go with it."""
    uids = [row["uid"] for row in notice.files]
    found = {str(file.uid): file for file in StoredFile.objects.filter(uid__in=uids)}
    return [found[uid] for uid in uids if uid in found]


def canonical_hash(notice: Notice) -> str:
    """SHA-256 over everything that a reader of the notice reads."""
    content = {
        "kind": notice.kind, "subject": str(notice.subject_uid or ""), "title": notice.title, "text": notice.text,
        "content": notice.content, "places": notice.places, "files": notice.files, "own_days": notice.own_days,
        "own_counted_in": notice.own_counted_in,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fill(notice: Notice, values: Mapping[str, Any], handler: NoticeSubject | None, subject: Any) -> list[Community]:
    """Put the values on the draft; its communities. Raises Invalid with everything that is wrong."""
    unknown = values.keys() - FIELDS
    if unknown:
        raise Invalid(NOT_SAVED, errors={name: ["此字段不能填写"] for name in sorted(unknown)})
    texts = Texts()
    notice.title = texts.read(values.get("title"), "title", "标题", 120)
    notice.text = texts.read(values.get("text"), "text", "正文", 8000)
    places: Sequence[Community] = values.get("communities") or ()
    _read_places(texts, places, handler, subject)
    _read_length(texts, notice, values)
    files: Sequence[StoredFile] = values.get("files") or ()
    if len(files) > MOST_FILES:
        texts.wrong("files", f"最多 {MOST_FILES} 个附件")
    if any(file.personal for file in files):
        texts.wrong("files", "含业主个人信息的文件不能公开")
    texts.check(NOT_SAVED)
    notice.places = [str(place.uid) for place in sorted(places, key=lambda place: place.pk)]
    notice.files = [{"uid": str(file.uid), "name": file.name, "sha256": file.sha256} for file in files]
    if handler is not None and subject is not None:
        notice.content = [list(pair) for pair in handler.content(subject)]
    return list(places)


def _read_places(texts: Texts, places: Sequence[Community], handler: NoticeSubject | None, subject: Any) -> None:
    if not places:
        texts.wrong("communities", "请至少选择一个小区")
    if len(places) > MOST_PLACES:
        texts.wrong("communities", f"最多 {MOST_PLACES} 个小区")
    if handler is not None and subject is not None:
        own = {community.pk for community in handler.communities(subject)}
        foreign = [place.name for place in places if place.pk not in own]
        if foreign:
            texts.wrong("communities", f"不属于该项目：{'、'.join(foreign[:5])}")


def _read_length(texts: Texts, notice: Notice, values: Mapping[str, Any]) -> None:
    """The notice's own length: a whole number and how it is counted, both or none."""
    days, unit = values.get("own_days"), str(values.get("own_counted_in") or "")
    if days in (None, ""):
        notice.own_days, notice.own_counted_in = None, ""
        return
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST:
        texts.wrong("own_days", f"应为 1 到 {LONGEST} 的整数")
    elif unit not in UNITS:
        texts.wrong("own_counted_in", "请选择按工作日还是自然日计算")
    else:
        notice.own_days, notice.own_counted_in = days, unit
