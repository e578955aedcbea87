"""What stands before the start of the works, over the interface: one answer with everything, and its entries and checks."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from projects.actions import permits as actions
from projects.api import serializers as shown
from projects.api.plans import UID
from projects.models import ContractMode, Party, Permit
from projects.queries.permits import PermitsPage, facts_words, permits_page
from projects.rules.parties import METHODS, MODES, ROLES
from projects.rules.permits import FACT_LABELS
from rest.serializers import StrictInput


class EntryInput(StrictInput):
    """Number and day of an entry."""

    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    day = serializers.DateField()


class PermitInput(EntryInput):
    """A permit or paper; ``evidence`` and ``key`` as the list of what is asked for names them."""

    evidence = serializers.CharField(max_length=40)
    key = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    issuer = serializers.CharField(max_length=80)


class PartyInput(EntryInput):
    """A unit with its procurement."""

    role = serializers.ChoiceField(choices=list(ROLES.items()))
    name = serializers.CharField(max_length=80)
    credit_code = serializers.CharField(max_length=18)
    method = serializers.ChoiceField(choices=list(METHODS.items()))
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")


class ModeInput(EntryInput):
    """How the contract is let."""

    mode = serializers.ChoiceField(choices=list(MODES.items()))
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class FactsInput(StrictInput):
    """All facts, yes or no each."""

    facts = serializers.DictField(child=serializers.BooleanField())


class StartPapers:
    """Routes of a project's permits, parties and contract mode."""

    @extend_schema(methods=["get"], responses=OpenApiTypes.OBJECT)
    @extend_schema(methods=["post"], request=PermitInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def permits(self: Any, request: Request, uid: str) -> Response:
        """Everything that the start of the works asks for, with its clauses; enter a permit or paper."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        project = self.get_object()
        if request.method in SAFE_METHODS:
            return Response(_page(permits_page(project, day=today())))
        row = actions.enter_permit(
            by=request.user, at=now(), today=today(), project=project, **self.parse(PermitInput)
        )  # fmt: skip
        return Response(_entry(row), status=201)

    @extend_schema(request=FactsInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], pagination_class=None, url_path="permit-facts")
    def permit_facts(self: Any, request: Request, uid: str) -> Response:
        """State the facts from which the permits needed and waived follow."""
        project = self.get_object()
        row = actions.state_facts(by=request.user, at=now(), project=project, **self.parse(FactsInput))  # type: ignore[arg-type]
        return Response(facts_words(row), status=201)

    @extend_schema(request=PartyInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], pagination_class=None)
    def parties(self: Any, request: Request, uid: str) -> Response:
        """Enter a unit with the record of its procurement."""
        project = self.get_object()
        row = actions.enter_party(
            by=request.user, at=now(), today=today(), project=project, **self.parse(PartyInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(_entry(row), status=201)

    @extend_schema(request=ModeInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], pagination_class=None, url_path="contract-mode")
    def contract_mode(self: Any, request: Request, uid: str) -> Response:
        """Enter how the contract is let."""
        project = self.get_object()
        row = actions.enter_mode(
            by=request.user, at=now(), today=today(), project=project, **self.parse(ModeInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(_entry(row), status=201)

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"], url_path=rf"permits/(?P<entry>{UID})/check", pagination_class=None)
    def check_permit(self: Any, request: Request, uid: str, entry: str) -> Response:
        """A second person has held the entry against its paper."""
        project = self.get_object()
        for model in (Permit, Party, ContractMode):
            row: Any = model._default_manager.filter(project=project, uid=entry).select_related("project").first()
            if row is not None:
                return Response(_entry(actions.check_entry(by=request.user, at=now(), entry=row)))  # type: ignore[arg-type]
        raise NotFound


def _entry(row: Permit | Party | ContractMode | None) -> dict[str, Any] | None:
    """An entry with who entered and checked it."""
    if row is None:
        return None
    own = ("evidence", "key", "issuer", "role", "name", "credit_code", "method", "mode", "reason", "phone")
    return {
        "uid": str(row.uid), **{name: getattr(row, name) for name in own if hasattr(row, name)}, "number": row.number,
        "day": row.day.isoformat(), "entered_by": str(row.entered_by), "entered_at": row.entered_at.isoformat(),
        "checked_by": str(row.checked_by) if row.checked_by else None,
        "checked_at": row.checked_at.isoformat() if row.checked_at else None,
    }  # fmt: skip


def _page(view: PermitsPage) -> dict[str, Any]:
    return {
        "against": view.against,
        "gates": [shown.gate_data(gate) for gate in view.gates],
        "papers": [
            {
                "evidence": row.demand.evidence, "key": row.demand.key, "label": row.demand.label,
                "rule": shown.citation(row.demand.citation), "there": row.state == "done", "entry": _entry(row.entry),
            }
            for row in view.rows
        ],
        "facts": {key: getattr(view.facts, key) for key in FACT_LABELS} if view.facts else None,
        "permits": [
            {"permit": row.key, "label": row.label, "waived": row.waived, "words": row.words, "entry": _entry(row.entry)}
            for row in view.permits
        ],
        "permits_rule": shown.citation(view.waiver_citation),
        "blocked": [{"text": item.text, "missing": item.missing} for item in view.blocked],
        "parties": [
            {"role": row.role, "label": row.label, "rule": shown.citation(row.citation), "entry": _entry(row.entry)}
            for row in view.parties
        ],
        "contract_mode": {"rule": shown.citation(view.mode_citation), "entry": _entry(view.mode)},
    }  # fmt: skip
