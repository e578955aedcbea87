"""REST of the audit's flags: read and exported, explained by the office, closed by the auditor."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions
from funding.models import AuditFlag, FlagNote
from offices.clock import now
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class FlagNoteSerializer(serializers.ModelSerializer[FlagNote]):
    """What somebody said."""

    by = ReferenceField(name="name")

    class Meta:
        model = FlagNote
        fields = ("step", "text", "by", "at")


class AuditFlagSerializer(ResourceSerializer):
    """A flag; ``rule`` empty: 平台默认、文件未作规定."""

    division = ReferenceField(name="name")
    notes = FlagNoteSerializer(many=True, read_only=True)

    class Meta:
        model = AuditFlag
        fields = (
            "uid", "kind", "state", "about_kind", "about_uid", "title", "project_uid", "project_name", "division", "text", "rule", "clause",
            "raised_on", "gone_on", "notes", "version", "updated_at",
        )  # fmt: skip


class WordInput(StrictInput):
    """What is said."""

    text = serializers.CharField(max_length=500)


class AuditFlagFilter(filters.FilterSet):  # type: ignore[misc]
    """By project, kind and state."""

    project = filters.UUIDFilter("project_uid", label="项目")
    gone = filters.BooleanFilter("gone_on", lookup_expr="isnull", exclude=True, label="已消除")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = AuditFlag
        fields = ("kind", "state", "rule")


class AuditFlagViewSet(StaffViewSet):
    """审计提示：按规则核对资金台账的发现，说明和了结。"""

    queryset = AuditFlag.objects.select_related("division").prefetch_related("notes__by")
    serializer_class = AuditFlagSerializer
    filterset_class = AuditFlagFilter
    ordering_fields = ("raised_on", "updated_at")
    by_scope = True

    @extend_schema(request=WordInput, responses=AuditFlagSerializer)
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, uid: str) -> Response:
        """The office or finance says why."""
        return self._said(request, actions.explain_flag)

    @extend_schema(request=WordInput, responses=AuditFlagSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, uid: str) -> Response:
        """The auditor asks for more."""
        return self._said(request, actions.return_flag)

    @extend_schema(request=WordInput, responses=AuditFlagSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: str) -> Response:
        """The auditor is done with it."""
        return self._said(request, actions.close_flag)

    def _said(self, request: Request, act: Any) -> Response:
        row, given = self.get_for_change(), self.parse(WordInput)
        return self.answer(self.queryset.get(pk=act(by=request.user, at=now(), flag=row, **given).pk))
