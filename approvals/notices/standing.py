"""Notices as evidence of the gate ``notice``: the latest one of each community speaks, one that was voided says so."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from approvals.models import Notice, NoticeCommunity
from approvals.standing import Standing
from offices.clock import day_of
from policies.words import date_words

_OBJECTION = Q(notice__remarks__kind="objection", notice__remarks__late=False) & ~Q(notice__remarks__state="withdrawn")


def source(subjects: Sequence[UUID]) -> Mapping[UUID, list[Standing]]:
    """What stands for each subject (one query). A notice withdrawn without any objection is as if it had never been."""
    rows = (
        NoticeCommunity.objects.filter(notice__counts_for__in=subjects, notice__kind=Notice.Kind.SCHEME)
        .select_related("notice", "community")
        .annotate(
            objections=Count("notice__remarks", filter=_OBJECTION, distinct=True),
            open_objections=Count(
                "notice__remarks", filter=_OBJECTION & Q(notice__remarks__state="open"), distinct=True
            ),
        )
        .order_by("notice_id")
    )
    latest: dict[tuple[Any, UUID], Any] = {}
    for row in rows:
        if row.notice.state == Notice.State.WITHDRAWN and not row.open_objections:
            continue
        latest[row.notice.counts_for, row.community.uid] = row
    found: dict[UUID, list[Standing]] = {}
    for (subject, community), row in latest.items():
        found.setdefault(subject, []).append(_standing(row, community))
    return found


def _standing(row: Any, community: UUID) -> Standing:
    notice: Notice = row.notice
    closed = day_of(notice.closed_at) if notice.closed_at else notice.last_day
    assert notice.posted_on is not None and notice.last_day is not None and closed is not None
    figures = {
        "posted_on": notice.posted_on.isoformat(), "closed_on": closed.isoformat(), "objections": row.objections,
        "open_objections": row.open_objections,
    }  # fmt: skip
    return Standing(
        evidence="notice", figures=figures, day=closed, words=_words(notice, row.open_objections), community=community,
        url=f"/staff/notices/{notice.uid}/", settled=notice.state == Notice.State.CLOSED,
    )  # fmt: skip


def _words(notice: Notice, open_objections: int) -> str:
    if notice.state == Notice.State.CLOSED:
        return f"平台公示，{date_words(notice.posted_on)}至{date_words(notice.last_day)}"
    if notice.state == Notice.State.VOID:
        return f"公示已作废（{notice.end_reason}），须重新公示"
    if notice.state == Notice.State.WITHDRAWN:
        return f"公示撤回时尚有 {open_objections} 件异议未办结，须重新公示"
    unsettled = f"，尚有 {open_objections} 件异议未办结" if open_objections else ""
    return f"正在公示，至{date_words(notice.last_day)}{unsettled}"
