"""``permits``: the permits and papers of all projects in one list; they are entered below their project."""

from typing import Any, cast

from django_filters import rest_framework as filters
from rest_framework import serializers

from projects.models import Permit, Project
from rest.serializers import ReferenceField, ResourceSerializer, derived
from rest.views import StaffViewSet


class PermitSerializer(ResourceSerializer):
    """A permit or paper of a project, as it stands now."""

    project = ReferenceField(name="name")
    checked = serializers.SerializerMethodField(help_text="第二人已与原件核对，核对后才算数")

    class Meta:
        model = Permit
        fields = ("uid", "project", "evidence", "key", "issuer", "number", "day", "checked", "version", "updated_at")

    @derived("checked_at")
    def get_checked(self, row: Any) -> bool:
        """Held against its paper by a second person."""
        return row.checked_at is not None


class PermitFilter(filters.FilterSet):  # type: ignore[misc]
    """By project, kind and day."""

    project = filters.UUIDFilter("project__uid", label="项目")
    unchecked = filters.BooleanFilter("checked_at", lookup_expr="isnull", label="待复核")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Permit
        fields = ("evidence", "key", "day")


class PermitViewSet(StaffViewSet):
    """许可和手续：登记和复核在 projects/<uid>/permits/。"""

    queryset = Permit.objects.filter(current=True).select_related("project")
    serializer_class = PermitSerializer
    filterset_class = PermitFilter
    ordering_fields = ("day", "updated_at")
    by_scope = True

    def get_queryset(self) -> Any:
        """Those of the projects that the caller sees."""
        user = getattr(self.request, "user", None)
        rows = cast(Any, self).queryset
        if user is None or not user.is_authenticated:
            return rows.none()
        return rows.filter(project__in=Project.objects.visible_to(user))
