"""Lists and details at about the speed of the database (PostgreSQL): the columns are read from the serializer, the SQL is compiled once per
shape of the request, rows stay plain values, orjson writes them. The serializer stays the documentation; what cannot be read from it, and
every other database, is answered by the serializer itself.

A shape is all that decides the text of the query: the view, its columns, whether and by how many divisions the caller is bound, which
filters are given, ordering, kind and size of the page. Values are put in at each run. Views whose rows depend on nothing but the
caller's scope say so (``by_scope``); all others are compiled for each request.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse
from rest_framework.request import Request

from rest import etags, fields, versions
from rest.columns import CannotRead, Columns, Spread, columns_of
from rest.compiled import AnyOf, Placeholder, Statement, compiled, works_here
from rest.filters import Given, given_filters
from rest.pagination import UidCursorPagination

MOST_PLANS, AT_ONCE = 2000, 1000
_PLANS: dict[Any, "Plan | None"] = {}


@dataclass(frozen=True)
class Part:
    """Rows with what stands below them: their statement, their columns, where their key stands (and below another, that one's after it)."""

    statement: Statement
    columns: Columns
    spreads: tuple[tuple[Spread, "Part"], ...]
    pk: int


@dataclass(frozen=True)
class Plan(Part):
    """A compiled list: where in a row the cursor's value and the tables' number stand, besides."""

    ordered: int
    numbered: int | None
    tables: frozenset[str]
    digest: bytes


@dataclass(frozen=True)
class Known:
    """What the tag of a list is made of, beside the number of its tables."""

    tables: frozenset[str]
    asked: bytes
    digest: bytes

    def tag(self, number: int) -> str:
        """The tag at a number of the tables."""
        return etags.tag(b"%d %b %b" % (number, self.asked, self.digest))


@dataclass(frozen=True)
class _Stand:
    """Stands for the caller while a plan is made: it has a scope and nothing else, so that nothing else can slip into the plan."""

    scope: Any
    is_authenticated: bool = True


def listed(view: Any, request: Request) -> HttpResponse | None:
    """The page that a list view is asked for; None where the serializer has to answer. Raises Invalid as the slow way does."""
    paginator = view.paginator
    if not works_here() or not isinstance(paginator, UidCursorPagination) or not _plain_view(view, "list"):
        return None
    shape = _shape(view, request)
    if shape is None:
        return _compiled_now(view, request, paginator)
    given, who, values = shape
    paginator.begin(view.queryset.model, request, view)
    values |= {"place": paginator.place[0], "pk": paginator.place[1]}
    key = (type(view), request.query_params.get("fields"), who, given.shape, paginator.shape)
    if key not in _PLANS:
        if len(_PLANS) >= MOST_PLANS:
            _PLANS.clear()
        _PLANS[key] = _plan_of(view, request, lambda rows: _window(rows, given, paginator), paginator.path)
    plan = _PLANS[key]
    return None if plan is None else _page(plan, request, paginator, values)


def detail(view: Any, request: Request, uid: str) -> HttpResponse | None:
    """The row of an address; None where the serializer has to answer. Raises Http404."""
    if not works_here() or not view.by_scope or not _plain_view(view, "retrieve"):
        return None
    who, values = _who(request)
    key = (type(view), "detail", request.query_params.get("fields"), who)
    if key not in _PLANS:
        field = view.queryset.model._meta.get_field("uid")
        _PLANS[key] = _plan_of(view, request, lambda rows: rows.filter(uid=Placeholder("uid", field)), "version", "uid")
    plan = _PLANS[key]
    if plan is None:
        return None
    rows = plan.statement.rows({**values, "uid": uid})
    if not rows:
        raise Http404(uid)
    body = orjson.dumps(_shown(plan, rows)[0])
    response = HttpResponse(body, content_type="application/json")
    tag = etags.named(rows[0][plan.ordered + 1].replace("-", ""), rows[0][plan.ordered], body)
    return etags.conditional(request, response, tag)


def exported(queryset: QuerySet[Any], serializer: Any) -> Iterator[dict[str, Any]] | None:
    """Every row by primary key, some at a time; None where the serializer has to show them."""
    if not works_here():
        return None
    rows = queryset.filter(pk__gt=Placeholder("after")).order_by("pk")[:AT_ONCE]
    try:
        plan = _read(serializer, rows, "pk")
    except (CannotRead, EmptyResultSet):
        return None
    return _batches(plan)


def _batches(plan: Plan) -> Iterator[dict[str, Any]]:
    after = 0
    while rows := plan.statement.rows({"after": after}):
        yield from _shown(plan, rows)
        after = rows[-1][plan.pk]


def _plain_view(view: Any, name: str) -> bool:
    """Whether a view shows its rows as the base classes do."""
    return view.shows_plainly and getattr(view, "action", name) == name


def _shape(view: Any, request: Request) -> tuple[Given, Any, dict[str, Any]] | None:
    """The filters that are given, how the caller is bound, and the values of both; None where the text depends on more than that."""
    if not view.by_scope:
        return None
    try:
        given = given_filters(view, request)
    except ValidationError:
        return None  # the filter set says what is wrong
    if given is None:
        return None
    who, values = _who(request)
    return given, who, values | given.values


def _who(request: Request) -> tuple[Any, dict[str, Any]]:
    user = request.user
    if not (user and user.is_authenticated):
        return None, {}
    scope = user.scope
    columns = tuple(column for column, _ in scope.columns)
    return (scope.everything, columns), {f"scope.{at}": pk for at, (_, pk) in enumerate(scope.columns)}


def _window(rows: Any, given: Given, paginator: UidCursorPagination) -> Any:
    for name, item in given.items:
        rows = item.filter(rows, Placeholder(f"filter.{name}", given.kept[name]))
    for column, name in given.places:
        rows = rows.filter(**{column: Placeholder(f"filter.{name}")})
    value = None if paginator.place[0] is None else Placeholder("place", paginator.field)
    return paginator.window(rows, value, Placeholder("pk"))


def _plan_of(view: Any, request: Request, narrowed: Callable[[Any], Any], ordered: str, *more: str) -> Plan | None:
    """The plan of a shape; None where it cannot be read."""
    user: Any = request.user
    if user and user.is_authenticated:
        scope: Any = user.scope
        placed = tuple((column, Placeholder(f"scope.{at}")) for at, (column, _) in enumerate(scope.columns))
        stand: Any = _Stand(dataclasses.replace(scope, columns=placed))
        request.user = stand
    try:
        rows = narrowed(view.get_queryset())
    except AttributeError:
        return None  # its rows depend on more than the scope
    finally:
        request.user = user
    try:
        return _plan(view, request, rows, ordered, *more)
    except (CannotRead, EmptyResultSet):
        return None


def _plan(view: Any, request: Request, rows: QuerySet[Any], ordered: str, *more: str) -> Plan:
    return _read(fields.select(view.get_serializer(), request), rows, ordered, *more)


def _read(serializer: Any, rows: QuerySet[Any], ordered: str, *more: str) -> Plan:
    """The statements of rows with a serializer's columns. Raises CannotRead, EmptyResultSet."""
    columns = columns_of(serializer, tuple(rows.query.annotations))
    pk, order = len(columns.paths), len(columns.paths) + 1
    statement = compiled(rows.values_list(*columns.paths, "pk", ordered, *more))
    spreads = tuple((spread, _part(spread)) for spread in columns.spreads)
    parts = list(_every(spreads))
    tables = statement.tables.union(*(part.statement.tables for part in parts))
    numbered = None
    by_clock = columns.by_clock or any(part.columns.by_clock for part in parts)
    if not by_clock and versions.counted(tables) and not more:
        numbered = order + 1
        number = RawSQL(versions.expression(tables), ())  # noqa: S611 - names of tables
        statement = compiled(rows.annotate(_number=number).values_list(*columns.paths, "pk", ordered, "_number"))
    said = [(part.statement.sql, part.columns.names, part.columns.said) for part in parts]
    digest = repr((statement.sql, said, columns.names, columns.said)).encode()
    return Plan(statement, columns, spreads, pk, order, numbered, tables, digest)


def _part(spread: Spread) -> Part:
    rows: Any = spread.relation.related_model._default_manager
    key = spread.relation.field
    found = rows.filter(AnyOf(F(key.attname), Placeholder("pks"))).order_by(*spread.order)
    statement = compiled(found.values_list(*spread.columns.paths, "pk", key.attname))
    spreads = tuple((below, _part(below)) for below in spread.columns.spreads)
    return Part(statement, spread.columns, spreads, len(spread.columns.paths))


def _every(spreads: Iterable[tuple[Spread, Part]]) -> Iterator[Part]:
    for _, part in spreads:
        yield part
        yield from _every(part.spreads)


def _compiled_now(view: Any, request: Request, paginator: UidCursorPagination) -> HttpResponse | None:
    """A list that is compiled for this request alone."""
    rows = view.filter_queryset(view.get_queryset())
    paginator.begin(rows.model, request, view)
    try:
        plan = _plan(view, request, paginator.window(rows, *paginator.place), paginator.path)
    except (CannotRead, EmptyResultSet):
        return None
    return _page(plan, request, paginator, {})


def _page(plan: Plan, request: Request, paginator: UidCursorPagination, values: Mapping[str, Any]) -> HttpResponse:
    asked = f"{request.get_full_path()} {sorted(values.items(), key=str)}".encode()
    known = Known(plan.tables, asked, plan.digest)
    if plan.numbered is not None and "If-None-Match" in request.headers and not hasattr(request._request, "outdated"):
        tag = known.tag(versions.number(plan.tables))
        if etags.holds(request, tag):
            answer = etags.unchanged(tag)
            answer.known = known  # type: ignore[attr-defined]
            return answer
    rows = plan.statement.rows(values)
    page = paginator.finish(rows, lambda row: paginator.told(_python(paginator.field, row[plan.ordered]), row[plan.pk]))
    body = orjson.dumps(paginator.body(_shown(plan, page)))
    response = HttpResponse(body, content_type="application/json")
    tag = known.tag(rows[0][plan.numbered]) if rows and plan.numbered is not None else etags.tag(body)
    return etags.conditional(request, response, tag)


def _python(field: Any, value: Any) -> Any:
    """A value as the model would hold it, for the cursor."""
    if value is not None and hasattr(field, "from_db_value"):
        return field.from_db_value(value, None, connection)
    return value


def _shown(plan: Part, rows: Any) -> list[dict[str, Any]]:
    """Rows as the answer shows them, with what is read for the whole page at once."""
    found = plan.columns.made(rows)
    below = [_below(part, [row[plan.pk] for row in rows]) for _, part in plan.spreads]
    for item, row in zip(found, rows, strict=True):
        held = [rows_of[row[plan.pk]] for rows_of in below]
        for (spread, _), listed in zip(plan.spreads, held, strict=True):
            if spread.name:
                item[spread.name] = listed
        for column in plan.columns.read:
            item[column.name] = column.value(row, held)
    return found


def _below(part: Part, pks: Sequence[Any]) -> dict[Any, list[Any]]:
    """What stands below each of some rows."""
    held: dict[Any, list[Any]] = {pk: [] for pk in pks}
    rows = part.statement.rows({"pks": list(held)}) if held else ()
    for item, row in zip(_shown(part, rows), rows, strict=True):
        held[row[part.pk + 1]].append(item)
    return held
