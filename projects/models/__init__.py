"""Tables of plans and projects."""

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

__all__ = [
    "AnnualPlan", "ContractMode", "Party", "Permit", "PermitFacts", "PlanLine", "PlanVersion", "Project", "ProjectCommunity",
    "RankingFact", "RankingWeights", "Scheme", "SchemeFile", "SchemeItem", "SchemePayment", "SchemeReply", "SchemeVersion",
    "StageDay", "VehicleCertificate",
]  # fmt: skip
