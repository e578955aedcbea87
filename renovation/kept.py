"""Resident pages kept whole for a moment: the same bytes for everybody, made once per process and ``PORTAL_CACHE_SECONDS`` (0: never).

Only pages without anything of the reader in them: no form with a token, no personal data. Whoever has a session or a message waiting gets
a page of his own. ``kept`` marks a view; the middleware ``KeptPages`` answers before sessions, tokens and accounts are looked at.
"""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from renovation.look import look_of

LONGEST_ADDRESS = 200
LONGEST = 60  # seconds: a step that has changed is seen by everybody within a minute, whatever the setting says
MARK = "may_be_kept"
OWN_HEADERS = ("Content-Length", "Content-Encoding", "Set-Cookie", "ETag", "Cache-Control")


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What this view answers may be kept for readers who are nobody in particular."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, MARK, response.status_code == 200 and not response.cookies)
        return response

    return answer


class KeptPages:
    """Answers with the kept bytes; keeps what a marked view has answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One look into the memory of the process for a reader without a session and a query."""
        name = _name(request)
        if not name:
            return self.get_response(request)
        found = cache.get(name)
        if found is None:
            response = self.get_response(request)
            if not isinstance(response, HttpResponse) or not getattr(response, MARK, False):
                return response
            found = _made(response)
            cache.set(name, found, min(settings.PORTAL_CACHE_SECONDS, LONGEST))
        return _sent(request, *found)


def _name(request: HttpRequest) -> str:
    """Under what this page is kept for this reader; empty where he is somebody, or asks for something of his own."""
    if not settings.PORTAL_CACHE_SECONDS or request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
        return ""
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return ""
    name = f"page:{look_of(request)}:{request.scheme}:{request.get_host()}{request.path}"
    return name if len(name) <= LONGEST_ADDRESS else ""


def _made(response: HttpResponse) -> tuple[bytes, bytes, str, dict[str, str]]:
    body = response.content
    headers = {name: value for name, value in response.headers.items() if name not in OWN_HEADERS}
    return body, gzip.compress(body, 6), f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"', headers


def _sent(request: HttpRequest, body: bytes, packed: bytes, tag: str, headers: Mapping[str, str]) -> HttpResponse:
    """The kept bytes, packed where the reader takes that; 304 where he holds them already."""
    held = {item.removeprefix("W/") for item in parse_etags(request.headers.get("If-None-Match", ""))}
    if tag in held or "*" in held:
        response = HttpResponse(status=304, headers=headers)
        del response["Content-Type"]
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, headers={**headers, "Content-Encoding": "gzip"})
    else:
        response = HttpResponse(body, headers=headers)
    response["ETag"], response["Cache-Control"] = tag, "no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    return response
