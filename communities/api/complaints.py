"""REST: complaints, for staff; who complained is masked."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from communities.actions import complaints as actions
from communities.models import Community, Complaint, ComplaintAnswer
from communities.queries import complaints as queries
from offices.clock import now, today
from offices.models import Body, User
from policies.refusal import Invalid
from rest.catalogue import register
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet

register("complaint_state", 409, "投诉的状态不允许", "办理中的可以答复、转办；答复后凭编号可重开一次。")
register("no_handler", 409, "没有受理机构", "先登记该区划的住建或主管机构。")


class ComplaintAnswerSerializer(serializers.ModelSerializer):
    """An answer and its public part."""

    body = ReferenceField(name="name")

    class Meta:
        model = ComplaintAnswer
        fields = ("round", "text", "public_text", "body", "at")


class ComplaintSerializer(ResourceSerializer):
    """A complaint as staff read it."""

    community = ReferenceField()
    handler_body = ReferenceField(name="name")
    handler = ReferenceField(allow_null=True)
    overdue = serializers.SerializerMethodField(help_text="open, and its deadline has passed")
    repeats = serializers.IntegerField(read_only=True, help_text="earlier ones within 90 days")
    person = serializers.SerializerMethodField(help_text="masked")
    answers = ComplaintAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "uid", "community", "category", "channel", "text", "state", "received_at", "handler_body", "handler", "deadline", "by_default",
            "overdue", "repeats", "reopened_at", "reopen_text", "person", "answers", "version", "updated_at",
        )  # fmt: skip

    def get_overdue(self, row: Complaint) -> bool:
        """Whether it should have been answered."""
        return row.state == Complaint.State.OPEN and row.deadline < today()

    def get_person(self, row: Complaint) -> dict[str, str]:
        """Name and phone, masked."""
        return queries.masked_complainant(row)


class ComplaintFilter(filters.FilterSet):  # type: ignore[misc]
    """By state, category, community, body, deadline."""

    community = filters.UUIDFilter("community__uid", label="小区")
    handler_body = filters.UUIDFilter("handler_body__uid", label="办理单位")
    overdue = filters.BooleanFilter(method="is_overdue", label="已超期")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Complaint
        fields = ("state", "category", "channel", "deadline")

    def is_overdue(self, rows: QuerySet[Complaint], name: str, value: bool) -> QuerySet[Complaint]:
        """Open ones whose deadline has passed, or all others."""
        late = {"state": Complaint.State.OPEN, "deadline__lt": today()}
        return rows.filter(**late) if value else rows.exclude(**late)


class ComplaintInput(StrictInput):
    """A complaint that staff enter; number, time and handler are the server's."""

    community = serializers.UUIDField()
    category = serializers.ChoiceField(choices=Complaint.Category.choices)
    channel = serializers.ChoiceField(choices=[row for row in Complaint.Channel.choices if row[0] != "portal"])
    text = serializers.CharField(max_length=2000)
    deadline = serializers.DateField(required=False, allow_null=True)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    home = serializers.CharField(max_length=60, required=False, allow_blank=True)


class AssignInput(StrictInput):
    """Who handles it, until when."""

    handler = serializers.UUIDField(required=False, allow_null=True)
    deadline = serializers.DateField(required=False, allow_null=True)


class TransferInput(StrictInput):
    """转办."""

    body = serializers.UUIDField()
    reason = serializers.CharField(max_length=300)


class ComplaintAnswerInput(StrictInput):
    """The answer; ``public_text`` is for everybody."""

    text = serializers.CharField(max_length=2000)
    public_text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ComplaintViewSet(StaffViewSet):
    """投诉：编号、办理人、期限、答复。"""

    queryset = queries.with_repeats(Complaint.objects.all()).select_related(
        "community", "handler_body", "handler", "person"
    )
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    ordering_fields = ("deadline", "received_at", "updated_at")

    def get_queryset(self) -> Any:
        """With their answers."""
        return super().get_queryset().prefetch_related("answers__body")

    def _fresh(self, row: Complaint) -> Any:
        return self.get_queryset().get(pk=row.pk)

    @extend_schema(request=ComplaintInput, responses={201: ComplaintSerializer})
    def create(self, request: Request) -> Response:
        """登记投诉。"""
        data, user = dict(self.parse(ComplaintInput)), request.user
        community = Community.objects.visible_to(user).filter(uid=data.pop("community")).first()  # type: ignore[arg-type]
        if community is None:
            raise Invalid("没有这个小区", errors={"community": ["没有这个小区，或不在您的范围内"]})
        channel, deadline = data.pop("channel"), data.pop("deadline", None)
        row = actions.file_complaint(
            by=user, at=now(), today=today(), community=community, given=data, channel=channel, deadline=deadline  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self._fresh(row), 201, location=f"/api/v1/complaints/{row.uid}/")

    @extend_schema(request=AssignInput)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, uid: str) -> Response:
        """指定办理人和期限。"""
        row, data = self.get_for_change(), self.parse(AssignInput)
        handler = User.objects.filter(uid=data["handler"]).first() if data.get("handler") else None
        if data.get("handler") and handler is None:
            raise Invalid("没有这个人", errors={"handler": ["没有这个人"]})
        actions.assign_complaint(
            by=request.user, at=now(), today=today(), complaint=row, handler=handler, deadline=data.get("deadline")  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self._fresh(row))

    @extend_schema(request=TransferInput)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, uid: str) -> Response:
        """转办。"""
        row, data = self.get_for_change(), self.parse(TransferInput)
        body = Body.objects.filter(uid=data["body"]).select_related("division").first()
        if body is None:
            raise Invalid("没有这个机构", errors={"body": ["没有这个机构"]})
        actions.transfer_complaint(by=request.user, at=now(), complaint=row, to_body=body, reason=data["reason"])  # type: ignore[arg-type]
        return self.answer(self._fresh(row))

    @extend_schema(request=ComplaintAnswerInput)
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, uid: str) -> Response:
        """答复。"""
        row, data = self.get_for_change(), self.parse(ComplaintAnswerInput)
        actions.answer_complaint(by=request.user, at=now(), complaint=row, **data)  # type: ignore[arg-type]
        return self.answer(self._fresh(row))
