"""The route table of permits, parties and works: the same kind of entries as ``tests/trust/table.py``."""

import datetime as dt
from typing import Any

from projects.models import ContractMode, VehicleCertificate
from projects.rules.permits import FACT_LABELS
from tests.cast import AT, TODAY
from tests.trust.route import APPROVER, PLACE, WRITERS, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows

DAY = "2026-1-20"
PARTY = {
    "name": "和顺建设工程有限公司", "credit_code": "91140000MA00000037", "method": "tender", "number": "招〔2026〕1号",
}  # fmt: skip
FACTS = {key: key == "low_risk" for key in FACT_LABELS}


def _entry(rows: Rows) -> ContractMode:
    """What the clerk entered and nobody has checked."""
    clerk, project = rows.users["clerk"], rows.project
    row, _ = ContractMode.objects.get_or_create(
        project=project, current=True,
        defaults={"mode": "epc", "day": TODAY, "entered_by": clerk, "entered_at": AT, "created_at": AT, "updated_at": AT},
    )  # fmt: skip
    return row


def _certificate(rows: Rows) -> dict[str, Any]:
    row, _ = VehicleCertificate.objects.get_or_create(
        project=rows.project, body=rows.body, year=2026, serial=1,
        defaults={
            "vehicles": "晋M12345 渣土运输车", "route": "工地至消纳场", "starts_on": TODAY, "ends_on": TODAY + dt.timedelta(days=30),
            "by": rows.users["clerk"], "at": AT,
        },
    )  # fmt: skip
    return {"uid": row.uid}


def _permit(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.project.uid, "evidence": "permits", "key": "construction_permit"}


def _facts(rows: Rows) -> dict[str, str]:
    return {key: "yes" if value else "no" for key, value in FACTS.items()}


WORKS: dict[str, Route] = {
    "projects:permits": Route(PLACE, _uid("project")),
    "projects:permit_facts": Route(PLACE, _uid("project"), (Write(WRITERS, _facts),)),
    "projects:check_permits": Route(
        None, _uid("project"), (Write(APPROVER, lambda rows: {"entry": [str(_entry(rows).uid)]}),)
    ),
    "projects:contract_mode": Route(
        PLACE, _uid("project"), (Write(WRITERS, lambda rows: {"mode": "epc", "day": DAY}),)
    ),
    "projects:party": Route(
        PLACE,
        lambda rows: {"uid": rows.project.uid, "role": "contractor"},
        (Write(WRITERS, lambda rows: {**PARTY, "day": DAY}),),
    ),
    "projects:permit": Route(PLACE, _permit, (Write(WRITERS, lambda rows: {"issuer": "住建局", "day": DAY}),)),
    "projects:certify": Route(
        PLACE,
        _uid("project"),
        (
            Write(
                WRITERS,
                lambda rows: {"vehicles": "晋M1", "route": "某路", "starts_on": "2026-3-2", "ends_on": "2026-4-1"},
                done=(409,),
            ),
        ),
    ),
    "projects:certificate": Route(PLACE, _certificate),
    "api:project-permits": Route(
        PLACE,
        _uid("project"),
        (
            Write(
                WRITERS,
                lambda rows: {
                    "evidence": "permits",
                    "key": "construction_permit",
                    "issuer": "住建局",
                    "day": "2026-01-20",
                },
            ),
        ),
    ),
    "api:project-permit-facts": Route(None, _uid("project"), (Write(WRITERS, lambda rows: {"facts": FACTS}),)),
    "api:project-parties": Route(
        None, _uid("project"), (Write(WRITERS, lambda rows: {**PARTY, "role": "contractor", "day": "2026-01-20"}),)
    ),
    "api:project-contract-mode": Route(
        None, _uid("project"), (Write(WRITERS, lambda rows: {"mode": "epc", "day": "2026-01-20"}),)
    ),
    "api:project-check-permit": Route(
        None, lambda rows: {"uid": rows.project.uid, "entry": _entry(rows).uid}, (Write(APPROVER),)
    ),
}
