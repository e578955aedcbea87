"""The Celery application. Its worker logs as the web does: JSON lines, each with the id of the request that asked for the task."""

import logging.config
import os
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")


class Watched(Task):  # type: ignore[misc]
    """A task of the timer leaves a sign of life when it is done (``offices.pulse``)."""

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """It came to its end."""
        from offices import clock, pulse  # noqa: PLC0415 - Celery is there before Django's tables are

        if not args and not kwargs:
            pulse.beat(str(self.name), clock.now())


app = Celery("renovation", task_cls=Watched)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


def configure_logging(**_: Any) -> None:
    """The worker's and beat's logging is Django's."""
    logging.config.dictConfig(settings.LOGGING)


setup_logging.connect(configure_logging)  # a listener here keeps Celery from putting a format of its own in place
