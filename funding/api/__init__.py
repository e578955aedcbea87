"""REST of public money: ``funding-sources`` and ``funds`` with their entries and payments."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from funding import actions, queries
from funding.api import codes  # noqa: F401 - the refusals' entries in the error catalogue
from funding.api import serializers as shown
from funding.models import Contract, Fund, FundingSource, Payment
from funding.rules.papers import PAPERS
from offices.clock import now, today
from policies.refusal import Invalid
from rest.pagination import PAGES
from rest.parsers import JSONParser
from rest.views import StaffViewSet

UUID_PATTERN = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


def key_of(request: Request) -> str:
    """The key under which an act of money is remembered for ever (``rest.idempotency`` keeps answers for seven days)."""
    return (request.headers.get("Idempotency-Key") or "").strip().strip('"')


class SourceFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, kind and year."""

    division = filters.UUIDFilter("division__uid", label="登记区划")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = FundingSource
        fields = ("kind", "level", "year")


class FundingSourceViewSet(StaffViewSet):
    """资金来源：登记、复核、分配到项目。"""

    queryset = FundingSource.objects.select_related("division", "registered_by", "confirmed_by")
    serializer_class = shown.SourceSerializer
    filterset_class = SourceFilter
    ordering_fields = ("year", "amount", "updated_at")
    by_scope = True

    @extend_schema(request=shown.SourceInput, responses={201: shown.SourceSerializer})
    def create(self, request: Request) -> Response:
        """Register a source; a second person confirms it."""
        values = self.parse(shown.SourceInput)
        row = actions.register_source(by=request.user, at=now(), today=today(), key=key_of(request), **values)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk), status=201)

    @extend_schema(request=None, responses=shown.SourceSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """The second person."""
        row = actions.confirm_source(by=request.user, at=now(), source=self.get_for_change())  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(request=shown.AllotInput, responses={201: shown.EntrySerializer})
    @action(detail=True, methods=["post"])
    def allot(self, request: Request, uid: str) -> Response:
        """To a project by name, never beyond what was appropriated."""
        source = self.get_object()
        values = self.parse(shown.AllotInput)
        entry = actions.allot(by=request.user, at=now(), today=today(), source=source, key=key_of(request), **values)  # type: ignore[arg-type]
        return Response(shown.EntrySerializer(queries.entries(entry.fund).get(pk=entry.pk)).data, status=201)


class FundFilter(filters.FilterSet):  # type: ignore[misc]
    """By project and source."""

    project = filters.UUIDFilter("project_uid", label="项目")
    source = filters.UUIDFilter("source__uid", label="资金来源")
    kind = filters.CharFilter("source__kind", label="资金类别")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Fund
        fields = ()


class FundViewSet(StaffViewSet):
    """专账：一个来源、一个项目。计划、到位、拨付、支出，分录，拨付。"""

    queryset = Fund.objects.select_related("source", "division", "county").prefetch_related("accounts")
    serializer_class = shown.FundSerializer
    filterset_class = FundFilter
    ordering_fields = ("updated_at",)
    by_scope = True

    @extend_schema(responses=shown.EntrySerializer(many=True))
    @action(detail=True, parameters=PAGES)
    def entries(self, request: Request, uid: str) -> Response:
        """Entries with their legs, oldest first."""
        rows = queries.entries(self.get_object()).prefetch_related("legs__account")
        return self._paged(rows, shown.EntrySerializer)

    @extend_schema(request=shown.ReceiveInput, responses={201: shown.EntrySerializer})
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, uid: str) -> Response:
        """Money came in."""
        fund = self.get_object()
        entry = actions.receive(
            by=request.user, at=now(), today=today(), fund=fund, key=key_of(request), **self.parse(shown.ReceiveInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(shown.EntrySerializer(queries.entries(fund).get(pk=entry.pk)).data, status=201)

    @extend_schema(methods=["get"], responses=shown.PaymentSerializer(many=True))
    @extend_schema(methods=["post"], request=shown.PaymentInput, responses={201: shown.PaymentSerializer})
    @action(detail=True, methods=["get", "post"], parser_classes=[JSONParser, MultiPartParser], parameters=PAGES)
    def payments(self, request: Request, uid: str) -> Response:
        """Payments out of this fund; ask for one."""
        fund = self.get_object()
        if request.method in SAFE_METHODS:
            return self._paged(self._payments(fund), shown.PaymentSerializer)
        values = self.parse(shown.PaymentInput)
        contract = _contract(fund, values.pop("contract"))
        commitment = contract.commitments.select_related("fund").get(fund=fund)
        payment = actions.request_payment(
            by=request.user, at=now(), today=today(), contract=contract, amounts={commitment: values.pop("amount")},  # type: ignore[arg-type]
            papers={name: values.pop(name, None) for name in PAPERS}, key=key_of(request), **values,
        )  # fmt: skip
        return Response(shown.PaymentSerializer(self._payments(fund).get(pk=payment.pk)).data, status=201)

    @extend_schema(request=None, responses=shown.PaymentSerializer)
    @action(detail=True, methods=["post"], url_path=rf"payments/(?P<payment>{UUID_PATTERN})/check")
    def check_payment(self, request: Request, uid: str, payment: str) -> Response:
        """Finance has checked the request."""
        fund, row = self._payment(payment)
        actions.check_payment(by=request.user, at=now(), payment=row)  # type: ignore[arg-type]
        return Response(shown.PaymentSerializer(self._payments(fund).get(pk=row.pk)).data)

    @extend_schema(request=shown.ReleaseInput, responses=shown.PaymentSerializer)
    @action(detail=True, methods=["post"], url_path=rf"payments/(?P<payment>{UUID_PATTERN})/release")
    def release_payment(self, request: Request, uid: str, payment: str) -> Response:
        """The money has left the treasury: a third person, voucher and day."""
        fund, row = self._payment(payment)
        actions.release_payment(
            by=request.user, at=now(), today=today(), payment=row, key=key_of(request), **self.parse(shown.ReleaseInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(shown.PaymentSerializer(self._payments(fund).get(pk=row.pk)).data)

    def _payments(self, fund: Fund) -> QuerySet[Payment]:
        rows = Payment.objects.filter(parts__commitment__fund=fund).select_related(
            "contract", "requested_by", "checked_by", "released_by"
        )
        return rows.prefetch_related("parts__commitment__fund__source").order_by("-pk")

    def _payment(self, uid: str) -> tuple[Fund, Payment]:
        fund = self.get_object()
        row = self._payments(fund).filter(uid=uid).first()
        if row is None:
            raise Invalid("本专账没有这笔申请", errors={"payment": ["不是本专账的申请"]})
        return fund, row

    def _paged(self, rows: QuerySet[Any], serializer: Any) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)


def _contract(fund: Fund, uid: UUID) -> Contract:
    found = Contract.objects.filter(uid=uid, commitments__fund=fund).first()
    if found is None:
        raise Invalid("本专账没有为这个合同落实资金", errors={"contract": ["不是本专账的合同，资金不得串用"]})
    return found


__all__ = ["FundViewSet", "FundingSourceViewSet"]
