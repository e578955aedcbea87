"""REST of residents' money among homes: list, detail, home by home, create, announce, withdraw, collect, refund, check. No person in it."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions
from funding.api import UUID_PATTERN, key_of
from funding.api.serializers import MONEY, YuanField
from funding.collecting import DueLine, collected, dues, lines
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from offices.clock import now, today
from policies.refusal import Invalid
from rest.pagination import PAGES
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class ApportionmentSerializer(ResourceSerializer):
    """An amount shared among homes."""

    fund = ReferenceField()
    division = ReferenceField(name="name")
    made_by = ReferenceField(name="name")
    confirmed_by = ReferenceField(name="name", allow_null=True)
    channel = serializers.CharField(source="fund.source.kind", read_only=True, help_text="渠道：专账的资金类别")
    floors = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Apportionment
        fields = (
            "uid", "project_uid", "project_name", "division", "fund", "channel", "title", "way", "agreement", "amount", "formula", "floors",
            "weight_total", "pay_by", "rule", "clause", "digest", "made_by", "confirmed_by", "confirmed_at", "withdrawn_at",
            "withdrawn_reason", "version", "updated_at",
        )  # fmt: skip
        reads = {"fund": ("fund__uid", "fund__project_name", "fund__source__name")}


class ApportionmentDetailSerializer(ApportionmentSerializer):
    """One with how far it is."""

    progress = serializers.SerializerMethodField()

    class Meta(ApportionmentSerializer.Meta):
        fields = (*ApportionmentSerializer.Meta.fields, "progress")  # type: ignore[assignment]

    @extend_schema_field(
        {
            "type": "object",
            "properties": {
                "paid": MONEY, "homes": {"type": "integer"}, "settled": {"type": "integer"}, "waiting": {"type": "integer"},
            },
        }
    )  # fmt: skip
    def get_progress(self, row: Apportionment) -> dict[str, Any]:
        """Yuan that came in, homes, homes that owe nothing more, records that wait for their check."""
        found = collected([row])[row.pk]
        return {"paid": f"{found.paid:.2f}", "homes": found.homes, "settled": found.settled, "waiting": found.waiting}


class DueReceiptSerializer(ResourceSerializer):
    """Money that came in, or went back."""

    refunds = serializers.SlugRelatedField[DueReceipt](slug_field="uid", read_only=True, allow_null=True)
    state = serializers.SerializerMethodField(
        help_text="waiting 待复核、posted 已入账、taken_back 已冲销、dropped 已作废"
    )

    class Meta:
        model = DueReceipt
        fields = ("uid", "kind", "amount", "day", "voucher", "reason", "refunds", "state", "version", "updated_at")

    def get_state(self, row: DueReceipt) -> str:
        """How it stands."""
        if row.dropped_at is not None:
            return "dropped"
        if row.taken_back:
            return "taken_back"
        return "posted" if row.checked_by_id else "waiting"


class HomeDueSerializer(serializers.Serializer[DueLine]):
    """A home's share and how it stands."""

    uid = serializers.UUIDField(source="due.uid")
    home = serializers.UUIDField(source="due.home.uid")
    door = serializers.CharField(source="due.label")
    area = HundredthsField(source="due.area", allow_null=True)
    weight = serializers.CharField(source="due.weight", help_text="精确分数；按面积时单位为 0.01 ㎡")
    amount = HundredthsField(source="due.amount")
    paid = HundredthsField()
    left = HundredthsField()
    state = serializers.ChoiceField(choices=["nothing", "due", "part", "overdue", "paid"])
    formula = serializers.CharField()
    receipts = DueReceiptSerializer(source="due.receipts", many=True)


class ApportionInput(StrictInput):
    """What to share."""

    fund = serializers.UUIDField()
    title = serializers.CharField(max_length=80)
    way = serializers.CharField(max_length=10)
    amount = YuanField()
    pay_by = serializers.DateField()
    agreement = serializers.CharField(max_length=200, required=False, allow_blank=True)
    homes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=20_000)
    floors = serializers.DictField(
        child=serializers.RegexField(r"\A\d{1,4}(/[1-9]\d{0,3}|\.\d{1,3})?\Z"), required=False
    )

    def validate_floors(self, value: dict[str, str]) -> dict[int, Fraction]:
        """Floors are whole numbers."""
        if len(value) > 200 or any(
            not key.removeprefix("-").isascii() or not key.removeprefix("-").isdigit() for key in value
        ):
            raise serializers.ValidationError("键为楼层（整数），值为系数，如 {“2”: “1/2”}")
        return {int(key[:5]): Fraction(weight) for key, weight in value.items()}


class CollectInput(StrictInput):
    """Money from a home."""

    due = serializers.UUIDField()
    amount = YuanField()
    day = serializers.DateField()
    voucher = serializers.CharField(max_length=60)


class HomeRefundInput(StrictInput):
    """Money back to whoever paid a receipt."""

    receipt = serializers.UUIDField()
    amount = YuanField()
    day = serializers.DateField()
    voucher = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=200)


class ApportionmentWithdrawal(StrictInput):
    """Why."""

    reason = serializers.CharField(max_length=200)


class ApportionmentFilter(filters.FilterSet):  # type: ignore[misc]
    """By project, fund and way."""

    project = filters.UUIDFilter("project_uid", label="项目")
    fund = filters.UUIDFilter("fund__uid", label="专账")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Apportionment
        fields = ("way",)


class ApportionmentViewSet(StaffViewSet):
    """居民分摊：编制、另一人复核公布、逐户收款、退还、复核入账。"""

    queryset: QuerySet[Apportionment] = Apportionment.objects.select_related(
        "division", "fund__source", "made_by", "confirmed_by"
    )
    serializer_class = ApportionmentSerializer
    filterset_class = ApportionmentFilter
    ordering_fields = ("updated_at", "pay_by", "amount")

    def get_serializer_class(self) -> Any:
        """The detail says how far it is."""
        return ApportionmentDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    @extend_schema(request=ApportionInput, responses={201: ApportionmentSerializer})
    def create(self, request: Request) -> Response:
        """Share an amount; a second person announces it."""
        values = self.parse(ApportionInput)
        fund = Fund.objects.visible_to(request.user).filter(uid=values.pop("fund")).first()  # type: ignore[arg-type]
        if fund is None:
            raise Invalid("没有这本专账", errors={"fund": ["没有这本专账"]})
        row = actions.apportion(by=request.user, at=now(), today=today(), fund=fund, key=key_of(request), **values)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk), status=201)

    @extend_schema(request=None, responses=ApportionmentSerializer)
    @action(detail=True, methods=["post"])
    def announce(self, request: Request, uid: str) -> Response:
        """The second person: frozen and hashed."""
        row = actions.announce_apportionment(by=request.user, at=now(), today=today(), row=self.get_for_change())  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(request=ApportionmentWithdrawal, responses=ApportionmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Give it up; nothing of it may be held."""
        row, reason = self.get_for_change(), self.parse(ApportionmentWithdrawal)["reason"]
        row = actions.withdraw_apportionment(by=request.user, at=now(), row=row, reason=reason)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(responses=HomeDueSerializer(many=True))
    @action(detail=True, parameters=PAGES)
    def dues(self, request: Request, uid: str) -> Response:
        """Home by home, oldest first."""
        page = self.paginate_queryset(dues(self.get_object()).select_related("apportionment"))
        rows: Any = lines(page or [], today())
        return self.get_paginated_response(HomeDueSerializer(rows, many=True).data)

    @extend_schema(request=CollectInput, responses={201: DueReceiptSerializer})
    @action(detail=True, methods=["post"])
    def collect(self, request: Request, uid: str) -> Response:
        """Money from a home; it counts once finance has checked it."""
        values = self.parse(CollectInput)
        due = self._of("due", HomeDue.objects.filter(apportionment=self.get_object()), values.pop("due"))
        row = actions.collect(by=request.user, at=now(), today=today(), due=due, key=key_of(request), **values)  # type: ignore[arg-type]
        return Response(DueReceiptSerializer(row).data, status=201)

    @extend_schema(request=HomeRefundInput, responses={201: DueReceiptSerializer})
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, uid: str) -> Response:
        """Money back to whoever paid; it counts once finance has checked it."""
        values = self.parse(HomeRefundInput)
        paid = self._of("receipt", self._receipts(), values.pop("receipt"))
        row = actions.give_back(by=request.user, at=now(), today=today(), receipt=paid, key=key_of(request), **values)  # type: ignore[arg-type]
        return Response(DueReceiptSerializer(row).data, status=201)

    @extend_schema(request=None, responses=DueReceiptSerializer)
    @action(detail=True, methods=["post"], url_path=rf"receipts/(?P<receipt>{UUID_PATTERN})/check")
    def check(self, request: Request, uid: str, receipt: str) -> Response:
        """The second person: it becomes an entry of the fund."""
        row = actions.check_receipt(by=request.user, at=now(), row=self._of("receipt", self._receipts(), UUID(receipt)))  # type: ignore[arg-type]
        return Response(DueReceiptSerializer(row).data)

    def _receipts(self) -> QuerySet[DueReceipt]:
        return DueReceipt.objects.filter(due__apportionment=self.get_object()).select_related("due__apportionment")

    @staticmethod
    def _of(field: str, rows: QuerySet[Any], uid: UUID) -> Any:
        row = rows.filter(uid=uid).first()
        if row is None:
            raise Invalid("不属于这次分摊", errors={field: ["不属于这次分摊"]})
        return row
