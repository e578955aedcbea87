"""Acceptance and aftercare of a project in the interface: what is held, and signatures, defects and managers entered from other systems."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from communities.rules.masks import mask_name
from offices.clock import now, today
from offices.models import User
from projects.actions import acceptance as act
from projects.actions import aftercare as later
from projects.actions import defects
from projects.api.serializers import citation, duty_data
from projects.models import Acceptance, Defect, Handover, Manager, Project
from projects.queries.acceptance import AcceptancePage, acceptance_page
from projects.queries.aftercare import AftercarePage, aftercare_page
from projects.rules.warranty import Part
from rest.serializers import StrictInput


class SignatureInput(StrictInput):
    """A party's signature."""

    key = serializers.CharField(max_length=40)
    unit = serializers.CharField(max_length=120)
    signer = serializers.CharField(max_length=40)
    signed_on = serializers.DateField()
    agrees = serializers.BooleanField()
    opinion = serializers.CharField(max_length=500, required=False)


class DefectInput(StrictInput):
    """A defect; with ``component`` a report within its warranty."""

    text = serializers.CharField(max_length=500)
    owner = serializers.CharField(max_length=80)
    found_on = serializers.DateField()
    due_on = serializers.DateField()
    component = serializers.CharField(max_length=40, required=False)


class ManagerInput(StrictInput):
    """Who manages a community of the project from a day on."""

    community = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=Manager.Mode.choices)
    name = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=30)
    since = serializers.DateField()
    until = serializers.DateField(required=False)
    paper = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=200, required=False)


class AftercareMixin:
    """Further addresses of a project. Reading asks for a key: names of units and managers are the offices' business until published."""

    get_object: Any
    get_for_change: Any
    parse: Any

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def acceptance(self, request: Request, uid: str) -> Response:
        """The acceptance: parties with who is missing, separate acceptances, defects, filing, warranty, spot checks."""
        return Response(_acceptance(acceptance_page(self._seen(request), today=today())))

    @extend_schema(request=SignatureInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], url_path="acceptance/signatures", pagination_class=None)
    def signatures(self, request: Request, uid: str) -> Response:
        """Enter a party's signature."""
        project = self.get_for_change()
        row = act.sign(
            by=_user(request), at=now(), today=today(), acceptance=_held(project), **self.parse(SignatureInput)
        )
        return Response(party_data(row), status=status.HTTP_201_CREATED)

    @extend_schema(request=DefectInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], url_path="acceptance/defects", pagination_class=None)
    def defects(self, request: Request, uid: str) -> Response:
        """Enter a defect, or a report within the warranty."""
        project = self.get_for_change()
        row = defects.add_defect(
            by=_user(request), at=now(), today=today(), acceptance=_held(project), **self.parse(DefectInput)
        )
        return Response(defect_data(row), status=status.HTTP_201_CREATED)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def aftercare(self, request: Request, uid: str) -> Response:
        """Managers with their history, handovers, archive, rules, meetings and lessons."""
        return Response(_aftercare(aftercare_page(self._seen(request))))

    @extend_schema(request=ManagerInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], url_path="aftercare/managers", pagination_class=None)
    def managers(self, request: Request, uid: str) -> Response:
        """Enter who manages a community; a second person checks it before it counts."""
        project = self.get_for_change()
        given = self.parse(ManagerInput)
        part = get_object_or_404(
            project.parts.select_related("community__division"), community__uid=given.pop("community")
        )
        row = later.set_manager(
            by=_user(request), at=now(), today=today(), project=project, community=part.community, **given
        )
        return Response(_manager(row), status=status.HTTP_201_CREATED)

    def _seen(self, request: Request) -> Project:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        project: Project = self.get_object()
        return project


def _user(request: Request) -> User:
    """Who acts; ``get_for_change`` has asked for a key."""
    assert isinstance(request.user, User)
    return request.user


def _held(project: Project) -> Acceptance:
    row = Acceptance.objects.filter(project=project).first()
    if row is None:
        raise Http404("acceptance")
    row.project = project
    return row


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def _acceptance(view: AcceptancePage) -> dict[str, Any]:
    row = view.row
    return {
        "uid": str(row.uid) if row else None, "held_on": _day(row and row.held_on), "passed_on": _day(row and row.passed_on),
        "conclusion": row.conclusion if row else "",
        "asked": [{"key": each.key, "label": each.label, "rule": citation(each.citation)} for each in view.asked],
        "missing": [each.key for each in view.missing],
        "parties": [party_data(party) for party in view.parties],
        "separate": [
            {
                "key": each.key, "label": each.label, "rule": citation(each.citation), "body": item.body if item else None,
                "passed_on": _day(item and item.passed_on), "checked": bool(item and item.checked_by_id),
            }
            for each, item in view.separate
        ],
        "defects": [defect_data(item) for item in view.defects],
        "filing": {
            "due_on": _day(view.filing and view.filing.due_on), "filed_on": _day(row and row.filed_on),
            "number": row.filing_number if row else "", "checked": bool(row and row.filing_checked_by_id),
            "rule": citation(view.filing.citation) if view.filing else None,
        },
        "warranty": [_part(part) for part in view.parts],
        "spot_checks": [{"on": _day(c.on), "body": c.body.name, "passed": c.passed, "findings": c.findings} for c in view.spot_checks],
        "deadlines": [duty_data(duty) for duty in view.duties],
    }  # fmt: skip


def party_data(row: Any) -> dict[str, Any]:
    """A signature as the interface prints it: the name is masked."""
    return {
        "uid": str(row.uid), "key": row.key, "label": row.label, "unit": row.unit, "signer": mask_name(row.signer),
        "signed_on": _day(row.signed_on), "agrees": row.agrees, "opinion": row.opinion,
    }  # fmt: skip


def defect_data(row: Defect) -> dict[str, Any]:
    """A defect or a claim as the interface prints it."""
    return {
        "uid": str(row.uid), "kind": row.kind, "component": row.component, "within_warranty": row.within, "text": row.text,
        "owner": row.owner, "found_on": _day(row.found_on), "due_on": _day(row.due_on), "state": row.state,
        "mended_on": _day(row.mended_on), "seen_on": _day(row.seen_on), "returns": row.returns,
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    return {
        "key": part.key, "label": part.label, "length": part.words, "ends_on": _day(part.ends_on), "wants": part.wants or None,
        "rule": citation(part.citation),
    }  # fmt: skip


def _manager(row: Manager) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "mode": row.mode, "name": row.name, "phone": row.phone, "since": _day(row.since), "until": _day(row.until),
        "ended_on": _day(row.ended_on), "paper": row.paper, "checked": row.checked_by_id is not None,
    }  # fmt: skip


def _handover(row: Handover) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "facility": row.facility, "giver": row.giver, "receiver_kind": row.receiver_kind, "receiver": row.receiver,
        "standard": row.standard, "on": _day(row.on), "checked": row.checked_by_id is not None,
    }  # fmt: skip


def _aftercare(view: AftercarePage) -> dict[str, Any]:
    archive = view.archive
    return {
        "communities": [
            {
                "uid": str(place.community.uid), "name": place.community.name, "manager": _manager(place.now) if place.now else None,
                "before": [_manager(row) for row in place.before],
            }
            for place in view.places
        ],
        "handovers": [_handover(row) for row in view.handovers],
        "archive": {
            "number": archive.number if archive else "", "closed": bool(archive and archive.checked_by_id),
            "missing": [key for key, _, paper in view.papers if paper is None],
        },
        "records": [
            {
                "uid": str(row.uid), "kind": row.kind, "community": row.community.name, "on": _day(row.on), "words": row.words,
                "bodies": row.bodies, "collection": row.collection, "use": row.use, "renewal": row.renewal,
                "checked": row.checked_by_id is not None,
            }
            for row in view.records
        ],
    }  # fmt: skip
