"""``rulebooks`` and ``rules``: the documents that govern, as data with clause and quote."""

from typing import Any, get_args

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from offices.clock import today
from offices.rulebooks import library
from policies.kinds import KINDS
from policies.model import STRENGTH_LABELS, TOPIC_LABELS, Level, Provision, Rulebook
from renovation.api import serializers as shown
from rest import fields
from rest.pagination import SequencePagination
from rest.parameters import choice, day, invalid
from rest.views import ProblemView

LEVELS = list(get_args(Level))
KIND_NAMES, TOPICS, STRENGTHS = list(KINDS), list(TOPIC_LABELS), list(STRENGTH_LABELS)
PAGES = ("cursor", "page_size", "fields")


class RulebookView(ViewSetMixin, ProblemView):
    """Shared by resources that are read from the library of rulebooks instead of a table."""

    pagination_class = SequencePagination
    filters: tuple[str, ...] = ()

    def extra_parameters(self) -> tuple[str, ...]:
        """Filters and pages of a list, columns of a detail."""
        own = {"list": (*self.filters, *PAGES), "retrieve": ("fields",)}.get(self.action or "", ())
        return (*self.parameters, *own)

    def page(self, rows: list[Any], serializer_class: Any) -> Response:
        """One page of ``rows``."""
        pages = SequencePagination()
        revision = "+".join(book.revision for book in library())
        found = pages.paginate(rows, self.request, revision=revision)
        return pages.get_paginated_response(self.select(serializer_class(found, many=True)).data)

    def select(self, serializer: Any) -> Any:
        """Keep the columns asked for."""
        return fields.select(serializer, self.request)


def book_of(place: str) -> Rulebook:
    """The rulebook of a place, or 404."""
    found = next((book for book in library() if book.document.place == place), None)
    if found is None:
        raise NotFound
    return found


def _query(name: str, description: str, **kwargs: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, **kwargs)


FIELDS = _query("fields", "只取这些列，逗号分隔")


class RulebookViewSet(RulebookView):
    """各地文件：元数据、上下层次、未收录的附件与引用文件。"""

    lookup_field = "place"
    lookup_value_regex = "[a-z][a-z0-9_]*"
    filters = ("level",)

    @extend_schema(
        operation_id="rulebooks_list",
        parameters=[_query("level", "层级", enum=LEVELS), FIELDS],
        responses=shown.RulebookSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """All rulebooks."""
        level = choice(request, "level", LEVELS)
        return self.page([b for b in library() if level in (None, b.document.level)], shown.RulebookSerializer)

    @extend_schema(parameters=[FIELDS], responses=shown.RulebookDetailSerializer)
    def retrieve(self, request: Request, place: str) -> Response:
        """One rulebook."""
        book = book_of(place)
        row = shown.BookRow(
            book.document, book.revision, tuple(rule.id for rule in book.rules), library().layers(place).books
        )
        return Response(self.select(shown.RulebookDetailSerializer(row)).data)

    @extend_schema(responses=shown.CatalogueSerializer)
    @action(detail=True)
    def catalogue(self, request: Request, place: str) -> Response:
        """改造内容 item by item; 404 where the document has none."""
        found = book_of(place).catalogue
        if found is None:
            raise NotFound
        return Response(shown.CatalogueSerializer({"place": place, **_members(found)}).data)

    @extend_schema(responses=shown.DutiesSerializer)
    @action(detail=True)
    def bodies(self, request: Request, place: str) -> Response:
        """职责 of each body; 404 where the document names none."""
        found = book_of(place).bodies
        if found is None:
            raise NotFound
        return Response(shown.DutiesSerializer({"place": place, **_members(found)}).data)


def _members(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).model_fields}


class RuleViewSet(RulebookView):
    """规则登记表：每条规则的条款、原文、强度与参数。"""

    lookup_field = "id"
    lookup_value_regex = r"[A-Z]{1,4}-\d{2}"
    filters = ("place", "topic", "strength", "kind", "id", "in_force_on")

    @extend_schema(
        operation_id="rules_list",
        parameters=[
            _query("place", "规则库"),
            _query("topic", "主题", enum=TOPICS),
            _query("strength", "强度：至少一条规定具有", enum=STRENGTHS),
            _query("kind", "问题类别：至少一条规定回答", enum=KIND_NAMES),
            _query("id", "规则编号"),
            OpenApiParameter(
                "in_force_on", {"type": "string", "format": "date"}, description="至少一条规定在这一天有效"
            ),
            FIELDS,
        ],
        responses=shown.RuleSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Rules that match, place by place in the order of the documents."""
        place = choice(request, "place", [book.document.place for book in library()])
        topic = choice(request, "topic", TOPIC_LABELS)
        asked = _Asked(request)
        rows = [
            shown.RuleRow(book, rule)
            for book in library()
            if place in (None, book.document.place)
            for rule in book.rules
            if topic in (None, rule.topic)
            and request.query_params.get("id") in (None, rule.id)
            and any(map(asked.by, rule.provisions))
        ]
        return self.page(rows, shown.RuleSerializer)

    @extend_schema(parameters=[_query("place", "规则库（编号相同时）"), FIELDS], responses=shown.RuleSerializer)
    def retrieve(self, request: Request, id: str) -> Response:
        """One rule."""
        place = request.query_params.get("place")
        for book in library():
            rule = book.rule(id)
            if rule is not None and place in (None, book.document.place):
                return Response(self.select(shown.RuleSerializer(shown.RuleRow(book, rule))).data)
        raise NotFound

    def extra_parameters(self) -> tuple[str, ...]:
        """``place`` tells apart rules of the same id."""
        return (*super().extra_parameters(), "place") if self.action == "retrieve" else super().extra_parameters()

    @extend_schema(
        parameters=[
            _query("left", "规则库", required=True),
            _query("right", "规则库", required=True),
            _query("kind", "只比较这个类别", enum=KIND_NAMES),
            OpenApiParameter("day", {"type": "string", "format": "date"}, description="哪一天有效的规定；缺省为今天"),
        ],
        responses=shown.ComparisonSerializer(many=True),
        filters=False,
    )
    @action(detail=False, parameters=("left", "right", "kind", "day"), pagination_class=None)
    def compare(self, request: Request) -> Response:
        """What governs each kind of question in two places, with all that lies over them."""
        places = [book.document.place for book in library()]
        sides = []
        for name in ("left", "right"):
            place = choice(request, name, places)
            if place is None:
                raise invalid(name, f"必填；可用：{'、'.join(places)}")
            sides.append(library().layers(place))
        kind = choice(request, "kind", KINDS)
        on = day(request, "day") or today()
        rows = []
        for name in [kind] if kind else KINDS:
            left, right = (side.governing(name, on) for side in sides)
            if left or right:
                rows.append({
                    "kind": name,
                    "left": shown.GoverningSerializer.of(left),
                    "right": shown.GoverningSerializer.of(right),
                    "same": _meaning(left) == _meaning(right),
                })  # fmt: skip
        return Response(shown.ComparisonSerializer(rows, many=True).data)


def _meaning(provisions: tuple[Provision, ...]) -> list[tuple[str, Any]]:
    return [(provision.strength, provision.params) for provision in provisions]


class _Asked:
    """What a list of rules asks of a provision."""

    def __init__(self, request: Request) -> None:
        self.strength = choice(request, "strength", STRENGTH_LABELS)
        self.kind = choice(request, "kind", KINDS)
        self.day = day(request, "in_force_on")

    def by(self, provision: Provision) -> bool:
        """Whether one provision has all of it."""
        return (
            self.strength in (None, provision.strength)
            and self.kind in (None, provision.kind)
            and (self.day is None or provision.in_force(self.day))
        )
