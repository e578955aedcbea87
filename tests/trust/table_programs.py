"""The route table of what programs write beside the pages: acceptances, parts and photos of works, filings, phrases."""

from typing import Any

from projects.models import AcceptanceParty, Permit
from tests.cast import AT, TODAY
from tests.trust.route import APPROVER, CLERK, EVERYBODY, NOBODY, OWN, PLACE, STAFF, WRITERS, Route, Write
from tests.trust.rows import Rows
from tests.trust.table_acceptance import DEFECT, SIGNATURE
from tests.trust.table_around import filing_of
from tests.trust.table_desk import phrase_of
from tests.trust.table_works import photo_of, span_of

DAY = TODAY.isoformat()
SPAN = {"name": "屋面", "planned_start": "2026-04-01", "planned_end": "2026-06-01"}
LESSON = {"day": "2026-01-20", "problem": "甲", "cause": "乙", "solution": "丙"}


def _acceptance(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.built.acceptance.uid}


def _defect(rows: Rows) -> dict[str, Any]:
    return {**_acceptance(rows), "line": rows.built.defect.uid}


def _signature(rows: Rows) -> dict[str, Any]:
    row, _ = AcceptanceParty.objects.get_or_create(
        acceptance=rows.built.acceptance, key="owner", unit="住建局",
        defaults={
            "label": "建设单位", "signer": "某人", "signed_on": TODAY, "agrees": True, "entered_by": rows.users["clerk"],
            "created_at": AT, "updated_at": AT,
        },
    )  # fmt: skip
    return {**_acceptance(rows), "line": row.uid}


def _permit(rows: Rows) -> dict[str, Any]:
    row, _ = Permit.objects.get_or_create(
        project=rows.project, evidence="permits", key="construction_permit", current=True,
        defaults={
            "issuer": "住建局", "day": TODAY, "entered_by": rows.users["clerk"], "entered_at": AT, "created_at": AT, "updated_at": AT,
        },
    )  # fmt: skip
    return {"uid": row.uid}


def _project(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.project.uid}


def _span(rows: Rows) -> dict[str, Any]:
    return {**_project(rows), "span": span_of(rows).uid}


def _photo(rows: Rows) -> dict[str, Any]:
    return {**_project(rows), "photo": photo_of(rows).uid}


def _on(args: Any, may: frozenset[str], body: dict[str, Any], **more: Any) -> Route:
    return Route(None, args, (Write(may, lambda rows: body, **more),))


PROGRAMS: dict[str, Route] = {
    "api:acceptance-list": Route(
        STAFF,
        write=(Write(CLERK, lambda rows: {"project": str(rows.project.uid), "held_on": DAY}, done=(409,), foreign=(400,)),),
    ),
    "api:acceptance-export": Route(STAFF),
    "api:acceptance-detail": Route(PLACE, _acceptance),
    "api:acceptance-signatures": _on(_acceptance, CLERK, SIGNATURE),
    "api:acceptance-withdraw-signature": _on(_signature, CLERK, {"reason": "录错"}),
    "api:acceptance-report": _on(_acceptance, NOBODY, {}),
    "api:acceptance-confirm": _on(_acceptance, APPROVER, {"passed_on": DAY, "conclusion": "合格"}, done=(409,)),
    "api:acceptance-warranty": _on(_acceptance, CLERK, {"design_life": 50, "seasons_end": None}, done=(200, 409)),
    "api:acceptance-filing": _on(_acceptance, CLERK, {"filed_on": DAY, "filing_number": "1"}, done=(409,)),
    "api:acceptance-check-filing": _on(_acceptance, WRITERS, {}, done=(409,)),
    "api:acceptance-spot-checks": _on(_acceptance, NOBODY, {"on": DAY, "passed": True, "findings": "合格"}),
    "api:acceptance-revisits": _on(_acceptance, CLERK, {"key": "roof", "on": DAY}, done=(409,)),
    "api:acceptance-defects": _on(_acceptance, CLERK, DEFECT),
    "api:acceptance-mend": _on(_defect, WRITERS, {"mended_on": DAY, "note": "已修"}),
    "api:acceptance-see": _on(_defect, WRITERS, {"seen_on": DAY, "good": True}, done=(409,)),
    "api:permit-list": Route(STAFF),
    "api:permit-export": Route(STAFF),
    "api:permit-detail": Route(PLACE, _permit),
    "api:filing-list": Route(
        STAFF, write=(Write(NOBODY, lambda rows: {"division": str(rows.county.uid), "title": "改造标准"}, foreign=(400,)),)
    ),
    "api:filing-export": Route(STAFF),
    "api:filing-detail": Route(PLACE, filing_of),
    "api:filing-receive": _on(filing_of, NOBODY, {"received_on": DAY}),
    "api:phrase-list": Route(STAFF, write=(Write(EVERYBODY, lambda rows: {"text": "请补充材料"}, foreign=()),)),
    "api:phrase-export": Route(STAFF),
    "api:phrase-detail": Route(
        OWN, phrase_of,
        (Write(APPROVER, lambda rows: {"text": "同意上报"}, "patch", hidden=True), Write(APPROVER, method="delete", hidden=True)),
        readers=APPROVER,
    ),
    "api:project-spans": _on(_project, WRITERS, SPAN),
    "api:project-span": _on(_span, WRITERS, {"planned_end": "2026-07-01"}, method="patch"),
    "api:project-photos": _on(_project, NOBODY, {"caption": "屋面"}),
    "api:project-publish-photo": _on(_photo, WRITERS, {"public": False}),
    "api:project-withdraw-photo": _on(_photo, WRITERS, {"reason": "拍错"}),
    "api:project-lessons": _on(_project, WRITERS, LESSON),
}  # fmt: skip
