"""The route table of permits, parties and works: the same kind of entries as ``tests/trust/table.py``."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from projects.actions.works import add_photo
from projects.models import (
    ContractMode,
    MonthReport,
    ResidentSupervisor,
    SupervisionVisit,
    VehicleCertificate,
    WorkPhoto,
    WorkSpan,
)
from projects.rules.permits import FACT_LABELS
from renovation.demonstration.works import drawn
from tests.cast import AT, TODAY
from tests.trust.route import APPROVER, OPEN, PLACE, WRITERS, Route, Write
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


_MONTH = {"month": "2026-1", "percent": "5", "money": "1", "done": "完成"}
_SPAN = {"name": "屋面", "planned_start": "2026-4-1", "planned_end": "2026-6-1"}


def span_of(rows: Rows) -> WorkSpan:
    """A part of the works."""
    row, _ = WorkSpan.objects.get_or_create(
        project=rows.project,
        name="外墙",
        defaults={"planned_start": TODAY, "planned_end": TODAY, "created_at": AT, "updated_at": AT},
    )
    return row


def photo_of(rows: Rows) -> WorkPhoto:
    """A photo that stands."""
    row = WorkPhoto.objects.filter(project=rows.project).first()
    if row is None:
        clerk = rows.users["clerk"]
        upload = SimpleUploadedFile("照片.jpg", drawn((1, 2, 3)))
        row = add_photo(
            by=clerk,
            at=AT,
            today=TODAY,
            project=rows.project,
            month=TODAY,
            moment="during",
            caption="屋面",
            public=True,
            upload=upload,
        )
    return row


def _report(rows: Rows) -> MonthReport:
    row, _ = MonthReport.objects.get_or_create(
        project=rows.project, month=TODAY.replace(day=1),
        defaults={"percent": 1, "money": 0, "done": "完成", "by": rows.users["clerk"], "at": AT, "created_at": AT, "updated_at": AT},
    )  # fmt: skip
    return row


def _visit(rows: Rows) -> SupervisionVisit:
    stamps = {"created_at": AT, "updated_at": AT}
    person, _ = ResidentSupervisor.objects.get_or_create(
        project=rows.project, name="钱二", defaults={"since": TODAY, **stamps}
    )
    row, _ = SupervisionVisit.objects.get_or_create(
        project=rows.project, supervisor=person,
        defaults={"day": TODAY, "found": "没有问题", "entered_by": rows.users["clerk"], "entered_at": AT, **stamps},
    )  # fmt: skip
    return row


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
    "projects:works": Route(PLACE, _uid("project")),
    "projects:new_span": Route(PLACE, _uid("project"), (Write(WRITERS, lambda rows: _SPAN),)),
    "projects:span": Route(
        PLACE, lambda rows: {"uid": rows.project.uid, "span": span_of(rows).uid}, (Write(WRITERS, lambda rows: _SPAN),)
    ),
    "projects:report": Route(
        PLACE,
        _uid("project"),
        (Write(WRITERS, lambda rows: _MONTH, done=(409,)),),
    ),
    "projects:photo": Route(PLACE, _uid("project")),
    "projects:publish_photo": Route(
        None,
        lambda rows: {"uid": rows.project.uid, "photo": photo_of(rows).uid},
        (Write(WRITERS, lambda rows: {"public": "no"}),),
    ),
    "projects:withdraw_photo": Route(
        None,
        lambda rows: {"uid": rows.project.uid, "photo": photo_of(rows).uid},
        (Write(WRITERS, lambda rows: {"reason": "拍错"}),),
    ),
    "projects:change_supervisor": Route(
        PLACE,
        lambda rows: {"uid": rows.project.uid, "supervisor": _visit(rows).supervisor.uid},
        (Write(WRITERS, lambda rows: {"name": "钱二", "since": DAY}),),
        readers=WRITERS,
    ),
    "projects:supervisor": Route(
        PLACE, _uid("project"), (Write(WRITERS, lambda rows: {"name": "赵大有", "since": DAY}),)
    ),
    "projects:visit": Route(PLACE, _uid("project")),
    "projects:check_visit": Route(
        None, lambda rows: {"uid": rows.project.uid, "visit": _visit(rows).uid}, (Write(APPROVER),)
    ),
    "projects:lesson": Route(
        PLACE,
        _uid("project"),
        (Write(WRITERS, lambda rows: {"day": DAY, "problem": "甲", "cause": "乙", "solution": "丙"}),),
    ),
    "projects:print_report": Route(PLACE, lambda rows: {"uid": _report(rows).uid}),
    "portal:work_photo": Route(OPEN, lambda rows: {"uid": photo_of(rows).uid}),
    "api:project-works": Route(
        PLACE,
        _uid("project"),
        (
            Write(
                WRITERS,
                lambda rows: {"month": "2026-01-31", "percent": 5, "money": "1.00", "done": "完成"},
                done=(409,),
            ),
        ),
    ),
    "projects:certificate": Route(PLACE, _certificate),
    "offices:form#certificate": Route(
        PLACE, lambda rows: {**_certificate(rows), "kind": "certificate", "form": "docx"}
    ),
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
