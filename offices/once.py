"""What one page asks for in two places is read once: kept while a request is answered that changes nothing (GET, HEAD), and no longer."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

T = TypeVar("T")
SAFE = frozenset({"GET", "HEAD"})
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


def once(key: Hashable, read: Callable[[], Any]) -> Any:
    """What was read under ``key`` in this request, else what ``read`` gives now. Outside of such a request always the latter."""
    rows = _kept.get()
    if rows is None:
        return read()
    if key not in rows:
        rows[key] = read()
    return rows[key]


def kept(key: Hashable) -> Any:
    """What was read under ``key`` in this request; None where nothing was."""
    return (_kept.get() or {}).get(key)


def keep(key: Hashable, value: T) -> T:
    """Offer what was read to whoever asks for ``key`` in the same request. Nobody changes it."""
    rows = _kept.get()
    if rows is not None:
        rows[key] = value
    return value


class OnceARequest:
    """The middleware that opens and closes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        token = _kept.set({} if request.method in SAFE else None)
        try:
            return self.get_response(request)
        finally:
            _kept.reset(token)
