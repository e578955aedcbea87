"""Writers of ownerships as they change: a home sold in one act, and what was entered wrongly corrected with a reason."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from communities.access import require_keeper
from communities.actions.homes import PERSON_FIELDS, add_person, sum_of_shares
from communities.actions.rows import changed, check, created, locked, need
from communities.models import Community, Home, Ownership, Person
from offices import history
from offices.clock import day_of
from offices.models import User
from policies.refusal import Invalid, Refused


@transaction.atomic
def correct_ownership(
    *, by: User, at: dt.datetime, ownership: Ownership, since: dt.date | None, until: dt.date | None, share: tuple[int, int],
    evidence: str, reason: str, expected_version: int,
) -> Ownership:  # fmt: skip
    """Correct what was entered wrongly: the days, the share and the evidence of an ownership, with the reason.

    Raises Invalid for days out of order or a share outside (0, 1], Refused where the open shares would pass the whole, Stale, Forbidden.
    """
    community = ownership.home.building.community
    body = require_keeper(by, community)
    reason = need(reason, "reason", "更正理由", 200)
    locked(ownership.home)
    row = locked(ownership, expected_version)
    errors: dict[str, list[str]] = {}
    if since is not None and since > day_of(at):
        errors["since"] = ["不能晚于今天"]
    if until is not None and (until > day_of(at) or (since is not None and until < since)):
        errors["until"] = ["不能晚于今天，也不能早于取得日期"]
    if not 0 < share[0] <= share[1]:
        errors["share"] = ["份额应大于 0 且不超过 1，如 1/2"]
    if errors:
        raise Invalid("产权没有更正：有字段需要更正", errors=errors)
    fields = [name for name, value in (("since", since), ("until", until)) if getattr(row, name) != value]
    row.since, row.until, row.evidence = since, until, evidence.strip()
    row.share_numerator, row.share_denominator = share
    check(row, ("evidence", "share_numerator", "share_denominator"))
    others = list(row.home.ownerships.filter(until__isnull=True).exclude(pk=row.pk))
    if until is None and any(item.person_id == row.person_id for item in others):
        raise Refused("该业主已有一份未终止的产权，请先终止其中一份。", code="duplicate")
    if until is None and sum_of_shares([*others, row]) > 1:
        raise Refused("这一户各业主的份额合计超过 1，请先核对其他业主的份额。", code="shares")
    changed(row, at)
    data = {
        "community": str(community.uid), "home": str(row.home.uid), "person": str(row.person.uid), "fields": fields,
        "version": row.version, "hash": history.salted(reason),
    }  # fmt: skip
    history.record(by=by, at=at, action="ownership.correct", subject=row, data=data, body=body)
    return row


@transaction.atomic
def sell_home(
    *, by: User, at: dt.datetime, home: Home, on: dt.date, evidence: str, buyers: list[tuple[Person, tuple[int, int]]],
    expected_version: int,
) -> list[Ownership]:  # fmt: skip
    """A home changes hands on a day: everything open ends and the buyers' shares begin, in one act (sale, inheritance, gift).

    Raises Invalid where the shares don't make a whole, a buyer stands twice or the day has not come or lies before the owners'; Stale.
    """
    community = home.building.community
    body = require_keeper(by, community)
    evidence = need(evidence, "evidence", "依据", 200)
    row = locked(home, expected_version)
    open_ones = list(row.ownerships.select_for_update().filter(until__isnull=True).order_by("pk"))
    _check_sale(on, at, open_ones, buyers, community)
    for ownership in open_ones:
        ownership.until = on
        changed(ownership, at)
    begun = [
        created(
            Ownership(
                home=row, person=person, share_numerator=part, share_denominator=whole, since=on, evidence=evidence
            ),
            at,
        )
        for person, (part, whole) in buyers
    ]
    changed(row, at)
    data = {
        "community": str(community.uid), "home": str(row.uid), "on": on.isoformat(), "rows": len(open_ones),
        "to": [str(person.uid) for person, _ in buyers],
    }  # fmt: skip
    history.record(by=by, at=at, action="home.sell", subject=row, data=data, body=body)
    return begun


def _check_sale(
    on: dt.date, at: dt.datetime, open_ones: list[Ownership], buyers: list[tuple[Person, tuple[int, int]]],
    community: Community,
) -> None:  # fmt: skip
    errors: dict[str, list[str]] = {}
    if on > day_of(at):
        errors["on"] = ["日期不能晚于今天"]
    elif any(row.since is not None and on < row.since for row in open_ones):
        errors["on"] = ["不能早于现业主取得产权的日期"]
    if any(person.community_id != community.pk for person, _ in buyers):
        errors["buyers"] = ["业主登记在另一小区"]
    elif not buyers or len({person.pk for person, _ in buyers}) < len(buyers):
        errors["buyers"] = ["请填写至少一位业主，每位只填一次"]
    elif any(not 0 < part <= whole for _, (part, whole) in buyers):
        errors["buyers"] = ["份额应大于 0 且不超过 1，如 1/2"]
    elif sum_of_shares([Ownership(share_numerator=a, share_denominator=b) for _, (a, b) in buyers]) != 1:
        errors["buyers"] = ["各业主的份额合计应等于 1"]
    if errors:
        raise Invalid("产权变更没有登记：有字段需要更正", errors=errors)


@transaction.atomic
def sell_to(
    *, by: User, at: dt.datetime, home: Home, on: dt.date, evidence: str, buyers: Sequence[Mapping[str, Any]], expected_version: int
) -> list[Ownership]:  # fmt: skip
    """``sell_home`` to people by their values (kind, name, id_number, phone, share); who is known by ID number is not entered twice.

    Raises as ``sell_home`` and ``add_person`` do; nothing stays of a sale that is refused.
    """
    community = home.building.community
    require_keeper(by, community)
    found: list[tuple[Person, tuple[int, int]]] = []
    for buyer in buyers:
        number = str(buyer.get("id_number") or "").strip()
        known = community.persons.filter(id_number=number).first() if number else None
        if known is not None and known.name != str(buyer.get("name") or "").strip():
            raise Invalid("业主姓名与登记不符。", errors={"buyers": ["该证件号码已登记在本小区另一姓名下，请先核对"]})
        values = {key: value for key, value in buyer.items() if key in PERSON_FIELDS}
        person = known or add_person(by=by, at=at, community=community, values=values)
        found.append((person, buyer["share"]))
    return sell_home(by=by, at=at, home=home, on=on, evidence=evidence, buyers=found, expected_version=expected_version)
