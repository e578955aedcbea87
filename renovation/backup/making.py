"""Making a backup: one moment of the database, then the files, then the manifest that says what a whole backup holds."""

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from offices.models import HistoryEntry, StoredFile
from renovation.backup.rows import Seal, lines, tables

FORMAT = 1
MANIFEST = "manifest.json"
# What lies in the data folder beside the database and belongs to it; logs, queue and compiled pages do not.
HEADS = "history-head.log"
FOLDERS, FILES = ("uploads", "rulebooks"), (HEADS, "secret.key")
Say = Callable[[str], Any]


@dataclass(frozen=True)
class Backup:
    """A finished backup. ``absent``: uploads that the database names and the folder does not hold."""

    file: Path
    rows: int
    files: int
    absent: tuple[str, ...]


def make(*, data: Path, target: Path, at: dt.datetime, say: Say = lambda words: None) -> Backup:
    """Write a backup into the folder ``target``. Nobody is kept from working meanwhile; the file appears when it is whole."""
    target.mkdir(parents=True, exist_ok=True)
    name = f"renovation-{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.tar"
    part = target / f".{name}.part"
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                manifest, absent = _fill(archive, data=data, scratch=target, at=at, say=say)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, target / name)
    finally:
        part.unlink(missing_ok=True)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Backup(target / name, rows, len(manifest["files"]), absent)


def _fill(
    archive: tarfile.TarFile, *, data: Path, scratch: Path, at: dt.datetime, say: Say
) -> tuple[dict[str, Any], tuple[str, ...]]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "tables": {},
    }
    with _one_moment():
        manifest["migrations"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
        for model in tables():
            label, seal = model._meta.label_lower, Seal()
            with tempfile.TemporaryFile(dir=scratch) as held:
                with gzip.GzipFile(fileobj=held, mode="wb", compresslevel=5, mtime=0) as packed:
                    for text in seal.past(lines(model)):
                        packed.write(text.encode() + b"\n")
                _add(archive, f"rows/{label}.jsonl.gz", held)
            manifest["tables"][label] = seal.value
            say(f"{label}：{seal.rows} 行")
        named = set(StoredFile.objects.values_list("sha256", flat=True))
        manifest["history"] = {"sequence": _sealed()}
    # Uploads are never rewritten: those of the moment are among those that lie there now.
    manifest["files"] = dict(_files(archive, data, upto=manifest["history"]["sequence"]))
    held_names = {Path(name).name for name in manifest["files"]}
    _add(archive, MANIFEST, io.BytesIO(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()))
    return manifest, tuple(sorted(named - held_names))


@contextmanager
def _one_moment() -> Iterator[None]:
    """All reads of the block see one moment and stop no writer. The connection is not in a transaction of Django's."""
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _sealed() -> int:
    """How long the chain of the history is at this moment."""
    return HistoryEntry.objects.aggregate(last=Max("sequence"))["last"] or 0


def _files(archive: tarfile.TarFile, data: Path, *, upto: int) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = [path for folder in FOLDERS for path in sorted((data / folder).rglob("*")) if path.is_file()]
    for path in [*listed, *(data / name for name in FILES if (data / name).is_file())]:
        name = path.relative_to(data).as_posix()
        with io.BytesIO(_heads(path, upto)) if name == HEADS else path.open("rb") as held:
            digest = hashlib.file_digest(held, "sha256").hexdigest()
            size = _add(archive, f"files/{name}", held)
        yield name, {"size": size, "sha256": digest}


def _heads(path: Path, upto: int) -> bytes:
    """Heads written out until the moment of the backup: a later one would make its history look cut off."""
    kept = (line for line in path.read_bytes().splitlines(keepends=True) if int(line.split()[0]) <= upto)
    return b"".join(kept)


def _add(archive: tarfile.TarFile, name: str, held: Any) -> int:
    """A member of all that ``held`` holds; its size."""
    size = int(held.seek(0, os.SEEK_END))
    held.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, held)
    return size
