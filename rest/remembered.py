"""Figures that cost much to work out, kept by a process for as long as nothing that they were worked out from was written (PostgreSQL).

Which tables those are is seen while the figures are worked out; whether they were written since is one narrow query (``rest.versions``).
What is shown is never older than what the database holds. Inside a transaction, and on other databases, figures are worked out anew.
"""

import pickle
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

from django.db import connection

from rest import versions
from rest.compiled import tables_in, works_here

MOST, BATCH = 64, 50
T = TypeVar("T")
_KEPT: "OrderedDict[Hashable, tuple[frozenset[str], int, Any]]" = OrderedDict()
_LOCK = threading.Lock()


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` works out: whole values, nothing that reads later. ``key`` names everything else that it depends on: whose scope, which
    place, which day, which revision of the rules."""
    if not works_here() or connection.in_atomic_block:
        return make()
    with _LOCK:
        held = _KEPT.get(key)
    if held is not None and versions.number(held[0]) == held[1]:
        with _LOCK:
            _KEPT[key] = held
            _KEPT.move_to_end(key)
        value: T = held[2]
        return value
    before, read = versions.numbers(), set[str]()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        read.update(tables_in(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        made = make()
    if versions.counted(read):
        number = before.get("", 0) + sum(before.get(table, 0) for table in read)
        with _LOCK:
            _KEPT[key] = (frozenset(read), number, made)
            while len(_KEPT) > MOST:
                _KEPT.popitem(last=False)
    return made


class Packed(Sequence[T]):
    """Many rows in little memory: a page of them is unpacked when it is looked at."""

    def __init__(self, rows: Iterable[T]) -> None:
        listed = list(rows)
        self._number = len(listed)
        self._batches = [
            zlib.compress(pickle.dumps(listed[at : at + BATCH]), 1) for at in range(0, self._number, BATCH)
        ]

    def _batch(self, number: int) -> list[T]:
        found: list[T] = pickle.loads(zlib.decompress(self._batches[number]))  # noqa: S301 - this process packed it
        return found

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[T]:
        for number in range(len(self._batches)):
            yield from self._batch(number)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        places = range(self._number)[at]
        if isinstance(places, int):
            return self._batch(places // BATCH)[places % BATCH]
        needed = {number: self._batch(number) for number in dict.fromkeys(place // BATCH for place in places)}
        return [needed[place // BATCH][place % BATCH] for place in places]
