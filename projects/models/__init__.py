"""Tables of plans and projects."""

from projects.models.acceptance import (
    Acceptance,
    AcceptanceParty,
    Defect,
    SeparateAcceptance,
    SpotCheck,
)
from projects.models.aftercare import AftercareRecord, Archive, ArchivePaper, Handover, Manager
from projects.models.assessment import AssessmentRelease, AssessmentRemark
from projects.models.companions import CompanionLine, UpwardFiling
from projects.models.permits import ContractMode, Party, Permit, PermitFacts, VehicleCertificate
from projects.models.plans import AnnualPlan, PlanLine, PlanVersion
from projects.models.projects import Project, ProjectCommunity, StageDay
from projects.models.ranking import RankingFact, RankingWeights
from projects.models.schemes import (
    Scheme,
    SchemeFile,
    SchemeItem,
    SchemePayment,
    SchemeReply,
    SchemeVersion,
)
from projects.models.snapshots import FigureSnapshot
from projects.models.special import SpecialPlan, SpecialPlanEntry, SpecialPlanPlace, SpecialPlanVersion
from projects.models.works import (
    Lesson,
    MonthReport,
    ReportPlace,
    ReportQuantity,
    ResidentSupervisor,
    SupervisionVisit,
    WorkPhoto,
    WorkSpan,
)

__all__ = [
    "Acceptance", "AcceptanceParty", "AftercareRecord", "AnnualPlan", "Archive", "ArchivePaper", "AssessmentRelease",
    "AssessmentRemark", "CompanionLine", "ContractMode",
    "Defect", "FigureSnapshot", "Handover", "Lesson", "Manager", "MonthReport", "Party", "Permit", "PermitFacts", "PlanLine",
    "PlanVersion", "Project", "ProjectCommunity", "RankingFact", "RankingWeights", "ReportPlace", "ReportQuantity",
    "ResidentSupervisor", "Scheme", "SchemeFile",
    "SchemeItem", "SchemePayment", "SchemeReply", "SchemeVersion", "SeparateAcceptance", "SpecialPlan",
    "SpecialPlanEntry", "SpecialPlanPlace", "SpecialPlanVersion", "SpotCheck",
    "StageDay", "SupervisionVisit", "UpwardFiling", "VehicleCertificate", "WorkPhoto", "WorkSpan",
]  # fmt: skip
