"""Whole lists as the database itself writes them: COPY of the compiled queryset (PostgreSQL), in a thread of its own connection, through a
bounded queue. Python never sees a row; what the client has not taken yet holds the database back, and memory stays what it was.

The columns are the serializer's, spelled in SQL. Where one of them cannot be (a ``@derived`` method, a figure that the queryset adds), or
inside a transaction that another connection cannot look into, the rows go through ``rest.fast`` batch by batch.
"""

import io
import queue
import threading
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Case, CharField, F, Func, JSONField, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from rest_framework import fields as kinds
from rest_framework import serializers

from rest.columns import CannotRead, Spread, column_at, columns_of
from rest.compiled import works_here
from rest.serializers import HundredthsField, LabelField, ReferenceField, ReferenceListField

CHUNK, WAITING = 262_144, 8
_WAYS = {
    "csv": ("SELECT * FROM ({}) AS t({})", "FORMAT csv, HEADER"),
    # One value a line that holds neither a quote nor a delimiter of these: nothing is quoted, nothing doubled.
    "jsonl": ("SELECT row_to_json(t) FROM ({}) AS t({})", "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"),
}
_FORMULA = (
    "CASE WHEN ascii(%(expressions)s) IN (9, 10, 13, 43, 45, 61, 64) AND %(expressions)s !~ '^[+-]?[0-9]+(\\.[0-9]+)?$' "
    "THEN '''' || %(expressions)s ELSE %(expressions)s END"
)


class _Harmless(Func):
    """A text that no spreadsheet runs as a formula (``rest.exports.cell`` in SQL)."""

    template = _FORMULA
    output_field = TextField()


class _Moment(Func):
    """A time as ``isoformat`` writes it."""

    template = "replace(to_char(%(expressions)s, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'), '.000000', '')"
    output_field = TextField()


class _Hundredths(Func):
    """An integer of hundredths as text with two decimals."""

    template = "(%(expressions)s * 0.01)::text"
    output_field = TextField()


class _Named(Func):
    """``{"uid":…,"name":…}`` of two columns; NULL where there is no uid."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *spelling: Any, **extra: Any) -> Any:
        """Text that is JSON."""
        uid, first = compiler.compile(self.source_expressions[0])
        word, last = compiler.compile(self.source_expressions[1])
        return f"('{{\"uid\":\"' || {uid}::text || '\",\"name\":' || to_json({word})::text || '}}')", (*first, *last)


class _Json(Func):
    """A text as JSON."""

    template = "(%(expressions)s)::json"
    output_field = JSONField()


def _far(shown: ReferenceListField, spread: Spread) -> Any:
    key = spread.relation.field
    rows: Any = spread.relation.related_model._default_manager.filter(**{key.name: OuterRef("pk")}).order_by("pk")
    listed = ArraySubquery(rows.values_list(_Json(_Named(*(F(path) for path in spread.columns.paths))), flat=True))
    return Func(listed, function="array_to_json", output_field=JSONField())


def _spelled(serializer: Any, format: str) -> dict[str, Any]:
    """Each column of a serializer as an expression, in order. Raises CannotRead."""
    columns, model, found = columns_of(serializer), serializer.Meta.model, {}
    spreads = {spread.name: spread for spread in columns.spreads}
    made = {column.name for column in columns.read}
    for name, shown in serializer.fields.items():
        path = "__".join(shown.source_attrs)
        if name in made or isinstance(shown, serializers.SerializerMethodField | serializers.ListSerializer):
            raise CannotRead(name)
        if isinstance(shown, ReferenceListField):
            found[name] = _far(shown, spreads[name])
        elif isinstance(shown, ReferenceField):
            text = _Named(F(f"{path}__uid"), F(f"{path}__{shown.name_attribute}"))
            found[name] = text if format == "csv" else _Json(text)
        else:
            found[name] = _value(path, shown, column_at(model, path), format)
    return found


def _value(path: str, shown: Any, kept: Any, format: str) -> Any:
    if isinstance(shown, LabelField):
        return Case(
            *(When(**{path: key, "then": Value(word)}) for key, word in shown.labels.items()), output_field=CharField()
        )
    if isinstance(shown, HundredthsField):
        return _Hundredths(F(path))
    if isinstance(kept, models.DateTimeField):
        return _Moment(F(path))
    if "__" in path and shown.default is not kinds.empty:
        raise CannotRead(path)
    if format == "csv" and isinstance(kept, models.BooleanField):
        return Cast(F(path), TextField())
    if format == "csv" and isinstance(kept, models.CharField | models.TextField) and not kept.choices:
        return _Harmless(F(path))
    return F(path)


def statement(queryset: QuerySet[Any], serializer: Any, format: str) -> str | None:
    """The COPY of a queryset's rows in a format, by primary key; None where Python has to write them."""
    if not works_here() or connection.in_atomic_block or format not in _WAYS or queryset.query.annotations:
        return None
    try:
        spelled = {f"column_{at}": each for at, each in enumerate(_spelled(serializer, format).values())}
        rows = queryset.order_by("pk").annotate(**spelled).values_list(*spelled)
        sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    except (CannotRead, EmptyResultSet):
        return None
    outer, options = _WAYS[format]
    names = ", ".join(f'"{name}"' for name in serializer.fields)
    with connection.cursor() as cursor:
        written: bytes = cursor.cursor.mogrify(sql, parameters)
    return f"COPY ({outer.format(written.decode(), names)}) TO STDOUT WITH ({options})"


class _Gone(Exception):
    """Nobody takes the rest."""


class _Pipe(io.RawIOBase):
    """What COPY writes into, behind a buffer that joins rows to chunks without a call of Python for each; a few chunks may wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(WAITING)
        self.gone = threading.Event()

    def writable(self) -> bool:
        """It only takes."""
        return True

    def write(self, rows: Any) -> int:
        """One chunk."""
        self.put(bytes(rows))
        return len(rows)

    def put(self, item: bytes | BaseException | None) -> None:
        """Wait until there is room. Raises _Gone."""
        while not self.gone.is_set():
            try:
                self.waiting.put(item, timeout=0.5)
            except queue.Full:
                continue
            return
        raise _Gone


def chunks(sql: str) -> Iterator[bytes]:
    """What a COPY writes. It has begun when this returns: what the database refuses is refused before the first byte is sent."""
    pipe = _Pipe()
    thread = threading.Thread(target=_copy, args=(sql, pipe), name="export", daemon=True)
    thread.start()
    first = _next(pipe)
    return _rest(first, pipe, thread)


def _copy(sql: str, pipe: _Pipe) -> None:
    """In a thread: a connection of its own, closed afterwards."""
    try:
        with connection.cursor() as cursor:
            rows = io.BufferedWriter(pipe, CHUNK)
            cursor.cursor.copy_expert(sql, rows)
        rows.flush()
        pipe.put(None)
    except _Gone:
        pass
    except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
        if not pipe.gone.is_set():
            pipe.put(error)
    finally:
        connection.close()


def _next(pipe: _Pipe) -> bytes | None:
    item = pipe.waiting.get()
    if isinstance(item, BaseException):
        raise item
    return item


def _rest(item: bytes | None, pipe: _Pipe, thread: threading.Thread) -> Iterator[bytes]:
    try:
        while item is not None:
            yield item
            item = _next(pipe)
    finally:
        pipe.gone.set()
        thread.join(10)
