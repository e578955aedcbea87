"""Posting a notice, closing, withdrawing and voiding it. Its day is the server's, its content is frozen, its end never moves forward."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from approvals.models import Notice, NoticeCommunity, NoticeCount, Remark
from approvals.notices.access import CLERK, EITHER, LEADER, acting_body, require
from approvals.notices.drafts import canonical_hash, locked, places_of, saved
from approvals.notices.subjects import subject_of
from approvals.rules.notice_days import OwnLength, Period, end_of, period
from approvals.rules.notices import MOVES, Closing, closing
from communities.models import Community
from offices.calendar import calendar
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused
from policies.words import date_words

STATE = "这份公示当前是“{state}”，不能{act}"


def own_length(notice: Notice) -> OwnLength | None:
    """The length that the notice itself names."""
    if notice.own_days is None:
        return None
    return OwnLength(notice.own_days, notice.own_counted_in)  # type: ignore[arg-type]


def period_of(notice: Notice, *, posted_on: dt.date, days: WorkingCalendar) -> Period | None:
    """The period of a notice if it is (or was) posted on a day, by the documents of its place in force on that day."""
    return period(
        layers_of(notice.division), day=posted_on, posted_on=posted_on, calendar=days, own=own_length(notice),
        regulated=notice.kind == Notice.Kind.SCHEME,
    )  # fmt: skip


@transaction.atomic
def post_notice(
    *, by: User, at: dt.datetime, today: dt.date, notice: Notice, expected_version: int | None = None
) -> Notice:
    """Post a draft today: content, hash and day are frozen from now on. Raises Refused, Stale, Invalid (no length), Forbidden."""
    row = locked(notice, expected_version)
    places = places_of(row)
    require(by, places)
    _may_move(row, Notice.State.POSTED, "发布")
    list(Community.objects.select_for_update().filter(pk__in=[place.pk for place in places]).order_by("pk"))
    handler = subject_of(row.subject_type)
    if handler is not None and row.subject_uid is not None:
        row.content = [list(pair) for pair in handler.content(handler.get(row.subject_uid))]
    days = calendar()
    found = period_of(row, posted_on=today, days=days)
    if found is None:
        reason = "文件没有规定公示期限（未作规定），请填写公示本身的天数"
        raise Invalid(reason, errors={"own_days": [reason]})
    _not_running_already(row, places)
    _not_shorter(row, found, today, days)
    row.state, row.posted_on, row.posted_at, row.posted_by = Notice.State.POSTED, today, at, by
    row.last_day, row.counted_in, row.estimated = found.last_day, found.counted_in, found.estimated
    row.content_hash = canonical_hash(row)
    saved(row, at)
    NoticeCommunity.objects.bulk_create(NoticeCommunity(notice=row, community=place) for place in places)
    count(row, found, found.last_day, today)
    data = {"on": today.isoformat(), "until": found.last_day.isoformat(), "hash": row.content_hash}
    record(by=by, at=at, action="notice.post", subject=row, data=data, body=row.body)
    return row


def count(row: Notice, found: Period, last_day: dt.date, on: dt.date) -> None:
    """Keep how the last day was computed."""
    rule = found.provision.rule_id if found.provision else found.ordered_by.rule_id if found.ordered_by else ""
    NoticeCount.objects.create(
        notice=row, number=row.counts.count() + 1, last_day=last_day, computed=found.last_day, days=found.days,
        counted_in=found.counted_in, rule_id=rule, estimated=found.estimated, on=on,
        notes=[{"day": note.day.isoformat(), "counts": note.counts, "why": note.why} for note in found.notes],
    )  # fmt: skip


def _not_running_already(row: Notice, places: list[Community]) -> None:
    """One notice of a subject at a time in a community: two would tell residents two last days."""
    if row.counts_for is None:
        return
    running = Notice.objects.filter(
        counts_for=row.counts_for, kind=row.kind, state=Notice.State.POSTED, parts__community__in=places
    )
    other = running.exclude(pk=row.pk).first()
    if other is not None:
        raise Refused(
            f"“{other.title}”正在公示，至{date_words(other.last_day)}；如需更改，请先撤回那一份", code="notice_running"
        )


def _not_shorter(row: Notice, found: Period, today: dt.date, days: WorkingCalendar) -> None:
    """A withdrawn or voided notice comes back with at least the length that it had."""
    if row.counts_for is None and row.copied_from_id is None:
        return
    earlier = Notice.objects.filter(state__in=(Notice.State.WITHDRAWN, Notice.State.VOID), posted_on__isnull=False)
    by_subject = earlier.filter(counts_for=row.counts_for, kind=row.kind) if row.counts_for else earlier.none()
    copied = earlier.filter(pk=row.copied_from_id or 0)
    for other in (by_subject | copied).order_by("pk"):
        first = other.counts.order_by("number").first()
        if first is None:
            continue
        asked = OwnLength(first.days, first.counted_in)  # type: ignore[arg-type]
        if found.last_day < end_of(asked, today, days):
            unit = "个工作日" if asked.counted_in == "working_days" else "天"
            reason = f"此前撤回的公示写明 {asked.days} {unit}，重新公示不能更短"
            raise Invalid(reason, errors={"own_days": [reason]}, code="notice_shortened")


def closing_of(row: Notice, *, today: dt.date) -> tuple[Closing, dt.date]:
    """Whether the notice may be closed today, and the last day that counts: the latest of what residents were told and of what the
    calendar gives now."""
    assert row.posted_on is not None and row.last_day is not None
    now = period_of(row, posted_on=row.posted_on, days=calendar())
    told = [each.last_day for each in row.counts.all()]
    last = max([row.last_day, *told, *([now.last_day] if now else [])])
    objections = row.remarks.filter(kind=Remark.Kind.OBJECTION, late=False).exclude(state=Remark.State.WITHDRAWN)
    states = list(objections.values_list("state", flat=True))
    found = closing(
        layers_of(row.division), today=today, day=row.posted_on, last_day=last, objections=len(states),
        open_objections=states.count(Remark.State.OPEN), scheme=row.kind == Notice.Kind.SCHEME,
    )  # fmt: skip
    return found, last


@transaction.atomic
def close_notice(
    *, by: User, at: dt.datetime, today: dt.date, notice: Notice, expected_version: int | None = None, confirmed: bool = False
) -> Notice:  # fmt: skip
    """Close a notice: its period is over, every objection answered, and a leader has confirmed where a document says 无异议 and there
    were objections. Raises RuleRefused with what is missing, Refused, Stale, Forbidden."""
    row = locked(notice, expected_version)
    places = places_of(row)
    body = require(by, places, EITHER)
    _may_move(row, Notice.State.CLOSED, "结束")
    found, last = closing_of(row, today=today)
    if found.reasons:
        raise RuleRefused("公示还不能结束", reasons=found.reasons)
    if found.needs_leader:
        body = _leader(by, places)
        if not confirmed:
            raise Invalid("请确认异议均已办结", errors={"confirmed": ["请负责人确认：异议均已答复并办结"]})
    row.state, row.closed_at, row.closed_by, row.confirmed = Notice.State.CLOSED, at, by, found.needs_leader
    row.last_day = last
    saved(row, at)
    data = {"hash": row.content_hash, "confirmed": row.confirmed}
    record(by=by, at=at, action="notice.close", subject=row, data=data, body=body)
    return row


def _leader(by: User, places: list[Community]) -> Any:
    body = acting_body(by, places, LEADER)
    if body is None:
        raise Forbidden("收到过异议的公示，由负责人确认异议均已办结后结束", code="leader_confirms")
    return body


@transaction.atomic
def withdraw_notice(
    *, by: User, at: dt.datetime, notice: Notice, reason: str, expected_version: int | None = None
) -> Notice:
    """Take a draft or a running notice back, with the reason that residents will read. Raises Refused, Stale, Invalid, Forbidden."""
    row = locked(notice, expected_version)
    body = require(by, places_of(row), CLERK)
    _may_move(row, Notice.State.WITHDRAWN, "撤回")
    _end(row, Notice.State.WITHDRAWN, by=by, at=at, reason=reason)
    record(by=by, at=at, action="notice.withdraw", subject=row, data={"version": row.version}, body=body)
    return row


@transaction.atomic
def void_for(*, subject: Any, by: User, at: dt.datetime, reason: str) -> int:
    """What was posted of ``subject`` has changed: its posted and closed notices are void, a new one starts anew. Returns how many.

    For whoever changes the scheme, inside the transaction that changes it; who may is his question. ``subject``: anything with a uid
    that notices count for or are about.
    """
    uid: UUID = subject.uid
    states = (Notice.State.POSTED, Notice.State.CLOSED)
    about = Notice.objects.filter(state__in=states, kind=Notice.Kind.SCHEME)
    rows = (about.filter(counts_for=uid) | about.filter(subject_uid=uid)).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    for row in Notice.objects.select_for_update(of=("self",)).filter(pk__in=ids, state__in=states).order_by("pk"):
        _end(row, Notice.State.VOID, by=by, at=at, reason=reason)
        record(by=by, at=at, action="notice.void", subject=row, data={"hash": row.content_hash})
    return len(ids)


def posted_for(uids: Collection[UUID]) -> set[UUID]:
    """Which of the subjects have a notice that ``void_for`` would void (one query)."""
    states = (Notice.State.POSTED, Notice.State.CLOSED)
    about = Notice.objects.filter(state__in=states, kind=Notice.Kind.SCHEME)
    rows = (about.filter(counts_for__in=uids) | about.filter(subject_uid__in=uids)).values_list(
        "counts_for", "subject_uid"
    )
    return {uid for pair in rows for uid in pair if uid is not None and uid in uids}


def _may_move(row: Notice, to: str, act: str) -> None:
    if to not in MOVES[row.state]:
        raise Refused(STATE.format(state=row.get_state_display(), act=act), code="notice_state")


def _end(row: Notice, state: str, *, by: User, at: dt.datetime, reason: str) -> None:
    text = reason.replace("\x00", "").strip()
    if not text:
        raise Invalid("请填写原因", errors={"reason": ["请填写原因，居民会看到"]})
    if len(text) > 300:
        raise Invalid("原因太长", errors={"reason": [f"不能超过 300 个字，现有 {len(text)} 个字"]})
    row.state, row.ended_at, row.ended_by, row.end_reason = state, at, by, text
    saved(row, at)
