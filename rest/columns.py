"""The columns of a list, read from the serializer that documents them: which values of the database each one needs, and how it is made.

A serializer of model columns, references, labels, lists of references, rows of another table below it (a serializer with ``many=True``) and
``@derived`` methods can be read. For a property or another method ``Meta.reads`` names what of the row it needs: ``{"total": ("amount",
"supplement"), "sums": ("accounts__kind", "accounts__balance")}``; ``Meta.by_clock`` names columns that change without a write. Any other
serializer answers by itself.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from rest_framework import fields as kinds
from rest_framework import serializers

from rest.partial import Made, below, maker
from rest.serializers import HundredthsField, LabelField, ReferenceField, ReferenceListField

#: What to do to a row under way: the dictionary and the values from the database.
Step = Callable[[dict[str, Any], Sequence[Any]], None]
_PLAIN = (
    kinds.CharField,
    kinds.IntegerField,
    kinds.BooleanField,
    kinds.DateField,
    kinds.DateTimeField,
    kinds.UUIDField,
    kinds.ChoiceField,
)


class CannotRead(Exception):
    """A column that only the serializer itself can show."""


@dataclass(frozen=True)
class Spread:
    """Rows of another table: read for the whole page at once by the primary keys of its rows, in their order. ``name`` is their column, or
    none where only methods read them."""

    name: str
    relation: models.ManyToOneRel
    columns: "Columns"
    order: tuple[Any, ...] = ("pk",)


@dataclass
class Columns:
    """What to ask of the database (``paths``: first one for each name, then the others) and what to make of it."""

    names: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    spreads: list[Spread] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    #: Everything beside the database that the answer depends on, for its ETag.
    said: list[Any] = field(default_factory=list)
    #: Columns that a property or a method makes of an instance and of the rows below it.
    read: list["Reading"] = field(default_factory=list)
    by_clock: bool = False
    #: How each row is made where nothing but an instance is wanted.
    whole: Made | None = None

    def place_of(self, path: str) -> int:
        """Where the value of a further path stands in a row."""
        if path not in self.further:
            self.further.append(path)
        return len(self.names) + self.further.index(path)

    def made(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Rows of values as the answer shows them."""
        if self.whole is not None:
            return [self.whole(row) for row in rows]
        found = []
        names, steps = self.names, self.steps
        for row in rows:
            item = dict(zip(names, row, strict=False))
            for step in steps:
                step(item, row)
            found.append(item)
        return found


@dataclass(frozen=True)
class Reading:
    """A column made of an instance, and the places of the rows below that it reads among the spreads."""

    name: str
    made: Made
    shown: Callable[[Any], Any]
    below: tuple[tuple[str, int], ...]

    def value(self, row: Sequence[Any], held: Sequence[Any]) -> Any:
        """What is shown; ``held`` are the rows below, spread by spread."""
        item = self.made(row)
        for name, place in self.below:
            item.__dict__.setdefault("_prefetched_objects_cache", {})[name] = held[place]
        return self.shown(item)


def columns_of(serializer: Any, annotations: Sequence[str] = ()) -> Columns:
    """The columns of a serializer of model rows; ``annotations`` are the names a queryset adds. Raises CannotRead."""
    model = serializer.Meta.model
    columns = Columns(names=list(serializer.fields))
    for position, (name, shown) in enumerate(serializer.fields.items()):
        columns.paths.append(_column(columns, position, name, shown, model, annotations))
    columns.paths += columns.further
    columns.by_clock = not set(getattr(serializer.Meta, "by_clock", ())).isdisjoint(columns.names)
    return columns


def _column(columns: Columns, at: int, name: str, shown: Any, model: Any, annotations: Sequence[str]) -> str:
    """The path whose value stands in the column's own place; steps and further paths are noted."""
    path = "__".join(shown.source_attrs)
    reads: dict[str, tuple[str, ...]] = getattr(shown.parent.Meta, "reads", {})
    if name in reads:
        return _reading(columns, name, shown, model, reads[name])
    if isinstance(shown, serializers.SerializerMethodField):
        return _derived(columns, at, name, shown)
    if isinstance(shown, ReferenceListField | serializers.ListSerializer):
        columns.spreads.append(_spread(name, shown, _relation(model, path)))
        return "pk"
    if isinstance(shown, ReferenceField):
        if not shown.name_attribute or not column_at(model, f"{path}__{shown.name_attribute}"):
            raise CannotRead(name)
        columns.steps.append(_reference(name, at, columns.place_of(f"{path}__{shown.name_attribute}")))
        return f"{path}__uid"
    if path in annotations:
        _figure(columns, name, shown)
        return path
    kept = column_at(model, path)
    if kept is None:
        raise CannotRead(name)
    _value(columns, name, shown, kept)
    if "__" in path and shown.default is not kinds.empty:
        columns.steps.append(_default(name, shown.default))
    elif "__" in path and not shown.allow_null and may_be_missing(model, path):
        raise CannotRead(name)
    return path


def column_at(model: Any, path: str) -> Any:
    """The model's column at the end of a path over keys; None where there is none."""
    found: Any = None
    for part in path.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if not found.concrete and not found.one_to_one:
            return None
        model = found.related_model
    return found if found.concrete else None


def may_be_missing(model: Any, path: str) -> bool:
    """Whether a key on the way to the column at the end of a path may be empty."""
    for part in path.split("__")[:-1]:
        key = model._meta.get_field(part)
        if key.null:
            return True
        model = key.related_model
    return False


def _spread(name: str, shown: Any, relation: models.ManyToOneRel) -> Spread:
    """A column of rows below."""
    if isinstance(shown, ReferenceListField):
        far = [f"{shown.through}__uid", f"{shown.through}__{shown.name_attribute}"]
        return Spread(name, relation, Columns(names=["uid", "name"], paths=far))
    return Spread(name, relation, columns_of(shown.child), _order(relation))


def _relation(model: Any, path: str) -> models.ManyToOneRel:
    relation = model._meta.get_field(path)
    if not isinstance(relation, models.ManyToOneRel):
        raise CannotRead(path)
    return relation


def _order(relation: models.ManyToOneRel) -> tuple[Any, ...]:
    """The order in which ``prefetch_related`` gives the rows of a relation."""
    return (*(relation.related_model._meta.ordering or ()), "pk")


def _reading(columns: Columns, name: str, shown: Any, model: Any, wanted: tuple[str, ...]) -> str:
    """A column that is made of an instance which holds what it reads."""
    far: dict[str, list[str]] = {}
    for path in wanted:
        if below(model, path):
            head, _, rest = path.partition("__")
            far.setdefault(head, []).append(rest)
        elif column_at(model, path) is None:
            raise CannotRead(name)
    held = []
    for head, paths in far.items():
        held.append((head, len(columns.spreads)))
        columns.spreads.append(_instances(_relation(model, head), paths))
    own = [path for path in wanted if path.partition("__")[0] not in far]
    made = maker(model, own, columns.place_of)
    columns.read.append(Reading(name, made, _showing(shown), tuple(held)))
    return "pk"


def _instances(relation: models.ManyToOneRel, paths: list[str]) -> Spread:
    columns = Columns()
    columns.whole = maker(relation.related_model, paths, columns.place_of)
    columns.paths = columns.further
    return Spread("", relation, columns, _order(relation))


def _showing(shown: Any) -> Callable[[Any], Any]:
    """What a field makes of an instance."""
    if isinstance(shown, serializers.SerializerMethodField):
        method: Callable[[Any], Any] = getattr(shown.parent, shown.method_name)
        return method

    def made(item: Any) -> Any:
        value = shown.get_attribute(item)
        return None if value is None else shown.to_representation(value)

    return made


def _value(columns: Columns, name: str, shown: Any, kept: Any) -> None:
    """A column of the table as it stands, or with its step."""
    if isinstance(shown, LabelField):
        columns.steps.append(_label(name, shown.labels))
        columns.said.append(shown.labels)
    elif isinstance(shown, HundredthsField) and isinstance(kept, models.BigIntegerField):
        columns.steps.append(_hundredths(name))
    elif isinstance(shown, kinds.JSONField | kinds.ListField | kinds.DictField) and isinstance(kept, models.JSONField):
        columns.steps.append(_fragment(name))
    elif not isinstance(shown, _PLAIN) or kept.is_relation or isinstance(kept, models.DecimalField):
        raise CannotRead(name)


def _figure(columns: Columns, name: str, shown: Any) -> None:
    """A count or a sum that the queryset adds: sums of bigints come as text."""
    if isinstance(shown, HundredthsField):
        columns.steps.append(_hundredths(name))
    elif isinstance(shown, kinds.IntegerField):
        columns.steps.append(_whole(name))
    else:
        raise CannotRead(name)


def _derived(columns: Columns, at: int, name: str, shown: Any) -> str:
    method = getattr(shown.parent, shown.method_name)
    wanted: tuple[str, ...] = getattr(method, "columns", ())
    if not wanted or any(column_at(shown.parent.Meta.model, path) is None for path in wanted):
        raise CannotRead(name)
    kind: Any = namedtuple("Derived", wanted)  # type: ignore[misc]  # noqa: PYI024
    places = [at, *(columns.place_of(path) for path in wanted[1:])]

    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        item[name] = method(kind(*[row[place] for place in places]))

    columns.steps.append(step)
    return wanted[0]


def _reference(name: str, uid: int, word: int) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        item[name] = None if row[uid] is None else {"uid": row[uid], "name": row[word]}

    return step


def _label(name: str, labels: Any) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        item[name] = labels[item[name]]

    return step


def _hundredths(name: str) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        value = item[name]
        if value is not None:
            whole, part = divmod(abs(int(value)), 100)
            item[name] = f"{'-' if int(value) < 0 else ''}{whole}.{part:02d}"

    return step


def _whole(name: str) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        if item[name] is not None:
            item[name] = int(item[name])

    return step


def _fragment(name: str) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        if item[name] is not None:
            item[name] = orjson.Fragment(item[name])

    return step


def _default(name: str, default: Any) -> Step:
    def step(item: dict[str, Any], row: Sequence[Any]) -> None:
        if item[name] is None:
            item[name] = default

    return step
