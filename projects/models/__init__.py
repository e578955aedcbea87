"""Tables of plans and projects."""

from projects.models.plans import AnnualPlan, PlanLine, PlanVersion
from projects.models.projects import Project, ProjectCommunity, StageDay
from projects.models.ranking import RankingFact, RankingWeights

__all__ = [
    "AnnualPlan", "PlanLine", "PlanVersion", "Project", "ProjectCommunity", "RankingFact", "RankingWeights", "StageDay",
]  # fmt: skip
