"""Likely duplicates: noted by the platform, decided by a person with a reason (JX-02: 不重不漏). Never merged by itself.

A merge is a pointer. The community that goes keeps its row, its facts, revisions and every reference of a plan or a project; it leaves the
register (``merged_into``) and whoever opens it is led to the one that stays. So a merge loses nothing and can be taken back.
It is refused where it would hide a contradiction: other county, buildings on the one that goes, or a guard of an app above
(both in one live plan, see ``communities.merges``).
"""

import datetime as dt

from django.db import transaction

from communities.access import require_keeper
from communities.actions.register import revision_of
from communities.actions.rows import changed, locked, need
from communities.merges import reasons_against
from communities.models import Community, DuplicatePair
from communities.queries.duplicates import find_duplicates
from offices import history
from offices.models import Division, User
from policies.refusal import Invalid, Refused


@transaction.atomic
def note_duplicates(*, at: dt.datetime, division: Division) -> int:
    """Store the likely duplicates of a division and drop open pairs that agree no longer; the number of open pairs.

    Set-based and repeatable; a decided pair is never touched. The platform's finding, nobody's act: no history.
    """
    found = {(pair.first, pair.second): list(pair.agreeing) for pair in find_duplicates(division)}
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in DuplicatePair.objects.filter(**{f"first__{division.column}": division.pk}).select_for_update()
    }
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(first_id=first, second_id=second, agreeing=agreeing, created_at=at, updated_at=at)
            for (first, second), agreeing in found.items()
            if (first, second) not in known
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    stale = [pair.pk for ends, pair in known.items() if ends not in found and not pair.decision]
    DuplicatePair.objects.filter(pk__in=stale).delete()
    moved = [
        pair for ends, pair in known.items() if ends in found and not pair.decision and pair.agreeing != found[ends]
    ]
    for pair in moved:
        pair.agreeing, pair.updated_at, pair.version = found[pair.first_id, pair.second_id], at, pair.version + 1
    DuplicatePair.objects.bulk_update(moved, ["agreeing", "updated_at", "version"], batch_size=500)
    return DuplicatePair.objects.open().filter(**{f"first__{division.column}": division.pk}).count()


@transaction.atomic
def decide_duplicate(
    *,
    by: User,
    at: dt.datetime,
    pair: DuplicatePair,
    decision: str,
    reason: str,
    stay: Community | None = None,
    expected_version: int | None = None,
) -> DuplicatePair:
    """Say that two communities are distinct, or one (``merged``; ``stay`` is the one kept).

    Raises Invalid without a reason or a choice, Refused for a decided pair or with the reasons against a merge, Stale, Forbidden.
    """
    body = require_keeper(by, pair.first)
    require_keeper(by, pair.second)
    reason = need(reason, "reason", "理由")
    row = locked(pair, expected_version)
    if row.decision:
        raise Refused("这一对已有结论，如需更改请先撤销结论。", code="decided")
    data = {"first": str(row.first.uid), "second": str(row.second.uid), "decision": decision}
    if decision == DuplicatePair.Decision.MERGED:
        stays, goes = _ends(row, stay)
        _merge(by=by, at=at, stay=stays, go=goes, reason=reason)
        data["stays"] = str(stays.uid)
    elif decision != DuplicatePair.Decision.DISTINCT:
        raise Invalid("请选择结论。", errors={"decision": ["请选择“不是同一小区”或“合并”"]})
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason, by, at
    changed(row, at)
    history.record(by=by, at=at, action="duplicate.decide", subject=row, data=data, body=body)
    return row


def _ends(pair: DuplicatePair, stay: Community | None) -> tuple[Community, Community]:
    """(stays, goes), locked in the order of their ids."""
    if stay is None or stay.pk not in {pair.first_id, pair.second_id}:
        raise Invalid("请选择保留哪一个小区。", errors={"stay": ["请选择保留哪一个小区"]})
    first, second = locked(pair.first), locked(pair.second)
    return (first, second) if stay.pk == first.pk else (second, first)


def _merge(*, by: User, at: dt.datetime, stay: Community, go: Community, reason: str) -> None:
    if stay.merged_into_id or go.merged_into_id:
        raise Refused("其中一个小区已并入别的小区，请刷新后重新核对。", code="merged")
    reasons = reasons_against(stay, go)
    if reasons:
        raise Refused("现在不能合并：" + "；".join(item.text for item in reasons), reasons=reasons, code="merge")
    for community in (
        go,
        *Community.objects.select_for_update().filter(merged_into=go),
    ):  # no chains: all point to the one kept
        community.merged_into = stay
        changed(community, at)
        revision_of(community, by=by, at=at, evidence=reason).save()


@transaction.atomic
def reopen_duplicate(*, by: User, at: dt.datetime, pair: DuplicatePair, reason: str) -> DuplicatePair:
    """Take a decision back; a merged community stands in the register again. Raises Refused for an open pair, Invalid, Forbidden."""
    body = require_keeper(by, pair.first)
    require_keeper(by, pair.second)
    reason = need(reason, "reason", "理由")
    row = locked(pair)
    if not row.decision:
        raise Refused("这一对尚无结论。", code="open")
    for community in (locked(row.first), locked(row.second)):
        if community.merged_into_id in {row.first_id, row.second_id}:
            community.merged_into = None
            changed(community, at)
            revision_of(community, by=by, at=at, evidence=reason).save()
    row.decision, row.reason, row.decided_by, row.decided_at = "", "", None, None
    changed(row, at)
    data = {"first": str(row.first.uid), "second": str(row.second.uid)}
    history.record(by=by, at=at, action="duplicate.reopen", subject=row, data=data, body=body)
    return row
