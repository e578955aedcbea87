"""REST of contracts (supplements, payees, agreed payments) and of entries (reversals, refunds, their second persons)."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions
from funding.actions.contracts import Line
from funding.actions.supplements import Term
from funding.api import UUID_PATTERN, key_of
from funding.api import serializers as shown
from funding.api.serializers import MoneyReasonInput
from funding.models import Commitment, Contract, ContractChange, ContractChangeLine, Fund, JournalEntry, PayeeAccount
from funding.models.contracts import CLASSES
from funding.queries import terms
from offices.clock import now, today
from policies.refusal import Invalid
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """What a fund pays of the contract."""

    fund = serializers.UUIDField(source="fund.uid", read_only=True)
    amount = HundredthsField(read_only=True)
    unspent = HundredthsField(read_only=True, help_text="未支付")
    held = HundredthsField(read_only=True, help_text="质保金")

    class Meta:
        model = Commitment
        fields = ("fund", "item", "item_class", "item_reason", "amount", "unspent", "held")


class ChangeLineSerializer(serializers.ModelSerializer[ContractChangeLine]):
    """What a fund is to bring."""

    fund = serializers.UUIDField(source="fund.uid", read_only=True)
    amount = HundredthsField(read_only=True)

    class Meta:
        model = ContractChangeLine
        fields = ("fund", "amount", "item", "item_class", "reason")


class ChangeSerializer(ResourceSerializer):
    """Money asked for the contract, or a supplement; nobody has promised it before ``confirmed_by``."""

    lines = ChangeLineSerializer(many=True, read_only=True)
    entered_by = ReferenceField(name="name")
    confirmed_by = ReferenceField(name="name", allow_null=True)
    refused_by = ReferenceField(name="name", allow_null=True)

    class Meta:
        model = ContractChange
        fields = (
            "uid",
            "kind",
            "number",
            "amount",
            "signed_on",
            "reason",
            "lines",
            "entered_by",
            "confirmed_by",
            "confirmed_at",
            "refused_by",
        )


class PayeeSerializer(ResourceSerializer):
    """Where the payee is paid; the account's last four digits."""

    masked = serializers.CharField(read_only=True)
    entered_by = ReferenceField(name="name")
    confirmed_by = ReferenceField(name="name", allow_null=True)
    refused_by = ReferenceField(name="name", allow_null=True)

    class Meta:
        model = PayeeAccount
        fields = (
            "uid", "holder", "bank", "masked", "reason", "entered_by", "confirmed_by", "confirmed_at", "refused_by",
        )  # fmt: skip
        reads = {"masked": ("number",)}


class TermSerializer(serializers.Serializer[Any]):
    """An agreed payment with what of it is paid."""

    words = serializers.CharField(source="row.words", read_only=True)
    due_on = serializers.DateField(source="row.due_on", read_only=True, allow_null=True)
    amount = HundredthsField(source="row.amount", read_only=True)
    paid = HundredthsField(read_only=True)
    late = serializers.BooleanField(read_only=True)


class ContractSerializer(ResourceSerializer):
    """A contract with its money."""

    division = ReferenceField(name="name")
    total = HundredthsField(read_only=True, help_text="含已复核的补充协议")
    commitments = CommitmentSerializer(many=True, read_only=True)
    changes = ChangeSerializer(many=True, read_only=True)
    payees = PayeeSerializer(many=True, read_only=True)

    class Meta:
        model = Contract
        fields = (
            "uid", "project_uid", "project_name", "division", "number", "name", "party", "signed_on", "amount", "supplement", "total",
            "committed", "progress", "retention_part", "retention_whole", "warranty_part", "commitments", "changes", "payees", "version",
            "updated_at",
        )  # fmt: skip
        reads = {"total": ("amount", "supplement")}


class ContractLineInput(StrictInput):
    """What a fund brings, and for which works."""

    fund = serializers.UUIDField()
    amount = shown.YuanField()
    item = serializers.CharField(max_length=120)
    item_class = serializers.ChoiceField(choices=CLASSES, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ContractInput(StrictInput):
    """A signed contract."""

    project = serializers.UUIDField()
    number = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=120)
    party = serializers.CharField(max_length=120)
    amount = shown.YuanField()
    signed_on = serializers.DateField()
    retention = serializers.CharField(max_length=14, required=False)
    warranty_part = serializers.CharField(max_length=40, required=False, allow_blank=True)
    lines = ContractLineInput(many=True, required=False)


class CommitInput(StrictInput):
    """More money of what is signed."""

    lines = ContractLineInput(many=True)


class ChangeInput(StrictInput):
    """A supplement; its lines bring all of it."""

    number = serializers.CharField(max_length=60)
    amount = shown.YuanField()
    signed_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)
    lines = ContractLineInput(many=True)


class PayeeInput(StrictInput):
    """Where the payee is paid."""

    holder = serializers.CharField(max_length=120)
    bank = serializers.CharField(max_length=120)
    number = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class MoneyDecisionInput(StrictInput):
    """Yes or no of the second person."""

    accept = serializers.BooleanField()


class TermInput(StrictInput):
    """An agreed payment."""

    words = serializers.CharField(max_length=120)
    amount = shown.YuanField()
    due_on = serializers.DateField(required=False, allow_null=True)


class TermsInput(StrictInput):
    """All of them, in their order."""

    terms = TermInput(many=True)


class RefundInput(MoneyReasonInput):
    """What came back."""

    amount = shown.YuanField()
    day = serializers.DateField()
    voucher = serializers.CharField(max_length=60)


def _lines(project: UUID, given: list[dict[str, Any]]) -> list[Line]:
    """Lines with their funds; a fund that is none of the project's is named."""
    funds = {
        fund.uid: fund for fund in Fund.objects.filter(project_uid=project, uid__in=[row["fund"] for row in given])
    }
    wrong = {
        f"lines[{n}].fund": ["不是本项目的专账，资金不得跨项目使用"]
        for n, row in enumerate(given)
        if row["fund"] not in funds
    }
    if wrong:
        raise Invalid("资金没有落实：有字段需要更正", errors=wrong)
    return [
        Line(funds[row["fund"]], row["amount"], row["item"], row.get("item_class", ""), row.get("reason", "")) for row in given
    ]  # fmt: skip


class ContractFilter(filters.FilterSet):  # type: ignore[misc]
    """By project."""

    project = filters.UUIDFilter("project_uid", label="项目")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Contract
        fields = ()


class ContractViewSet(StaffViewSet):
    """合同：资金落实、补充协议、收款账户、付款节点。"""

    queryset = Contract.objects.select_related("division", "county").prefetch_related(
        Prefetch("commitments", Commitment.objects.select_related("fund")),
        Prefetch("changes", ContractChange.objects.select_related("entered_by", "confirmed_by", "refused_by")),
        Prefetch("changes__lines", ContractChangeLine.objects.select_related("fund")),
        Prefetch("payees", PayeeAccount.objects.select_related("entered_by", "confirmed_by", "refused_by")),
    )
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    ordering_fields = ("signed_on", "updated_at")
    by_scope = True

    @extend_schema(request=ContractInput, responses={201: ContractSerializer})
    def create(self, request: Request) -> Response:
        """Enter a signed contract with the funds that are to pay it; a second person confirms them (``changes/…/decide/``)."""
        values = self.parse(ContractInput)
        lines = _lines(values["project"], values.pop("lines", []))
        row = actions.sign_contract(
            by=request.user, at=now(), today=today(), lines=lines, key=key_of(request), **values  # type: ignore[arg-type]
        )  # fmt: skip
        return self._shown(row, status=201)

    @extend_schema(request=CommitInput, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, uid: str) -> Response:
        """Ask for more money for it, within what is signed; a second person confirms it (``changes/…/decide/``)."""
        row, values = self.get_object(), self.parse(CommitInput)
        lines = _lines(row.project_uid, values["lines"])
        done = actions.ask_funding(
            by=request.user, at=now(), today=today(), contract=row, lines=lines, key=key_of(request)  # type: ignore[arg-type]
        )  # fmt: skip
        return self._shown(done)

    @extend_schema(request=ChangeInput, responses={201: ChangeSerializer})
    @action(detail=True, methods=["post"])
    def changes(self, request: Request, uid: str) -> Response:
        """Enter a supplement; a second person confirms it."""
        row, values = self.get_object(), self.parse(ChangeInput)
        lines = _lines(row.project_uid, values.pop("lines"))
        change = actions.enter_change(
            by=request.user, at=now(), today=today(), contract=row, lines=lines, key=key_of(request), **values  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(ChangeSerializer(change).data, status=201)

    @extend_schema(request=MoneyDecisionInput, responses=ChangeSerializer)
    @action(detail=True, methods=["post"], url_path=rf"changes/(?P<change>{UUID_PATTERN})/decide")
    def decide_change(self, request: Request, uid: str, change: str) -> Response:
        """The second person."""
        found = self.get_object().changes.select_related("contract").filter(uid=change).first()
        if found is None:
            raise Invalid("本合同没有这份资金安排", errors={"change": ["不是本合同的资金安排或补充协议"]})
        accept = self.parse(MoneyDecisionInput)["accept"]
        done = actions.decide_change(by=request.user, at=now(), today=today(), change=found, accept=accept)  # type: ignore[arg-type]
        return Response(ChangeSerializer(done).data)

    @extend_schema(request=PayeeInput, responses={201: PayeeSerializer})
    @action(detail=True, methods=["post"])
    def payees(self, request: Request, uid: str) -> Response:
        """Enter where the payee is paid, or its change; it counts once another has confirmed it."""
        row, values = self.get_object(), self.parse(PayeeInput)
        made = actions.enter_payee(by=request.user, at=now(), contract=row, **values)  # type: ignore[arg-type]
        return Response(PayeeSerializer(made).data, status=201)

    @extend_schema(request=MoneyDecisionInput, responses=PayeeSerializer)
    @action(detail=True, methods=["post"], url_path=rf"payees/(?P<payee>{UUID_PATTERN})/decide")
    def decide_payee(self, request: Request, uid: str, payee: str) -> Response:
        """The second person."""
        found = self.get_object().payees.select_related("contract").filter(uid=payee).first()
        if found is None:
            raise Invalid("本合同没有这个收款账户", errors={"payee": ["不是本合同的收款账户"]})
        accept = self.parse(MoneyDecisionInput)["accept"]
        done = actions.decide_payee(by=request.user, at=now(), payee=found, accept=accept)  # type: ignore[arg-type]
        return Response(PayeeSerializer(done).data)

    @extend_schema(methods=["get"], responses=TermSerializer(many=True))
    @extend_schema(methods=["post"], request=TermsInput, responses=TermSerializer(many=True))
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def terms(self, request: Request, uid: str) -> Response:
        """Agreed payments, due and paid; enter them as a whole."""
        row = self.get_object()
        if request.method == "POST":
            given = [
                Term(term["words"], term["amount"], term.get("due_on")) for term in self.parse(TermsInput)["terms"]
            ]
            actions.set_terms(by=request.user, at=now(), contract=row, terms=given)  # type: ignore[arg-type]
        return Response(TermSerializer(terms(row, today()), many=True).data)

    def _shown(self, row: Contract, status: int = 200) -> Response:
        return self.answer(self.queryset.get(pk=row.pk), status=status)


class EntryFilter(filters.FilterSet):  # type: ignore[misc]
    """By fund, project, kind, state and day."""

    fund = filters.UUIDFilter("fund__uid", label="专账")
    project = filters.UUIDFilter("fund__project_uid", label="项目")
    day_from = filters.DateFilter("day", lookup_expr="gte", label="日期从")
    day_until = filters.DateFilter("day", lookup_expr="lte", label="日期至")

    class Meta:
        model = JournalEntry
        fields = ("kind", "state")


class EntryViewSet(StaffViewSet):
    """分录：明细、冲销、退回和第二人入账。"""

    queryset = JournalEntry.objects.select_related("fund", "drafted_by", "posted_by", "reverses").prefetch_related(
        "legs__account"
    )
    serializer_class = shown.EntrySerializer
    filterset_class = EntryFilter
    ordering_fields = ("day", "amount")
    by_scope = True

    @extend_schema(request=MoneyReasonInput, responses={201: shown.EntrySerializer})
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, uid: str) -> Response:
        """Ask for the exact opposite, once; a second person posts it."""
        row, values = self.get_object(), self.parse(MoneyReasonInput)
        back = actions.ask_reversal(
            by=request.user, at=now(), today=today(), entry=row, key=key_of(request), **values  # type: ignore[arg-type]
        )  # fmt: skip
        return self._shown(back, status=201)

    @extend_schema(request=RefundInput, responses={201: shown.EntrySerializer})
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, uid: str) -> Response:
        """What a payee sent back of a payment; a second person posts it."""
        row, values = self.get_object(), self.parse(RefundInput)
        back = actions.ask_refund(
            by=request.user, at=now(), today=today(), entry=row, key=key_of(request), **values  # type: ignore[arg-type]
        )  # fmt: skip
        return self._shown(back, status=201)

    @extend_schema(request=None, responses=shown.EntrySerializer)
    @action(detail=True, methods=["post"], url_path="post")
    def post_entry(self, request: Request, uid: str) -> Response:
        """The second person books a drafted reversal or refund."""
        return self._shown(actions.post_entry(by=request.user, at=now(), entry=self.get_for_change()))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=shown.EntrySerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, uid: str) -> Response:
        """Give a drafted reversal or refund up."""
        return self._shown(actions.drop_entry(by=request.user, at=now(), entry=self.get_for_change()))  # type: ignore[arg-type]

    def _shown(self, row: JournalEntry, status: int = 200) -> Response:
        return self.answer(self.queryset.get(pk=row.pk), status=status)
