"""Which rows of permits, works and special plans nobody rewrites: what was entered stands, only its check and its replacement are added."""

from offices.demands import refuse
from offices.triggers import protect
from projects.models import (
    AssessmentRelease,
    AssessmentRemark,
    CompanionLine,
    ContractMode,
    Lesson,
    MonthReport,
    Party,
    Permit,
    PermitFacts,
    ReportQuantity,
    SpecialPlanEntry,
    SpecialPlanVersion,
    SupervisionVisit,
    UpwardFiling,
    VehicleCertificate,
    WorkPhoto,
)

_ENTERED = ("project", "number", "day", "file", "entered_by", "entered_at")


def keep() -> None:
    """Protect them in the database itself, once, at start-up."""
    protect(PermitFacts)
    protect(VehicleCertificate)
    protect(Permit, frozen=(*_ENTERED, "evidence", "key", "issuer"), insert_only=False)
    protect(Party, frozen=(*_ENTERED, "role", "name", "credit_code", "method", "reason", "phone"), insert_only=False)
    protect(ContractMode, frozen=(*_ENTERED, "mode", "reason"), insert_only=False)
    protect(Lesson)
    entered = (
        "division",
        "year",
        "kind",
        "sector",
        "unit",
        "place",
        "nothing",
        "works",
        "amount",
        "funds_on",
        "entered_by",
    )
    protect(CompanionLine, frozen=(*entered, "document_number"), insert_only=False)
    sent = ("division", "kind", "title", "document_number", "file", "filed_on", "to_body", "filed_by")
    protect(UpwardFiling, frozen=sent, insert_only=False)
    protect(SpecialPlanVersion)
    protect(AssessmentRelease)
    protect(AssessmentRemark)
    protect(SpecialPlanEntry)
    protect(SupervisionVisit, frozen=(*_ENTERED, "supervisor", "found", "answer"), insert_only=False)
    protect(
        WorkPhoto,
        frozen=("project", "month", "file", "moment", "caption", "by"),
        insert_only=False,
    )
    report = ("project", "month", "percent", "money", "done", "safety", "quality", "delay", "by", "at")
    protect(MonthReport, frozen=report, insert_only=False)
    protect(ReportQuantity)
    rows = '"projects_reportquantity" q JOIN "projects_monthreport" r ON r.id = q.report_id'
    own = 'r.project_id = (SELECT project_id FROM "projects_monthreport" WHERE id = NEW.report_id)'
    total = f"(SELECT COALESCE(SUM(q.quantity), 0) FROM {rows} WHERE {own} AND r.current AND q.item = NEW.item AND q.unit = NEW.unit)"
    refuse(
        ReportQuantity, "within_scheme", on="insert", words="累计工程量超出方案数量，要写明原因",
        when=f"NEW.quantity > 0 AND NEW.excess = '' AND {total} + NEW.quantity > NEW.planned",
        lock='SELECT 1 FROM "projects_project" p '
        'JOIN "projects_monthreport" m ON m.project_id = p.id WHERE m.id = NEW.report_id FOR UPDATE OF p',
    )  # fmt: skip
