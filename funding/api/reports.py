"""``money-reports``: the reports of money for programs, streamed; the same rows and the same scope as on the page."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from funding.reports import jobs
from funding.reports.files import UNITS
from funding.reports.tables import TABLES, data, report
from offices.api import JobSerializer
from offices.clock import now
from offices.models import Division, User
from rest import exports
from rest.parameters import choice, invalid
from rest.schema import ROWS
from rest.serializers import StrictInput
from rest.views import ProblemView

FORMATS = ("jsonl", "csv")
_PARAMETERS = [
    OpenApiParameter("division", OpenApiTypes.UUID, required=True, description="区划及其下属"),
    OpenApiParameter("year", int, description="年度；不给是全部年度"),
    OpenApiParameter("format", str, enum=FORMATS, default="jsonl", description="文件格式"),
]


class ReportJobInput(StrictInput):
    """Which rows, as which file."""

    division = serializers.UUIDField()
    year = serializers.IntegerField(required=False, allow_null=True, min_value=1900, max_value=2999)
    format = serializers.ChoiceField(choices=list(jobs.AT_ONCE))
    unit = serializers.ChoiceField(choices=list(UNITS.items()), default="yuan")


class ReportViewSet(ProblemView, ViewSet):
    """资金报表：资金计划表、资金台账、拨付明细、年度汇总，逐行发送；金额为元。"""

    permission_classes = [IsAuthenticated]
    lookup_field = "key"
    lookup_value_regex = "[a-z]+"

    def extra_parameters(self) -> tuple[str, ...]:
        """What a report takes."""
        return ("division", "year", "format") if getattr(self, "action", "") == "retrieve" else ()

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A report says its format in a parameter."""
        return super().perform_content_negotiation(request, force or getattr(self, "action", "") == "retrieve")

    @extend_schema(operation_id="money_reports_list", responses={200: ROWS["items"]})
    def list(self, request: Request) -> Response:
        """Which reports there are."""
        return Response([{"key": key, "label": label} for key, (label, _) in TABLES.items()])

    @extend_schema(
        parameters=_PARAMETERS,
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, (200, "text/csv"): OpenApiTypes.STR},
    )
    def retrieve(self, request: Request, key: str) -> HttpResponseBase:
        """All rows of a report."""
        assert isinstance(request.user, User)
        format, year = choice(request, "format", FORMATS), _year(request.query_params.get("year"))
        if key not in TABLES:
            raise Http404(key)
        found = report(key, user=request.user, division=_division(request), year=year)
        columns = [column.key for column in found.columns]
        return exports.respond(data(found), columns, format=format, name=f"{key}-{year or 'all'}")

    @extend_schema(operation_id="money_reports_job", request=ReportJobInput, responses={201: JobSerializer})
    @action(detail=True, methods=["post"])
    def jobs(self, request: Request, key: str) -> Response:
        """A report as XLSX or PDF, made in the background: its progress and file stand under ``jobs/``."""
        assert isinstance(request.user, User)
        if key not in TABLES:
            raise Http404(key)
        given = ReportJobInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        division = get_object_or_404(Division.objects.visible_to(request.user), uid=values["division"])
        found = report(key, user=request.user, division=division, year=values.get("year"))
        job = jobs.later(
            found,
            by=request.user,
            at=now(),
            format=values["format"],
            unit=values["unit"],
            issuer=jobs.issuer(request.user),
        )
        return Response(JobSerializer(job).data, status=201)


def _division(request: Request) -> Division:
    """The division of the address: 404 outside the scope of who asks. Raises Invalid for what is no uid."""
    assert isinstance(request.user, User)
    try:
        return get_object_or_404(
            Division.objects.visible_to(request.user), uid=UUID(request.query_params.get("division", ""))
        )
    except ValueError as error:
        raise invalid("division", "请给出区划的 uid") from error


def _year(text: str | None) -> int | None:
    if text is not None and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise invalid("year", "应为四位年份")
    return None if text is None else int(text)
