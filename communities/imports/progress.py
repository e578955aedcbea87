"""How far an import has come, told while it runs, and the wish that it stop, heard while it runs."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

from communities.models import Import, ImportTrace
from offices import bulk, whiteboard
from policies.refusal import Refused

Step = Callable[[str, int, int], None]
RUNNING = frozenset(
    {Import.State.UPLOADED, Import.State.APPLYING, Import.State.UNDOING}
)  # a worker is at it, or will be
EVERY = 0.5  # seconds between two notes
KEPT = 3600


def how_far(source: Import) -> dict[str, Any]:
    """``words``, ``done`` and ``total`` of a running import; empty where nobody is at work or nobody can tell."""
    return whiteboard.read(f"import:{source.uid}") or {}


def ask_to_stop(source: Import) -> bool:
    """Ask whoever works on the import to stop; False where the wish can't be left."""
    return whiteboard.put(f"stop:{source.uid}", True, KEPT)


def stop_asked(source: Import) -> bool:
    """Whether the import is asked to stop."""
    return bool(whiteboard.read(f"stop:{source.uid}"))


class Run:
    """One pass over an import: says how far it is, stops where asked, and keeps what it wrote so that it can be undone."""

    def __init__(self, source: Import) -> None:
        self.source = source
        self._told = 0.0
        self._traces: list[ImportTrace] = []

    def step(self, words: str, done: int, total: int) -> None:
        """So many of so many. Raises Refused where somebody asked to stop."""
        if time.monotonic() - self._told < EVERY:
            return
        self._told = time.monotonic()
        whiteboard.put(f"import:{self.source.uid}", {"words": words, "done": done, "total": total}, KEPT)
        if stop_asked(self.source):
            raise Refused("已按要求停止，没有写入任何内容。", code="import_stopped")

    def done(self) -> None:
        """Nobody is at work any more."""
        whiteboard.wipe(f"import:{self.source.uid}")
        whiteboard.wipe(f"stop:{self.source.uid}")

    def created(self, rows: Iterable[models.Model]) -> None:
        """Remember rows that this import made, those that others point at first."""
        last: ImportTrace | None = None
        for row in rows:
            version = getattr(row, "version", None)
            if last is None or last.row + last.count != row.pk or last.version != version:
                last = ImportTrace(source=self.source, model=row._meta.label, row=row.pk, count=0, version=version)
                self._traces.append(last)
            last.count += 1

    def changed(self, row: models.Model, before: dict[str, Any]) -> None:
        """Remember what a row held before this import changed it: attribute → value as JSON."""
        self._traces.append(
            ImportTrace(
                source=self.source,
                model=row._meta.label,
                row=row.pk,
                version=getattr(row, "version", None),
                before=before,
            )
        )

    def keep(self) -> None:
        """Write the traces so far (inside the transaction that wrote the rows)."""
        bulk.insert(self._traces)
        self._traces = []


def chunks(rows: Sequence[Any], size: int = 2000) -> Iterable[tuple[int, Sequence[Any]]]:
    """(rows before, part) one after another."""
    for start in range(0, len(rows), size):
        yield start, rows[start : start + size]
