"""Short notes that processes leave for each other: how far a worker has come, that somebody asked it to stop.

They live in Redis with a time to die. Nothing depends on one: where Redis is down a note is not there, and writing one says so.
"""

from functools import lru_cache
from typing import Any

import orjson
import redis
from django.conf import settings

from rest.throttling import plain_url


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(plain_url(settings.REDIS_URL), socket_timeout=0.5, socket_connect_timeout=0.5)


def put(name: str, value: Any, seconds: int) -> bool:
    """Leave a note (JSON) for so many seconds; False where nobody would find it."""
    try:
        _client().set(f"note:{name}", orjson.dumps(value), ex=seconds)
    except (redis.RedisError, OSError):
        return False
    return True


def read(name: str) -> Any:
    """The note of this name, or None."""
    try:
        found = _client().get(f"note:{name}")
    except (redis.RedisError, OSError):
        return None
    return orjson.loads(found) if found else None


def wipe(name: str) -> None:
    """Take a note away."""
    try:
        _client().delete(f"note:{name}")
    except (redis.RedisError, OSError):
        return
