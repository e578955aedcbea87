"""What the site tells this layer through ``settings.REST``: dotted names, so that no app is imported here.

``CLOCK`` callable ``() -> datetime`` · ``ERRORS`` address of the error catalogue · ``RATE_URL`` Redis for the rate counters
(empty: memory of the process) · ``RATE_ANONYMOUS`` and ``RATE_KNOWN`` requests per ``RATE_WINDOW`` seconds · ``PORTAL_SENDS`` what a
resident's address may send, ``PORTAL_MISSES`` numbers that it may guess wrong, ``PORTAL_CODES`` codes of votes that
it may try, ``PORTAL_DOWNLOADS`` whole datasets that it may take, per ``PORTAL_WINDOW`` seconds · ``PREPARE`` statements are prepared
on their connection (not behind a pooler that hands out a connection for one transaction).
"""

import datetime as dt
import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
DEFAULTS: dict[str, Any] = {
    "CLOCK": "django.utils.timezone.now",
    "ERRORS": "/api/v1/errors/",
    "RATE_URL": "",
    "RATE_ANONYMOUS": 600,
    "RATE_KNOWN": 6000,
    "RATE_WINDOW": 60,
    "PORTAL_SENDS": 30,
    "PORTAL_MISSES": 60,
    "PORTAL_CODES": 120,
    "PORTAL_DOWNLOADS": 60,
    "PORTAL_WINDOW": 3600,
    "PREPARE": True,
}


def setting(name: str) -> Any:
    """The value of ``settings.REST[name]``, or its default."""
    return getattr(settings, "REST", {}).get(name, DEFAULTS[name])


def now() -> dt.datetime:
    """This moment by the site's clock."""
    moment: dt.datetime = import_string(setting("CLOCK"))()
    return moment


def address(request: Request | HttpRequest) -> str:
    """Network address of the caller; IPv6 by its /64, because a host owns all of one. Trusts as many proxies as NUM_PROXIES says."""
    text = BaseThrottle().get_ident(request) or ""  # type: ignore[arg-type]  # it reads META alone
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return text


def actor(request: Request) -> str:
    """Who acts, as text: the user, whichever key or session he uses; else the address."""
    if request.user is not None and request.user.is_authenticated:
        return f"user:{getattr(request.user, 'uid', request.user.pk)}"
    return f"address:{address(request)}"


def caller(request: Request) -> str:
    """Whose requests are counted: the key, else the user, else the address."""
    key = getattr(request.auth, "prefix", None)
    return f"key:{key}" if key else actor(request)
