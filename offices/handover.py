"""What takes long is handed to the worker once its row is committed."""

import logging
import threading
from contextvars import copy_context
from typing import Any

from celery.exceptions import CeleryError
from django.db import transaction
from kombu.exceptions import OperationalError

from offices import jobs, tasks
from offices.models import Job

logger = logging.getLogger(__name__)


def start(**asked: Any) -> Job:
    """A job (``jobs.ask``), given to the worker."""
    job = jobs.ask(**asked)
    later(tasks.run_job, str(job.uid))
    return job


def later(task: Any, uid: str) -> None:
    """Hand a row over to the worker once it is committed. The page never waits for a broker, be it gone or hung: a thread of its own
    talks to it. What does not get through is not lost, the beat picks the row up."""
    context = copy_context()  # the task's log carries the id of this request
    publish = threading.Thread(target=context.run, args=(_publish, task, uid), daemon=True, name="publish")
    transaction.on_commit(publish.start)


def _publish(task: Any, uid: str) -> None:
    try:
        task.delay(uid)
    except (CeleryError, OperationalError, OSError):
        logger.warning("queue_unreachable: %s waits for the beat", uid)
