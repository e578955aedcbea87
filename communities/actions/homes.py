"""Writers of buildings, homes, persons and ownerships (N-02). The history holds uids and field names, never a person's values."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from communities.access import require_keeper
from communities.actions.rows import assign, changed, check, created, locked, need
from communities.models import Building, Community, Home, Ownership, Person, Reveal
from offices import history
from offices.clock import day_of
from offices.models import User
from policies.refusal import Invalid, Refused

BUILDING_FIELDS = ("name", "built_text", "floors", "units", "structure")
HOME_FIELDS = ("unit", "room", "floor", "private_area", "area_source")
PERSON_FIELDS = ("kind", "name", "id_number", "phone")


@transaction.atomic
def add_building(*, by: User, at: dt.datetime, community: Community, values: Mapping[str, Any]) -> Building:
    """Add a building. Raises Invalid, Forbidden, Refused where the name stands already."""
    body = require_keeper(by, community)
    building = Building(community=community)
    assign(building, values, BUILDING_FIELDS)
    check(building, BUILDING_FIELDS)
    _insert(building, at, f"楼栋“{building.name}”已登记。")
    history.record(by=by, at=at, action="building.add", subject=building, data=_of(community), body=body)
    return building


@transaction.atomic
def change_building(
    *, by: User, at: dt.datetime, building: Building, values: Mapping[str, Any], expected_version: int
) -> Building:
    """Change a building. Raises Stale, Invalid, Forbidden, Refused."""
    body = require_keeper(by, building.community)
    row = locked(building, expected_version)
    names = assign(row, values, BUILDING_FIELDS)
    check(row, BUILDING_FIELDS)
    if names:
        _update(row, at, f"楼栋“{row.name}”已登记。")
        data = {**_of(row.community), "fields": names, "version": row.version}
        history.record(by=by, at=at, action="building.change", subject=row, data=data, body=body)
    return row


@transaction.atomic
def add_home(*, by: User, at: dt.datetime, building: Building, values: Mapping[str, Any]) -> Home:
    """Add a home; an area needs its source (N-02). Raises Invalid, Forbidden, Refused where the room stands already."""
    body = require_keeper(by, building.community)
    home = Home(building=building)
    assign(home, values, HOME_FIELDS)
    _check_home(home)
    _insert(home, at, "该单元的这一房号已登记。")
    history.record(by=by, at=at, action="home.add", subject=home, data=_of(building.community), body=body)
    return home


@transaction.atomic
def change_home(*, by: User, at: dt.datetime, home: Home, values: Mapping[str, Any], expected_version: int) -> Home:
    """Change a home. Raises Stale, Invalid, Forbidden, Refused."""
    community = home.building.community
    body = require_keeper(by, community)
    row = locked(home, expected_version)
    names = assign(row, values, HOME_FIELDS)
    _check_home(row)
    if names:
        _update(row, at, "该单元的这一房号已登记。")
        data = {**_of(community), "fields": names, "version": row.version}
        history.record(by=by, at=at, action="home.change", subject=row, data=data, body=body)
    return row


@transaction.atomic
def add_person(*, by: User, at: dt.datetime, community: Community, values: Mapping[str, Any]) -> Person:
    """Add an owner to a community's list. Raises Invalid, Forbidden, Refused where the ID number stands already."""
    body = require_keeper(by, community)
    person = Person(community=community)
    assign(person, values, PERSON_FIELDS)
    check(person, PERSON_FIELDS)
    _one_per_number(person)
    created(person, at)
    history.record(by=by, at=at, action="person.add", subject=person, data=_of(community), body=body)
    return person


@transaction.atomic
def change_person(
    *, by: User, at: dt.datetime, person: Person, values: Mapping[str, Any], expected_version: int
) -> Person:
    """Change a person's values. Raises Stale, Invalid, Forbidden, Refused."""
    body = require_keeper(by, person.community)
    row = locked(person, expected_version)
    names = assign(row, values, PERSON_FIELDS)
    check(row, PERSON_FIELDS)
    _one_per_number(row)
    if names:
        changed(row, at)
        data = {**_of(row.community), "fields": names, "version": row.version}
        history.record(by=by, at=at, action="person.change", subject=row, data=data, body=body)
    return row


@transaction.atomic
def add_ownership(
    *,
    by: User,
    at: dt.datetime,
    home: Home,
    person: Person,
    share: tuple[int, int] = (1, 1),
    since: dt.date | None = None,
    evidence: str = "",
) -> Ownership:
    """Record that ``person`` owns ``share`` (numerator, denominator) of ``home`` since a day.

    Raises Invalid for a share outside (0, 1] or persons of another community; Refused where the home's shares would pass the whole.
    """
    community = home.building.community
    body = require_keeper(by, community)
    numerator, denominator = share
    if not 0 < numerator <= denominator:
        raise Invalid("份额应大于 0 且不超过 1。", errors={"share": ["份额应大于 0 且不超过 1，如 1/2"]})
    if person.community_id != community.pk:
        raise Invalid("该业主登记在另一小区。", errors={"person": ["该业主登记在另一小区"]})
    locked(home)
    open_ones = list(home.ownerships.filter(until__isnull=True))
    if any(item.person_id == person.pk for item in open_ones):
        raise Refused("该业主已登记为这一户的业主。", code="duplicate")
    row = Ownership(
        home=home,
        person=person,
        share_numerator=numerator,
        share_denominator=denominator,
        since=since,
        evidence=evidence.strip(),
    )
    check(row, ("since", "evidence"))
    if sum_of_shares([*open_ones, row]) > 1:
        raise Refused("这一户各业主的份额合计超过 1，请先核对或终止原有份额。", code="shares")
    created(row, at)
    data = {**_of(community), "home": str(home.uid), "person": str(person.uid)}
    history.record(by=by, at=at, action="ownership.add", subject=row, data=data, body=body)
    return row


@transaction.atomic
def end_ownership(
    *,
    by: User,
    at: dt.datetime,
    ownership: Ownership,
    until: dt.date,
    evidence: str,
    expected_version: int | None = None,
) -> Ownership:
    """End an ownership on a day, with the evidence (sale, inheritance…). Raises Invalid, Refused, Stale, Forbidden."""
    community = ownership.home.building.community
    body = require_keeper(by, community)
    evidence = need(evidence, "evidence", "依据", 200)
    row = locked(ownership, expected_version)
    if row.until is not None:
        raise Refused("这一份产权已经终止。", code="ended")
    if row.since is not None and until < row.since:
        raise Invalid("终止日期早于取得日期。", errors={"until": ["不能早于取得日期"]})
    if until > day_of(at):
        raise Invalid("日期不能晚于今天。", errors={"until": ["日期不能晚于今天"]})
    row.until, row.evidence = until, evidence
    changed(row, at)
    data = {**_of(community), "home": str(row.home.uid), "person": str(row.person.uid)}
    history.record(by=by, at=at, action="ownership.end", subject=row, data=data, body=body)
    return row


@transaction.atomic
def reveal_person(*, by: User, at: dt.datetime, person: Person, reason: str) -> Person:
    """Open a person's values: the person, after who, when and why is recorded (N-06). Raises Invalid without a reason, Forbidden."""
    body = require_keeper(by, person.community)
    reason = need(reason, "reason", "查看理由", 200)
    Reveal.objects.create(person=person, by=by, at=at, reason=reason)
    history.record(by=by, at=at, action="person.reveal", subject=person, data=_of(person.community), body=body)
    return person


def sum_of_shares(ownerships: list[Ownership]) -> Fraction:
    """Exact sum of the shares."""
    return sum((Fraction(item.share_numerator, item.share_denominator) for item in ownerships), Fraction(0))


def _check_home(home: Home) -> None:
    check(home, HOME_FIELDS)
    if not home.room:
        raise Invalid("请填写房号。", errors={"room": ["请填写房号"]})
    if home.private_area is not None and not home.area_source:
        raise Invalid("请选择面积来源。", errors={"area_source": ["填写了面积，请选择来源：登记簿、测绘或合同"]})


def _one_per_number(person: Person) -> None:
    if not person.id_number:
        return
    same = Person.objects.filter(community=person.community, id_number=person.id_number).exclude(pk=person.pk)
    if same.exists():
        raise Refused("该证件号码已登记在本小区另一业主名下。", code="duplicate")


def _insert(row: Building | Home, at: dt.datetime, refusal: str) -> None:
    try:
        with transaction.atomic():
            created(row, at)
    except IntegrityError as error:
        raise Refused(refusal, code="duplicate") from error


def _update(row: Building | Home, at: dt.datetime, refusal: str) -> None:
    try:
        with transaction.atomic():
            changed(row, at)
    except IntegrityError as error:
        raise Refused(refusal, code="duplicate") from error


def _of(community: Community) -> dict[str, Any]:
    return {"community": str(community.uid)}
