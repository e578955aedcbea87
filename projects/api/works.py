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
from policies.refusal import Invalid
from projects.actions import works as actions
from projects.api.schemes import quantity_data
from projects.models import MonthReport
from projects.queries.works import WorksPage, works_page
from rest.serializers import HundredthsField, StrictInput, percent


class PlaceInput(StrictInput):
    """How far one community of a project over several is."""

    community = serializers.UUIDField()
    percent = serializers.IntegerField(min_value=0, max_value=100)


class QuantityInput(StrictInput):
    """What the month did of a line of the fixed scheme, in its unit."""

    item = serializers.UUIDField(help_text="方案中一项的 uid")
    quantity = serializers.CharField(max_length=20, help_text="本月完成，最多三位小数的文本，如 120.5")


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
    quantities = QuantityInput(many=True, required=False, help_text="不写：更正时保留原来的工程量")
    excess = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="累计超出方案数量的原因"
    )


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
        if "quantities" in given:
            given["quantities"] = _once(given["quantities"])
        row = actions.file_report(by=request.user, at=now(), today=today(), project=project, **given)
        return Response(_report(row), status=201)


def _once(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Texts by line. Raises Invalid for a line that is named twice."""
    found = {str(row["item"]): row["quantity"] for row in rows}
    if len(found) != len(rows):
        raise Invalid("没有保存：有字段需要更正", errors={"quantities": ["同一项只能写一次"]})
    return found


def _report(row: MonthReport) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "month": row.month.isoformat()[:7], "percent": row.percent, "money": f"{row.money:.2f}", "done": row.done,
        "places": [{"community": str(place.community.uid), "percent": place.percent} for place in row.places.all()],
        "quantities": [
            {
                "item": str(line.item), "name": line.name, "unit": line.unit, "planned": quantity_data(line.planned),
                "quantity": quantity_data(line.quantity), "excess": line.excess,
            }
            for line in row.quantities.all()
        ],
        "safety": row.safety, "quality": row.quality, "delay": row.delay, "by": str(row.by), "at": row.at.isoformat(),
    }  # fmt: skip


def _page(view: WorksPage) -> dict[str, Any]:
    days = ("planned_start", "planned_end", "actual_start", "actual_end")
    return {
        "spans": [
            {
                "uid": str(item.span.uid), "name": item.span.name, "reason": item.span.reason, "late": item.row.late,
                "item": str(item.span.item) if item.span.item else None,
                **{day: value.isoformat() if (value := getattr(item.span, day)) else None for day in days},
            }
            for item in view.spans
        ],
        "quantities": [
            {
                "item": m.line.uid, "name": m.line.name, "place": m.line.place, "unit": m.line.unit, "in_scheme": m.line.listed,
                "planned": quantity_data(m.line.planned), "month": None if m.month is None else quantity_data(m.month),
                "done": quantity_data(m.done), "percent": percent(m.done, m.line.planned), "excess": m.excess,
            }
            for m in view.measures
        ],
        "reports": [_report(row) for row in view.reports],
        "photos": [
            {"uid": str(p.uid), "month": p.month.isoformat()[:7], "moment": p.moment, "caption": p.caption, "public": p.public}
            for p in view.photos
        ],
    }  # fmt: skip
