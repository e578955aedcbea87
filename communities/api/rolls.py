"""The roll of a community, its organisations, and the papers of agents: masked, for staff of the place."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from communities import actions
from communities.api.serializers import ReasonInput, citation
from communities.models import Agency, Community, Organisation, Person
from communities.queries.organisations import SignatoryView
from communities.queries.roll import counted, masked
from communities.rules.masks import mask_id, mask_name, mask_phone
from communities.rules.roll_problems import DECISION_LABELS, KIND_LABELS
from communities.rules.voters import RollDraft, RollProblem, RollVoter
from offices.clock import now
from policies.refusal import Invalid
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet

MOST = 200  # voters a page; problems in an answer


def area_text(area: int) -> str:
    """0.01 ㎡ as text with two decimals."""
    return f"{Decimal(area).scaleb(-2):.2f}"


def roll_data(community: Community, draft: RollDraft, day: dt.date, number: int) -> dict[str, Any]:
    """A roll as the interface shows it: sums, the first problems, one page of voters with masked names (one query)."""
    voters = draft.voters[(number - 1) * MOST : number * MOST]
    persons = Person.objects.in_bulk({pk for voter in voters for pk in voter.person_ids})
    waiting = [problem for problem in draft.problems if problem.blocks and not problem.settled]
    return {
        "community": str(community.uid),
        "day": day.isoformat(),
        "ready": draft.ready,
        "homes": draft.homes,
        "heads": draft.heads,
        "area": area_text(draft.area),
        "problems_waiting": len(waiting),
        "problems_total": len(draft.problems),
        "problems": [
            problem_data(row) for row in sorted(draft.problems, key=lambda row: row.settled or not row.blocks)[:MOST]
        ],
        "voters_page": number,
        "voters_pages": max(1, -(-draft.heads // MOST)),
        "voters": [voter_data(voter, persons) for voter in voters],
    }


def problem_data(row: RollProblem) -> dict[str, Any]:
    """One problem."""
    return {
        "kind": row.kind, "label": KIND_LABELS[row.kind], "key": row.key, "where": row.where, "text": row.text, "blocks": row.blocks,
        "settled": row.settled, "decisions": list(row.decisions),
    }  # fmt: skip


def voter_data(voter: RollVoter, persons: dict[int, Person]) -> dict[str, Any]:
    """One voter with its homes."""
    return {
        "key": voter.key,
        "kind": voter.kind,
        "persons": [{"uid": str(persons[pk].uid), "name": masked(persons[pk]).name} for pk in voter.person_ids],
        "area": area_text(voter.area),
        "counted": counted(voter),
        "agents": len(voter.agents),
        "homes": [
            {
                "uid": str(home.home_uid), "building": home.building, "unit": home.unit, "room": home.room,
                "private_area": area_text(home.area), "area_source": home.area_source,
            }
            for home in voter.homes
        ],
    }  # fmt: skip


def signing_data(view: SignatoryView) -> dict[str, Any]:
    """Who signs for the owners, with the clause."""
    return {
        "kind": view.answer.kind,
        "name": view.name,
        "stand_in": view.answer.stand_in,
        "missing": view.missing,
        "reasons": [
            {"text": row.text, "missing": row.missing, "rule": citation(row.citation)} for row in view.answer.reasons
        ],
    }


class RollSettleInput(StrictInput):
    """A decision on a problem of the roll; ``homes`` for ``assigned``: home uid → key of the voter as which it counts."""

    kind = serializers.ChoiceField(choices=tuple(KIND_LABELS.items()))
    key = serializers.RegexField(r"^[0-9a-f]{64}$")
    decision = serializers.ChoiceField(choices=tuple(DECISION_LABELS.items()))
    reason = serializers.CharField(max_length=300)
    homes = serializers.DictField(child=serializers.CharField(max_length=64), required=False)


class OrganisationSerializer(ResourceSerializer):
    """A residents' organisation."""

    community = ReferenceField(name="name")

    class Meta:
        model = Organisation
        fields = (
            "uid", "community", "kind", "name", "established_on", "ended_on", "ended_reason", "filing_number", "evidence",
            "public_phone", "version", "created_at", "updated_at",
        )  # fmt: skip


class OrganisationInput(ResourceSerializer, StrictInput):
    """What a clerk may set."""

    class Meta:
        model = Organisation
        fields = ("kind", "name", "established_on", "filing_number", "evidence", "public_phone")


class OrganisationEndInput(StrictInput):
    """When and why it ended."""

    ended_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class OrganisationFilter(filters.FilterSet):  # type: ignore[misc]
    """Filters of the list."""

    community = filters.UUIDFilter("community__uid")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt")

    class Meta:
        model = Organisation
        fields = ("kind",)


class OrganisationViewSet(StaffViewSet):
    """业主委员会、居民自管小组和基层党组织。"""

    queryset = Organisation.objects.select_related("community")
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    ordering_fields = ("established_on", "updated_at")
    by_scope = True

    @extend_schema(request=OrganisationEndInput, responses=OrganisationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, uid: str) -> Response:
        """Record that it ended."""
        row = self.get_for_change()
        given = self.parse(OrganisationEndInput)
        actions.end_organisation(
            by=request.user, at=now(), organisation=row, ended_on=given["ended_on"], reason=given["reason"],  # type: ignore[arg-type]
            expected_version=row.version,
        )  # fmt: skip
        return self.answer(self.get_queryset().get(pk=row.pk))


class AgencySerializer(ResourceSerializer):
    """A paper by which another acts for an owner, masked."""

    person = serializers.SerializerMethodField()
    community = ReferenceField(source="person.community")
    agent_name = serializers.SerializerMethodField()
    agent_id_number = serializers.SerializerMethodField()
    agent_phone = serializers.SerializerMethodField()
    entered_by = ReferenceField()
    checked_by = ReferenceField(allow_null=True)

    class Meta:
        model = Agency
        fields = (
            "uid", "community", "person", "kind", "agent_name", "agent_id_number", "agent_phone", "evidence", "valid_from",
            "valid_until", "entered_by", "entered_at", "checked_by", "checked_at", "withdrawn_at", "withdrawn_reason", "version",
            "created_at", "updated_at",
        )  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_person(self, row: Agency) -> dict[str, str]:
        """The owner, masked."""
        shown = masked(row.person)
        return {"uid": shown.uid, "name": shown.name}

    def get_agent_name(self, row: Agency) -> str:
        """张**."""
        return mask_name(row.agent_name)

    def get_agent_id_number(self, row: Agency) -> str:
        """Masked."""
        return mask_id(row.agent_id_number)

    def get_agent_phone(self, row: Agency) -> str:
        """Masked."""
        return mask_phone(row.agent_phone)


class AgencyInput(ResourceSerializer, StrictInput):
    """What a clerk enters; ``person`` is the owner's uid."""

    person = serializers.UUIDField()

    class Meta:
        model = Agency
        fields = (
            "person", "kind", "agent_name", "agent_id_number", "agent_phone", "evidence", "valid_from", "valid_until",
        )  # fmt: skip


class AgencyFilter(filters.FilterSet):  # type: ignore[misc]
    """Filters of the list."""

    community = filters.UUIDFilter("person__community__uid")
    person = filters.UUIDFilter("person__uid")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt")

    class Meta:
        model = Agency
        fields = ("kind",)


class AgencyViewSet(StaffViewSet):
    """继承、监护、委托和单位代表的材料，代理人信息隐去；由一人录入、另一人复核。"""

    queryset = Agency.objects.select_related("person__community", "entered_by", "checked_by")
    serializer_class = AgencySerializer
    filterset_class = AgencyFilter
    ordering_fields = ("valid_from", "updated_at")

    @extend_schema(request=AgencyInput, responses={201: AgencySerializer})
    def create(self, request: Request) -> Response:
        """Enter a paper."""
        values = dict(self.parse(AgencyInput))
        communities = Community.objects.visible_to(request.user)  # type: ignore[arg-type]
        rows = Person.objects.filter(community__in=communities).select_related("community")
        person = rows.filter(uid=values.pop("person")).first()
        if person is None:
            raise Invalid("没有这位业主，或不在您的范围内。", errors={"person": ["没有这位业主，或不在您的范围内"]})
        row = actions.enter_agency(by=request.user, at=now(), person=person, values=values)  # type: ignore[arg-type]
        return self.answer(row, 201, location=f"/api/v1/agencies/{row.uid}/")

    @extend_schema(request=None, responses=AgencySerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, uid: str) -> Response:
        """The second person's check."""
        row = self.get_for_change()
        actions.check_agency(by=request.user, at=now(), agency=row, expected_version=row.version)  # type: ignore[arg-type]
        return self.answer(self.get_queryset().get(pk=row.pk))

    @extend_schema(request=ReasonInput, responses=AgencySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """The paper no longer stands."""
        row = self.get_for_change()
        reason = self.parse(ReasonInput)["reason"]
        actions.withdraw_agency(
            by=request.user, at=now(), agency=row, reason=reason, expected_version=row.version  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self.get_queryset().get(pk=row.pk))
