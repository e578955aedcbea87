"""What is shown of public money and what is taken in. Server facts (state, retention, persons, balances) are never taken from input."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from funding.models import Fund, FundingSource, JournalEntry, Leg, Payment, PaymentPart
from funding.queries import Sums
from offices.models import Division, User
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput

MONEY = {"type": "string", "pattern": r"^\d+\.\d{2}$"}


class SourceSerializer(ResourceSerializer):
    """A source with its counters."""

    division = ReferenceField(name="name")
    confirmed = serializers.SerializerMethodField()
    left = HundredthsField(read_only=True, help_text="可分配")

    class Meta:
        model = FundingSource
        fields = (
            "uid", "kind", "level", "name", "channel", "document_number", "issued_on", "year", "purpose", "classes", "items",
            "return_order", "amount", "allotted", "left", "confirmed", "division", "version", "updated_at",
        )  # fmt: skip
        reads = {"left": ("amount", "allotted"), "confirmed": ("confirmed_by",)}

    def get_confirmed(self, source: FundingSource) -> bool:
        """Whether a second person has confirmed it."""
        return source.confirmed_by_id is not None


class FundSerializer(ResourceSerializer):
    """A fund with 计划, 到位, 拨付, 支出 and what is left."""

    source = ReferenceField(name="name")  # type: ignore[assignment]
    division = ReferenceField(name="name")
    kind = serializers.CharField(source="source.kind", read_only=True)
    planned = serializers.SerializerMethodField(help_text="计划")
    received = serializers.SerializerMethodField(help_text="到位")
    paid = serializers.SerializerMethodField(help_text="拨付")
    spent = serializers.SerializerMethodField(help_text="支出（含质保金）")
    available = serializers.SerializerMethodField(help_text="可用")

    class Meta:
        model = Fund
        fields = (
            "uid", "source", "kind", "project_uid", "project_name", "division", "planned", "received", "paid", "spent", "available",
            "version", "updated_at",
        )  # fmt: skip
        reads = dict.fromkeys(
            ("planned", "received", "paid", "spent", "available"), ("accounts__kind", "accounts__balance")
        )

    def _sums(self, fund: Fund) -> Sums:
        sums = Sums()
        for account in fund.accounts.all():
            sums.balances[account.kind] = account.balance
        return sums

    @extend_schema_field(MONEY)
    def get_planned(self, fund: Fund) -> str:
        """Allotted."""
        return f"{self._sums(fund).planned:.2f}"

    @extend_schema_field(MONEY)
    def get_received(self, fund: Fund) -> str:
        """Came in."""
        return f"{self._sums(fund).received:.2f}"

    @extend_schema_field(MONEY)
    def get_paid(self, fund: Fund) -> str:
        """Went out."""
        return f"{self._sums(fund).paid:.2f}"

    @extend_schema_field(MONEY)
    def get_spent(self, fund: Fund) -> str:
        """Accepted for payment."""
        return f"{self._sums(fund).spent:.2f}"

    @extend_schema_field(MONEY)
    def get_available(self, fund: Fund) -> str:
        """Came in and not yet out."""
        return f"{self._sums(fund).cash:.2f}"


class LegSerializer(ResourceSerializer):
    """A leg: debit above zero."""

    account = serializers.CharField(source="account.kind", read_only=True)

    class Meta:
        model = Leg
        fields = ("account", "amount")


class EntrySerializer(ResourceSerializer):
    """An entry with its legs."""

    legs = LegSerializer(many=True, read_only=True)
    drafted_by = ReferenceField(name="name")
    posted_by = ReferenceField(name="name", allow_null=True)
    reverses = serializers.UUIDField(source="reverses.uid", read_only=True, allow_null=True, default=None)

    class Meta:
        model = JournalEntry
        fields = (
            "uid", "kind", "concerns", "state", "amount", "day", "words", "voucher", "reason", "reverses", "drafted_by", "posted_by",
            "posted_at", "legs",
        )  # fmt: skip


class PartSerializer(ResourceSerializer):
    """What a payment takes from a fund."""

    fund = serializers.UUIDField(source="commitment.fund.uid", read_only=True)

    class Meta:
        model = PaymentPart
        fields = ("fund", "amount", "held")


class PaymentSerializer(ResourceSerializer):
    """A request for payment and what became of it."""

    contract = ReferenceField(name="name")
    requested_by = ReferenceField(name="name")
    checked_by = ReferenceField(name="name", allow_null=True)
    released_by = ReferenceField(name="name", allow_null=True)
    parts = PartSerializer(many=True, read_only=True)

    class Meta:
        model = Payment
        fields = (
            "uid", "contract", "kind", "state", "amount", "held", "progress", "words", "paper", "requested_by", "requested_at",
            "checked_by", "checked_at", "released_by", "released_at", "voucher", "released_on", "reason", "parts",
        )  # fmt: skip


class AmountField(serializers.Field):
    """Yuan as text; what it may be is said by the action, alike for pages and programs."""

    def to_internal_value(self, data: Any) -> Any:
        """As it came: floats are refused by the action."""
        return data

    def to_representation(self, value: Decimal) -> str:
        """Two decimals."""
        return f"{value:.2f}"


@extend_schema_field(MONEY)
class YuanField(AmountField):
    """See ``AmountField``."""


class ScopedDivision(serializers.SlugRelatedField):
    """A division that the caller sees, by uid."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="uid", queryset=Division.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """In scope."""
        user = self.context["request"].user if "request" in self.context else None
        return Division.objects.visible_to(user) if isinstance(user, User) else Division.objects.none()

    def to_internal_value(self, data: Any) -> Any:
        """A malformed uid is no such row."""
        try:
            return super().to_internal_value(str(data))
        except (ValueError, TypeError):
            self.fail("does_not_exist", slug_name="uid", value=str(data)[:60])


class SourceInput(StrictInput):
    """A source to register."""

    division = ScopedDivision()
    kind = serializers.ChoiceField(choices=FundingSource._meta.get_field("kind").choices or ())
    name = serializers.CharField(max_length=120)
    amount = YuanField()
    issued_on = serializers.DateField()
    year = serializers.IntegerField(min_value=2015, max_value=2100)
    purpose = serializers.CharField(max_length=200)
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    level = serializers.CharField(max_length=12, required=False, allow_blank=True)
    channel = serializers.CharField(max_length=40, required=False, allow_blank=True)
    classes = serializers.ListField(child=serializers.CharField(max_length=10), required=False, max_length=3)
    items = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=30)
    return_order = serializers.IntegerField(min_value=1, max_value=99, required=False, allow_null=True)


class AllotInput(StrictInput):
    """To which project."""

    project = serializers.UUIDField()
    amount = YuanField()
    day = serializers.DateField()
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ReceiveInput(StrictInput):
    """What came in."""

    amount = YuanField()
    day = serializers.DateField()
    voucher = serializers.CharField(max_length=60)
    words = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PaymentInput(StrictInput):
    """A payment asked for out of one fund."""

    contract = serializers.UUIDField()
    amount = YuanField()
    progress = YuanField(required=False, help_text="累计完成产值；返还质保金不填")
    words = serializers.CharField(max_length=200)
    paper = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Payment.Kind.choices, required=False)
    file = serializers.FileField(required=False, help_text="工程计量单（multipart），5 万元以上必须上传")
    invoice = serializers.FileField(required=False, help_text="发票（multipart），5 万元以上必须上传")


class MoneyReasonInput(StrictInput):
    """Why."""

    reason = serializers.CharField(max_length=300)


class ReleaseInput(StrictInput):
    """The treasury's voucher and day."""

    voucher = serializers.CharField(max_length=60)
    released_on = serializers.DateField()
