"""ETags: a detail's names the row, its version and the body; a list's names the body. A change must say which version it saw."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from policies.refusal import Stale
from rest.problems import PreconditionRequired

KEPT_ON_304 = ("ETag", "Vary", "Cache-Control", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def tag(content: bytes, row: Any = None) -> str:
    """``"<uid>.<version>.<hash>"`` for a row, ``"<hash>"`` for anything else. The hash covers columns picked and names nested."""
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    return f'"{row.uid.hex}.{row.version}.{digest}"' if row is not None else f'"{digest}"'


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


def finish(request: Request, response: Any, row: Any = None) -> HttpResponse | None:
    """Put the ETag on a rendered answer; a 304 instead where If-None-Match already holds it (None: the answer stays)."""
    if not 200 <= response.status_code < 300 or response.status_code == 204:
        return None
    reading = request.method in {"GET", "HEAD"}
    if not reading and row is None:
        return None
    response["ETag"] = tag(response.content, row)
    if not reading:
        return None
    seen = [_opaque(item) for item in parse_etags(request.headers.get("If-None-Match", ""))]
    if "*" not in seen and _opaque(response["ETag"]) not in seen:
        return None
    unchanged = HttpResponse(status=304)
    for name in KEPT_ON_304:
        if response.has_header(name):
            unchanged[name] = response[name]
    del unchanged["Content-Type"]
    return unchanged
