"""Tables of plans and projects."""

from projects.models.plans import AnnualPlan, PlanLine, PlanVersion
from projects.models.projects import Project, ProjectCommunity, StageDay

__all__ = ["AnnualPlan", "PlanLine", "PlanVersion", "Project", "ProjectCommunity", "StageDay"]
