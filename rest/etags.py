"""ETags: a detail's names the row, its version and the body; a list's names the body. A change must say which version it saw."""

import hashlib
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from policies.refusal import Stale
from rest.house import RATE_HEADERS
from rest.problems import PreconditionRequired

KEPT_ON_304 = ("ETag", "Vary", "Cache-Control", "Deprecation", "Sunset", "Link", *RATE_HEADERS)


def tag(content: bytes, row: Any = None) -> str:
    """``"<uid>.<version>.<hash>"`` for a row, ``"<hash>"`` for anything else. The hash covers columns picked and names nested."""
    if row is not None:
        return named(row.uid.hex, row.version, content)
    return f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'


def named(uid: str, version: int, content: bytes) -> str:
    """The tag of a row by its uid (hexadecimal, no dashes) and version."""
    return f'"{uid}.{version}.{hashlib.blake2b(content, digest_size=8).hexdigest()}"'


def _opaque(text: str) -> str:
    """An entity tag without weakness mark: proxies and gzip turn our tags into weak ones, the row they name stays the same."""
    return text.removeprefix("W/").strip('"')


def require_match(request: Request, row: Any) -> None:
    """Hold If-Match against the row's version. Raises PreconditionRequired (428) without it, Stale (412) where the row has moved on."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired("修改需要 If-Match：先读取记录，把得到的 ETag 放进 If-Match。")
    tags = [_opaque(item) for item in parse_etags(header)]
    if "*" in tags or any(item.split(".")[:2] == [row.uid.hex, str(row.version)] for item in tags):
        return
    raise Stale("记录已被修改，请重新读取后再提交。")


def one_at_a_time(uid: str) -> None:
    """Let one request after the other hold its If-Match against a row until it has committed (PostgreSQL; SQLite writes one after the
    other anyhow). No row is locked by it: it comes before every lock of an action, so it closes no circle."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [uid.lower()])


def finish(request: Request, response: Any, row: Any = None) -> HttpResponse | None:
    """Put the ETag on a rendered answer; a 304 instead where If-None-Match already holds it (None: the answer stays)."""
    if not 200 <= response.status_code < 300 or response.status_code == 204:
        return None
    reading = request.method in {"GET", "HEAD"}
    if not reading and row is None:
        return None
    response["ETag"] = tag(response.content, row)
    if not reading or not holds(request, response["ETag"]):
        return None
    answer = unchanged(response["ETag"])
    for name in KEPT_ON_304:
        if response.has_header(name):
            answer[name] = response[name]
    return answer


def holds(request: Request | HttpRequest, own: str) -> bool:
    """Whether If-None-Match names this tag."""
    seen = [_opaque(item) for item in parse_etags(request.headers.get("If-None-Match", ""))]
    return "*" in seen or _opaque(own) in seen


def unchanged(own: str) -> HttpResponse:
    """A 304."""
    answer = HttpResponse(status=304, headers={"ETag": own})
    del answer["Content-Type"]
    return answer


def conditional(request: Request, response: HttpResponse, own: str) -> HttpResponse:
    """A finished answer with its tag, or a 304 where the caller holds it already."""
    if holds(request, own):
        return unchanged(own)
    response["ETag"] = own
    return response
