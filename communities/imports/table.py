"""A table as read: calls the reading process, bounded in time and memory, and takes its rows while it is still at work."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import orjson
from openpyxl.utils import get_column_letter

from communities.imports import limits
from communities.imports.mending import Mends, mend_cells
from communities.imports.workbook import Unreadable

Row = tuple[int, list[str]]
PART, LINE = 1 << 18, 1 << 12  # bytes asked for at once
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Table:
    """Rows that are not blank, each with its number in the sheet (from 1). ``merges``: [first column, first row, last column, last row];
    ``hidden_rows`` as numbered, ``hidden_columns`` from 0."""

    rows: list[Row]
    sheet: str = ""
    others: tuple[str, ...] = ()
    merges: tuple[tuple[int, int, int, int], ...] = ()
    anchors: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[int, ...] = ()

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return max((len(cells) for _, cells in self.rows), default=0)


def cell_name(column: int, row: int) -> str:
    """``F7`` for column 5 (from 0), row 7."""
    return f"{get_column_letter(column + 1)}{row}"


class Reading:
    """A file while a process of its own reads it: the first rows at once, the others as they come. A context manager.

    Every row is on disk and may be asked for once more. ``mends`` are laid over the cells (``mending``). Whatever is asked raises
    Unreadable where the file can't be read, or not within the limits.
    """

    def __init__(self, path: Path, name: str, sheet: str = "", mends: Mends | None = None) -> None:
        self.mends = mends or {}
        self.numbers, self._places = array("L"), array("Q")
        self._output = tempfile.TemporaryFile()
        self._until = time.monotonic() + limits.WALL_SECONDS
        self._process = subprocess.Popen(
            [sys.executable, "-m", "communities.imports.reader", str(path), name, sheet],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        try:
            self._rows = self._read()
            head = next(self._rows)
            self._top = [row for row in itertools.islice(self._rows, limits.LOOK_INTO + 1) if isinstance(row, tuple)]
        except BaseException:
            self.close()
            raise
        assert isinstance(head, dict)
        self.table, self.total = _table(head, self._top), int(head["rows"])
        return self

    def __exit__(self, *given: object) -> None:
        self.close()

    def close(self) -> None:
        """Nobody reads any more."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def __iter__(self) -> Iterator[Row]:
        """All rows in their order, once."""
        yield from self._top
        yield from self._rows  # type: ignore[misc]

    def again(self, number: int) -> list[str]:
        """The cells of a row that was read before."""
        place = self._places[bisect_left(self.numbers, number)]
        line = b""
        while b"\n" not in line:
            line += os.pread(self._output.fileno(), LINE, place + len(line))
        return mend_cells(number, orjson.loads(line.partition(b"\n")[0])[1], self.mends)

    def _read(self) -> Iterator[dict[str, Any] | Row]:
        """The head, then the rows."""
        place = 0
        for lines in self._lines():
            for line, found in zip(lines, orjson.loads(b"[%b]" % b",".join(lines)), strict=True):
                if isinstance(found, dict):
                    if "error" in found:
                        raise Unreadable(str(found["error"]))
                    yield found
                else:
                    number, cells = found
                    self.numbers.append(number)
                    self._places.append(place)
                    yield number, mend_cells(number, cells, self.mends) if self.mends else cells
                place += len(line) + 1
        if self._process.returncode != 0:
            raise Unreadable("表格过大或格式异常，读取时超出限制。请拆分，或把内容复制到新表格后再上传。")

    def _lines(self) -> Iterator[list[bytes]]:
        """So many lines at a time as the process has written."""
        place, rest = 0, b""
        while True:
            over = self._process.poll() is not None  # asked first: what it wrote last is still to be read
            if not over and time.monotonic() > self._until:
                raise Unreadable("表格过大或过于复杂，读取超时。请拆分后分别导入。")
            part = os.pread(self._output.fileno(), PART, place)
            place += len(part)
            *lines, rest = (rest + part).split(b"\n")
            if lines:
                yield lines
            if not part and over:
                return
            if not part:
                time.sleep(0.005)


def read_table(path: Path, name: str, sheet: str = "") -> Table:
    """The whole table of a file on disk. Raises Unreadable."""
    with Reading(path, name, sheet) as reading:
        return replace(reading.table, rows=list(reading))


def read_lines(lines: Iterator[Any]) -> Table:
    """The table of what the reading process says: its head, then its rows."""
    head = next(lines)
    return _table(head, [(number, cells) for number, cells in lines])


def _table(head: dict[str, Any], rows: list[Row]) -> Table:
    merges = tuple(tuple(item) for item in head["merges"])
    return Table(
        rows, head["sheet"], tuple(head["others"]), merges, anchors_of(merges), frozenset(head["hidden_rows"]),
        tuple(head["hidden_columns"]),
    )  # fmt: skip


def anchors_of(merges: Iterable[Sequence[int]]) -> dict[tuple[int, int], int]:
    """(column from 0, row) of each cell below the first of a vertical merge → the row of its first cell."""
    found: dict[tuple[int, int], int] = {}
    for left, top, _right, bottom in merges:
        if bottom - top > 5_000 or left > limits.COLUMNS:
            continue
        for row in range(top + 1, bottom + 1):
            found[left - 1, row] = top
        if len(found) > limits.ROWS:
            break
    return found
