"""Base views: an app's api.py says which rows, which columns and which actions; everything else about HTTP is here.

Order of things in one request: caller known (a key within its scopes) · permission · rate · parameters known · (a change: transaction
opened, Idempotency-Key looked up, row locked, If-Match held against its version) · the app's action · ETag, 304, limits, caching.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from rest import copying, deprecation, etags, exports, fast, fields, house, idempotency
from rest.filters import StrictFilterBackend
from rest.pagination import UidCursorPagination
from rest.parameters import refuse_unknown
from rest.parsers import JSONParser
from rest.permissions import PublicRead
from rest.throttling import CallerRateThrottle

Row = TypeVar("Row", bound=models.Model)
_FORMAT = OpenApiParameter("format", str, enum=list(exports.FORMATS), default="jsonl", description="文件格式")


class ProblemView(APIView):
    """What every view of the interface does, with or without a table behind it."""

    permission_classes: Any = [PublicRead]
    throttle_classes = [CallerRateThrottle]
    #: Query parameters that a view takes beside its filters; a custom action names its own in ``@action(..., parameters=(...))``.
    parameters: tuple[str, ...] = ()
    changed_row: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After DRF's own checks: parameters; and a change runs in one transaction, once per Idempotency-Key."""
        try:
            super().initial(request, *args, **kwargs)
        except exceptions.AuthenticationFailed:
            self._count_failure(request)
            raise
        self.check_parameters(request)
        if request.method not in SAFE_METHODS:
            self._in_transaction(request)

    def check_parameters(self, request: Request) -> None:
        """Raise Invalid for a query parameter that this address does not take."""
        if not self.filters_rows():
            refuse_unknown(request, self.extra_parameters())

    def _count_failure(self, request: Request) -> None:
        """Guessed keys are counted against the address."""
        throttle = CallerRateThrottle()
        if not throttle.count(request._request, f"address:{house.address(request)}", house.setting("RATE_ANONYMOUS")):
            raise exceptions.Throttled(throttle.wait())

    def _in_transaction(self, request: Request) -> None:
        """Wrap the handler that DRF is about to look up."""
        name = str(request.method).lower()
        handler = getattr(self, name, None)
        if handler is None:
            return
        if name == "post":
            wrapped: Any = lambda request, *args, **kwargs: idempotency.once(  # noqa: E731
                request, partial(handler, request, *args, **kwargs)
            )
        else:
            wrapped = transaction.atomic(handler)
        setattr(self, name, wrapped)

    def filters_rows(self) -> bool:
        """Whether the filter backend checks the parameters of this request (it knows the filters)."""
        return False

    def extra_parameters(self) -> tuple[str, ...]:
        """Query parameters of this request that are not filters."""
        return self.parameters

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Headers that every answer carries, and its ETag once it is rendered."""
        response = super().finalize_response(request, response, *args, **kwargs)
        rate = getattr(getattr(request, "_request", request), "rate", None)
        for name, value in (rate.headers if rate else {}).items():
            response[name] = value
        for name, value in deprecation.headers(request.path, request.GET.get("fields")).items():
            response[name] = value
        known = getattr(request, "user", None) is not None and request.user.is_authenticated
        patch_vary_headers(response, ("Authorization", "Cookie"))
        response["Cache-Control"] = "private, no-cache" if known else "no-cache"
        if isinstance(response, Response) and response.exception is False:
            response.add_post_render_callback(lambda rendered: etags.finish(request, rendered, self.changed_row))
        return response

    def parse(self, serializer_class: type[serializers.BaseSerializer], **kwargs: Any) -> Any:
        """The validated body. Raises ValidationError (400), naming fields."""
        serializer = serializer_class(data=self.request.data, context={"request": self.request, "view": self}, **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class ReadViewSet(ProblemView, GenericViewSet):
    """Rows of a table by uid: ``visible_to(user)`` for those known, ``public()`` for everybody else.

    Set ``queryset``, ``serializer_class``, ``filterset_class`` or ``filterset_fields``, ``ordering_fields`` and ``default_ordering``.
    ``public_serializer_class`` shows fewer columns to those not known.
    """

    lookup_field = "uid"
    lookup_value_regex = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    filter_backends = [StrictFilterBackend]
    pagination_class = UidCursorPagination
    ordering_fields: tuple[str, ...] = ()
    default_ordering = "pk"
    public_serializer_class: type[serializers.BaseSerializer] | None = None
    #: Whether the rows depend on nothing but the caller's scope and the filters: their SQL is then compiled once (``rest.fast``).
    by_scope = False

    def filters_rows(self) -> bool:
        """Lists and exports."""
        return getattr(self, "action", None) in {"list", "export"}

    def extra_parameters(self) -> tuple[str, ...]:
        """``fields`` of a detail, ``format`` of an export, and what the view names."""
        own = {"retrieve": ("fields",), "export": ("format",)}.get(str(getattr(self, "action", "")), ())
        return (*self.parameters, *own)

    def get_queryset(self) -> Any:
        """Rows that the caller may see."""
        base: Any = super().get_queryset()
        user = getattr(self.request, "user", None)
        if getattr(self, "swagger_fake_view", False) or user is None:
            return base.none()
        return base.visible_to(user) if user.is_authenticated else self.public_rows(base)

    def public_rows(self, base: Any) -> Any:
        """Rows for those not known: ``public()`` of the queryset, nothing where the table has no public face."""
        return base.public() if hasattr(base, "public") else base.none()

    def get_serializer_class(self) -> Any:
        """The public columns for those not known, where they are fewer."""
        user = getattr(self.request, "user", None)
        if (
            self.public_serializer_class
            and not (user and user.is_authenticated)
            and not hasattr(self, "swagger_fake_view")
        ):
            return self.public_serializer_class
        return super().get_serializer_class()

    @property
    def shows_plainly(self) -> bool:
        """Whether what is shown is the serializer's alone."""
        return type(self).show is ReadViewSet.show

    def show(self, row: Any, *, many: bool = False) -> Any:
        """Data of a row (or rows) with the columns asked for."""
        serializer = self.get_serializer(row, many=many)
        if self.request.method in SAFE_METHODS:
            serializer = fields.select(serializer, self.request)
        return serializer.data

    def answer(self, row: Any, status: int = 200, *, location: str = "") -> Response:
        """A row after a change (or as it is), with the ETag of its version."""
        self.changed_row = row
        return Response(self.show(row), status=status, headers={"Location": location} if location else None)

    def get_object(self) -> Any:
        """The row of this address: 404 where it is foreign. Where it is to be changed, If-Match is held against it (428, 412), one
        request after the other; an action that locks rows in an order of its own reads it here and not by ``get_for_change``."""
        changing = self.request.method not in SAFE_METHODS
        if changing and "If-Match" in self.request.headers:
            etags.one_at_a_time(self.kwargs["uid"])
        row = super().get_object()
        if changing:
            etags.require_match(self.request, row)
        return row

    def get_row(self) -> Any:
        """The row of this address without its tag: after a change, or where the change is of a row below it that has a tag of its own."""
        return super().get_object()

    def get_for_change(self) -> Any:
        """The row of this address, locked, with If-Match held against its version (428, 412). 404 where it is foreign."""
        self.get_object()
        row = self.get_queryset().select_related(None).select_for_update(of=("self",)).get(uid=self.kwargs["uid"])
        etags.require_match(self.request, row)
        return row


class ListMixin(mixins.ListModelMixin):
    """``GET /<resource>/``."""

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """One page."""
        quick = fast.listed(self, request)
        if quick is not None:
            return quick
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.show(rows, many=True))  # type: ignore[no-any-return]


class DetailMixin(mixins.RetrieveModelMixin):
    """``GET /<resource>/<uid>/``."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """One row."""
        return fast.detail(self, request, self.kwargs["uid"]) or self.answer(self.get_object())


class ExportMixin:
    """``GET /<resource>/export/?format=jsonl|csv|xlsx``: the whole list with its filters, streamed."""

    @extend_schema(
        filters=True,
        parameters=[_FORMAT],
        responses={
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, exports.FORMATS["xlsx"]): OpenApiTypes.BINARY,
        },
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self: Any, request: Request) -> HttpResponseBase:
        """Every row of the list in the order of the primary key."""
        queryset, serializer = self.exported()
        format, name = exports.known(request.query_params.get("format")), queryset.model._meta.model_name
        copied = copying.statement(queryset, serializer, format) if self.shows_plainly else None
        if copied is not None:
            return exports.streamed(copying.chunks(copied), format, name)
        return exports.respond(self.rows_of(queryset, serializer), list(serializer.fields), format=format, name=name)

    def exported(self: Any) -> tuple[Any, Any]:
        """The rows of the list by primary key, and the serializer with the columns asked for. Raises Invalid."""
        queryset = self.filter_queryset(self.get_queryset()).order_by("pk")
        return queryset, fields.select(self.get_serializer(), self.request)

    def rows_of(self: Any, queryset: Any, serializer: Any) -> Iterator[dict[str, Any]]:
        """Row after row as the list shows them."""
        read = fast.exported(queryset, serializer) if self.shows_plainly else None
        return read or (serializer.to_representation(row) for row in stream(queryset))

    def perform_content_negotiation(self: Any, request: Request, force: bool = False) -> Any:
        """An export says its format in a parameter; Accept may ask for text/csv, which no renderer makes."""
        return super().perform_content_negotiation(request, force or self.action == "export")  # type: ignore[misc]


def stream(queryset: models.QuerySet[Row]) -> Iterator[Row]:
    """Rows one after the other, never all at once (server-side cursor on PostgreSQL)."""
    return queryset.iterator(chunk_size=2000 if connection.features.can_use_chunked_reads else 500)


class PublicReadViewSet(ListMixin, DetailMixin, ExportMixin, ReadViewSet):
    """A read-only resource that anyone may read: ``public()`` rows without a key, ``visible_to(user)`` with one."""


class ResourceViewSet(PublicReadViewSet):
    """A resource with changes: write them as ``create``, ``partial_update``, ``destroy`` or ``@action`` on ``get_for_change()``."""


class StaffViewSet(ListMixin, DetailMixin, ExportMixin, ReadViewSet):
    """A resource without a public face."""

    permission_classes = [IsAuthenticated]


__all__ = ["JSONParser", "ProblemView", "PublicReadViewSet", "ReadViewSet", "ResourceViewSet", "StaffViewSet", "stream"]
