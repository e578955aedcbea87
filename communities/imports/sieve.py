"""Rows held against each other and against what stands, part by part, so that a large table need not lie in memory as a whole.

Most rows of a table have nothing to do with any other. A sieve lets those pass as they come, with what it finds on each alone, and
remembers a few numbers of each; the rest (two of one room, two of one name) is settled at the end, when all of it is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from communities.models import Import

if TYPE_CHECKING:
    from communities.imports.kinds import ImportKind, StagedRow

Again = Callable[
    [Iterable[int]], list["StagedRow"]
]  # rows by their numbers, in their order, once more as they were first


class Sieve(Protocol):
    """What checks the rows of one table."""

    def take(self, rows: Sequence[StagedRow]) -> Sequence[StagedRow]:
        """Check the next rows of the table; those that pass are done unless ``settle`` names them. Never writes."""

    def settle(self, again: Again) -> list[StagedRow]:
        """After the last row: those that have to do with others, checked. They replace what ``take`` let pass."""


class Whole:
    """Lets nothing pass: all rows of the table are matched together (``ImportKind.match``)."""

    def __init__(self, kind: ImportKind, source: Import, today: dt.date) -> None:
        self.kind, self.source, self.today = kind, source, today
        self.rows: list[StagedRow] = []

    def take(self, rows: Sequence[StagedRow]) -> Sequence[StagedRow]:
        """Keep them."""
        self.rows += rows
        return ()

    def settle(self, again: Again) -> list[StagedRow]:
        """All of them."""
        self.kind.match(self.rows, self.source, today=self.today)
        return self.rows
