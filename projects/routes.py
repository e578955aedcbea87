"""The route that a plan takes: the document's, or the platform's labelled default where it says nothing."""

import datetime as dt
from collections.abc import Sequence

from approvals import cases
from approvals.rules.routes import route
from offices.models import Body
from policies.layers import Layers
from projects.models import AnnualPlan


def plan_route(plan: AnnualPlan, *, layers: Layers, day: dt.date, more_bodies: Sequence[Body] = ()) -> object:
    """Route of an annual plan on ``day`` (LZ-11, YL-09; default: county housing, then county government)."""
    return route(layers, day=day, subject="plan")
