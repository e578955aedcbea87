"""Which rows of permits, works and special plans nobody rewrites: what was entered stands, only its check and its replacement are added."""

from offices.triggers import protect
from projects.models import (
    ContractMode,
    Lesson,
    MonthReport,
    Party,
    Permit,
    PermitFacts,
    SpecialPlanEntry,
    SpecialPlanVersion,
    SupervisionVisit,
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
    protect(SpecialPlanVersion)
    protect(SpecialPlanEntry)
    protect(SupervisionVisit, frozen=(*_ENTERED, "supervisor", "found", "answer"), insert_only=False)
    protect(
        WorkPhoto,
        frozen=("project", "month", "file", "moment", "caption", "by"),
        insert_only=False,
    )
    report = ("project", "month", "percent", "money", "done", "safety", "quality", "delay", "by", "at")
    protect(MonthReport, frozen=report, insert_only=False)
