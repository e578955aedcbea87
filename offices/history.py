"""The history: who did what when, in ids and salted hashes, sealed into one hash chain that shows what was cut or changed.

Writers insert rows and go on. One sealer takes the unsealed rows in batches and gives each its sequence, the hash of the row before and
its own. A second sealer waits outside; the unique index on ``previous`` keeps even two of them from forking the chain.
"""

import datetime as dt
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from offices.models import Body, Division, HistoryEntry, HistoryReason, User

logger = logging.getLogger(__name__)
GENESIS = "0" * 64
LOCK = 0x52454E4F  # the sealer's advisory lock
BATCH = 2000
PERSONAL = frozenset({"phone", "id_number", "email", "password", "secret", "person_name", "address_of_person"})


def record(
    *, by: User | None, at: dt.datetime, action: str, subject: Any, data: Mapping[str, Any] | None = None,
    body: Body | None = None, reason: str = "",
) -> HistoryEntry:  # fmt: skip
    """One act on ``subject`` (a model with ``uid``), inside the caller's transaction. ``by`` None: the platform itself.

    ``data`` holds ids, counts and hashes (``salted``), never a personal value. ValueError for a key that names one. ``reason`` is kept
    beside the chain (``HistoryReason``, erasable), its salted hash in it.
    """
    values = dict(data or {})
    why = _reason(reason)
    if why:
        values["reason_hash"] = salted(why)
    entry = _entry(by=by, at=at, action=action, subject=subject, values=values, body=body)
    entry.save()
    if why:
        HistoryReason.objects.create(entry=entry, text=why)
    return entry


def record_all(
    *,
    by: User | None,
    at: dt.datetime,
    action: str,
    rows: Iterable[tuple[Any, Mapping[str, Any]]],
    body: Body | None = None,
    reason: str = "",
) -> None:
    """The same act on many subjects, ``(subject, data)`` each, with one reason, in one insert. ValueError as ``record``."""
    why = _reason(reason)
    hashed = {"reason_hash": salted(why)} if why else {}
    entries = [
        _entry(by=by, at=at, action=action, subject=subject, values={**data, **hashed}, body=body)
        for subject, data in rows
    ]
    HistoryEntry.objects.bulk_create(entries, batch_size=500)
    if why:
        HistoryReason.objects.bulk_create([HistoryReason(entry=entry, text=why) for entry in entries], batch_size=500)


def _reason(text: str) -> str:
    return text.replace("\0", "").strip()[:500]


def _entry(
    *, by: User | None, at: dt.datetime, action: str, subject: Any, values: dict[str, Any], body: Body | None
) -> HistoryEntry:
    if PERSONAL & values.keys():
        raise ValueError(f"history keeps no personal values: {sorted(PERSONAL & values.keys())}")
    return HistoryEntry(
        at=at, by=by, body=body, division_id=_division(subject, body), action=action, subject_type=str(subject._meta.model_name),
        subject_uid=subject.uid, data=values,
    )  # fmt: skip


def _division(subject: Any, body: Body | None) -> int | None:
    if isinstance(subject, Division):
        return int(subject.pk)
    division: int | None = getattr(subject, "division_id", None)
    return division or (body.division_id if body else None)


def salted(value: object) -> str:
    """A personal value as it may stand in the history: HMAC-SHA256 under the platform's key, the same for the same value."""
    return salted_hmac("offices.history", str(value), algorithm="sha256").hexdigest()


def digest(entry: HistoryEntry, *, sequence: int, previous: str) -> str:
    """SHA-256 over the canonical JSON of a row and the hash before it."""
    content = {
        "id": entry.pk, "at": entry.at.astimezone(dt.UTC).isoformat(), "by": entry.by_id, "body": entry.body_id,
        "division": entry.division_id, "action": entry.action, "subject_type": entry.subject_type,
        "subject_uid": str(entry.subject_uid), "data": entry.data, "sequence": sequence, "previous": previous,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def seal(*, at: dt.datetime, batch: int = BATCH) -> int:
    """Take the unsealed rows into the chain, ``batch`` a transaction; returns how many (0 where another sealer is at work)."""
    sealed = 0
    while taken := _seal_batch(at, batch):
        sealed += taken
        if taken < batch:
            break
    return sealed


@transaction.atomic
def _seal_batch(at: dt.datetime, batch: int) -> int:
    if not _only_sealer():
        return 0
    head = HistoryEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
    sequence, previous = (head.sequence or 0, head.hash or GENESIS) if head else (0, GENESIS)
    rows = list(HistoryEntry.objects.filter(sequence__isnull=True).order_by("pk")[:batch])
    for row in rows:
        sequence += 1
        row.sequence, row.previous, row.hash = sequence, previous, digest(row, sequence=sequence, previous=previous)
        previous = row.hash
    HistoryEntry.objects.bulk_update(rows, ("sequence", "previous", "hash"), batch_size=200)
    if rows:
        transaction.on_commit(lambda: _write_head(sequence, previous, at), robust=True)
    return len(rows)


def _only_sealer() -> bool:
    """PostgreSQL: an advisory lock until the transaction ends. SQLite: every transaction is IMMEDIATE, one writer at a time."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def head_file() -> Path:
    """Where the chain's head is written out: one line ``sequence hash at`` per sealing."""
    return Path(settings.DATA) / "history-head.log"


def _write_head(sequence: int, value: str, at: dt.datetime) -> None:
    line = f"{sequence} {value} {at.astimezone(dt.UTC).isoformat()}\n".encode()
    try:
        descriptor = os.open(head_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        logger.exception("history head not written out: sequence %s", sequence)


@dataclass(frozen=True)
class Finding:
    """What a verification found. ``broken`` is the sequence of the first broken row, None where the chain is whole."""

    sealed: int
    unsealed: int
    broken: int | None = None
    reason: str = ""


def verify(heads: Path | None = None) -> Finding:
    """Recompute the chain from its first row and hold it against the heads that were written out."""
    expected, sealed, previous = 1, 0, GENESIS
    written = dict(_heads(heads or head_file()))
    unsealed = HistoryEntry.objects.filter(sequence__isnull=True).count()
    for row in HistoryEntry.objects.filter(sequence__isnull=False).order_by("sequence").iterator(chunk_size=2000):
        reason = _wrong(row, expected, previous, written.get(expected))
        if reason:
            return Finding(sealed, unsealed, expected, reason)
        previous, sealed, expected = row.hash or "", sealed + 1, expected + 1
    last = max(written, default=0)
    if last > sealed:
        return Finding(sealed, unsealed, sealed + 1, f"记录到 {sealed} 为止，而链头曾写到 {last}：末尾被截掉")
    return Finding(sealed, unsealed)


def _wrong(row: HistoryEntry, expected: int, previous: str, written: str | None) -> str:
    if row.sequence != expected:
        return f"缺少第 {expected} 条，下一条是第 {row.sequence} 条（行 {row.pk}）"
    if row.previous != previous:
        return f"第 {expected} 条（行 {row.pk}）不接前一条"
    if row.hash != digest(row, sequence=expected, previous=previous):
        return f"第 {expected} 条（行 {row.pk}）内容与哈希不符"
    if written is not None and written != row.hash:
        return f"第 {expected} 条（行 {row.pk}）与当时写出的链头不符"
    return ""


def _heads(file: Path) -> Iterator[tuple[int, str]]:
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[0].isdigit():
            yield int(parts[0]), parts[1]
