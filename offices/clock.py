"""The one clock of the platform. Only faces, tasks and commands read it; everything below takes ``at`` or ``today``."""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """This moment, moved by ``CLOCK`` (refused in production)."""
    return timezone.now() + settings.CLOCK_OFFSET


def today() -> dt.date:
    """The Asia/Shanghai day of this moment."""
    return timezone.localdate(now())


def day_of(at: dt.datetime) -> dt.date:
    """The Asia/Shanghai day of a moment that was passed in."""
    return timezone.localdate(at)
