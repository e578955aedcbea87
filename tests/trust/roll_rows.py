"""Rows of the roll for the doors: a second home and person, a paper that waits for its check, an organisation; and what is sent there."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities import actions
from communities.models import Community, Home, Organisation, Ownership, Person
from communities.queries.voters import draft_roll
from offices import files
from offices.models import User
from tests.cast import AT, TODAY

OTHER, AGENT = "上官秘密", "司马秘密"


def build_roll(clerk: User, colleague: User, community: Community, person: Person) -> None:
    """Beside the home and the person that stand: others, so that two can become one; a paper that the colleague entered."""
    by: dict[str, Any] = {"by": clerk, "at": AT}
    building = community.buildings.get()
    actions.add_home(
        **by, building=building, values={"unit": "1", "room": "102", "private_area": "80.00", "area_source": "register"}
    )
    actions.add_person(**by, community=community, values={"kind": "natural", "name": OTHER})
    scan = files.store(
        upload=SimpleUploadedFile("公证书.txt", "公证书".encode()), division=community.division, by=colleague, at=AT, personal=True
    )  # fmt: skip
    values = {
        "kind": "guardian", "agent_name": AGENT, "agent_id_number": "140830196001011234", "agent_phone": "13800001111",
        "evidence": "监护证明", "valid_from": dt.date(2026, 1, 1),
    }  # fmt: skip
    actions.enter_agency(by=colleague, at=AT, person=person, values=values, file=scan)
    founded = {
        "kind": "self_management_group", "name": "居民自管小组", "established_on": dt.date(2025, 5, 1), "evidence": "居民会议纪要"
    }  # fmt: skip
    actions.add_organisation(**by, community=community, values=founded)


def home(rows: Any) -> Home:
    """The first home."""
    return Home.objects.get(building__community=rows.community, room="101")


def ownership(rows: Any) -> Ownership:
    """Who owns it."""
    return Ownership.objects.get(home=home(rows))


def organisation(rows: Any) -> Organisation:
    """The group."""
    return Organisation.objects.get(community=rows.community)


def problem(rows: Any) -> dict[str, Any]:
    """The sum of areas against the floor area."""
    found = next(row for row in draft_roll(rows.community, day=TODAY).problems if row.kind == "area_sum")
    return {"uid": rows.community.uid, "kind": found.kind, "key": found.key}


def home_form(rows: Any) -> dict[str, Any]:
    """A corrected area."""
    row = home(rows)
    return {"unit": "1", "room": "101", "private_area": "81.00", "area_source": "survey", "version": row.version}


def sale(rows: Any) -> dict[str, Any]:
    """To a buyer."""
    return {"on": "2026-02-01", "evidence": "买卖合同", "version": home(rows).version, "name-1": "买方秘密"}


def corrected(rows: Any) -> dict[str, Any]:
    """The day on which it began."""
    version = ownership(rows).version
    return {"since": "2020-01-01", "share": "1/1", "evidence": "产权证", "reason": "录错", "version": version}


def two_homes(rows: Any) -> dict[str, Any]:
    """Two homes as one."""
    other = Home.objects.get(building__community=rows.community, room="102")
    return {"stay": str(home(rows).uid), "go": str(other.uid), "reason": "重复登记"}


def two_persons(rows: Any) -> dict[str, Any]:
    """Two persons as one."""
    other = Person.objects.get(community=rows.community, name=OTHER)
    return {"stay": str(rows.person.uid), "go": str(other.uid), "reason": "同一人"}


def agency_form(rows: Any) -> dict[str, Any]:
    """A mandate."""
    return {"kind": "absent_agent", "agent_name": "代理秘密", "evidence": "委托书", "valid_from": "2026-01-01"}


def agency_json(rows: Any) -> dict[str, Any]:
    """The same by the interface."""
    return {**agency_form(rows), "person": str(rows.person.uid)}


def founded(rows: Any) -> dict[str, Any]:
    """An owners' committee."""
    return {
        "kind": "owners_committee",
        "name": "业主委员会",
        "established_on": "2025-06-01",
        "evidence": "业主大会决议",
    }


def ended(rows: Any) -> dict[str, Any]:
    """The group was dissolved."""
    return {"ended_on": "2026-01-01", "reason": "改选", "version": organisation(rows).version}


def ended_json(rows: Any) -> dict[str, Any]:
    """The same by the interface."""
    return {"ended_on": "2026-01-01", "reason": "改选"}


def settlement(rows: Any) -> dict[str, Any]:
    """The gap is explained."""
    found = problem(rows)
    return {"kind": found["kind"], "key": found["key"], "decision": "confirmed", "reason": "公建面积未计"}
