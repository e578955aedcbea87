"""Which rows of permits, works and special plans nobody rewrites: what was entered stands, only its check and its replacement are added."""

from offices.triggers import protect
from projects.guards import guard_filings, guard_quantities
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
    guard_quantities()
    guard_filings()
