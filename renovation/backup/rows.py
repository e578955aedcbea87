"""Rows of every table as canonical lines: the same row is the same line on SQLite and on PostgreSQL."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

BATCH = 1000
# What a restored platform begins anew: who is signed in, and which addresses have tried too often.
PASSING = frozenset({"sessions", "axes"})
COUNTED_ANEW = frozenset(
    {"rest.tableversion", "offices.staffsession"}
)  # tags of lists that were given out before mean nothing after


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts a time to milliseconds, which would break the chain of the history."""

    def default(self, value: Any) -> Any:
        """Times to the microsecond, in UTC."""
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).isoformat()
        return super().default(value)


def tables() -> list[type[models.Model]]:
    """Every table of the platform, in one order for all machines."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in PASSING
        and model._meta.label_lower not in COUNTED_ANEW
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def lines(model: type[models.Model]) -> Iterator[str]:
    """The rows of a table by primary key, one line each."""
    names = [field.name for field in model._meta.local_fields]
    rows = model._base_manager.order_by("pk").iterator(chunk_size=BATCH)
    for batch in _batches(rows):
        for row in serializers.serialize("python", batch, fields=names):
            yield json.dumps(row, cls=_Exact, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(texts: Iterable[str]) -> int:
    """Write rows as they are read; nothing of them is computed anew. How many."""
    written = 0
    for batch in _batches(texts):
        found = [each.object for each in serializers.deserialize("python", [json.loads(text) for text in batch])]
        type(found[0])._base_manager.bulk_create(found, batch_size=BATCH)
        written += len(found)
    return written


class Seal:
    """Number and hash of the lines that went by."""

    def __init__(self) -> None:
        self.rows, self._digest = 0, hashlib.sha256()

    def past(self, texts: Iterable[str]) -> Iterator[str]:
        """The same lines, counted."""
        for text in texts:
            self.rows += 1
            self._digest.update(text.encode())
            self._digest.update(b"\n")
            yield text

    @property
    def value(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {"rows": self.rows, "sha256": self._digest.hexdigest()}


def sealed(texts: Iterable[str]) -> dict[str, Any]:
    """Number and hash of these lines."""
    seal = Seal()
    for _ in seal.past(texts):
        pass
    return seal.value


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
