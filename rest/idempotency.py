"""``Idempotency-Key``: the same POST sent twice acts once and is answered alike.

1. The key's row is inserted in the transaction of the act, before it. A second request with the key waits there (PostgreSQL: on the unique
   index; SQLite: for the write lock) until the first is done.
2. Was it written by the first: another request hash is 422, the same one gets the answer kept.
3. Otherwise we act; the answer goes into the row and commits with the act. A refusal rolls both back: the key is free again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from policies.refusal import Invalid
from rest import house
from rest.models import IdempotencyKey
from rest.problems import IdempotencyMismatch

KEPT_FOR = dt.timedelta(days=7)
KEPT_HEADERS = ("Location", "ETag")


def request_hash(request: Request) -> str:
    """SHA-256 of what the request says: query and body by meaning (key order does not matter), uploads by their bytes."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    data: Any = request.data
    fields = {name: data.getlist(name) for name in data} if hasattr(data, "getlist") else data
    texts = {name: values for name, values in fields.items() if name not in request.FILES} if request.FILES else fields
    digest.update(json.dumps(texts, sort_keys=True, ensure_ascii=False, default=str).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            digest.update(f"{name}:{upload.name}:{upload.size}".encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    key = key.strip().strip('"')
    if not key or len(key) > 128 or not key.isascii() or not key.isprintable():
        reason = "须为 1–128 个可见的 ASCII 字符，建议用 UUID"
        raise Invalid(f"Idempotency-Key {reason}。", errors={"Idempotency-Key": [reason]})
    return key


def once(request: Request, act: Callable[[], Response]) -> Response:
    """Run ``act`` in a transaction, once per actor and Idempotency-Key. Raises IdempotencyMismatch (422) or Invalid."""
    key = _key(request)
    with transaction.atomic():
        if key is None:
            return act()
        fresh = IdempotencyKey(
            actor=house.actor(request),
            key=key,
            target=f"{request.method} {request.path}"[:300],
            request_hash=request_hash(request),
        )
        IdempotencyKey.objects.bulk_create([fresh], ignore_conflicts=True)
        row = IdempotencyKey.objects.get(actor=fresh.actor, key=key)
        if row.token != fresh.token:
            return _again(row, fresh)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        row.status = response.status_code
        row.body = JSONRenderer().render(response.data).decode()
        row.headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
        row.save(update_fields=["status", "body", "headers"])
        return response


def _again(row: IdempotencyKey, fresh: IdempotencyKey) -> Response:
    if (row.target, row.request_hash) != (fresh.target, fresh.request_hash):
        raise IdempotencyMismatch("这个 Idempotency-Key 已用于另一个请求；新的请求请用新的键。")
    data: Any = json.loads(row.body) if row.body else None
    return Response(data, status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"})


def sweep(*, at: dt.datetime) -> int:
    """Forget answers older than seven days; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).delete()[0]
