"""Resident pages kept whole for a moment: the same bytes for everybody, made once per process and ``PORTAL_CACHE_SECONDS`` (0: never).

Only pages without anything of the reader in them: no form with a token, no personal data. Whoever has a session or a message waiting gets
a page of his own.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from renovation.look import look_of

LONGEST_ADDRESS = 200


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep what a view answers to readers who are nobody in particular."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds, name = settings.PORTAL_CACHE_SECONDS, f"page:{look_of(request)}:{request.get_host()}{request.path}"
        own = (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or "messages" in request.COOKIES
            or request.META.get("QUERY_STRING")
        )
        if not seconds or own or len(name) > LONGEST_ADDRESS:
            return view(request, *args, **kwargs)
        found = cache.get(name)
        if found is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.cookies:
                return response
            body = response.content
            found = (
                body,
                gzip.compress(body, 6),
                f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"',
                response["Content-Type"],
            )
            cache.set(name, found, seconds)
        return _sent(request, *found)

    return answer


def _sent(request: HttpRequest, body: bytes, packed: bytes, tag: str, kind: str) -> HttpResponse:
    """The kept bytes, packed where the reader takes that; 304 where he holds them already."""
    held = {item.removeprefix("W/") for item in parse_etags(request.headers.get("If-None-Match", ""))}
    if tag in held or "*" in held:
        response = HttpResponse(status=304)
        del response["Content-Type"]
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, content_type=kind, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(body, content_type=kind)
    response["ETag"], response["Cache-Control"] = tag, "no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    return response
