"""Two questions of a load balancer: is this process alive (``/healthz``), and can it do its work (``/readyz``)."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from renovation.environment import client_url


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing else, so that a database that is away does not restart the web."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. A queue that is away is named, but pages work without it: nobody is turned away."""
    database, queue = database_answers(), queue_answers()
    status = "ok" if database and queue else "degraded" if database else "unavailable"
    parts = {"database": "ok" if database else "unreachable", "queue": "ok" if queue else "unreachable"}
    return JsonResponse({"status": status, **parts}, status=200 if database else 503)


def database_answers() -> bool:
    """Whether the database answers a query now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        connection.close()
        return False


def queue_answers() -> bool:
    """Whether the queue answers within a second."""
    try:
        with redis.Redis.from_url(client_url(settings.REDIS_URL), socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
