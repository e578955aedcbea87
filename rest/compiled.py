"""SQL that is compiled once and run often: a queryset built with ``Placeholder`` in place of each value keeps its text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, Expression, QuerySet
from django.db.models.lookups import BuiltinLookup

from rest.house import setting

try:
    from psycopg2.extensions import UNICODE, new_type, register_type  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover - a platform on SQLite alone
    UNICODE = None

# A statement that this process has run so often is prepared on its connection (PostgreSQL then plans it once); so many at most.
PREPARE_AFTER, MOST_PREPARED = 3, 200
_QUOTED = re.compile(r'"(\w+)"')
# date, numeric, uuid, jsonb: read as text, which is what an answer holds of them; timestamps stay with psycopg2's own parser.
_AS_TEXT = (1082, 1700, 2950, 3802)


def works_here() -> bool:
    """Whether this database is read this way (PostgreSQL with psycopg2); elsewhere the serializers themselves answer."""
    return connection.vendor == "postgresql" and UNICODE is not None


@dataclass(frozen=True)
class Marker:
    """Stands for a value among the parameters of a compiled statement; ``field`` says how the database keeps it."""

    name: str
    field: Any = None

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The value as the database takes it."""
        value = values[self.name]
        return value if self.field is None else self.field.get_db_prep_value(value, connection, prepared=False)


class Placeholder(Expression):
    """An expression that compiles to one parameter, filled in at each run."""

    conditional = False

    def __init__(self, name: str, field: Any = None) -> None:
        super().__init__(output_field=field)
        self.marker = Marker(name, field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """One parameter."""
        return "%s", (self.marker,)


class AnyOf(BuiltinLookup):
    """``column = ANY(array)``: one text for any number of values, where IN would have one for each."""

    lookup_name = "any_of"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL's."""
        left, first = self.process_lhs(compiler, connection)
        right, last = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*first, *last)


@dataclass(frozen=True)
class Statement:
    """A compiled query."""

    sql: str
    parameters: tuple[Any, ...]
    used: list[int] = field(default_factory=lambda: [0], compare=False)

    @cached_property
    def tables(self) -> frozenset[str]:
        """Tables that it reads."""
        return tables_in(self.sql)

    def rows(self, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run it: plain values, with dates, numbers with decimals, uuids and JSON as text."""
        bound = [item.bind(values) if isinstance(item, Marker) else item for item in self.parameters]
        with connection.cursor() as cursor:
            for kind in _TEXTS:
                register_type(kind, cursor.cursor)
            cursor.execute(self._prepared(cursor), bound)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _prepared(self, cursor: Any) -> str:
        """What to run: the statement itself, or its name on this connection once it is prepared there."""
        self.used[0] += 1
        if self.used[0] <= PREPARE_AFTER or not setting("PREPARE"):
            return self.sql
        names: dict[str, str]
        raw, names = getattr(connection, "prepared_statements", (None, {}))
        if raw is not connection.connection:
            names = {}
            connection.prepared_statements = (connection.connection, names)  # type: ignore[attr-defined]
        if self.sql not in names:
            if len(names) >= MOST_PREPARED:
                return self.sql
            name, numbers = f"rest_{len(names)}", count(1)
            text = re.sub("%s|%%", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", self.sql)
            cursor.execute(f"PREPARE {name} AS {text}")
            names[self.sql] = f"EXECUTE {name}" + (
                f" ({', '.join(['%s'] * len(self.parameters))})" if self.parameters else ""
            )
        return names[self.sql]


_TEXTS = [new_type((oid,), f"TEXT_{oid}", UNICODE) for oid in _AS_TEXT] if UNICODE else []
_KNOWN: set[str] = set()


def _tables() -> set[str]:
    if not _KNOWN:
        _KNOWN.update(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    return _KNOWN


def tables_in(sql: str) -> frozenset[str]:
    """Tables that a statement names."""
    return frozenset(_QUOTED.findall(sql)) & _tables()


def compiled(queryset: QuerySet[Any, Any]) -> Statement:
    """The statement of a queryset of values."""
    sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
    return Statement(sql, tuple(parameters))
