"""Rows of a model that hold a few of their columns: what a property or a method of a serializer asks for, and nothing besides."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models

#: Values of a row as the database gave them to what is made of them.
Made = Callable[[Sequence[Any]], Any]


def below(model: Any, path: str) -> models.ManyToOneRel | None:
    """The rows of another table that a path leads to by its first part; None where it leads to a column."""
    relation = model._meta.get_field(path.partition("__")[0])
    return relation if isinstance(relation, models.ManyToOneRel) and relation.multiple else None


def maker(model: Any, paths: Sequence[str], place_of: Callable[[str], int], prefix: str = "") -> Made:
    """How rows of values become instances: ``place_of`` says where the value of a path stands. A row that is not there is None."""
    kin: dict[str, list[str]] = {}
    held = {model._meta.pk}  # relations ask for the key
    for path in paths:
        head, _, rest = path.partition("__")
        if rest:
            kin.setdefault(head, []).append(rest)
        else:
            held.add(model._meta.get_field(head))
    fields = [field for field in model._meta.concrete_fields if field in held]  # from_db takes values in this order
    names = [field.attname for field in fields]
    own = [(place_of(f"{prefix}{field.attname}"), _python(field)) for field in fields]
    far = [_kin(model._meta.get_field(head), rest, place_of, f"{prefix}{head}__") for head, rest in kin.items()]

    def made(row: Sequence[Any]) -> Any:
        item = model.from_db(connection.alias, names, [change(row[place]) for place, change in own])
        for name, build, pk in far:
            item._state.fields_cache[name] = None if row[pk] is None else build(row)
        return item

    return made


def _kin(field: Any, paths: Sequence[str], place_of: Callable[[str], int], prefix: str) -> tuple[str, Made, int]:
    return field.cache_name, maker(field.related_model, paths, place_of, prefix), place_of(f"{prefix}pk")


def _python(field: Any) -> Callable[[Any], Any]:
    """How a plain value of a column becomes the model's."""
    if hasattr(field, "from_db_value") and not isinstance(field, models.JSONField):
        return lambda value: field.from_db_value(value, None, connection)
    for kind, read in _READ:
        if isinstance(field, kind):
            return lambda value: None if value is None else read(value)
    return lambda value: value


_READ: tuple[tuple[Any, Callable[[str], Any]], ...] = (
    (models.JSONField, orjson.loads),
    (models.DateTimeField, lambda value: value),
    (models.DateField, dt.date.fromisoformat),
    (models.UUIDField, UUID),
)
