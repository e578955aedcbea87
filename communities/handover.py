"""Large imports are handed to the worker; small ones are done at once. Pages and REST decide alike."""

import datetime as dt
import logging
import threading
from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

from celery.exceptions import CeleryError
from django.db import transaction
from kombu.exceptions import OperationalError

from communities import actions, tasks
from communities.actions.mending import Cells, Everywhere
from communities.imports import limits
from communities.models import Import
from offices.models import User

logger = logging.getLogger(__name__)


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
    """Hand over to the worker once the import is committed. The page never waits for a broker, be it gone or hung: a thread of its own
    talks to it. What does not get through is not lost, the beat picks the import up."""
    context = copy_context()  # the task's log carries the id of this request
    publish = threading.Thread(target=context.run, args=(_publish, task, str(source.uid)), daemon=True, name="publish")
    transaction.on_commit(publish.start)
    return source


def _publish(task: Any, uid: str) -> None:
    try:
        task.delay(uid)
    except (CeleryError, OperationalError, OSError):
        logger.warning("queue_unreachable: import %s waits for the beat", uid)
