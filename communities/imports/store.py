"""Staged rows in the database: what the preview reads, and what the confirmation holds against the register once more.

Between the reading of a table and the short transaction that writes its rows they lie in a file, in the shape in which the database takes
them. Nothing here holds a whole table in memory.
"""

import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, overload

from openpyxl.utils import get_column_letter

from communities.imports.kinds import StagedRow
from communities.models import Import, ImportRow
from offices import bulk

PART = bulk.CHUNK
STATUSES = ("new", "update", "unchanged", "error", "skipped")
COLUMNS = ("source", "number", "raw", "values", "changes", "status", "warned", "problems", "target", "target_version")


def letters_of(columns: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Field → letter of its column, from the columns as understood."""
    return {item["field"]: get_column_letter(item["index"] + 1) for item in columns[1:] if item["field"]}


def warned(row: StagedRow) -> bool:
    """Whether a problem of the row is a warning."""
    return any(problem["severity"] == "warning" for problem in row.problems)


class Waiting:
    """Staged rows that wait in a file for the transaction that writes them; counted by status. A context manager."""

    def __init__(self, source: Import) -> None:
        self._source, self._file = source, tempfile.TemporaryFile()
        self._numbers, self._states, self._warned = array("L"), bytearray(), bytearray()
        self._replaced: dict[int, StagedRow] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *given: object) -> None:
        self._file.close()

    def add(self, rows: Iterable[StagedRow]) -> None:
        """More rows, in the order of the table."""
        writes = bulk.line_of(ImportRow, COLUMNS)
        for row in rows:
            self._numbers.append(row.number)
            self._states.append(STATUSES.index(row.status))
            self._warned.append(bool(row.problems) and warned(row))
            self._file.write(writes(_columns(self._source, row)))

    def replace(self, rows: Iterable[StagedRow]) -> None:
        """Rows that take the place of those of their number, or come in where there is none."""
        self._replaced = {row.number: row for row in rows}

    def counts(self) -> dict[str, int]:
        """Rows by status, and how many carry a warning."""
        found = dict.fromkeys((*STATUSES, "warning"), 0)
        for number, state, told in zip(self._numbers, self._states, self._warned, strict=True):
            if number not in self._replaced:
                found[STATUSES[state]] += 1
                found["warning"] += told and STATUSES[state] != "skipped"
        for row in self._replaced.values():
            found[row.status] += 1
            found["warning"] += row.status != "skipped" and warned(row)
        return found

    def write(self) -> None:
        """In place of the rows that the import had (inside a transaction)."""
        rows = self._source.rows.all()
        rows._raw_delete(rows.db)
        bulk.pour(ImportRow, COLUMNS, self._lines())

    def _lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        for number, line in zip(self._numbers, self._file, strict=True):
            if number not in self._replaced:
                yield line
        writes = bulk.line_of(ImportRow, COLUMNS)
        for row in self._replaced.values():
            yield writes(_columns(self._source, row))


def _columns(source: Import, row: StagedRow) -> tuple[Any, ...]:
    return (
        source.pk, row.number, row.raw, row.values, row.changes, row.status, bool(row.problems) and warned(row), row.problems, row.target,
        row.target_version,
    )  # fmt: skip


class Stored(Sequence[StagedRow]):
    """The rows that an import would write, in the order of the table, without what was found of them; a part of them in memory."""

    def __init__(self, source: Import) -> None:
        self._rows = source.rows.exclude(status=ImportRow.Status.SKIPPED).order_by("number")
        self._letters = letters_of(source.columns)
        self.numbers = array("L", self._rows.values_list("number", flat=True).iterator(chunk_size=PART))
        self._held: tuple[int, list[StagedRow]] = (-1, [])

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> StagedRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[StagedRow]: ...
    def __getitem__(self, place: int | slice) -> StagedRow | list[StagedRow]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        part, within = divmod(range(len(self))[place], PART)
        if self._held[0] != part:
            self._held = (-1, [])
            self._held = (part, self._load(self.numbers[part * PART : (part + 1) * PART]))
        return self._held[1][within]

    def only(self, numbers: Iterable[int]) -> list[StagedRow]:
        """Rows by their numbers, in their order."""
        return [self[bisect_left(self.numbers, number)] for number in sorted(numbers)]

    def _load(self, numbers: "array[int]") -> list[StagedRow]:
        found = self._rows.filter(number__gte=numbers[0], number__lte=numbers[-1]).values_list(
            "number", "values", "status", "changes", "target", "target_version"
        )  # fmt: skip
        return [
            StagedRow(number, [], values, self._letters, status, changes, [], target, version)
            for number, values, status, changes, target, version in found
        ]
