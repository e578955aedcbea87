"""Requests per window and caller, said in ``RateLimit-*`` headers.

The counters live in Redis, shared by all workers: one INCR a request. Where there is no Redis or it does not answer, each worker
counts for itself in memory (the limit is then per worker) and Redis is asked again after some seconds: a broken counter never
stops a request.
"""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from rest import house

RETRY_REDIS_AFTER = 5.0
MOST_KEYS = 50_000
_INCR = b"*3\r\n$6\r\nINCRBY\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"


@dataclass(frozen=True)
class Rate:
    """How a caller stands: requests allowed and left in this window, seconds until the next."""

    limit: int
    remaining: int
    reset: int
    within: bool = True

    @property
    def headers(self) -> dict[str, str]:
        """Header fields of the IETF draft."""
        return dict(zip(house.RATE_HEADERS, (str(self.limit), str(self.remaining), str(self.reset)), strict=True))


class MemoryCounter:
    """Counts of one process; forgotten with the window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = -1
        self._counts: dict[str, int] = {}

    def hit(self, caller: str, window: int, seconds: int, by: int = 1) -> int:
        """Count one request of ``caller`` in window number ``window`` (``by`` 0: only look); returns the count."""
        with self._lock:
            if window != self._window or len(self._counts) > MOST_KEYS:
                self._window, self._counts = window, {}
            count = self._counts.get(caller, 0) + by
            if by:
                self._counts[caller] = count
            return count


class RedisCounter:
    """Counts shared by all processes; falls back to memory while Redis does not answer."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(plain_url(url), socket_timeout=0.25, socket_connect_timeout=0.25)
        self._memory = MemoryCounter()
        self._held = threading.local()
        self._down_until = 0.0

    def hit(self, caller: str, window: int, seconds: int, by: int = 1) -> int:
        """As MemoryCounter.hit."""
        if time.monotonic() >= self._down_until:
            try:
                return self._counted(f"rate:{window}:{caller}", seconds, by)
            except (redis.RedisError, OSError):
                self._down_until = time.monotonic() + RETRY_REDIS_AFTER
        return self._memory.hit(caller, window, seconds, by)

    def _counted(self, name: str, seconds: int, by: int) -> int:
        """INCRBY on a connection of this thread: redis-py's own way of one command costs several times its round trip."""
        pool, held = self._client.connection_pool, self._held
        kept = held.connection = getattr(held, "connection", None) or pool.get_connection()
        key, step = name.encode(), b"%d" % by
        try:
            kept.send_packed_command([_INCR % (len(key), key, len(step), step)], check_health=False)
            count = int(kept.read_response())
        except (redis.RedisError, OSError):  # closed while it lay idle, or the server is gone: then this fails too
            held.connection = None
            kept.disconnect()
            pool.release(kept)
            count = int(self._client.incrby(name, by))
        if count <= 1:
            self._client.expire(name, seconds * 2)
        return count


def plain_url(url: str) -> str:
    """Celery's ``redis+socket:///path?virtual_host=0`` as redis-py writes it, ``unix:///path?db=0``; others as they are."""
    parts = urlsplit(url)
    if parts.scheme != "redis+socket":
        return url
    number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
    return f"unix://{parts.path}?db={number}"


@lru_cache(maxsize=16)
def _portal_counter(url: str, what: str) -> MemoryCounter | RedisCounter:
    return RedisCounter(url) if url else MemoryCounter()


def allowed(request: Any, what: str, *, limit: str) -> bool:
    """Whether this address may do ``what`` once more in the window of resident pages; ``limit`` names the setting."""
    return _counted(request, what, 1) <= int(house.setting(limit))


def may_try(request: Any, what: str, *, limit: str) -> bool:
    """Whether this address may guess ``what`` once more: only what ``missed`` told of counts, for one address may be a whole estate."""
    return _counted(request, what, 0) < int(house.setting(limit))


def missed(request: Any, what: str) -> None:
    """This address gave a code or a number that does not exist."""
    _counted(request, what, 1)


def _counted(request: Any, what: str, by: int) -> int:
    seconds = int(house.setting("PORTAL_WINDOW"))
    window = int(time.time() // seconds)
    counts = _portal_counter(house.setting("RATE_URL"), what)
    return counts.hit(f"{what}:{house.address(request)}", window, seconds, by)


@lru_cache(maxsize=4)
def counter(url: str) -> MemoryCounter | RedisCounter:
    """The process's counter."""
    return RedisCounter(url) if url else MemoryCounter()


class CallerRateThrottle(BaseThrottle):
    """Anonymous callers by address, others by key or user."""

    rate: Rate | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request, once, and leave its ``Rate`` on it."""
        counted: Rate | None = getattr(request._request, "rate", None)
        if counted is not None:
            self.rate = counted
            return counted.within
        known = bool(request.user is not None and request.user.is_authenticated)
        return self.count(
            request._request, house.caller(request), house.setting("RATE_KNOWN" if known else "RATE_ANONYMOUS")
        )

    def count(self, request: HttpRequest, caller: str, limit: int) -> bool:
        """Whether ``caller`` may have this request."""
        seconds = int(house.setting("RATE_WINDOW"))
        moment = time.time()
        window = int(moment // seconds)
        count = counter(house.setting("RATE_URL")).hit(caller, window, seconds)
        reset = max(1, round((window + 1) * seconds - moment))
        self.rate = Rate(limit=limit, remaining=max(0, limit - count), reset=reset, within=count <= limit)
        request.rate = self.rate  # type: ignore[attr-defined]
        return self.rate.within

    def wait(self) -> float | None:
        """Seconds until the next window."""
        return float(self.rate.reset) if self.rate else None
