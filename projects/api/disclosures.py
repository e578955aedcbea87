"""``disclosures``: the money of each published project in public words, the same for everybody."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from funding.disclosure import PublicMoney
from funding.queries import Sums
from offices.filters import BelowFilter
from projects.models import Project
from projects.queries.public_money import money_of
from rest.schema import ROWS
from rest.serializers import ReferenceField, ResourceSerializer
from rest.views import DetailMixin, ListMixin, ReadViewSet


class DisclosureFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, community and year."""

    division = BelowFilter()
    community = filters.UUIDFilter("parts__community__uid", label="小区")

    class Meta:
        model = Project
        fields = ("plan_year",)


class DisclosureSerializer(ResourceSerializer):
    """A project with its public money; amounts are text in yuan and equal the ledger's."""

    division = ReferenceField(name="name")
    homes = serializers.SerializerMethodField(help_text="户数；没有登记的为 null")
    withheld = serializers.SerializerMethodField(
        help_text="户数少于 5 或没有登记：居民出资、收款单位和资金计划不公开，合计也不含"
    )
    as_of = serializers.SerializerMethodField(help_text="账面截至")
    total = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField(help_text="按资金类别")
    uses = serializers.SerializerMethodField(help_text="来源 → 改造类别")
    payees = serializers.SerializerMethodField(help_text="收款单位；个人不列名称")
    funding_plan = serializers.SerializerMethodField(help_text="复核过的最新一版资金计划")
    gifts = serializers.SerializerMethodField(help_text="捐物与投工投劳折价，不计入资金")

    class Meta:
        model = Project
        fields = (
            "uid", "name", "plan_year", "stage", "division", "homes", "withheld", "as_of", "total", "sources", "uses", "payees",
            "funding_plan", "gifts",
        )  # fmt: skip

    def _money(self, row: Project) -> PublicMoney:
        found: Mapping[UUID, PublicMoney] = self.context["money"]
        return found[row.uid]

    def get_homes(self, row: Project) -> int | None:
        """Households of all its communities."""
        return self._money(row).homes

    def get_withheld(self, row: Project) -> bool:
        """Whether something is left out."""
        return self._money(row).withheld

    @extend_schema_field({"type": ["string", "null"], "format": "date"})
    def get_as_of(self, row: Project) -> str | None:
        """Day of the last posted entry."""
        day = self._money(row).as_of
        return day.isoformat() if day else None

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_total(self, row: Project) -> dict[str, str]:
        """All kinds together."""
        return sums_data(self._money(row).total)

    @extend_schema_field(ROWS)
    def get_sources(self, row: Project) -> list[dict[str, Any]]:
        """One row a kind."""
        return [
            {"kind": kind.kind, "label": kind.label, "documents": list(kind.documents), **sums_data(kind.sums)}
            for kind in self._money(row).rows
        ]

    @extend_schema_field(ROWS)
    def get_uses(self, row: Project) -> list[dict[str, str]]:
        """Where the money of each kind goes."""
        return [
            {"source": flow.source, "use": flow.target, "amount": f"{flow.value:.2f}"}
            for flow in self._money(row).flows
        ]

    @extend_schema_field(ROWS)
    def get_payees(self, row: Project) -> list[dict[str, Any]]:
        """Firms under contract."""
        return [
            {"name": payee.name, "contracts": payee.contracts, "amount": f"{payee.amount:.2f}", "paid": f"{payee.paid:.2f}"}
            for payee in self._money(row).payees
        ]  # fmt: skip

    @extend_schema_field(ROWS)
    def get_funding_plan(self, row: Project) -> list[dict[str, str]]:
        """已落实, 预计, 未落实."""
        return [{"state": word, "amount": f"{amount:.2f}"} for word, amount in self._money(row).plan]

    def get_gifts(self, row: Project) -> str:
        """In yuan."""
        return f"{self._money(row).gifts:.2f}"


def sums_data(sums: Sums) -> dict[str, str]:
    """Sums as text in yuan."""
    return {name: f"{getattr(sums, name):.2f}" for name in ("planned", "received", "signed", "paid", "spent")}


class DisclosureViewSet(ListMixin, DetailMixin, ReadViewSet):
    """资金公开：每个已公开项目的来源、到位、签约、拨付、支出；任何人读到的相同。"""

    queryset = Project.objects.select_related("division")
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilter
    ordering_fields = ("plan_year",)
    money: Mapping[UUID, PublicMoney] = {}

    def get_queryset(self) -> Any:
        """Published projects, whoever asks."""
        return self.public_rows(self.queryset)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the money of the rows at hand."""
        return {**super().get_serializer_context(), "money": self.money}

    def show(self, row: Any, *, many: bool = False) -> Any:
        """Rows of a page with their money, read together."""
        rows: Sequence[Project] = row if many else [row]
        self.money = {found.project.uid: found.money for found in money_of(rows)}
        return super().show(row, many=many)
