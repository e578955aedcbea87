"""Writers of the register itself. The figures carry central money, so each change of them has evidence and a version."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from communities.access import require_keeper
from communities.actions.rows import assign, changed, check, created, locked, need
from communities.figures import built_years
from communities.models import Community, CommunityRevision
from communities.rules.search import fold, search_text
from offices import history
from offices.clock import day_of
from offices.models import Division, User
from policies.refusal import Invalid, Refused

FIELDS = (
    "name", "former_names", "address", "built_text", "building_count", "household_count", "floor_area", "property_right",
    "property_unit", "state_owned", "in_town", "single_building", "excluded", "excluded_evidence", "heritage",
    "heritage_note", "contact_phone", "surveyed_on", "remark",
)  # fmt: skip
# Central subsidy is allotted by these: changing one asks for its evidence.
MONEY_FIGURES = ("building_count", "household_count", "floor_area")


def fill_derived(community: Community) -> None:
    """Set what follows from the texts: keys for comparing and the text that a search looks into (not saved here)."""
    community.name_key = fold(community.name)[:100]
    community.address_key = fold(community.address)[:200]
    community.search_text = search_text(
        (community.name, *community.former_names.replace("、", "，").split("，"), community.address)
    )


def snapshot(community: Community) -> dict[str, Any]:
    """The register's values as JSON, as a revision keeps them."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(community, name)
        values[name] = str(value) if isinstance(value, Decimal | dt.date) else value
    values |= {"division": str(community.division.uid), "withdrawn": community.withdrawn}
    values["merged_into"] = str(community.merged_into.uid) if community.merged_into else None
    return values


def revision_of(community: Community, *, by: User | None, at: dt.datetime, evidence: str) -> CommunityRevision:
    """The unsaved revision that freezes the community as it stands now."""
    return CommunityRevision(
        community=community,
        version=community.version,
        values=snapshot(community),
        evidence=evidence[:200],
        by=by,
        at=at,
    )


def set_built(community: Community, today: dt.date) -> None:
    """Earliest and latest built year from the text. Raises Invalid for a year that can't be."""
    try:
        community.built_from, community.built_to = built_years(community.built_text, today)
    except ValueError as error:
        raise Invalid(str(error), errors={"built_text": [str(error)]}) from error


def prepare(community: Community, values: Mapping[str, Any], today: dt.date) -> list[str]:
    """Set the values in memory and what follows from them; the names of the fields that changed. Raises Invalid."""
    names = assign(community, values, FIELDS)
    check(community, FIELDS)
    set_built(community, today)
    if community.excluded and not community.excluded_evidence:
        raise Invalid("请填写不属于改造范围的依据。", errors={"excluded_evidence": ["请填写该情形的依据"]})
    fill_derived(community)
    return names


@transaction.atomic
def add_community(
    *, by: User, at: dt.datetime, division: Division, values: Mapping[str, Any], evidence: str = ""
) -> Community:
    """Enter a community into the register of ``division``.

    ``values`` holds fields of ``FIELDS``; blank is unknown. Raises Forbidden outside the clerk's division, Invalid with the reasons by
    field, Refused where the county already has a community of this name at this address.
    """
    body = require_keeper(by, division)
    community = Community()
    community.place_in(division)
    prepare(community, values, day_of(at))
    twin = _twin(community)
    if twin is not None:
        raise Refused(f"登记册中已有同名同址的“{twin.name}”，请勿重复登记。", code="duplicate")
    created(community, at)
    revision_of(community, by=by, at=at, evidence=evidence).save()
    history.record(by=by, at=at, action="community.add", subject=community, data={"version": 1}, body=body)
    return community


def _twin(community: Community) -> Community | None:
    return (
        Community.objects.filter(
            county=community.county,
            name_key=community.name_key,
            address_key=community.address_key,
            merged_into__isnull=True,
            withdrawn=False,
        )
        .exclude(pk=community.pk)
        .first()
    )


@transaction.atomic
def change_community(
    *,
    by: User,
    at: dt.datetime,
    community: Community,
    values: Mapping[str, Any],
    expected_version: int,
    evidence: str = "",
    division: Division | None = None,
) -> Community:
    """Change fields of a community (and its division where given), leaving a revision.

    Raises Stale where ``expected_version`` is not the row's version, Invalid for bad values or a changed figure without evidence,
    Forbidden outside the clerk's division. Nothing changed: nothing is written.
    """
    body = require_keeper(by, community)
    row = locked(community, expected_version)
    living(row)
    names = prepare(row, values, day_of(at))
    if division is not None and division.pk != row.division_id:
        require_keeper(by, division)
        row.place_in(division)
        names.append("division")
    if not names:
        return row
    evidenced(names, evidence)
    changed(row, at)
    revision_of(row, by=by, at=at, evidence=evidence.strip()).save()
    data = {"version": row.version, "fields": names}
    history.record(by=by, at=at, action="community.change", subject=row, data=data, body=body)
    return row


def evidenced(names: Collection[str], evidence: str) -> None:
    """Raises Invalid where a figure that carries money changed and nobody said by what evidence."""
    if any(name in MONEY_FIGURES for name in names) and not evidence.strip():
        raise Invalid(
            "栋数、户数、建筑面积关系补助资金，修改时请填写依据（如测绘报告、不动产登记）。",
            errors={"evidence": ["修改了栋数、户数或建筑面积，请填写依据"]},
        )


@transaction.atomic
def withdraw(*, by: User, at: dt.datetime, community: Community, expected_version: int, reason: str) -> Community:
    """Take a community out of the public register; the row, its records and its revisions stay. Raises as change_community."""
    return _set_withdrawn(
        by=by, at=at, community=community, expected_version=expected_version, reason=reason, value=True
    )


@transaction.atomic
def restore(*, by: User, at: dt.datetime, community: Community, expected_version: int, reason: str) -> Community:
    """Put a withdrawn community back. Raises as change_community."""
    return _set_withdrawn(
        by=by, at=at, community=community, expected_version=expected_version, reason=reason, value=False
    )


def _set_withdrawn(
    *, by: User, at: dt.datetime, community: Community, expected_version: int, reason: str, value: bool
) -> Community:
    body = require_keeper(by, community)
    reason = need(reason, "reason", "理由", 200)
    row = locked(community, expected_version)
    living(row)
    if row.withdrawn == value:
        return row
    row.withdrawn = value
    changed(row, at)
    revision_of(row, by=by, at=at, evidence=reason).save()
    action = "community.withdraw" if value else "community.restore"
    history.record(by=by, at=at, action=action, subject=row, data={"version": row.version}, body=body)
    return row


def living(community: Community) -> None:
    """Raises Refused for a community that was merged into another."""
    if community.merged_into_id is not None:
        raise Refused("该小区已并入另一小区，请到保留的小区上修改。", code="merged")
