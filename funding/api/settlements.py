"""REST of settlements: entered item by item, confirmed, closed and reopened by second persons."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions
from funding.actions.settlements import Reviewed
from funding.api import key_of
from funding.api.serializers import MoneyReasonInput, YuanField
from funding.models import Settlement, SettlementItem
from funding.rules.shares import SOURCE_LABELS
from offices.clock import now, today
from rest.parsers import JSONParser
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class SettlementItemSerializer(serializers.ModelSerializer[SettlementItem]):
    """An item; ``difference`` above zero is an over-run."""

    planned = HundredthsField(read_only=True)
    committed = HundredthsField(read_only=True)
    reviewed = HundredthsField(read_only=True)
    difference = HundredthsField(read_only=True)
    payer = serializers.CharField(read_only=True, help_text="资金类别，没有超支为空")

    class Meta:
        model = SettlementItem
        fields = ("item", "planned", "committed", "reviewed", "difference", "paper", "reason", "payer")
        reads = {"difference": ("reviewed", "planned")}


class SettlementSerializer(ResourceSerializer):
    """A settlement; ``governments_part`` and ``county_owes`` null: 未作规定."""

    division = ReferenceField(name="name")
    entered_by = ReferenceField(name="name")
    confirmed_by = ReferenceField(name="name", allow_null=True)
    closed_by = ReferenceField(name="name", allow_null=True)
    reopened_by = ReferenceField(name="name", allow_null=True)
    items = SettlementItemSerializer(many=True, read_only=True)

    class Meta:
        model = Settlement
        fields = (
            "uid", "project_uid", "project_name", "division", "number", "state", "reviewer", "report_number", "reviewed_on", "total",
            "upper_subsidies", "other_contributions", "county_received", "ratio_part", "ratio_whole", "ratio_paper", "governments_part",
            "county_owes", "rule", "items", "entered_by", "confirmed_by", "confirmed_at", "return_reason", "closed_by", "closed_at",
            "reopen_reason", "reopen_paper", "reopened_by", "reopened_at", "version", "updated_at",
        )  # fmt: skip


class ReviewedInput(StrictInput):
    """What the review says of an item."""

    item = serializers.CharField(max_length=120)
    amount = YuanField()
    paper = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    payer = serializers.ChoiceField(choices=list(SOURCE_LABELS.items()), required=False, allow_blank=True)


class SettlementInput(StrictInput):
    """A reviewed settlement."""

    project = serializers.UUIDField()
    reviewer = serializers.CharField(max_length=120)
    report_number = serializers.CharField(max_length=60)
    reviewed_on = serializers.DateField()
    county_ratio = serializers.CharField(max_length=14, required=False, allow_blank=True, help_text="60% 或 2/3")
    ratio_paper = serializers.CharField(max_length=120, required=False, allow_blank=True)
    items = ReviewedInput(many=True)


class ReopenInput(MoneyReasonInput):
    """Why, and by what paper."""

    paper = serializers.CharField(max_length=120)


class SettlementReportInput(StrictInput):
    """The report (multipart)."""

    file = serializers.FileField()


class SettlementFilter(filters.FilterSet):  # type: ignore[misc]
    """By project and state."""

    project = filters.UUIDFilter("project_uid", label="项目")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Settlement
        fields = ("state",)


class SettlementViewSet(StaffViewSet):
    """竣工财务结算：逐项评审金额、县级承担、核减、关账和重新开账。"""

    queryset = Settlement.objects.select_related(
        "division", "entered_by", "confirmed_by", "closed_by", "reopened_by"
    ).prefetch_related("items")
    serializer_class = SettlementSerializer
    filterset_class = SettlementFilter
    ordering_fields = ("updated_at",)
    by_scope = True

    @extend_schema(request=SettlementInput, responses={201: SettlementSerializer})
    def create(self, request: Request) -> Response:
        """Enter one; a second person of finance confirms it once its report is there."""
        values = self.parse(SettlementInput)
        lines = [Reviewed(row.pop("item"), row.pop("amount"), **row) for row in values.pop("items")]
        row = actions.enter_settlement(
            by=request.user, at=now(), today=today(), items=lines, key=key_of(request), **values  # type: ignore[arg-type]
        )  # fmt: skip
        return self._shown(row, status=201)

    @extend_schema(request={"multipart/form-data": SettlementReportInput}, responses=SettlementSerializer)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser, MultiPartParser])
    def report(self, request: Request, uid: str) -> Response:
        """Upload the report of the review."""
        row = self.get_for_change()
        given = self.parse(SettlementReportInput)
        return self._shown(actions.attach_report(by=request.user, at=now(), settlement=row, upload=given["file"]))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=SettlementSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """The second person; what no review supports is cut."""
        row = self.get_for_change()
        return self._shown(actions.confirm_settlement(by=request.user, at=now(), today=today(), settlement=row))  # type: ignore[arg-type]

    @extend_schema(request=MoneyReasonInput, responses=SettlementSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, uid: str) -> Response:
        """It does not agree with the report."""
        row, given = self.get_for_change(), self.parse(MoneyReasonInput)
        return self._shown(actions.return_settlement(by=request.user, at=now(), settlement=row, **given))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=SettlementSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: str) -> Response:
        """Everything is paid: the rest goes back to its sources, the purses shut."""
        row = self.get_for_change()
        return self._shown(actions.close_settlement(by=request.user, at=now(), today=today(), settlement=row))  # type: ignore[arg-type]

    @extend_schema(request=ReopenInput, responses=SettlementSerializer)
    @action(detail=True, methods=["post"], url_path="ask-reopening")
    def ask_reopening(self, request: Request, uid: str) -> Response:
        """Ask for the exception."""
        row, given = self.get_for_change(), self.parse(ReopenInput)
        return self._shown(actions.ask_reopening(by=request.user, at=now(), settlement=row, **given))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=SettlementSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, uid: str) -> Response:
        """A second person grants it."""
        row = self.get_for_change()
        return self._shown(actions.grant_reopening(by=request.user, at=now(), settlement=row))  # type: ignore[arg-type]

    def _shown(self, row: Any, status: int = 200) -> Response:
        return self.answer(self.queryset.get(pk=row.pk), status=status)
