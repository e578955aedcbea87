"""REST of funding plans: entered whole, confirmed by a second person, read with their checks and clauses."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions
from funding.actions.plans import LineInput
from funding.api.serializers import YuanField
from funding.models import FundingPlan, FundingPlanLine
from funding.plans import plan_value
from funding.rules import plans as rules
from offices.clock import now, today
from offices.rulebooks import layers_of
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet

CHECKS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


class FundingPlanLineSerializer(serializers.ModelSerializer[FundingPlanLine]):
    """A line."""

    kind = serializers.CharField(read_only=True, help_text="资金类别，未落实的可以为空")
    state = serializers.CharField(read_only=True, help_text="secured 已落实、expected 预计、unidentified 未落实")
    part = serializers.CharField(read_only=True, help_text="N、X 或空")
    amount = HundredthsField(read_only=True)

    class Meta:
        model = FundingPlanLine
        fields = ("kind", "amount", "state", "part", "document_number", "paper", "area")


class FundingPlanSerializer(ResourceSerializer):
    """A version of a plan."""

    division = ReferenceField(name="name")
    made_by = ReferenceField(name="name")
    confirmed_by = ReferenceField(name="name", allow_null=True)
    lines = FundingPlanLineSerializer(many=True, read_only=True)

    class Meta:
        model = FundingPlan
        fields = (
            "uid", "project_uid", "project_name", "division", "number", "total", "no_hidden_debt", "said", "note", "made_by",
            "confirmed_by", "confirmed_at", "lines", "version", "updated_at",
        )  # fmt: skip


class FundingPlanCheckedSerializer(FundingPlanSerializer):
    """One plan with what the documents say to it."""

    checks = serializers.SerializerMethodField()

    class Meta(FundingPlanSerializer.Meta):
        fields = (*FundingPlanSerializer.Meta.fields, "checks")  # type: ignore[assignment]

    @extend_schema_field(CHECKS)
    def get_checks(self, plan: FundingPlan) -> list[dict[str, Any]]:
        """Each with its clause."""
        found = rules.checks(layers_of(plan.division), day=today(), plan=plan_value(plan, today()))
        return [
            {
                "outcome": row.outcome, "text": row.text, "missing": row.missing, "blocks": row.blocks,
                "rule": row.citation.rule if row.citation else None, "clause": row.citation.clause if row.citation else None,
            }
            for row in found
        ]  # fmt: skip


class FundingPlanLineInput(StrictInput):
    """A line to enter."""

    kind = serializers.CharField(max_length=30, allow_blank=True)
    amount = YuanField()
    state = serializers.CharField(max_length=12)
    part = serializers.CharField(max_length=1, required=False, allow_blank=True)
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    paper = serializers.CharField(max_length=120, required=False, allow_blank=True)
    area = serializers.CharField(max_length=80, required=False, allow_blank=True)


class FundingPlanInput(StrictInput):
    """A whole plan."""

    project = serializers.UUIDField()
    lines = FundingPlanLineInput(many=True)
    no_hidden_debt = serializers.BooleanField(required=False)
    said = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    earlier = serializers.IntegerField(min_value=0, required=False)


class PlanFilter(filters.FilterSet):  # type: ignore[misc]
    """By project."""

    project = filters.UUIDFilter("project_uid", label="项目")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = FundingPlan
        fields = ("number",)


class FundingPlanViewSet(StaffViewSet):
    """资金计划：一个项目各版；新版由一人录入、另一人复核。"""

    queryset: QuerySet[FundingPlan] = FundingPlan.objects.select_related(
        "division", "made_by", "confirmed_by"
    ).prefetch_related("lines")
    serializer_class = FundingPlanSerializer
    filterset_class = PlanFilter
    ordering_fields = ("number", "updated_at")
    by_scope = True

    @extend_schema(responses=FundingPlanCheckedSerializer)
    @action(detail=True)
    def checks(self, request: Request, uid: str) -> Response:
        """The plan with its checks."""
        return Response(FundingPlanCheckedSerializer(self.get_object(), context=self.get_serializer_context()).data)

    @extend_schema(request=FundingPlanInput, responses={201: FundingPlanSerializer})
    def create(self, request: Request) -> Response:
        """Enter the next version."""
        values = self.parse(FundingPlanInput)
        lines = [LineInput(**row) for row in values.pop("lines")]
        row = actions.record_plan(by=request.user, at=now(), lines=lines, **values)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk), status=201)

    @extend_schema(request=None, responses=FundingPlanSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """The second person."""
        row = actions.confirm_plan(by=request.user, at=now(), today=today(), plan=self.get_for_change())  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))
