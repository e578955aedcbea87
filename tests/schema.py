"""The tables under the tests: migrated once in a run, copied for each further process, and copied anew after a test that commits.

Migrations and guards take 12 s of a processor, emptying 100 guarded tables takes seconds; a copy takes a tenth of one.
"""

import fcntl
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import postgres as cluster
from tests.faces.stage import built

NAME = "tables.name"  # holds the name of the template database of PostgreSQL; SQLite's tables are a data folder's


@contextmanager
def alone(shared: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def creating(connection: BaseDatabaseWrapper, shared: Path, make: Callable[..., str]) -> Callable[..., str]:
    """``create_test_db`` that migrates (``make``) where nobody has in this run, and copies else."""

    def create(*args: object, **options: object) -> str:
        with alone(shared):
            if _stands(connection, shared):
                name = str(connection.creation._get_test_db_name())
                connection.close()
                settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
                copy(connection, shared)
            else:
                name = make(*args, **options)
                _keep(connection, shared)
        return name

    return create


def copy(connection: BaseDatabaseWrapper, shared: Path) -> None:
    """The database of the tests as it was when it had been migrated."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(_file(shared))) as kept:
            kept.backup(connection.connection)
        return
    connection.close()
    own, kept = connection.settings_dict["NAME"], (shared / NAME).read_text()
    _tell(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)', f'CREATE DATABASE "{own}" TEMPLATE "{kept}"')


def begin(folder: Path, shared: Path) -> None:
    """Put the migrated tables of SQLite into a data folder: its migrate has little to do then."""
    with (
        closing(sqlite3.connect(_file(shared))) as kept,
        closing(sqlite3.connect(folder / "renovation.sqlite3")) as own,
    ):
        kept.backup(own)


def forget(shared: Path) -> None:
    """At the end of a run nothing stays on a server that outlives it."""
    if (shared / NAME).exists():
        _tell(f'DROP DATABASE IF EXISTS "{(shared / NAME).read_text()}" WITH (FORCE)')


def _file(shared: Path) -> Path:
    """The migrated tables, made by a process of its own: a test with a browser could not do it in its own."""
    return built(shared / "tables", ["migrate", "-v0"]) / "renovation.sqlite3"


def _stands(connection: BaseDatabaseWrapper, shared: Path) -> bool:
    return connection.vendor == "sqlite" or (shared / NAME).exists()


def _keep(connection: BaseDatabaseWrapper, shared: Path) -> None:
    kept = f"tables_{uuid.uuid4().hex[:12]}"
    connection.close()
    _tell(f'CREATE DATABASE "{kept}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    (shared / NAME).write_text(kept)


def _tell(*statements: str) -> None:
    with closing(cluster.connect(os.environ["DATABASE_URL"])) as server, server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
