"""Error pages: plain words, what to do next, never a trace. Under ``/api/`` the same as problem+json."""

import errno
import shutil
import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from structlog import contextvars

from rest import problems

# SQLSTATE classes in which the server or the connection is gone or full: 08 connection, 53 resources, 57 operator intervention, 58 system.
PASSING_STATES = ("08", "53", "57", "58")
FULL_STATE, FULL_WORDS = "53100", "database or disk is full"
UNCLEAR_WORDS, LEAST_BYTES = "disk i/o error", 1024 * 1024
FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
PASSING_WORDS = ("database is locked", "disk i/o error", "database or disk is full", "unable to open database")

# An engine of their own, without anybody's template tags: a broken tag must not take the error page along.
ENGINE = Engine(dirs=[str(settings.BASE_DIR / "templates")])


def passing(error: BaseException | None) -> bool:
    """Whether the database is away or full for now (503: nothing was changed, try again) rather than asked something wrong."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError | DatabaseError):
        return False
    cause = error.__cause__
    state = getattr(cause, "pgcode", None)
    if state:
        return str(state).startswith(PASSING_STATES)
    if type(cause).__module__.startswith("psycopg2"):
        return isinstance(error, OperationalError)  # no SQLSTATE: the connection itself failed
    return any(words in str(error).lower() for words in PASSING_WORDS)


def full(error: BaseException | None) -> bool:
    """Whether there is no room left where the database or an upload would be written (503 as well: nothing was changed)."""
    if isinstance(error, DatabaseError):
        words = str(error).lower()
        if UNCLEAR_WORDS in words:  # SQLite says no more where its log or its index can't grow: the disk is asked
            return shutil.disk_usage(settings.DATA).free < LEAST_BYTES
        return getattr(error.__cause__, "pgcode", None) == FULL_STATE or FULL_WORDS in words
    return isinstance(error, OSError) and error.errno in FULL_NUMBERS


def render(name: str) -> str:
    """Text of an error page, with the request's number in the log."""
    number: Any = contextvars.get_contextvars().get("request_id", "")
    return ENGINE.get_template(f"errors/{name}.html").render(Context({"request_id": number}))


def page(request: HttpRequest, status: int, name: str = "") -> HttpResponse:
    """The error page of ``status``; it asks neither the database nor the session, because these may be what failed."""
    response = HttpResponse(render(name or str(status)), status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return problems.bad_request(request, exception) if problems.is_api(request) else page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return problems.permission_denied(request, exception) if problems.is_api(request) else page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return problems.page_not_found(request, exception) if problems.is_api(request) else page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500, and 503 where the database is away for now. Django calls it while the exception is being handled."""
    error = sys.exc_info()[1]
    no_room = full(error)
    away = no_room or passing(error)
    if problems.is_api(request):
        if not away:
            return problems.server_error(request)
        words = "服务器磁盘空间不足" if no_room else "数据库暂时不可用"
        response = problems.answer("unavailable", f"{words}，没有改动任何数据。")
        response.headers["Retry-After"] = "5"
        return response
    return page(request, 503 if away else 500, "full" if no_room else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: 403 with the way out."""
    if problems.is_api(request):
        return problems.answer("forbidden", "缺少或不匹配的 CSRF 令牌：请刷新页面后重试，程序请使用密钥。")
    return HttpResponse(render("csrf"), status=403)
