"""Large imports are handed to the worker; small ones are done at once. Pages and REST decide alike."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from communities import actions, tasks
from communities.actions.mending import Cells, Everywhere
from communities.imports import limits
from communities.models import Import
from offices import handover
from offices.models import User


def read(source: Import, at: dt.datetime) -> Import:
    """Read the table now, or leave it to the worker."""
    if source.file.size <= limits.AT_ONCE_BYTES:
        return actions.read_import(source=source, at=at)
    return later(tasks.read_import, source)


def mend(
    source: Import, *, by: User, at: dt.datetime, cells: Cells | None = None, everywhere: Sequence[Everywhere] = ()
) -> Import:
    """Mend cells and read the table again, now or by the worker. Raises as ``mend_import``."""
    row = actions.mend_import(by=by, at=at, source=source, cells=cells, everywhere=everywhere)
    return later(tasks.read_import, row) if row.state == Import.State.UPLOADED else row


def apply(source: Import, *, by: User, at: dt.datetime) -> Import:
    """Write the table now, or leave it to the worker (``applying``). Raises as ``apply_import``."""
    if sum(source.counts.get(name, 0) for name in ("new", "update", "unchanged")) <= limits.AT_ONCE_ROWS:
        return actions.apply_import(by=by, at=at, source=source)
    return later(tasks.apply_import, actions.begin_apply(by=by, at=at, source=source))


def undo(source: Import, *, by: User, at: dt.datetime) -> Import:
    """Take the import back now, or leave it to the worker (``undoing``). Raises as ``undo_import``."""
    if sum(source.counts.get(name, 0) for name in ("new", "update")) <= limits.AT_ONCE_ROWS:
        return actions.undo_import(by=by, at=at, source=source)
    return later(tasks.undo_import, actions.begin_undo(by=by, at=at, source=source))


def later(task: Any, source: Import) -> Import:
    """Hand over to the worker once the import is committed (``offices.handover.later``)."""
    handover.later(task, str(source.uid))
    return source
