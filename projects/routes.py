"""The route that a plan takes: the document's, or the platform's labelled default where it says nothing."""

import datetime as dt
from collections.abc import Sequence

from approvals.routing import RealRoute, real_route
from offices.models import Body
from policies.layers import Layers
from projects.models import AnnualPlan


def plan_route(plan: AnnualPlan, *, layers: Layers, day: dt.date, more_bodies: Sequence[Body] = ()) -> RealRoute:
    """Route of an annual plan on ``day`` (LZ-11, YL-09; default: county housing, then county government)."""
    return real_route(layers, day=day, subject="plan", division=plan.division, more_bodies=more_bodies)
