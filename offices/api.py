"""REST: divisions and bodies (public), deadlines, jobs."""

from typing import Any, cast

from django.http import Http404, HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from offices import files, jobs
from offices.clock import now
from offices.models import Body, Division, Duty, Job
from rest.serializers import ReferenceField, ResourceSerializer, derived
from rest.views import PublicReadViewSet, StaffViewSet


class DivisionSerializer(ResourceSerializer):
    """A node of the division tree."""

    parent = ReferenceField(name="name", allow_null=True)  # type: ignore[assignment]
    rulebook = serializers.CharField(source="governed_by", read_only=True, help_text="适用规则库；空：只有国家底线")

    class Meta:
        model = Division
        fields = ("uid", "code", "name", "short_name", "kind", "parent", "rulebook", "version", "updated_at")


class DivisionFilter(filters.FilterSet):  # type: ignore[misc]
    """By code, kind, parent and rulebook."""

    parent = filters.UUIDFilter("parent__uid", label="上级区划")
    rulebook = filters.CharFilter("governed_by", label="适用规则库")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Division
        fields = ("code", "kind", "name")


class _Everybody(PublicReadViewSet):
    """Rows that a known caller sees as everybody does: the public ones, and those of his scope besides."""

    by_scope = True

    def get_queryset(self) -> Any:
        """Public rows and the caller's own."""
        own: Any = super().get_queryset()
        if not self.request or not self.request.user.is_authenticated:
            return own
        base: Any = cast(Any, self).queryset
        return base.public() | own  # conditions on the row itself and on its keys: no row comes twice


class DivisionViewSet(_Everybody):
    """行政区划。"""

    queryset = Division.objects.select_related("parent")
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilter
    ordering_fields = ("code", "name", "updated_at")


class BodySerializer(ResourceSerializer):
    """An office with its published phone."""

    division = ReferenceField(name="name")
    roles = serializers.ListField(
        child=serializers.CharField(), source="slugs", read_only=True, help_text="如 county_housing"
    )

    class Meta:
        model = Body
        fields = ("uid", "name", "kind", "roles", "division", "phone", "active", "version", "updated_at")
        reads = {"roles": ("kind", "also", "division__kind")}


class BodyFilter(filters.FilterSet):  # type: ignore[misc]
    """By division and kind."""

    division = filters.UUIDFilter("division__uid", label="区划")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Body
        fields = ("kind", "active")


class BodyViewSet(_Everybody):
    """机构。"""

    queryset = Body.objects.select_related("division")
    serializer_class = BodySerializer
    filterset_class = BodyFilter
    ordering_fields = ("name", "updated_at")


class DeadlineSerializer(ResourceSerializer):
    """A due day of a plan or a project, with the rule that sets it."""

    division = ReferenceField(name="name")
    body = ReferenceField(name="name", allow_null=True)
    subject = serializers.SerializerMethodField(help_text="{type, uid, title}")

    class Meta:
        model = Duty
        fields = (
            "uid", "subject", "division", "body", "rule_id", "rulebook", "milestone", "strength", "plan_year", "due_on", "reason",
            "state", "mark", "done_on", "was_late", "version", "updated_at",
        )  # fmt: skip

    was_late = serializers.SerializerMethodField(help_text="完成晚于到期日")

    @derived("done_on", "due_on")
    def get_was_late(self, row: Duty) -> bool:
        """Done after its day."""
        return row.done_on is not None and row.done_on > row.due_on

    @derived("subject_type", "subject_uid", "subject_title")
    def get_subject(self, row: Duty) -> dict[str, str]:
        """What it is a deadline of."""
        return {"type": row.subject_type, "uid": str(row.subject_uid), "title": row.subject_title}


class DeadlineFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, year, state and day."""

    division = filters.UUIDFilter("division__uid", label="区划")
    county = filters.UUIDFilter("county__uid", label="县（市、区）")
    city = filters.UUIDFilter("city__uid", label="市")
    subject = filters.UUIDFilter("subject_uid", label="事项")
    due_before = filters.DateFilter("due_on", lookup_expr="lte", label="到期日不晚于")
    due_after = filters.DateFilter("due_on", lookup_expr="gte", label="到期日不早于")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Duty
        fields = ("plan_year", "state", "mark", "rule_id", "rulebook", "milestone", "strength")


class DeadlineViewSet(_Everybody):
    """时限：不带密钥只有已下达计划的。"""

    queryset = Duty.objects.select_related("division", "body")
    serializer_class = DeadlineSerializer
    filterset_class = DeadlineFilter
    ordering_fields = ("due_on", "updated_at")


class JobSerializer(ResourceSerializer):
    """A job; its result stands under ``jobs/{uid}/file/`` once it is done."""

    division = ReferenceField(name="name")
    by = ReferenceField(name="name")
    file_name = serializers.CharField(source="file.name", read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields = (
            "uid", "kind", "title", "division", "by", "parameters", "state", "done", "total", "error", "file_name", "created_at",
            "ended_at", "expires_at", "version", "updated_at",
        )  # fmt: skip


class JobFilter(filters.FilterSet):  # type: ignore[misc]
    """By kind and state."""

    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Job
        fields = ("kind", "state")


class JobViewSet(StaffViewSet):
    """后台任务：进度、取消、结果文件（保留七天）。"""

    queryset = Job.objects.select_related("division", "by", "file")
    serializer_class = JobSerializer
    filterset_class = JobFilter
    ordering_fields = ("created_at", "updated_at")

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: str) -> Response:
        """Whoever asked for it does not need it any more. It changes while it runs: ``If-Match: *``."""
        done = jobs.cancel(by=request.user, at=now(), job=self.get_object())  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=done.pk))

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, uid: str) -> HttpResponseBase:
        """The result; 404 before there is one and after its days."""
        row = self.get_object()
        if row.file is None:
            raise Http404("file")
        return files.download(row.file)
