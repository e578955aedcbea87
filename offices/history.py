"""The history: one row per act, ids and salted hashes only; sealed in batches into one hash chain by one sealer.

Sealing is apart from writing, so that the chain never serialises the writers.
"""

import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from offices.models import Body, HistoryEntry, User

BATCH = 1000
SEALER_LOCK = 4_711_001  # PostgreSQL advisory lock of the one sealer
GENESIS = "0" * 64


def record(
    *, by: User | None, at: dt.datetime, action: str, subject: Any, data: dict[str, Any] | None = None, body: Body | None = None
) -> HistoryEntry:
    """Write one act in the caller's transaction. ``data`` holds ids, numbers and hashes, never a personal value (see ``salted``)."""
    return HistoryEntry.objects.create(
        at=at, by=by, body=body, action=action, subject_type=subject._meta.model_name, subject_uid=subject.uid, data=data or {}
    )


def salted(value: str) -> str:
    """A keyed hash of a personal value: equal values can be recognised, none can be read back."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode("utf-8"), hashlib.sha256).hexdigest()


def row_hash(entry: HistoryEntry, *, sequence: int, previous: str) -> str:
    """SHA-256 over the canonical JSON of an entry with its place in the chain."""
    content = {
        "id": entry.pk,
        "at": entry.at.astimezone(dt.timezone.utc).isoformat(),
        "by": entry.by_id,
        "body": entry.body_id,
        "action": entry.action,
        "subject": [entry.subject_type, str(entry.subject_uid)],
        "data": entry.data,
        "sequence": sequence,
        "previous": previous,
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


def seal(*, at: dt.datetime) -> int:
    """Take unsealed rows into the chain, oldest first, and write the head beside the database. Returns how many; 0 if another seals."""
    sealed = 0
    while True:
        with transaction.atomic():
            if not _alone():
                return sealed
            head = HistoryEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
            number, previous = (head.sequence or 0, head.hash or GENESIS) if head else (0, GENESIS)
            rows = list(HistoryEntry.objects.filter(sequence__isnull=True).order_by("pk")[:BATCH])
            for row in rows:
                number += 1
                digest = row_hash(row, sequence=number, previous=previous)
                HistoryEntry.objects.filter(pk=row.pk).update(sequence=number, previous=previous, hash=digest)
                previous = digest
        if not rows:
            break
        sealed += len(rows)
    if sealed:
        _write_head(number, previous, at)
    return sealed


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True  # SQLite's transaction is immediate: there is one writer
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def head_file() -> Path:
    """Where heads are written: a cut tail of the table shows against it."""
    return Path(settings.DATA) / "history-head.log"


def _write_head(number: int, digest: str, at: dt.datetime) -> None:
    with head_file().open("a", encoding="utf-8") as handle:
        handle.write(f"{number} {digest} {at.isoformat()}\n")


def verify() -> str | None:
    """The first fault of the chain in words, or None where all agrees: rows against their hashes, links, and the written heads."""
    previous, number = GENESIS, 0
    heads = _heads()
    for row in HistoryEntry.objects.filter(sequence__isnull=False).order_by("sequence").iterator(BATCH):
        number += 1
        if row.sequence != number:
            return f"第 {number} 行缺失（历史记录 {row.pk} 的序号是 {row.sequence}）"
        if row.previous != previous:
            return f"第 {number} 行（记录 {row.pk}）与前一行不相连"
        if row.hash != row_hash(row, sequence=number, previous=previous):
            return f"第 {number} 行（记录 {row.pk}）内容被改动"
        previous = row.hash
        if heads.pop(number, previous) != previous:
            return f"第 {number} 行（记录 {row.pk}）与链头记录不符"
    if heads:
        return f"链尾缺失：链头记录到第 {max(heads)} 行，历史只有 {number} 行"
    return None


def _heads() -> dict[int, str]:
    file = head_file()
    if not file.exists():
        return {}
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {int(parts[0]): parts[1] for parts in lines if len(parts) == 3}
