"""Data of an older release brought up, and a running release whose tables become those of the next one.

``tests/data/before.tar.xz`` is the route table's stage (every capability of its day) as the platform of an earlier state wrote it, with its
uploads and its chain. Made once by checking that state out, ``migrate`` and ``tests.trust.rows.build``.
"""

import json
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import postgres as cluster
from tests.faces.stage import environment_of
from tests.house.test_backup import manage
from tests.house.test_launcher import ROOT, Platform, running
from tests.prove.test_database_restarted import Client, at_once
from tests.trust.test_kills import act

pytestmark = [pytest.mark.prove, pytest.mark.processes]
BEFORE = ROOT / "tests" / "data" / "before.tar.xz"
# Written anew by the upgrade itself: the migrations, the calendar's years to come, the log of changes, counts of writes.
OWN = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "offices_change",
    "offices_calendarday",
    "offices_calendaryear",
}
SUMS = {
    "approvals_ballot": "sum(id), sum(voter_id), count(DISTINCT receipt)", "funding_leg": "sum(amount), count(DISTINCT entry_id)",
    "funding_account": "sum(balance)", "communities_home": "sum(private_area)", "offices_historyentry": "max(hash), sum(sequence)",
}  # fmt: skip


def counted(file: Path) -> dict[str, Any]:
    """Rows of every table, and what the rows of some of them add up to."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as rows:
        names = [
            name
            for (name,) in rows.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        ]
        found: dict[str, Any] = {name: rows.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
        found |= {
            f"{table}: {what}": rows.execute(f"SELECT {what} FROM {table}").fetchone() for table, what in SUMS.items()
        }
    rows.close()
    return found


def faults(platform: Platform) -> str:
    """What the web processes said of those answers."""
    lines = (platform.data / "logs" / "web.log").read_text(errors="replace").splitlines()
    return "\n".join(line[-1500:] for line in lines if '"request_failed"' in line or "Traceback" in line)[-6000:]


@pytest.mark.once
def test_data_of_an_older_release_come_through_whole(tmp_path: Path, record_property: Any) -> None:
    with tarfile.open(BEFORE) as archive:
        archive.extractall(tmp_path, filter="data")
    file = tmp_path / "renovation.sqlite3"
    before = {name: value for name, value in counted(file).items() if name not in OWN}
    steps = manage(tmp_path, "migrate", "--plan")
    assert manage(tmp_path, "check", "--database", "default").returncode == 1, "it would not start as it is"
    done = manage(tmp_path, "migrate", "-v0")
    assert done.returncode == 0, done.stderr[-3000:]
    after = counted(file)
    assert {name: after.get(name) for name in before} == before
    guards = manage(tmp_path, "check", "--database", "default")
    assert guards.returncode == 0, guards.stderr
    assert manage(tmp_path, "verify_history").returncode == 0
    with sqlite3.connect(file) as rows:
        rows.create_function("renovation_now", 0, lambda: "")
        for table in ("approvals_rollvoter", "approvals_opinion", "funding_leg", "offices_historyentry"):
            with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
                rows.execute(f"DELETE FROM {table}")
    rows.close()
    backup = manage(tmp_path, "backup", str(tmp_path / "backups"))
    assert backup.returncode == 0 and "个上传文件在数据库里有记录" not in backup.stderr, backup.stderr
    total, number = sum(before[name] for name in before if ":" not in name), steps.stdout.count("\n    ")
    record_property(
        "figure",
        f"{len(before) - len(SUMS)} tables, {total} rows: all counts, sums, hashes and guards agree after {number} operations",
    )


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_running_release_survives_the_tables_of_the_next(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, record_property: Any
) -> None:
    own = {"DATABASE_URL": request.getfixturevalue("postgres")} if database == "postgresql" else {}
    over = threading.Event()
    with running(tmp_path / "var", **own) as platform:
        beside = environment_of(platform.data) | own
        said = json.loads(act(beside, "key"))
        clients = [Client(f"http://127.0.0.1:{platform.port}", said["key"], said["division"], n) for n in range(2)]

        def migrate() -> None:
            try:
                command = [sys.executable, "-m", "tests.prove.act", "newer"]
                done.append(subprocess.run(command, cwd=ROOT, env=beside, capture_output=True, text=True))
            finally:
                over.wait(3)
                over.set()

        done: list[subprocess.CompletedProcess[str]] = []
        bell = threading.Thread(target=migrate)
        bell.start()
        at_once(clients, over.is_set)
        bell.join()
        assert done[0].returncode == 0, done[0].stderr[-3000:]
        assert not [bad for client in clients for bad in client.bad], faults(platform)
        for client in clients:
            for _ in range(3):
                client.act()
        assert not [bad for client in clients for bad in client.bad], faults(platform)
        assert all(client.post(name) for client in clients for name in client.waiting)
        answers = sum((client.answers for client in clients), Counter())
        names = {f"restart-{client.number}-{n + 1}" for client in clients for n in range(client.sent)}
        query = "SELECT name FROM communities_community WHERE name LIKE 'restart-%' AND newer_count = 0"
        if database == "postgresql":
            with cluster.connect(own["DATABASE_URL"]) as connection, connection.cursor() as cursor:
                cursor.execute(query)
                found = [name for (name,) in cursor.fetchall()]
        else:
            with sqlite3.connect(platform.data / "renovation.sqlite3") as rows:
                found = [name for (name,) in rows.execute(query)]
            rows.close()
        assert sorted(found) == sorted(names)
        checked = manage(platform.data, "check", "--database", "default", database=own.get("DATABASE_URL", ""))
        assert checked.returncode == 0, checked.stderr
    record_property(
        "figure",
        f"a table, two columns, an index, a constraint added under {sum(answers.values())} requests: {answers[500]} faults, "
        f"{answers[503]} asked to try again, {len(names)} rows written, none lost; every guard stands",
    )
