"""Prometheus: requests by area, method and status with their duration, and how the platform does (``renovation.condition``).

``/metrics`` answers to whoever brings ``METRICS_TOKEN`` or comes from ``METRICS_NETWORKS``; without either setting it is not there.
Several web processes share their counts in the folder ``PROMETHEUS_MULTIPROC_DIR`` (the launcher sets and empties it).
"""

import ipaddress
import os
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from offices.clock import now
from renovation import condition
from rest import house

AREAS = frozenset({"staff", "api", "admin", "rulebooks", "static"})
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
REQUESTS = Counter("renovation_requests", "Requests", ["area", "method", "status"])
SECONDS = Histogram(
    "renovation_request_seconds", "Duration of requests", ["area"], buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
)  # fmt: skip
Answer = Callable[[HttpRequest], HttpResponseBase]


class CountRequests:
    """The outermost middleware: what it counts is what the caller waited for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, counted. No label holds anything that a caller can invent."""
        begun = time.perf_counter()
        response = self.get_response(request)
        first = request.path_info.split("/", 2)[1]
        area = first if first in AREAS else "portal"
        method = str(request.method) if request.method in METHODS else "other"
        REQUESTS.labels(area, method, str(response.status_code)).inc()
        SECONDS.labels(area).observe(time.perf_counter() - begun)
        return response


def allowed(request: HttpRequest) -> bool:
    """Whether the caller brings the token or comes from a network that the operator has named."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and kind == "Bearer" and constant_time_compare(token, settings.METRICS_TOKEN):
        return True
    try:
        caller = ipaddress.ip_address(house.address(request).partition("/")[0])
    except ValueError:
        return False
    return any(caller in network for network in settings.METRICS_NETWORKS)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads; 404 for everybody else. A database that is away costs its own figures alone."""
    if not allowed(request):
        raise Http404
    shown = CollectorRegistry()
    up = Gauge("renovation_database_up", "Whether the database answers", registry=shown)
    try:
        for name, value in condition.gauges(now()).items():
            Gauge(f"renovation_{name}", name.replace("_", " "), registry=shown).set(value)
        up.set(1)
    except DatabaseError:
        up.set(0)
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(shown) + generate_latest(counted), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [path("metrics", metrics, name="metrics")]
