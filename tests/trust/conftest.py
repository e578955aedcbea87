"""Stages for races (committed for every process to see) and for attacks (the rows of the route table, a browser for each role)."""

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.test import Client, override_settings

from offices.demonstration import Offices
from tests.cast import AT, cast
from tests.trust.rows import Rows, build, clients


@pytest.fixture
def stage(transactional_db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast in a database that other processes read."""
    if connection.vendor != "postgresql":
        pytest.skip("races are PostgreSQL's (DATABASE_URL)")
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return cast()


@pytest.fixture(scope="module")
def played(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Rows, dict[str, Client]]]:
    """The rows of the route table and a browser for each role, built once for a module and taken back at its end."""
    folder = tmp_path_factory.mktemp("played")
    with (
        django_db_blocker.unblock(), override_settings(DATA=folder, MEDIA_ROOT=folder / "uploads"),
        pytest.MonkeyPatch.context() as patch, transaction.atomic(),
    ):  # fmt: skip
        patch.setattr("offices.clock.timezone.now", lambda: AT)
        found = build()
        yield found, clients(found)
        transaction.set_rollback(True)


@pytest.fixture
def rows(played: tuple[Rows, dict[str, Client]], db: None, tmp_path: Path) -> Iterator[Rows]:
    """The rows of the route table, as if for this test alone: what it changes in them, in the database and in the files is undone."""
    shutil.copytree(site.DATA, tmp_path, dirs_exist_ok=True)
    with override_settings(DATA=tmp_path, MEDIA_ROOT=tmp_path / "uploads"):
        yield copy.deepcopy(played[0])


@pytest.fixture
def browsers(rows: Rows) -> dict[str, Client]:
    """A browser for each role."""
    return clients(rows)


@pytest.fixture
def outbox(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was sent; the test's own transaction never commits, so it goes at once."""
    settings.DATA, settings.SMS_GATEWAY = tmp_path, "file"
    monkeypatch.setattr("offices.sms.transaction.on_commit", lambda work, robust=False: work())
    files = lambda: sorted((tmp_path / "outbox").glob("sms-*.txt"), key=lambda file: file.stat().st_mtime_ns)  # noqa: E731
    return lambda: [file.read_text() for file in files()]
