"""Keyset pages ``{next, previous, results}``: each costs the same wherever it lies, and rows that come in between shift nothing."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q
from django.utils.encoding import force_str
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from policies.refusal import Invalid
from rest.filters import resolve
from rest.parameters import invalid

DEFAULT_SIZE = 100
LARGEST_SIZE = 500
#: Query parameters of a list below a row.
PAGES = ("cursor", "page_size")
_signer = Signer(salt="rest.cursor")
#: Parameters that may change from page to page.
_LOOSE = {"cursor", "page_size", "fields"}


def page_size(request: Request) -> int:
    """``page_size`` of the request, 1–500. Raises Invalid."""
    text = request.query_params.get("page_size")
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= LARGEST_SIZE):
        raise invalid("page_size", f"须为 1–{LARGEST_SIZE} 的整数")
    return int(text)


def fingerprint(request: Request, more: str = "") -> str:
    """What a cursor is bound to: the address and everything that picks or orders its rows."""
    said = sorted((name, values) for name, values in request.query_params.lists() if name not in _LOOSE)
    return hashlib.blake2b(json.dumps([request.path, said, more]).encode(), digest_size=9).hexdigest()


def pack(direction: str, place: list[Any], bound_to: str) -> str:
    """An opaque cursor."""
    return _signer.sign_object([direction, place, bound_to], compress=True)


def unpack(request: Request, bound_to: str) -> tuple[str, list[Any]] | None:
    """Direction and place of the request's cursor; None on the first page. Raises Invalid for a forged or a foreign one."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        direction, place, made_for = _signer.unsign_object(text)
    except (BadSignature, ValueError, TypeError) as error:
        raise _bad("游标无效，请从第一页重新开始") from error
    if made_for != bound_to:
        raise _bad("游标属于另一个列表（筛选或排序不同），请从第一页重新开始")
    return direction, place


def _bad(reason: str) -> Invalid:
    return Invalid(f"{reason}。", code="invalid_cursor", errors={"cursor": [reason]})


class _Paged(BasePagination):
    """What both kinds of pages share."""

    request: Request
    bound_to: str
    forth: str | None = None
    back: str | None = None

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def get_paginated_response(self, data: Any) -> Response:
        """The page."""
        return Response(self.body(data))

    def body(self, results: Any) -> dict[str, Any]:
        """What a page says."""
        return {"next": self._link(self.forth), "previous": self._link(self.back), "results": results}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """OpenAPI of the page."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """OpenAPI of the parameters."""
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        found: list[dict[str, Any]] = [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "next 或 previous 中给出的游标",
            },
            {"name": "page_size", "in": "query", "schema": size, "description": "每页行数"},
        ]
        allowed = orderings(view)
        if allowed and not getattr(view, "detail", False):
            found.append(
                {
                    "name": "ordering",
                    "in": "query",
                    "schema": {"type": "string", "enum": allowed},
                    "description": "排序",
                }
            )
        return found


def orderings(view: Any) -> list[str]:
    """Values that ``ordering`` takes: each of the view's ``ordering_fields``, up and down."""
    names = getattr(view, "ordering_fields", None) or ()
    return [f"{sign}{name}" for name in names for sign in ("", "-")]


@lru_cache(maxsize=512)
def _described(model: type[Model], path: str) -> tuple[Any, bool, bool]:
    """The field that a list is ordered by, whether it is the primary key, and whether it may be empty."""
    field = resolve(model, path)
    parts = path.split("__")
    nullable = any(resolve(model, "__".join(parts[: end + 1])).null for end in range(len(parts)))
    return field, bool(field.primary_key) and "__" not in path, nullable


class UidCursorPagination(_Paged):
    """Pages of a queryset by (ordering, primary key). Empty values of the ordering come last, whichever way it runs."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page. Raises Invalid."""
        self.begin(queryset.model, request, view)
        return self.finish(list(self.window(queryset, *self.place)), self._place)

    def begin(self, model: type[Model], request: Request, view: Any) -> None:
        """Read what the request asks for: size, ordering, cursor. Raises Invalid."""
        self.request = request
        self.size = page_size(request)
        self._order(model, view)
        self.bound_to = fingerprint(request, self.ordering)
        cursor = unpack(request, self.bound_to)
        self.continues = cursor is not None
        self.backwards = cursor is not None and cursor[0] == "b"
        self.place = self._read_place(model, cursor[1]) if cursor is not None else (None, None)

    @property
    def shape(self) -> tuple[Any, ...]:
        """All that decides the text of the query, values left out."""
        return self.ordering, self.size, self.continues, self.backwards, self.place[0] is None

    def window(self, queryset: Any, value: Any, pk: Any) -> Any:
        """The rows of the page and one more, in the order in which they are read; ``value`` and ``pk`` are the place of the cursor."""
        rows = queryset.filter(self._beyond(value, pk)) if self.continues else queryset
        return rows.order_by(*self._terms(self.backwards))[: self.size + 1]

    def finish(self, rows: Sequence[Any], place_of: Callable[[Any], list[Any]]) -> list[Any]:
        """The page of what ``window`` read, in order, with its two cursors noted."""
        more, page = len(rows) > self.size, list(rows[: self.size])
        if self.backwards:
            page.reverse()
        if page and (more or self.backwards):
            self.forth = pack("f", place_of(page[-1]), self.bound_to)
        if page and self.continues and (more or not self.backwards):
            self.back = pack("b", place_of(page[0]), self.bound_to)
        return page

    def _order(self, model: type[Model], view: Any) -> None:
        asked = self.request.query_params.get("ordering")
        allowed = orderings(view)
        if asked is not None and asked not in allowed:
            raise invalid("ordering", f"只能是 {'、'.join(allowed) or '（本列表不能排序）'}")
        self.ordering: str = asked or getattr(view, "default_ordering", None) or "pk"
        self.descending = self.ordering.startswith("-")
        self.path = self.ordering.removeprefix("-")
        self.field, self.alone, self.nullable = _described(model, self.path)

    def _terms(self, backwards: bool) -> list[Any]:
        down = self.descending != backwards
        last = {} if not self.nullable else {"nulls_first": True} if backwards else {"nulls_last": True}
        first = F(self.path).desc(**last) if down else F(self.path).asc(**last)
        return [first] if self.alone else [first, "-pk" if down else "pk"]

    def _read_place(self, model: type[Model], place: list[Any]) -> tuple[Any, Any]:
        try:
            value = None if place[0] is None else self.field.to_python(place[0])
            return value, None if self.alone else model._meta.pk.to_python(place[1])
        except (ValidationError, IndexError) as error:
            raise _bad("游标无效，请从第一页重新开始") from error

    def _beyond(self, value: Any, pk: Any) -> Q:
        """Rows after the place (before it where the page runs backwards). The redundant ``>=`` lets the index find the start."""
        backwards = self.backwards
        beyond = "lt" if self.descending != backwards else "gt"
        if self.alone:
            return Q(**{f"{self.path}__{beyond}": value})
        tie = Q(**{f"pk__{beyond}": pk})
        if value is None:
            same = Q(**{f"{self.path}__isnull": True}) & tie
            return same | Q(**{f"{self.path}__isnull": False}) if backwards else same
        further = Q(**{f"{self.path}__{beyond}e": value}) & (Q(**{f"{self.path}__{beyond}": value}) | tie)
        return further | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backwards else further

    def _place(self, row: Any) -> list[Any]:
        value = row
        for part in self.path.split("__"):
            value = None if value is None else getattr(value, part)
        return self.told(value, row.pk)

    def told(self, value: Any, pk: Any) -> list[Any]:
        """A place as a cursor holds it."""
        text = value.isoformat() if hasattr(value, "isoformat") else value
        return [None if text is None else force_str(text), *([] if self.alone else [force_str(pk)])]


class SequencePagination(_Paged):
    """Pages of something held in memory (rules of a rulebook). A cursor is bound to ``revision`` too: a new one starts again."""

    def paginate(self, rows: Sequence[Any], request: Request, *, revision: str = "") -> list[Any]:
        """The rows of the page. Raises Invalid."""
        self.request = request
        size = page_size(request)
        self.bound_to = fingerprint(request, revision)
        cursor = unpack(request, self.bound_to)
        start = int(cursor[1][0]) if cursor else 0
        if start + size < len(rows):
            self.forth = pack("f", [start + size], self.bound_to)
        if start > 0:
            self.back = pack("f", [max(0, start - size)], self.bound_to)
        return list(rows[start : start + size])
