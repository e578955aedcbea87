"""REST: announced votes with their thresholds, their result once it is counted, and the frozen roll under pseudonyms for staff."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import RollHome, RollVoter, Vote, VoteResult
from approvals.rules.vote_words import PHASE_LABELS, phase_of
from offices.clock import now
from rest.pagination import PAGES
from rest.serializers import ReferenceField, ResourceSerializer
from rest.views import PublicReadViewSet


class VoteResultSerializer(ResourceSerializer):
    """What was counted. Areas are ㎡ as text."""

    class Meta:
        model = VoteResult
        fields = (
            "participating_area", "participating_heads", "agreeing_area", "agreeing_heads", "opposing_area", "opposing_heads",
            "papers_issued", "papers_voided", "papers_returned", "papers_outstanding", "papers_valid", "papers_invalid",
            "passed", "rule_id", "reasons", "ballots_hash", "counted_at",
        )  # fmt: skip


# Worked out of the others.
_COUNTED = frozenset({"papers_outstanding", "papers_invalid"})


class VoteSerializer(ResourceSerializer):
    """A vote as it was announced. ``result`` is null until the counting has ended: nothing of it is known before."""

    community = ReferenceField(name="name")
    division = ReferenceField(name="name")
    building = serializers.CharField(source="building.name", default="", read_only=True)
    phase = serializers.SerializerMethodField(
        help_text="、".join(f"{key} {word}" for key, word in PHASE_LABELS.items())
    )
    result = serializers.SerializerMethodField()

    class Meta:
        model = Vote
        fields = (
            "uid", "title", "matter", "text", "phase", "division", "community", "building", "unit", "opens_at", "closes_at", "may_change",
            "paper_wins", "proxy_limit", "objection_days", "thresholds", "rulebook", "revision", "roll_hash", "roll_area", "roll_heads",
            "announced_at", "objections_until", "cancelled_reason", "result", "version", "updated_at",
        )  # fmt: skip
        reads = {
            "phase": ("state", "opens_at", "closes_at"),
            "result": (
                "state",
                *(f"result__{name}" for name in VoteResultSerializer.Meta.fields if name not in _COUNTED),
            ),
        }
        by_clock = ("phase",)

    def get_phase(self, row: Vote) -> str:
        """Where it stands now."""
        return phase_of(row.state, opens_at=row.opens_at, closes_at=row.closes_at, at=now())

    @extend_schema(responses=VoteResultSerializer)
    def get_result(self, row: Vote) -> dict[str, Any] | None:
        """The count, of a vote whose counting has ended."""
        if row.state not in (Vote.State.COUNTED, Vote.State.CONFIRMED):
            return None
        return dict(VoteResultSerializer(row.result).data)


class RollHomeSerializer(ResourceSerializer):
    """A home of the frozen roll."""

    class Meta:
        model = RollHome
        fields = ("building", "unit", "room", "area", "area_source")


class RollVoterSerializer(ResourceSerializer):
    """A voter under his pseudonym: no name stands in the roll."""

    homes = RollHomeSerializer(many=True, read_only=True)

    class Meta:
        model = RollVoter
        fields = ("number", "pseudonym", "kind", "area", "homes")


class VoteFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, community, matter and change."""

    division = filters.UUIDFilter("division__uid", label="区划")
    community = filters.UUIDFilter("community__uid", label="小区")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Vote
        fields = ("matter",)


class VoteViewSet(PublicReadViewSet):
    """业主表决：公告的内容、门槛和计票结果。"""

    queryset = Vote.objects.select_related("division", "community", "building", "result")
    serializer_class = VoteSerializer
    filterset_class = VoteFilter
    ordering_fields = ("opens_at", "closes_at", "updated_at")
    by_scope = True

    @extend_schema(responses=RollVoterSerializer(many=True))
    @action(detail=True, methods=["get"], parameters=PAGES)
    def roll(self, request: Request, uid: str) -> Response:
        """冻结的名册：代号、面积和房屋，没有姓名。仅限所在区划的工作人员。"""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        vote = self.get_object()
        rows = RollVoter.objects.filter(vote=vote).prefetch_related("homes").order_by("pk")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(RollVoterSerializer(page, many=True, context={"request": request}).data)
