"""``communities`` and what lies under it."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from communities import actions, queries
from communities.api import rolls
from communities.api import serializers as shown
from communities.models import Community, DuplicatePair
from communities.queries.organisations import organisations_of, signatory
from communities.queries.voters import draft_roll
from communities.rules.search import words
from offices.clock import now, today
from offices.filters import BelowFilter
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.refusal import Invalid
from rest.pagination import PAGES
from rest.views import ResourceViewSet

_OBJECT = {"type": "object", "additionalProperties": True}


class CommunityFilter(filters.FilterSet):  # type: ignore[misc]
    """Filters of the register."""

    division = BelowFilter()
    search = filters.CharFilter(method="by_words", label="名称、曾用名、位置、拼音或首字母")
    built_until = filters.NumberFilter("built_to", lookup_expr="lte")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt")

    class Meta:
        model = Community
        fields = ("name", "property_right", "excluded", "heritage")

    def by_words(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        """As the search box."""
        condition = Q()
        for word in words(value)[:6]:
            condition &= Q(search_text__contains=word)
        return rows.filter(condition)


class CommunityViewSet(ResourceViewSet):
    """老旧小区登记册。公开列不需密钥；楼栋、房屋、业主只对可见该区划的工作人员。"""

    queryset = Community.objects.select_related("division", "county")
    serializer_class = shown.CommunitySerializer
    public_serializer_class = shown.PublicCommunitySerializer
    filterset_class = CommunityFilter
    ordering_fields = ("name", "household_count", "floor_area", "updated_at")
    by_scope = True

    def get_serializer_class(self) -> Any:
        """A detail carries eligibility, completeness and duplicates."""
        found = super().get_serializer_class()
        if self.action in {"list", "export"}:
            return found
        return (
            shown.PublicCommunityDetailSerializer
            if found is self.public_serializer_class
            else shown.CommunityDetailSerializer
        )

    @extend_schema(request=shown.CommunityInput, responses={201: shown.CommunityDetailSerializer})
    def create(self, request: Request) -> Response:
        """Enter a community."""
        values = dict(self.parse(shown.CommunityInput))
        division = self._division(values.pop("division"))
        evidence = values.pop("evidence", "")
        row = actions.add_community(by=request.user, at=now(), division=division, values=values, evidence=evidence)  # type: ignore[arg-type]
        return self.answer(row, 201, location=f"/api/v1/communities/{row.uid}/")

    @extend_schema(request=shown.CommunityInput, responses=shown.CommunityDetailSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change fields; a changed figure needs ``evidence``."""
        community = self.get_for_change()
        values = dict(self.parse(shown.CommunityInput, partial=True))
        division = self._division(values.pop("division")) if "division" in values else None
        evidence = values.pop("evidence", "")
        row = actions.change_community(
            by=request.user, at=now(), community=community, values=values, expected_version=community.version,  # type: ignore[arg-type]
            evidence=evidence, division=division,
        )  # fmt: skip
        return self.answer(row)

    def _division(self, uid: UUID) -> Division:
        division = Division.objects.visible_to(self.request.user).filter(uid=uid).first()  # type: ignore[arg-type]
        if division is None:
            raise Invalid("没有这个区划，或不在您的范围内。", errors={"division": ["没有这个区划，或不在您的范围内"]})
        return division

    @extend_schema(request=shown.ReasonInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Take out of the public register."""
        row = self.get_for_change()
        reason = self.parse(shown.ReasonInput)["reason"]
        return self.answer(
            actions.withdraw(by=request.user, at=now(), community=row, expected_version=row.version, reason=reason)  # type: ignore[arg-type]
        )

    @extend_schema(request=shown.FactInput, responses={201: shown.CommunityDetailSerializer})
    @action(detail=True, methods=["post"])
    def facts(self, request: Request, uid: str) -> Response:
        """Record a fact of 改造对象."""
        row = self.get_object()
        actions.record_fact(by=request.user, at=now(), community=row, **self.parse(shown.FactInput))  # type: ignore[arg-type]
        return self.answer(self.get_queryset().get(pk=row.pk), 201)

    @extend_schema(request=shown.HazardInput, responses={201: shown.CommunityDetailSerializer})
    @action(detail=True, methods=["post"])
    def hazards(self, request: Request, uid: str) -> Response:
        """Record a hazard."""
        row = self.get_object()
        actions.record_hazard(by=request.user, at=now(), community=row, **self.parse(shown.HazardInput))  # type: ignore[arg-type]
        return self.answer(row, 201)

    @extend_schema(request=shown.DecisionInput)
    @action(detail=True, methods=["post"], url_path="decide-duplicate")
    def decide_duplicate(self, request: Request, uid: str) -> Response:
        """Decide on a possible duplicate of this community."""
        row = self.get_object()
        given = self.parse(shown.DecisionInput)
        pairs = DuplicatePair.objects.visible_to(request.user).filter(Q(first=row) | Q(second=row))  # type: ignore[arg-type]
        pair = get_object_or_404(pairs.select_related("first", "second"), uid=given["pair"])
        stay = next((item for item in (pair.first, pair.second) if item.uid == given.get("stay")), None)
        user: User = request.user  # type: ignore[assignment]
        actions.decide_duplicate(
            by=user, at=now(), pair=pair, decision=given["decision"], reason=given["reason"], stay=stay
        )
        kept = stay if stay is not None and given["decision"] == DuplicatePair.Decision.MERGED else row
        return self.answer(self.get_queryset().get(pk=kept.pk))

    def _staff_only(self) -> Community:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        community: Community = self.get_object()
        return community

    def _page(self, rows: QuerySet[Any], serializer: Any) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)

    @extend_schema(responses=shown.BuildingSerializer(many=True))
    @action(detail=True, parameters=PAGES)
    def buildings(self, request: Request, uid: str) -> Response:
        """Buildings."""
        return self._page(self._staff_only().buildings.order_by("pk"), shown.BuildingSerializer)

    @extend_schema(responses=shown.HomeSerializer(many=True))
    @action(detail=True, parameters=PAGES)
    def homes(self, request: Request, uid: str) -> Response:
        """Homes with their owners, masked."""
        return self._page(queries.homes_of(self._staff_only()).order_by("pk"), shown.HomeSerializer)

    @extend_schema(responses={200: _OBJECT})
    @action(detail=True, parameters=("day", "page"))
    def roll(self, request: Request, uid: str) -> Response:
        """Voters (masked, ``page`` of 200) and problems of the roll on a ``day`` (today)."""
        community = self._staff_only()
        day = self._day(request.query_params.get("day", ""))
        page = request.query_params.get("page", "1")
        if not (page.isascii() and page.isdigit() and 0 < int(page[:9]) < 10_000 and len(page) < 9):
            raise Invalid("页码有误。", errors={"page": ["应为 1、2、3 这样的页码"]})
        return Response(rolls.roll_data(community, draft_roll(community, day=day), day, int(page)))

    def _day(self, text: str) -> dt.date:
        if not text:
            return today()
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise Invalid("日期有误。", errors={"day": ["写成 2026-03-02"]}) from error

    @extend_schema(request=rolls.RollSettleInput, responses={201: _OBJECT})
    @action(detail=True, methods=["post"], url_path="settle-roll")
    def settle_roll(self, request: Request, uid: str) -> Response:
        """Decide on a problem of the roll, with a reason."""
        community = self.get_object()
        row = actions.settle_roll(by=request.user, at=now(), community=community, **self.parse(rolls.RollSettleInput))  # type: ignore[arg-type]
        return Response({"uid": str(row.uid), "kind": row.kind, "key": row.key, "decision": row.decision}, status=201)

    @extend_schema(methods=["post"], request=rolls.OrganisationInput, responses={201: rolls.OrganisationSerializer})
    @extend_schema(methods=["get"], responses={200: _OBJECT})
    @action(detail=True, methods=["get", "post"])
    def organisations(self, request: Request, uid: str) -> Response:
        """Residents' organisations and who signs for the owners; a new one."""
        community = self._staff_only()
        if request.method == "POST":
            values = dict(self.parse(rolls.OrganisationInput))
            row = actions.add_organisation(by=request.user, at=now(), community=community, values=values)  # type: ignore[arg-type]
            return Response(rolls.OrganisationSerializer(row).data, status=201)
        signing = signatory(community, day=today(), layers=layers_of(community.division))
        rows = organisations_of(community)[:100]
        shown_rows = rolls.OrganisationSerializer(rows, many=True).data
        return Response({"signatory": rolls.signing_data(signing), "organisations": shown_rows})
