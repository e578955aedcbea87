"""A table as read: calls the reading process, bounded in time and memory, and holds what it says."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import orjson
from openpyxl.utils import get_column_letter

from communities.imports import limits
from communities.imports.workbook import Unreadable

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Table:
    """Rows that are not blank, each with its number in the sheet (from 1). ``merges``: [first column, first row, last column, last row];
    ``hidden_rows`` as numbered, ``hidden_columns`` from 0."""

    rows: list[tuple[int, list[str]]]
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


def read_table(path: Path, name: str, sheet: str = "") -> Table:
    """Read a file on disk in a process of its own. Raises Unreadable."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "communities.imports.reader", str(path), name, sheet],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        try:
            code = process.wait(timeout=limits.WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            raise Unreadable("表格过大或过于复杂，读取超时。请拆分后分别导入。") from error
        if code != 0:
            raise Unreadable("表格过大或格式异常，读取时超出限制。请拆分，或把内容复制到新表格后再上传。")
        output.seek(0)
        return read_lines(orjson.loads(line) for line in output)


def read_lines(lines: Iterator[object]) -> Table:
    """The table of what the reading process says: its head, then its rows. Raises Unreadable with its error."""
    head = next(lines, None)
    rows: list[tuple[int, list[str]]] = []
    for line in [head] if head and "error" in head else lines:  # type: ignore[operator]
        if isinstance(line, dict):
            raise Unreadable(str(line["error"]))
        rows.append((line[0], line[1]))  # type: ignore[index]
    assert isinstance(head, dict)
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
