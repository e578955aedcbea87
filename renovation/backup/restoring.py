"""The way back: the whole file is checked, then rows and files go to an empty platform, are counted and hashed there, and stay or go."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from offices import history
from offices.models import Division, User
from offices.triggers import lifted
from policies.refusal import Refused
from renovation.backup.making import FORMAT, HEADS, MANIFEST, Say
from renovation.backup.rows import lines, load, sealed, tables


@dataclass(frozen=True)
class Restored:
    """What stands now."""

    made_at: str
    tables: int
    rows: int
    files: int
    history: int


def restore(*, file: Path, data: Path, say: Say = lambda words: None) -> Restored:
    """Bring a backup to this platform, which holds nothing yet. Raises Refused, and then nothing has changed."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        _whole(archive, manifest)
        say("备份文件完整")
        _empty(manifest)
        with tempfile.TemporaryDirectory(dir=data, prefix="restore-") as folder:
            _unpack(archive, manifest, Path(folder))
            with transaction.atomic(durable=True):
                with lifted(connection):
                    _fill(archive, manifest, say)
                _same(manifest)
                chain = history.verify(Path(folder) / HEADS)
                if chain.broken is not None or chain.sealed != manifest["history"]["sequence"]:
                    raise Refused(f"恢复后的历史记录不完整：{chain.reason}", code="backup_differs")
                _into_place(Path(folder), data, manifest)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Restored(manifest["made_at"], len(manifest["tables"]), rows, len(manifest["files"]), chain.sealed)


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file, mode="r:")
    except (OSError, tarfile.TarError) as error:
        raise Refused(f"读不了备份文件 {file}：{error}", code="backup_broken") from error


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_member(archive, MANIFEST).read())
    except (KeyError, ValueError, OSError, tarfile.TarError) as error:
        raise Refused("备份文件不完整：没有清单，可能没有写完", code="backup_broken") from error
    if found.get("format") != FORMAT:
        raise Refused(f"备份文件的格式是 {found.get('format')}，本版本只认 {FORMAT}", code="backup_version")
    return found


def _member(archive: tarfile.TarFile, name: str) -> io.BufferedIOBase:
    held = archive.extractfile(name)
    if held is None:
        raise KeyError(name)
    return held  # type: ignore[return-value]


def _whole(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Every table and file is there as the manifest says; nothing else is."""
    try:
        for label, expected in manifest["tables"].items():
            if sealed(_lines(archive, label)) != expected:
                raise Refused(f"备份文件已损坏：{label} 与清单不符", code="backup_broken")
        for name, expected in manifest["files"].items():
            with _member(archive, f"files/{name}") as held:
                if hashlib.file_digest(held, "sha256").hexdigest() != expected["sha256"]:
                    raise Refused(f"备份文件已损坏：{name} 与清单不符", code="backup_broken")
    except (KeyError, ValueError, OSError, EOFError, tarfile.TarError) as error:
        raise Refused(f"备份文件已损坏：{error}", code="backup_broken") from error


def _lines(archive: tarfile.TarFile, label: str) -> Iterator[str]:
    with (
        _member(archive, f"rows/{label}.jsonl.gz") as held,
        gzip.open(held, "rt", encoding="utf-8", newline="\n") as texts,
    ):
        for text in texts:
            yield text.removesuffix("\n")


def _empty(manifest: dict[str, Any]) -> None:
    here = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
    if here != manifest["migrations"]:
        raise Refused(
            "备份来自另一个版本：请用作出备份的版本恢复，再升级", errors={"migrations": _difference(here, manifest)}, code="backup_version"
        )  # fmt: skip
    if {model._meta.label_lower for model in tables()} != set(manifest["tables"]):
        raise Refused("备份的数据表与本版本不同", code="backup_version")
    if User.objects.exists() or Division.objects.exists():
        raise Refused("这里已有数据：只能恢复到空的平台（新的 DATA 目录或新的数据库）", code="not_empty")


def _difference(here: list[list[str]], manifest: dict[str, Any]) -> list[str]:
    there = [list(row) for row in manifest["migrations"]]
    only_there = [f"备份有、这里没有：{app}.{name}" for app, name in there if [app, name] not in here]
    return only_there + [f"这里有、备份没有：{app}.{name}" for app, name in here if [app, name] not in there]


def _fill(archive: tarfile.TarFile, manifest: dict[str, Any], say: Say) -> None:
    """What a fresh database begins with (calendar, rights) gives way to the rows of the backup, the guards being off."""
    with connection.cursor() as cursor:
        for model in tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
        for model in tables():
            rows = load(_lines(archive, model._meta.label_lower))
            say(f"{model._meta.label_lower}：{rows} 行")
        for sql in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(sql)
    connection.check_constraints()


def _same(manifest: dict[str, Any]) -> None:
    """The database gives back what the manifest says, table by table."""
    for model in tables():
        label = model._meta.label_lower
        if sealed(lines(model)) != manifest["tables"][label]:
            raise Refused(f"恢复后 {label} 与备份不符", code="backup_differs")


def _unpack(archive: tarfile.TarFile, manifest: dict[str, Any], folder: Path) -> None:
    for name in manifest["files"]:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Refused(f"备份文件里的路径不合规：{name}", code="backup_broken")
        path.parent.mkdir(parents=True, exist_ok=True)
        with _member(archive, f"files/{name}") as held, path.open("xb") as out:
            shutil.copyfileobj(held, out)


def _into_place(folder: Path, data: Path, manifest: dict[str, Any]) -> None:
    """Uploads are named by their content, so that one that lies there already is the same."""
    for name in manifest["files"]:
        target = data / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder / name, target)
