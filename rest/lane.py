"""Lists and details that programs read, answered before the middleware that only people need (session, forms, messages) and before the
addresses are gone through: the view is the same, with its own authentication, permission, limit and checks.

A request that was answered 304 is known: the next one like it is answered by one query, which asks whether the caller may still see it
and whether the tables behind it were written. Whatever is not a plain success is left to the usual way, which says what is wrong.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from policies.refusal import Refused
from rest import etags, fast, house, problems, versions
from rest.compiled import works_here
from rest.throttling import CallerRateThrottle
from rest.views import DetailMixin, ListMixin, ProblemView, PublicReadViewSet, StaffViewSet

MOST_HELD = 5000
_ONE = re.compile(r"(/.*/)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/")
_ANY = "00000000-0000-0000-0000-000000000000"
_TAKEN = ("*/*", "application/json", "application/*")
#: Of each answer anew.
_OWN = frozenset({"etag", *(name.lower() for name in house.RATE_HEADERS)})
_HELD: dict[tuple[str, ...], "_Held"] = {}


@dataclass(frozen=True)
class _Held:
    """An answer that a caller was told to be unchanged: what its tag is made of, who it was for, what else it said."""

    known: fast.Known
    authenticator: Any
    proof: Any
    caller: str
    headers: dict[str, str]


class Lane:
    """Middleware in front of the sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """The answer."""
        if not _open(request):
            return self.get_response(request)
        return _unchanged(request) or _answer(request) or self.get_response(request)


def _open(request: HttpRequest) -> bool:
    """Whether a request may come this way: a program reads JSON."""
    meta = request.META
    plain = request.method == "GET" and not meta.get("HTTP_COOKIE") and meta.get("HTTP_ACCEPT", "*/*") in _TAKEN
    return plain and problems.is_api(request) and works_here()


def _name(request: HttpRequest) -> tuple[str, ...]:
    meta = request.META
    return request.path_info, meta.get("QUERY_STRING", ""), meta.get("HTTP_AUTHORIZATION", "")


def _unchanged(request: HttpRequest) -> HttpResponse | None:
    """A 304 like the one before."""
    held = _HELD.get(_name(request)) if "HTTP_IF_NONE_MATCH" in request.META else None
    if held is None:
        return None
    if held.authenticator is None:
        number = versions.number(held.known.tables)
    else:
        still = held.authenticator.still(request, held.known.tables)
        if still is None or still[0] != held.proof:
            return None
        number = still[1]
    tag = held.known.tag(number)
    if not etags.holds(request, tag):
        request.outdated = True  # type: ignore[attr-defined]
        return None
    throttle = CallerRateThrottle()
    limit = house.setting("RATE_KNOWN" if held.caller else "RATE_ANONYMOUS")
    if not throttle.count(request, held.caller or f"address:{house.address(request)}", limit):
        return None
    assert throttle.rate is not None
    answer = HttpResponse(status=304, headers={**held.headers, "ETag": tag, **throttle.rate.headers})
    if "Content-Type" not in held.headers:
        del answer["Content-Type"]
    return answer


def _hold(request: Request, answer: Any) -> None:
    """Note a 304 for the next time."""
    authenticator: Any = request.successful_authenticator
    known = getattr(answer, "known", None)
    if known is None or (authenticator is not None and not hasattr(authenticator, "still")):
        return
    if len(_HELD) >= MOST_HELD:
        _HELD.clear()
    proof, caller = (authenticator.proof(request.auth), house.caller(request)) if authenticator else (None, "")
    headers = {name: value for name, value in answer.items() if name.lower() not in _OWN}
    _HELD[_name(request._request)] = _Held(known, authenticator, proof, caller, headers)


def _answer(request: HttpRequest) -> HttpResponse | None:
    """The answer of a view that is read fast; None where the request goes the usual way."""
    one = _ONE.fullmatch(request.path_info)
    made = _view(one[1] if one else request.path_info, one is not None)
    if made is None:
        return None
    kind, settings, action, allow = made
    view = kind(**settings)
    view.action, view.args, view.kwargs = action, (), {"uid": one[2]} if one else {}
    view.format_kwarg, view.headers = None, {"Allow": allow}
    view.request = Request(request, authenticators=view.get_authenticators(), parser_context={"view": view})
    try:
        view.perform_authentication(view.request)
        view.check_permissions(view.request)
        view.check_throttles(view.request)
        view.check_parameters(view.request)
        found = fast.detail(view, view.request, one[2]) if one else fast.listed(view, view.request)
    except (Refused, APIException, Http404, PermissionDenied):
        return None
    if found is not None:
        found = view.finalize_response(view.request, found)
        _hold(view.request, found)
    return found


@lru_cache(maxsize=1000)
def _view(path: str, one: bool) -> tuple[Any, dict[str, Any], str, str] | None:
    """The view of an address with the arguments it is made with, its action and what it allows; None where it is not read this way."""
    try:
        func: Any = resolve(f"{path}{_ANY}/" if one else path).func
    except Resolver404:
        return None
    kind: Any = getattr(func, "cls", None)
    methods = getattr(func, "actions", {})
    action = "retrieve" if one else "list"
    if methods.get("get") != action or not _usual(kind, action):
        return None
    allowed = [name.upper() for name in kind.http_method_names if name in {*methods, "head", "options"}]
    return kind, func.initkwargs, action, ", ".join(allowed)


def _usual(kind: Any, action: str) -> bool:
    """Whether a view answers this action as the base classes do."""
    if not issubclass(kind, PublicReadViewSet | StaffViewSet) or not kind.by_scope:
        return False
    base = DetailMixin if action == "retrieve" else ListMixin
    own = (getattr(kind, name) is getattr(ProblemView, name) for name in ("dispatch", "initial", "finalize_response"))
    return getattr(kind, action) is getattr(base, action) and all(own)
