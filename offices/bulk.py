"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. Several times faster than ``bulk_create``, and as exact.

The rows get their primary keys here, so that rows which point at them can follow. Constraints and triggers hold as for any insert; an
IntegrityError comes out as Django's.
"""

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from django.db import connection, models

CHUNK = 5_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
PLAIN = {
    models.BigAutoField, models.AutoField, models.BooleanField, models.IntegerField, models.BigIntegerField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.SmallIntegerField, models.PositiveBigIntegerField,
}  # fmt: skip
Prepare = Callable[[Any], Any]


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model and set their primary keys. Call it inside a transaction."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    for row, key in zip(rows, _keys(model, len(rows)), strict=True):
        row.pk = key
    names = [str(field.attname) for field in fields]
    prepares = [_prepare(field) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        values = ([prepare(getattr(row, name)) for prepare, name in zip(prepares, names, strict=True)] for row in part)
        _write(model._meta.db_table, columns, len(fields), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _write(table: str, columns: str, width: int, values: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join("\t".join(map(_copied, row)) + "\n" for row in values)

            def copy(sql: str, params: Any, many: bool, context: Any) -> None:
                with connection.wrap_database_errors:
                    cursor.cursor.copy_expert(sql, io.StringIO(text))

            # As any statement: whoever watches or counts the statements of a connection sees this one.
            cursor._execute_with_wrappers(f'COPY "{table}" ({columns}) FROM STDIN', None, False, copy)
        else:
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(["%s"] * width)})', list(values))


def _keys(model: type[models.Model], number: int) -> list[int]:
    """So many unused primary keys, ascending."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', number]
            )
            return [int(row[0]) for row in cursor.fetchall()]
        # The writer's transaction is IMMEDIATE: nobody else inserts meanwhile.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        return list(range(int(last[0]) + 1 if last else 1, (int(last[0]) if last else 0) + number + 1))


def _prepare(field: models.Field) -> Prepare:
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else _json(value, field)
    if type(field) in {models.CharField, models.TextField, models.SlugField}:
        return lambda value: value if value is None or type(value) is str else str(field.get_prep_value(value))
    if (
        isinstance(field, models.ForeignKey)
        or type(field) in PLAIN
        or (
            connection.vendor == "postgresql"
            and type(field) in {models.DateTimeField, models.DateField, models.UUIDField}
        )
    ):
        return lambda value: value
    if type(field) is models.UUIDField:  # SQLite keeps the digits
        return lambda value: None if value is None else value.hex
    if type(field) in {models.DateTimeField, models.DateField}:
        return _remembered(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: field.get_db_prep_save(value, connection)


def _json(value: Any, field: models.JSONField) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # what only the field's encoder knows
        return json.dumps(value, ensure_ascii=False, cls=field.encoder)


def _remembered(prepare: Prepare) -> Prepare:
    """Rows of one act share their moments: each is prepared once."""
    last: list[Any] = [None, None]

    def prepared(value: Any) -> Any:
        if value is not last[0]:
            last[:] = [value, prepare(value)]
        return last[1]

    return prepared


def _copied(value: Any) -> str:
    """A value as COPY's text format writes it."""
    if value is None:
        return "\\N"
    if value.__class__ is str:
        return str(value.translate(_ESCAPES))
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
