"""Writers of what the survey finds: facts of 改造对象 (LZ-27 and its kin) and hazards (YL-16)."""

import datetime as dt

from django.db import transaction

from communities.access import require_keeper
from communities.actions.rows import changed, created, need
from communities.models import Community, CommunityFact, Hazard
from offices import history
from offices.clock import day_of
from offices.models import StoredFile, User
from policies.refusal import Invalid


@transaction.atomic
def record_fact(
    *,
    by: User,
    at: dt.datetime,
    community: Community,
    key: str,
    holds: bool,
    evidence: str,
    file: StoredFile | None = None,
    on: dt.date | None = None,
) -> CommunityFact:
    """Record whether a fact of the definition holds, with its evidence; a later record replaces the answer, the history keeps both.

    Raises Invalid for an unknown key, missing evidence or a day that has not come; Forbidden outside the clerk's division.
    """
    body = require_keeper(by, community)
    if key not in CommunityFact.Key.values:
        raise Invalid("没有这一项事实。", errors={"key": ["没有这一项事实"]})
    evidence = need(evidence, "evidence", "依据")
    day = _past(on or day_of(at), at, "on")
    fact = CommunityFact.objects.select_for_update().filter(community=community, key=key).first()
    new = fact is None
    fact = fact or CommunityFact(community=community, key=key)
    fact.holds, fact.evidence, fact.file, fact.recorded_by, fact.recorded_on = holds, evidence, file, by, day
    created(fact, at) if new else changed(fact, at)
    data = {"community": str(community.uid), "key": key, "holds": holds, "version": fact.version}
    history.record(by=by, at=at, action="community.fact", subject=fact, data=data, body=body)
    return fact


@transaction.atomic
def record_hazard(
    *, by: User, at: dt.datetime, community: Community, kind: str, description: str, found_on: dt.date | None = None
) -> Hazard:
    """Record a hazard or shortfall found by the survey. Raises Invalid, Forbidden."""
    body = require_keeper(by, community)
    if kind not in Hazard.Kind.values:
        raise Invalid("没有这一类隐患。", errors={"kind": ["没有这一类隐患"]})
    hazard = Hazard(
        community=community,
        kind=kind,
        description=need(description, "description", "情况"),
        found_on=_past(found_on or day_of(at), at, "found_on"),
        recorded_by=by,
    )
    created(hazard, at)
    data = {"community": str(community.uid), "kind": kind}
    history.record(by=by, at=at, action="community.hazard", subject=hazard, data=data, body=body)
    return hazard


def _past(day: dt.date, at: dt.datetime, field: str) -> dt.date:
    if day > day_of(at):
        raise Invalid("日期不能晚于今天。", errors={field: ["日期不能晚于今天"]})
    return day
