"""The works over the interface: one answer with parts, reports and photos; file a month's report."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from projects.actions import works as actions
from projects.models import MonthReport
from projects.queries.works import WorksPage, works_page
from rest.serializers import HundredthsField, StrictInput


class PlaceInput(StrictInput):
    """How far one community of a project over several is."""

    community = serializers.UUIDField()
    percent = serializers.IntegerField(min_value=0, max_value=100)


class ReportInput(StrictInput):
    """A month's report; ``month`` is any day of it."""

    month = serializers.DateField()
    percent = serializers.IntegerField(min_value=0, max_value=100)
    money = HundredthsField()
    done = serializers.CharField(max_length=2000)
    safety = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    quality = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    delay = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    places = PlaceInput(many=True, required=False, default=list)


class WorksMixin:
    """Routes of a project's works."""

    @extend_schema(methods=["get"], responses=OpenApiTypes.OBJECT)
    @extend_schema(methods=["post"], request=ReportInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def works(self: Any, request: Request, uid: str) -> Response:
        """Parts with their days, reports and photos; file a month's report."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        project = self.get_object()
        if request.method in SAFE_METHODS:
            return Response(_page(works_page(project, today=today())))
        given = self.parse(ReportInput)
        given["places"] = {row["community"]: row["percent"] for row in given["places"]}
        row = actions.file_report(by=request.user, at=now(), today=today(), project=project, **given)
        return Response(_report(row), status=201)


def _report(row: MonthReport) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "month": row.month.isoformat()[:7], "percent": row.percent, "money": f"{row.money:.2f}", "done": row.done,
        "places": [{"community": str(place.community.uid), "percent": place.percent} for place in row.places.all()],
        "safety": row.safety, "quality": row.quality, "delay": row.delay, "by": str(row.by), "at": row.at.isoformat(),
    }  # fmt: skip


def _page(view: WorksPage) -> dict[str, Any]:
    days = ("planned_start", "planned_end", "actual_start", "actual_end")
    return {
        "spans": [
            {
                "uid": str(item.span.uid), "name": item.span.name, "reason": item.span.reason, "late": item.row.late,
                **{day: value.isoformat() if (value := getattr(item.span, day)) else None for day in days},
            }
            for item in view.spans
        ],
        "reports": [_report(row) for row in view.reports],
        "photos": [
            {"uid": str(p.uid), "month": p.month.isoformat()[:7], "moment": p.moment, "caption": p.caption, "public": p.public}
            for p in view.photos
        ],
    }  # fmt: skip
