"""The tables under the tests: migrated once in a run, copied for each further process, and copied anew after a test that commits.

Migrations and guards take 12 s of a processor, emptying 100 guarded tables takes seconds; a copy takes a tenth of one.
"""

import fcntl
import os
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import postgres as cluster

FILE, NAME = "tables.sqlite3", "tables.name"  # the copy: a file of SQLite, or the name of a database of PostgreSQL


@contextmanager
def alone(shared: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (shared / "tables.lock").open("w") as lock:
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
        with closing(sqlite3.connect(shared / FILE)) as kept:
            kept.backup(connection.connection)
        return
    connection.close()
    own, kept = connection.settings_dict["NAME"], (shared / NAME).read_text()
    _tell(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)', f'CREATE DATABASE "{own}" TEMPLATE "{kept}"')


def begin(folder: Path, shared: Path) -> None:
    """Put the migrated tables into a data folder, where this run has them as a file: its migrate has little to do then."""
    with alone(shared):
        if (shared / FILE).exists():
            shutil.copyfile(shared / FILE, folder / "renovation.sqlite3")


def forget(shared: Path) -> None:
    """At the end of a run nothing stays on a server that outlives it."""
    if (shared / NAME).exists():
        _tell(f'DROP DATABASE IF EXISTS "{(shared / NAME).read_text()}" WITH (FORCE)')


def _stands(connection: BaseDatabaseWrapper, shared: Path) -> bool:
    return (shared / (FILE if connection.vendor == "sqlite" else NAME)).exists()


def _keep(connection: BaseDatabaseWrapper, shared: Path) -> None:
    if connection.vendor == "sqlite":
        fresh = shared / f"{FILE}.new"
        with closing(sqlite3.connect(fresh)) as kept:
            connection.ensure_connection()
            connection.connection.backup(kept)
        fresh.replace(shared / FILE)
        return
    kept = f"tables_{uuid.uuid4().hex[:12]}"
    connection.close()
    _tell(f'CREATE DATABASE "{kept}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    (shared / NAME).write_text(kept)


def _tell(*statements: str) -> None:
    with closing(cluster.connect(os.environ["DATABASE_URL"])) as server, server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
