"""A backup goes from SQLite to PostgreSQL and back without losing a row; what is not whole is refused before anything changes."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from offices.models import Division, StoredFile, User
from policies.refusal import Refused
from renovation.backup.making import MANIFEST, make
from renovation.backup.restoring import restore
from tests.cast import AT
from tests.faces.stage import ROOT, environment_of


def manage(data: Path, *command: str, database: str = "") -> subprocess.CompletedProcess[str]:
    """A command of the platform whose data are in ``data``."""
    environment = environment_of(data) | ({"DATABASE_URL": database} if database else {})
    words = [sys.executable, "manage.py", *command]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)


def manifest(file: Path) -> dict[str, Any]:
    """What a backup says of itself."""
    with tarfile.open(file) as archive:
        held = archive.extractfile(MANIFEST)
        assert held is not None
        found: dict[str, Any] = json.loads(held.read())
        return found


def taken(data: Path, *, database: str = "") -> Path:
    """A fresh backup."""
    folder = data / "backups"
    done = manage(data, "backup", str(folder), database=database)
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.tar")
    assert not list(folder.glob(".*")) and file.stat().st_mode & 0o077 == 0
    return file


@pytest.mark.prove
@pytest.mark.processes
@pytest.mark.postgres
def test_everything_goes_to_postgresql_and_back(demonstration: Path, tmp_path: Path, postgres: str) -> None:
    """The demonstration with its votes, money and files; the first restoration is killed half way and leaves an empty platform."""
    source, there, back = demonstration, tmp_path / "there", tmp_path / "back"
    there.mkdir()
    back.mkdir()
    first = tmp_path / "first"
    assert manage(source, "backup", str(first)).returncode == 0
    (file,) = first.glob("*.tar")
    said = manifest(file)
    assert said["tables"]["offices.historyentry"]["rows"] > 1000 < said["history"]["sequence"]
    assert any(name.startswith("uploads/") for name in said["files"])

    assert manage(there, "migrate", "-v0", database=postgres).returncode == 0
    halfway = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "restore", "-v2", str(file)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        env=environment_of(there) | {"DATABASE_URL": postgres},
    )  # fmt: skip
    assert halfway.stdout is not None
    for line in halfway.stdout:
        if line.startswith("offices.historyentry"):
            break
    os.kill(halfway.pid, signal.SIGKILL)
    halfway.wait()
    halfway.stdout.close()

    done = manage(there, "restore", str(file), database=postgres)
    assert done.returncode == 0, done.stderr
    assert "行数和哈希全部一致" in done.stdout
    again = manage(there, "restore", str(file), database=postgres)
    assert again.returncode == 1 and "这里已有数据" in again.stderr
    assert (
        manage(there, "check", "--database", "default", database=postgres).returncode == 0
    )  # every guard stands again
    assert manage(there, "verify_history", database=postgres).returncode == 0

    second = taken(there, database=postgres)
    assert manifest(second)["tables"] == said["tables"]
    done = manage(back, "restore", str(second))
    assert done.returncode == 0, done.stderr
    third = manifest(taken(back))
    assert third["tables"] == said["tables"] and third["files"].keys() >= said["files"].keys()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """A small backup: a fresh database with one upload."""
    data = tmp_path_factory.mktemp("whole")
    (data / "uploads" / "ab").mkdir(parents=True)
    (data / "uploads" / "ab" / "abc").write_bytes(b"paper")
    with django_db_blocker.unblock():
        return make(data=data, target=data / "out", at=AT).file


def rewritten(file: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The backup with its members changed."""
    target = file.with_name("changed.tar")
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for entry in old.getmembers():
            held = old.extractfile(entry)
            assert held is not None
            kept = change(entry.name, held.read())
            if kept is not None:
                info = tarfile.TarInfo(kept[0])
                info.size = len(kept[1])
                new.addfile(info, io.BytesIO(kept[1]))
    return target


def said_otherwise(**more: Any) -> Callable[[str, bytes], tuple[str, bytes]]:
    """A manifest with other values."""
    return lambda name, held: (name, json.dumps({**json.loads(held), **more}).encode() if name == MANIFEST else held)


CORRUPTIONS: dict[str, tuple[str, Callable[[str, bytes], tuple[str, bytes] | None]]] = {
    "a row is changed": ("已损坏", lambda n, b: (n, b[:-9] + b"x" + b[-8:]) if n.startswith("rows/offices.calendarday") else (n, b)),
    "a table is missing": ("已损坏", lambda n, b: None if n.startswith("rows/offices.user.") else (n, b)),
    "an upload is changed": ("已损坏", lambda n, b: (n, b"other") if n.startswith("files/") else (n, b)),
    "an upload is missing": ("已损坏", lambda n, b: None if n.startswith("files/") else (n, b)),
    "no manifest": ("没有清单", lambda n, b: None if n == MANIFEST else (n, b)),
    "another format": ("格式", said_otherwise(format=99)),
    "another version": ("另一个版本", said_otherwise(migrations=[["offices", "0099_future"]])),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_what_is_not_whole_is_refused_and_nothing_changes(whole: Path, tmp_path: Path, name: str) -> None:
    words, change = CORRUPTIONS[name]
    here = tmp_path / "here"
    here.mkdir()
    with pytest.raises(Refused, match=words):
        restore(file=rewritten(whole, change), data=here)
    assert not list(here.iterdir()) and not User.objects.exists()


@pytest.mark.parametrize("keep", [0, 100, 5000])
def test_a_file_cut_off_is_refused(whole: Path, tmp_path: Path, keep: int) -> None:
    cut = whole.with_name("cut.tar")
    cut.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(Refused, match="备份文件"):
        restore(file=cut, data=tmp_path)


@pytest.mark.django_db
def test_a_path_that_leads_out_of_the_folder_is_refused(whole: Path, tmp_path: Path) -> None:
    def change(name: str, held: bytes) -> tuple[str, bytes]:
        if name == MANIFEST:
            said = json.loads(held)
            said["files"] = {"../out.txt": next(iter(said["files"].values()))}
            return name, json.dumps(said).encode()
        return ("files/../out.txt", held) if name.startswith("files/") else (name, held)

    here = tmp_path / "here"
    here.mkdir()
    with pytest.raises(Refused, match="路径不合规"):
        restore(file=rewritten(whole, change), data=here)
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.django_db
def test_only_an_empty_platform_takes_a_backup(whole: Path, tmp_path: Path) -> None:
    User.objects.create(username="somebody")
    with pytest.raises(Refused, match="这里已有数据"):
        restore(file=whole, data=tmp_path)
    with pytest.raises(CommandError, match="这里没有变化"):
        call_command("restore", str(whole))


def test_an_upload_that_is_gone_is_named(tmp_path: Path, transactional_db: None) -> None:
    division = Division.objects.create(name="某市", kind="city", created_at=AT, updated_at=AT)
    StoredFile.objects.create(
        sha256="f" * 64, name="a.pdf", content_type="application/pdf", size=1, division=division, uploaded_at=AT
    )
    assert make(data=tmp_path, target=tmp_path / "out", at=AT).absent == ("f" * 64,)
