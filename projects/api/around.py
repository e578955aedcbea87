"""What stands around the annual plans as data: the register and the reserve rolled up by division (``projects/rollup/``)."""

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
from projects.queries.rollup import Row, rollup_of
from rest.parameters import invalid

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


def _row(row: Row) -> dict[str, Any]:
    division = row.division
    place = {"uid": str(division.uid), "name": division.name} if division else None
    return {"division": place, **row.counts, "households": row.households}


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
