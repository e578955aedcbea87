"""``filings``: lists and standards filed with the office above (报上级备案), and its receipts."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from offices.models import Division
from policies.refusal import Invalid
from projects.actions import filings as actions
from projects.models import UpwardFiling
from rest.parsers import JSONParser
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class FilingSerializer(ResourceSerializer):
    """A filing with its receipt."""

    division = ReferenceField(name="name")
    to_body = ReferenceField(name="name")

    class Meta:
        model = UpwardFiling
        fields = (
            "uid", "kind", "title", "division", "to_body", "filed_on", "document_number", "received_on", "receipt_number", "version",
            "updated_at",
        )  # fmt: skip


class FilingFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, kind and whether it was received."""

    division = filters.UUIDFilter("division__uid", label="区划")
    waiting = filters.BooleanFilter("received_on", lookup_expr="isnull", label="上级尚未收到")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = UpwardFiling
        fields = ("kind",)


class FilingInput(StrictInput):
    """What is filed, with its file."""

    division = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=UpwardFiling.Kind.choices)
    title = serializers.CharField(max_length=120)
    filed_on = serializers.DateField()
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    file = serializers.FileField()


class FilingReceiptInput(StrictInput):
    """The office above has it."""

    received_on = serializers.DateField()
    receipt_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class FilingViewSet(StaffViewSet):
    """报上级备案。"""

    queryset = UpwardFiling.objects.select_related("division", "to_body")
    serializer_class = FilingSerializer
    filterset_class = FilingFilter
    ordering_fields = ("filed_on", "updated_at")
    parser_classes = [JSONParser, MultiPartParser]
    by_scope = True

    @extend_schema(request={"multipart/form-data": FilingInput}, responses={201: FilingSerializer})
    def create(self, request: Request) -> Response:
        """报送，附文件。"""
        given = self.parse(FilingInput)
        division = Division.objects.visible_to(request.user).filter(uid=given.pop("division")).first()  # type: ignore[arg-type]
        if division is None:
            raise Invalid("没有这个区划，或不在您的范围内。", errors={"division": ["没有这个区划，或不在您的范围内"]})
        upload = given.pop("file")
        row = actions.send_filing(by=request.user, at=now(), today=today(), division=division, upload=upload, **given)  # type: ignore[arg-type]
        return self.answer(row, 201, location=f"/api/v1/filings/{row.uid}/")

    @extend_schema(request=FilingReceiptInput, responses=FilingSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, uid: str) -> Response:
        """上级登记收到。"""
        row, given = self.get_object(), self.parse(FilingReceiptInput)
        actions.receive_filing(by=request.user, at=now(), today=today(), filing=row, **given)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))
