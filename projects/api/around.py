"""What stands around the annual plans as data: the register and the reserve rolled up, the order for upper money, the scorecard."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import today
from offices.models import Division, User
from projects.api import ranking as ranked
from projects.models import AssessmentRelease
from projects.queries.assessment import content_of, releases_above, releases_of, scorecard_of
from projects.queries.ranking import reserve_of
from projects.queries.rollup import Row, rollup_of
from rest.parameters import invalid

YEAR = OpenApiParameter("year", str, description="年度，默认今年")
DIVISION = OpenApiParameter("division", str, required=True, description="区划的 uid")


def division_asked(request: Request) -> Division:
    """The division of the query, where the caller sees it. Raises Invalid, NotAuthenticated, Http404."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    try:
        uid = UUID(request.query_params.get("division", ""))
    except ValueError as error:
        raise invalid("division", "请给出区划的 uid") from error
    return get_object_or_404(Division.objects.visible_to(request.user), uid=uid)


def _release(row: AssessmentRelease) -> dict[str, Any]:
    return {"number": row.number, "at": row.at, "content_hash": row.content_hash, "content": row.content}


def _row(row: Row) -> dict[str, Any]:
    division = row.division
    place = {"uid": str(division.uid), "name": division.name} if division else None
    return {"division": place, **row.counts, "households": row.households}


def _year(request: Request) -> int:
    text = request.query_params.get("year", str(today().year))
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise invalid("year", "应为四位年份")
    return int(text)


class AroundMixin:
    """Actions of the list of projects."""

    @extend_schema(parameters=[DIVISION], responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=False, pagination_class=None, filter_backends=[], parameters=("division",))
    def rollup(self, request: Request) -> Response:
        """Communities of a division by the divisions directly below it: registered, surveyed, eligible, in the reserve, planned; sums."""
        division = division_asked(request)
        assert isinstance(request.user, User)
        view = rollup_of(request.user, division, day=today())
        return Response(
            {"division": str(division.uid), "rows": [_row(row) for row in view.rows], "total": _row(view.total)}
        )

    @extend_schema(parameters=[DIVISION, YEAR], responses=OpenApiTypes.OBJECT, filters=False)
    @action(
        detail=False, pagination_class=None, filter_backends=[], parameters=("division", "year"), url_path="upper-money"
    )
    def upper_money(self, request: Request) -> Response:
        """Projects of a plan year in their order for money from above, with criteria, weights, values and clauses. It never blocks."""
        division = division_asked(request)
        assert isinstance(request.user, User)
        view = reserve_of(request.user, division, year=_year(request), today=today(), of="upper_money")
        return Response(ranked.data(view))

    @extend_schema(parameters=[DIVISION, YEAR], responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=False, pagination_class=None, filter_backends=[], parameters=("division", "year"))
    def assessment(self, request: Request) -> Response:
        """The scorecard of a division's year as it stands (``null``: no document orders one), its published versions, those above."""
        division, year = division_asked(request), _year(request)
        assert isinstance(request.user, User)
        card = scorecard_of(request.user, division, year=year, today=today())
        return Response(
            {
                "now": content_of(card) if card else None,
                "releases": [_release(row) for row in releases_of(division, year)],
                "above": [{"division": row.division.name, **_release(row)} for row in releases_above(division, year)],
            }
        )
