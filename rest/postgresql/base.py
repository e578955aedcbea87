"""A connection that this process used a moment ago is asked nothing before it is used again: the operating system knows whether the
server has closed it. One that lay idle for longer is asked ``SELECT 1`` as Django does, once a request."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base

TRUSTED_SECONDS = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; a request saves a round trip."""

    _trusted_until = 0.0
    _trusted: Any = None

    def is_usable(self) -> bool:
        """Whether the connection still works."""
        raw, moment = self.connection, time.monotonic()
        trusted = raw is self._trusted and moment < self._trusted_until and not self.errors_occurred
        usable = trusted and _silent(raw) or super().is_usable()
        self._trusted, self._trusted_until = (raw, moment + TRUSTED_SECONDS) if usable else (None, 0.0)
        return usable


def _silent(raw: Any) -> bool:
    """Whether nothing came from the server meanwhile: a farewell, an error, the end of the connection."""
    if raw.closed:
        return False
    waiting = select.poll()
    waiting.register(raw.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return not waiting.poll(0)
