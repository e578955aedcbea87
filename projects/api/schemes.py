"""``projects/<uid>/scheme``: the draft with its lines, checks, fixed versions and their difference, review, table."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.encoding import escape_uri_path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from communities.models import Building, Community
from funding.rules.money import yuan
from funding.rules.shares import SOURCE_LABELS
from offices.clock import now, today
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Invalid
from projects.actions import scheme_items, schemes
from projects.api.serializers import citation
from projects.models import Project, Scheme, SchemeItem, SchemeVersion
from projects.papers.scheme_table import title, workbook
from projects.queries.public_schemes import public_version
from projects.queries.schemes import SchemePage, scheme_page
from projects.rules import scheme as rules
from projects.rules.scheme import FACILITIES, FACILITY_OWNERS, KEEPERS, RENEWERS
from projects.rules.scheme_difference import Difference, difference
from projects.rules.scheme_items import Check
from projects.rules.schemes import reply_to
from projects.schemes import version_value
from rest import etags
from rest.schema import ROWS
from rest.serializers import HundredthsField, StrictInput

UID = "[0-9a-f-]{36}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PayerInput(StrictInput):
    """Who pays how much; without an amount the rest."""

    kind = serializers.ChoiceField(choices=list(SOURCE_LABELS.items()))
    amount = HundredthsField(required=False, allow_null=True, default=None)


class ItemInput(StrictInput):
    """A line: ``catalogue_key`` of the place's catalogue, or ``name``, ``item_class`` and ``reason`` beside it."""

    catalogue_key = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name = serializers.CharField(max_length=80, required=False)
    item_class = serializers.CharField(max_length=40, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    community = serializers.UUIDField(required=False, allow_null=True)
    building = serializers.UUIDField(required=False, allow_null=True)
    quantity = serializers.CharField(max_length=20, required=False, help_text="最多三位小数的文本，如 120.5")
    unit = serializers.CharField(max_length=12, required=False)
    unit_price = HundredthsField(required=False)
    payers = PayerInput(many=True, required=False)
    means = serializers.CharField(max_length=10, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    facility = serializers.ChoiceField(choices=list(FACILITIES), required=False, allow_blank=True)
    facility_owner = serializers.ChoiceField(choices=list(FACILITY_OWNERS), required=False, allow_blank=True)
    renewed_by = serializers.ChoiceField(choices=list(RENEWERS), required=False, allow_blank=True)
    kept_by = serializers.ChoiceField(choices=list(KEEPERS), required=False, allow_blank=True)
    in_step = serializers.BooleanField(required=False)


class SchemeChange(StrictInput):
    """The owners' ratio in per cent, and the texts."""

    owner_ratio = HundredthsField(required=False, allow_null=True)
    central_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    residents_funding = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    management = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class VersionInput(StrictInput):
    """What was changed (from the second version on)."""

    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReplyInput(StrictInput):
    """What the scheme says to a hazard or a wish: the line that takes it up, or why none does."""

    key = serializers.CharField(max_length=120)
    item = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RepliesInput(StrictInput):
    """Several replies at once."""

    replies = ReplyInput(many=True)


def item_data(item: rules.Item) -> dict[str, Any]:
    """A line as text values."""
    facility = item.facility
    return {
        "uid": item.uid, "name": item.name, "listed": item.listed, "class": item.item_class, "group": item.group, "clause": item.clause,
        "five": item.five, "community": item.community, "building": item.building, "quantity": quantity_data(item.quantity),
        "unit": item.unit,
        "unit_price": yuan(item.unit_price), "amount": yuan(item.amount),
        "payers": [{"kind": kind, "label": SOURCE_LABELS[kind], "amount": yuan(part)} for kind, part in item.payers.items()],
        "reason": item.reason, "means": item.means, "note": item.note,
        "facility": None if facility is None else {
            "kind": facility.kind, "owner": facility.owner, "renewed_by": facility.renewed_by, "kept_by": facility.kept_by,
            "in_step": facility.in_step,
        },
    }  # fmt: skip


def quantity_data(thousandths: int) -> str:
    """12500 as 12.500."""
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def value_data(value: rules.Scheme) -> dict[str, Any]:
    """A scheme as text values."""
    return {
        "total": yuan(value.total),
        "by_class": [{"class": key, "amount": yuan(amount)} for key, amount in rules.sums_by_class(value).items()],
        "by_payer": [
            {"kind": kind, "label": SOURCE_LABELS[kind], "amount": yuan(amount)}
            for kind, amount in rules.sums_by_payer(value.items).items()
        ],
        "items": [item_data(item) for item in value.items],
    }


def check_data(check: Check) -> dict[str, Any]:
    """A check with its clause."""
    return {
        "rule": citation(check.citation), "outcome": check.outcome, "blocks": check.blocks, "text": check.text, "missing": check.missing,
        "about": list(check.about),
    }  # fmt: skip


def version_data(row: SchemeVersion) -> dict[str, Any]:
    """A fixed version without its content."""
    return {"number": row.number, "sha256": row.content_hash, "note": row.note, "at": row.at.isoformat()}


def difference_data(found: Difference) -> dict[str, Any]:
    """A difference as text values."""
    return {
        "before": yuan(found.before), "after": yuan(found.after),
        "rows": [
            {
                "kind": row.kind, "item": item_data(row.item),
                "changes": [{"part": c.part, "label": c.label, "before": c.before, "after": c.after} for c in row.cells],
            }
            for row in found.rows
        ],
        "texts": [{"part": c.part, "label": c.label, "before": c.before, "after": c.after} for c in found.texts],
    }  # fmt: skip


class SchemeMixin:
    """Actions of a project's scheme. A change needs If-Match of the scheme (of the line, where a line is changed)."""

    def _scheme(self: Any, request: Request) -> Scheme:
        """The scheme for someone known. 404 where the project is foreign or has none."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        project: Project = self.get_row()
        return get_object_or_404(Scheme.objects.select_related("project", "division", "current"), project=project)

    def perform_content_negotiation(self: Any, request: Any, force: bool = False) -> Any:
        """The table is a sheet, whatever Accept says."""
        return super().perform_content_negotiation(request, force or self.action in {"scheme_table", "scheme_file"})  # type: ignore[misc]

    def _held(self: Any, request: Request) -> Scheme:
        """The same, with If-Match held against its version."""
        row: Scheme = self._scheme(request)
        etags.require_match(request, row)
        return row

    def _page(self: Any, row: Scheme) -> SchemePage:
        return scheme_page(row, layers=layers_of(row.division), day=today())

    def _answer(self: Any, row: Scheme, status: int = 200) -> Response:
        fresh = Scheme.objects.select_related("project", "division", "current").get(pk=row.pk)
        view = self._page(fresh)
        self.changed_row = fresh
        ratio = None if fresh.owner_ratio is None else f"{fresh.owner_ratio:.2f}"
        data = {
            "uid": str(fresh.uid), "version": fresh.version, "fixed": fresh.current.number if fresh.current else None, "owner_ratio": ratio,
            "central_reason": fresh.central_reason, "residents_funding": fresh.residents_funding, "management": fresh.management,
            **value_data(view.value), "blocking": len(view.blocking),
        }  # fmt: skip
        return Response(data, status=status)

    @extend_schema(methods=["get"], responses=OpenApiTypes.OBJECT)
    @extend_schema(methods=["post"], request=None, responses={201: OpenApiTypes.OBJECT})
    @extend_schema(methods=["patch"], request=SchemeChange, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get", "post", "patch"], pagination_class=None)
    def scheme(self: Any, request: Request, uid: str) -> Response:
        """The draft with lines and sums (without a key: the published version); POST begins one, PATCH changes its texts."""
        if request.method in SAFE_METHODS and not request.user.is_authenticated:
            version = public_version(self.get_object())
            if version is None:
                raise NotFound
            return Response({**version_data(version), **value_data(version_value(version.content))})
        if request.method == "POST":
            project = self.get_for_change()
            return self._answer(schemes.open_scheme(by=cast(User, request.user), at=now(), project=project), 201)  # type: ignore[no-any-return]
        if request.method in SAFE_METHODS:
            return self._answer(self._scheme(request))  # type: ignore[no-any-return]
        row = self._held(request)
        changes = self.parse(SchemeChange)
        schemes.describe_scheme(
            by=cast(User, request.user), at=now(), scheme=row, changes=changes, expected_version=row.version
        )
        return self._answer(row)  # type: ignore[no-any-return]

    @extend_schema(methods=["get"], operation_id="projects_scheme_items_list", responses={200: ROWS})
    @extend_schema(methods=["post"], request=ItemInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get", "post"], url_path="scheme/items", pagination_class=None)
    def scheme_items(self: Any, request: Request, uid: str) -> Response:
        """Lines in order; add one (If-Match of the scheme)."""
        if request.method in SAFE_METHODS:
            return Response([item_data(item) for item in self._page(self._scheme(request)).value.items])
        row = self._held(request)
        values = _values(self.parse(ItemInput))
        line = scheme_items.add_item(
            by=cast(User, request.user),
            at=now(),
            today=today(),
            scheme=row,
            values=values,
            expected_version=row.version,
        )
        return self._line(line, 201)  # type: ignore[no-any-return]

    def _line(self: Any, line: SchemeItem, status: int = 200) -> Response:
        self.changed_row = line
        found = next(item for item in self._page(line.scheme).value.items if item.uid == str(line.uid))
        return Response({**item_data(found), "version": line.version}, status=status)

    @extend_schema(methods=["get"], responses=OpenApiTypes.OBJECT)
    @extend_schema(methods=["patch"], request=ItemInput, responses=OpenApiTypes.OBJECT)
    @extend_schema(methods=["delete"], responses={204: None})
    @action(
        detail=True,
        methods=["get", "patch", "delete"],
        url_path=rf"scheme/items/(?P<item>{UID})",
        pagination_class=None,
    )
    def scheme_item(self: Any, request: Request, uid: str, item: str) -> Response:
        """One line; change or take it out (If-Match of the line)."""
        scheme = self._scheme(request)
        lines = SchemeItem.objects.select_related("scheme__project", "scheme__division")
        row = get_object_or_404(lines, scheme=scheme, uid=item)
        if request.method in SAFE_METHODS:
            return self._line(row)  # type: ignore[no-any-return]
        etags.require_match(request, row)
        if request.method == "DELETE":
            scheme_items.remove_item(by=cast(User, request.user), at=now(), item=row, expected_version=row.version)
            return Response(status=204)
        values = _values(self.parse(ItemInput))
        changed = scheme_items.change_item(
            by=cast(User, request.user), at=now(), today=today(), item=row, values=values, expected_version=row.version
        )
        return self._line(changed)  # type: ignore[no-any-return]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, url_path="scheme/checks", pagination_class=None)
    def scheme_checks(self: Any, request: Request, uid: str) -> Response:
        """The draft held against the place's documents, each check with its clause."""
        view: SchemePage = self._page(self._scheme(request))
        return Response({"blocking": len(view.blocking), "checks": [check_data(check) for check in view.checks]})

    @extend_schema(methods=["get"], responses={200: ROWS})
    @extend_schema(methods=["put"], request=RepliesInput, responses={200: ROWS})
    @action(detail=True, methods=["get", "put"], url_path="scheme/replies", pagination_class=None)
    def scheme_replies(self: Any, request: Request, uid: str) -> Response:
        """Hazards and wishes with what the scheme says to each; PUT says it (If-Match of the scheme)."""
        row = self._scheme(request)
        if request.method == "PUT":
            row = self._held(request)
            replies = [
                {**reply, "item": str(reply["item"]) if reply.get("item") else ""}
                for reply in self.parse(RepliesInput)["replies"]
            ]
            schemes.answer_needs(
                by=cast(User, request.user), at=now(), scheme=row, replies=replies, expected_version=row.version
            )
        view: SchemePage = self._page(row)
        rows = [(need, reply_to(view.value, need)) for need in view.value.needs]
        return Response(
            [
                {
                    "key": need.key, "words": need.words, "hazard": need.hazard, "strong": need.strong, "basic": need.basic,
                    "item": reply.item or None if reply else None, "reason": reply.reason if reply else "",
                }
                for need, reply in rows
            ]
        )  # fmt: skip

    @extend_schema(methods=["get"], operation_id="projects_scheme_versions_list", responses={200: ROWS})
    @extend_schema(methods=["post"], request=VersionInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get", "post"], url_path="scheme/versions", pagination_class=None)
    def scheme_versions(self: Any, request: Request, uid: str) -> Response:
        """Fixed versions; POST fixes the draft (If-Match of the scheme). What stands against it: 409 ``rule`` with clauses."""
        row = self._scheme(request)
        if request.method in SAFE_METHODS:
            return Response([version_data(version) for version in row.versions.defer("content").order_by("-number")])
        row = self._held(request)
        note = self.parse(VersionInput)["note"]
        version = schemes.fix_version(
            by=cast(User, request.user), at=now(), today=today(), scheme=row, note=note, expected_version=row.version
        )  # fmt: skip
        return Response(version_data(version), status=201)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, url_path=r"scheme/versions/(?P<number>[0-9]{1,4})", pagination_class=None)
    def scheme_version(self: Any, request: Request, uid: str, number: str) -> Response:
        """One fixed version with its content."""
        version = self._version(self._scheme(request), number)
        return Response({**version_data(version), **value_data(version_value(version.content))})

    def _version(self: Any, row: Scheme, number: str | None) -> SchemeVersion:
        known = bool(number) and str(number).isascii() and str(number).isdigit() and len(str(number)) < 5
        version = row.versions.filter(number=int(str(number))).first() if known else None
        if version is None:
            raise NotFound
        return version

    @extend_schema(
        parameters=[OpenApiParameter("from", int, required=True), OpenApiParameter("to", int, required=True)],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True, url_path="scheme/difference", pagination_class=None, parameters=("from", "to"))
    def scheme_difference(self: Any, request: Request, uid: str) -> Response:
        """What differs between two fixed versions: ``?from=1&to=2``."""
        row = self._scheme(request)
        one, two = (self._version(row, request.query_params.get(name)) for name in ("from", "to"))
        return Response(difference_data(difference(version_value(one.content), version_value(two.content))))

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"], url_path="scheme/submit", pagination_class=None)
    def scheme_submit(self: Any, request: Request, uid: str) -> Response:
        """Put the latest fixed version to its review (If-Match of the scheme)."""
        row = self._held(request)
        case = schemes.submit_scheme(
            by=cast(User, request.user), at=now(), today=today(), scheme=row, expected_version=row.version
        )
        return Response({"case": str(case.uid), "state": case.state})

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, url_path="scheme/table", pagination_class=None)
    def scheme_table(self: Any, request: Request, uid: str) -> HttpResponse:
        """The lines of the draft as XLSX."""
        row = self._scheme(request)
        name = title(row.project.name, None)
        response = HttpResponse(workbook(name, row.division.name, self._page(row).value), content_type=XLSX)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(name)}.xlsx"
        return response


def _values(data: dict[str, Any]) -> dict[str, Any]:
    """Rows for uids, payers as pairs. Raises Invalid for a place that does not exist (its own project is the action's question)."""
    values = dict(data)
    if "payers" in values:
        values["payers"] = [(payer["kind"], payer["amount"]) for payer in values["payers"]]
    for name, model in (("community", Community), ("building", Building)):
        if values.get(name):
            uid: UUID = values[name]
            values[name] = model._default_manager.filter(uid=uid).first()
            if values[name] is None:
                raise Invalid("没有这个地方", errors={name: ["不是本项目的小区或楼栋"]})
    return values
