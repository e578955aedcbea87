"""REST of plans and projects: parse, call an action or a query, render."""

from projects.api import codes  # noqa: F401 - the refusals' entries in the error catalogue
from projects.api.plans import PlanViewSet
from projects.api.projects import ProjectViewSet
from projects.api.special import SpecialPlanViewSet

__all__ = ["PlanViewSet", "ProjectViewSet", "SpecialPlanViewSet"]
