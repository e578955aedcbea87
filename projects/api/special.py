"""``special-plans``: 专项规划 with their issued versions. Read only; a version's communities are those of its frozen content."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.models import SpecialPlan
from projects.queries.special import versions_of
from rest.serializers import ReferenceField, ResourceSerializer
from rest.views import StaffViewSet


class SpecialPlanSerializer(ResourceSerializer):
    """A special plan; ``versions`` newest first, each with what it changed."""

    division = ReferenceField(name="name")
    versions = serializers.SerializerMethodField()

    class Meta:
        model = SpecialPlan
        fields = ("uid", "division", "title", "first_year", "last_year", "versions", "version", "updated_at")

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
    def get_versions(self, plan: SpecialPlan) -> list[dict[str, Any]]:
        """What was issued."""
        return [
            {
                "number": view.version.number, "document_number": view.version.document_number,
                "issued_on": view.version.issued_on.isoformat(), "reason": view.version.reason,
                "content_hash": view.version.content_hash, "communities": view.version.content["communities"],
                "added": list(view.changed.added) if view.changed else [],
                "removed": list(view.changed.removed) if view.changed else [],
            }
            for view in versions_of(plan)
        ]  # fmt: skip


class SpecialPlanListSerializer(ResourceSerializer):
    """A special plan in a list."""

    division = ReferenceField(name="name")

    class Meta:
        model = SpecialPlan
        fields = ("uid", "division", "title", "first_year", "last_year", "version", "updated_at")


class SpecialPlanFilter(filters.FilterSet):  # type: ignore[misc]
    """By year and change."""

    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = SpecialPlan
        fields = ("first_year", "last_year")


class SpecialPlanViewSet(StaffViewSet):
    """专项规划和印发的各版。"""

    queryset = SpecialPlan.objects.select_related("division")
    filterset_class = SpecialPlanFilter
    ordering_fields = ("first_year", "updated_at")
    serializer_class = SpecialPlanListSerializer

    def get_serializer_class(self) -> Any:
        """A detail carries the versions."""
        return SpecialPlanSerializer if self.action == "retrieve" else SpecialPlanListSerializer
