"""The Celery application. Its worker logs as the web does: JSON lines, each with the id of the request that asked for the task."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")
app = Celery("renovation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


def configure_logging(**_: Any) -> None:
    """The worker's and beat's logging is Django's."""
    logging.config.dictConfig(settings.LOGGING)


setup_logging.connect(configure_logging)  # a listener here keeps Celery from putting a format of its own in place
