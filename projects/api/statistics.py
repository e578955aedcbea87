"""``statistics``: the figures of a division and year, the same for everybody, each rate with both numbers."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from offices.clock import now, today
from offices.models import Division
from projects.queries.statistics import statistics
from projects.rules.rates import Figures, as_json, rates
from rest.parameters import invalid
from rest.serializers import share
from rest.views import ProblemView

_PARAMETERS = [
    OpenApiParameter("division", OpenApiTypes.UUID, required=True, description="区划及其下属"),
    OpenApiParameter("year", int, required=True, description="计划年度"),
]


class StatisticsViewSet(ProblemView, ViewSet):
    """年度统计：已下达计划的项目；金额为元，比率都带分子和分母；不足 5 户的项目不计居民出资。"""

    def extra_parameters(self) -> tuple[str, ...]:
        """Place and year."""
        return ("division", "year")

    @extend_schema(parameters=_PARAMETERS, responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        """The figures of a division, of those right below it, and when they were counted."""
        place, text = request.query_params.get("division", ""), request.query_params.get("year", "")
        try:
            division = get_object_or_404(Division, uid=UUID(place))
        except ValueError as error:
            raise invalid("division", "请给出区划的 uid") from error
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise invalid("year", "应为四位年份")
        found = statistics(division, int(text), today=today())
        rows = [{"division": _place(row.division), **figures_data(row.figures)} for row in found.rows]
        whole = {"division": _place(division), **figures_data(found.total)}
        return Response({"year": found.year, "as_of": now(), "total": whole, "rows": rows})


def _place(division: Division) -> dict[str, str]:
    return {"uid": str(division.uid), "name": division.name}


def figures_data(figures: Figures) -> dict[str, Any]:
    """Counts, yuan as text, and the rates made of them."""
    shares = {shown.rate.key: share(shown.numerator, shown.denominator) for shown in rates(figures)}
    return {"figures": as_json(figures), "rates": shares}
