"""Writers that make a roll ready: decisions on its problems, one row of what was entered twice (N-02)."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from django.db import IntegrityError, transaction

from communities.access import require_keeper
from communities.actions.homes import sum_of_shares
from communities.actions.rows import changed, created, locked, need
from communities.models import Community, Home, Ownership, Person, RollSettlement
from communities.queries.voters import draft_roll, facts_of
from communities.rules.voters import ASSIGNED, REOPENED, RollProblem, voter_key
from offices import history
from offices.clock import day_of
from offices.models import StoredFile, User
from policies.refusal import Invalid, Refused

GONE = "清册已有变化，这一问题已不存在或内容不同，请刷新后核对。"


@transaction.atomic
def settle_roll(
    *, by: User, at: dt.datetime, community: Community, kind: str, key: str, decision: str, reason: str,
    homes: Mapping[str, str] | None = None, file: StoredFile | None = None,
) -> RollSettlement:  # fmt: skip
    """Decide on a problem of the roll as it stands today; an earlier decision is superseded and stays on record.

    ``homes`` (overlap, assigned): each home's uid → the key of the voter as which it counts. ``reopened`` takes a decision back.
    Raises Refused where the facts have changed meanwhile or the problem can only be mended, Invalid naming fields, Forbidden.
    """
    body = require_keeper(by, community)
    community = locked(community)
    reason = need(reason, "reason", "理由")
    problem = _problem(community, kind, key, day_of(at))
    chosen = dict(homes or {}) if decision == ASSIGNED else {}
    if decision == REOPENED:
        if not problem.settled:
            raise Refused("这一问题还没有决定，不用撤销。", code="open")
    elif not problem.decisions:
        raise Refused("这一问题不能以决定代替，请补正登记内容。", code="mend")
    elif decision not in problem.decisions:
        raise Invalid("请选择决定。", errors={"decision": ["请选择列出的决定之一"]})
    elif decision == ASSIGNED:
        _check_assignment(community, problem, chosen, day_of(at))
    before = RollSettlement.objects.filter(community=community, kind=kind, key=key, superseded_by__isnull=True).first()
    row = RollSettlement(
        community=community, kind=kind, key=key, decision=decision, homes=chosen, reason=reason, where=problem.where[:300],
        file=file, by=by, at=at, supersedes=before,
    )  # fmt: skip
    try:
        with transaction.atomic():
            created(row, at)
    except IntegrityError as error:  # two people decided at the same moment
        raise Refused("这一问题刚刚已由他人决定，请刷新后核对。", code="settled") from error
    data = {"settlement": str(row.uid), "kind": kind, "key": key, "decision": decision}
    history.record(by=by, at=at, action="roll.settle", subject=community, data=data, body=body)
    return row


def _problem(community: Community, kind: str, key: str, day: dt.date) -> RollProblem:
    for problem in draft_roll(community, day=day).problems:
        if (problem.kind, problem.key) == (kind, key):
            return problem
    raise Refused(GONE, code="roll_changed")


def _check_assignment(community: Community, problem: RollProblem, chosen: dict[str, str], day: dt.date) -> None:
    facts = facts_of(community, day=day)
    owners = facts.owners()
    inside = set(problem.homes)
    uids = {str(home.home_uid) for home in facts.homes if home.home_id in inside}
    keys = {voter_key(facts.persons[pk].uid for pk in owners[home]) for home in inside}
    if set(chosen) != uids or not set(chosen.values()) <= keys:
        raise Invalid(
            "请为每一户指定计入的业主。", errors={"homes": ["请为列出的每一户选择列出的业主之一，不多也不少"]}
        )


@transaction.atomic
def merge_persons(*, by: User, at: dt.datetime, stay: Person, go: Person, reason: str) -> Person:
    """Two rows of one person become one: ownerships and papers move to ``stay``, what ``go`` knew beyond it is taken over.

    ``go`` stays as an empty row for the history. Where both hold one home together their shares are added.
    Raises Invalid, Refused where both are one row or stand in different communities, Forbidden.
    """
    body = require_keeper(by, stay.community)
    if stay.pk == go.pk or stay.community_id != go.community_id:
        raise Invalid("请选择同一小区的两条业主记录。", errors={"stay": ["请选择同一小区的两条业主记录"]})
    reason = need(reason, "reason", "理由", 200)
    first, second = sorted((stay, go), key=lambda row: row.pk)
    rows = {row.pk: locked(row) for row in (first, second)}
    stay, go = rows[stay.pk], rows[go.pk]
    if go.agencies.filter(withdrawn_at__isnull=True).exists():
        raise Refused("被合并的记录下还有代理材料，请先撤销，合并后按保留的业主重新录入。", code="agencies")
    held = go.ownerships.values("home")
    list(Home.objects.select_for_update().filter(pk__in=held).order_by("pk"))  # nobody adds an owner meanwhile
    ownerships = list(go.ownerships.select_for_update().order_by("pk"))
    for ownership in ownerships:
        _move(ownership, stay, at)
    for name in ("id_number", "phone"):
        if not getattr(stay, name) and getattr(go, name):
            setattr(stay, name, getattr(go, name))
            setattr(go, name, "")
    changed(stay, at)
    changed(go, at)
    data = {
        "community": str(stay.community.uid),
        "from": str(go.uid),
        "rows": len(ownerships),
        "hash": history.salted(reason),
    }
    history.record(by=by, at=at, action="person.merge", subject=stay, data=data, body=body)
    return stay


def _move(ownership: Ownership, stay: Person, at: dt.datetime) -> None:
    twin = None
    if ownership.until is None:
        twin = Ownership.objects.filter(home=ownership.home_id, person=stay, until__isnull=True).first()
    if twin is None:
        ownership.person = stay
        changed(ownership, at)
        return
    together = min(sum_of_shares([twin, ownership]), Fraction(1))
    twin.share_numerator, twin.share_denominator = together.numerator, together.denominator
    twin.since = None if twin.since is None or ownership.since is None else min(twin.since, ownership.since)
    changed(twin, at)
    day = ownership.since or day_of(at)
    ownership.person, ownership.since, ownership.until = stay, day, day  # in force on no day: the other row carries it
    changed(ownership, at)


@transaction.atomic
def merge_homes(*, by: User, at: dt.datetime, stay: Home, go: Home, reason: str) -> Home:
    """A home entered twice becomes one: owners that ``stay`` lacks move to it where it has none, ``go`` leaves every list.

    Raises Refused where both have owners and they differ (end the wrong ones first), Invalid, Forbidden.
    """
    community = stay.building.community
    body = require_keeper(by, community)
    if stay.pk == go.pk or go.building.community_id != community.pk:
        raise Invalid("请选择同一小区的两条房屋记录。", errors={"stay": ["请选择同一小区的两条房屋记录"]})
    reason = need(reason, "reason", "理由", 200)
    first, second = sorted((stay, go), key=lambda row: row.pk)
    rows = {row.pk: locked(row) for row in (first, second)}
    stay, go = rows[stay.pk], rows[go.pk]
    if stay.merged_into_id or go.merged_into_id:
        raise Refused("其中一条房屋记录已经并入别的记录，请刷新后核对。", code="merged")
    kept = {row.person_id for row in stay.ownerships.filter(until__isnull=True)}
    gone = list(go.ownerships.select_for_update().filter(until__isnull=True).order_by("pk"))
    if kept and gone and kept != {row.person_id for row in gone}:
        raise Refused("两条房屋记录的业主不同，请先核对并终止有误的产权，再合并。", code="owners_differ")
    for row in gone:
        if kept:
            row.until = max(day_of(at), row.since) if row.since else day_of(at)
        else:
            row.home = stay
        changed(row, at)
    go.merged_into = stay
    changed(go, at)
    Home.objects.filter(merged_into=go).update(merged_into=stay, updated_at=at)  # no chains
    data = {"community": str(community.uid), "from": str(go.uid), "rows": len(gone), "hash": history.salted(reason)}
    history.record(by=by, at=at, action="home.merge", subject=stay, data=data, body=body)
    return stay
