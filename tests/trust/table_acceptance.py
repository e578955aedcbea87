"""Who may what with acceptances and what comes after them: a part of the table."""

from typing import Any

from tests.cast import TODAY
from tests.trust.route import CLERK, PLACE, STAFF, WRITERS, Route, Write
from tests.trust.rows import Rows

DAY = TODAY.isoformat()
SIGNATURE = {"key": "designer", "unit": "设计院", "signer": "某人", "signed_on": DAY, "agrees": True}
DEFECT = {"text": "渗水", "owner": "施工单位", "found_on": DAY, "due_on": DAY}
HANDOVER = {
    "facility": "水管", "giver": "住建局", "receiver_kind": "utility", "receiver": "供水公司", "standard": "标准", "on": DAY,
}  # fmt: skip


def _project(what: str = "", line: str = "") -> Any:
    def args(rows: Rows) -> dict[str, Any]:
        given: dict[str, Any] = {"uid": rows.project.uid}
        if what:
            given["what"] = what
        if line:
            given["line"] = getattr(rows.built, line).uid
        return given

    return args


def _manager(rows: Rows) -> dict[str, Any]:
    community = rows.project.communities.get()
    return {
        "community": str(community.uid),
        "mode": "self",
        "name": "业委会",
        "phone": "0359-1",
        "since": DAY,
        "paper": "决定",
    }


TABLE: dict[str, Route] = {
    "projects:acceptance": Route(PLACE, _project()),
    "projects:print_acceptance": Route(PLACE, _project()),
    "offices:form#acceptance": Route(PLACE, lambda rows: {**_project()(rows), "kind": "acceptance", "form": "docx"}),
    "projects:enter_acceptance": Route(
        PLACE, _project("open"), (Write(CLERK, lambda rows: {"held_on": DAY}, done=(409,)),)
    ),
    "projects:mend_defect": Route(
        PLACE, _project("mend", "defect"), (Write(WRITERS, lambda rows: {"mended_on": DAY, "note": "已修"}),)
    ),
    "projects:check_acceptance": Route(None, _project("filing", "acceptance"), (Write(WRITERS, done=(409,)),)),
    "projects:after": Route(PLACE, _project()),
    "projects:enter_after": Route(PLACE, _project("handover"), (Write(CLERK, lambda rows: HANDOVER, done=(409,)),)),
    "projects:check_after": Route(None, _project("manager", "manager"), (Write(WRITERS),)),
    "projects:unmanaged": Route(STAFF),
    "api:project-acceptance": Route(PLACE, _project()),
    "api:project-aftercare": Route(PLACE, _project()),
    "api:project-signatures": Route(None, _project(), (Write(CLERK, lambda rows: SIGNATURE),)),
    "api:project-defects": Route(None, _project(), (Write(CLERK, lambda rows: DEFECT),)),
    "api:project-managers": Route(None, _project(), (Write(CLERK, _manager, done=(409,)),)),
}
