"""The platform under a role of PostgreSQL that may read and write rows and nothing else: it works, and the role gets around no guard."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from psycopg2 import errors

from renovation import probe
from tests import postgres as cluster
from tests.house.test_backup import manage
from tests.house.test_launcher import ROOT, free_port, wait_for
from tests.prove.act import PLACES
from tests.prove.staff import Staff
from tests.trust.test_kills import words

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.postgres]
DUTIES, ROWS = 60, 5
# Whatever would take a guard away, go around it, or change what the platform believes of its tables.
DENIED = (
    "CREATE TABLE mine (id int)", "CREATE TEMP TABLE offices_historyentry (id int)", "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS $$SELECT 1$$",
    "CREATE OR REPLACE FUNCTION renovation_now() RETURNS timestamptz LANGUAGE sql AS $$SELECT now()$$",
    "CREATE OR REPLACE FUNCTION renovation_guard() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "ALTER TABLE offices_historyentry ADD COLUMN mine int", "ALTER TABLE offices_historyentry DISABLE TRIGGER ALL",
    "ALTER TABLE offices_historyentry DISABLE TRIGGER USER", "ALTER TABLE offices_historyentry OWNER TO CURRENT_USER",
    "DROP TABLE offices_historyentry", "DROP FUNCTION renovation_guard() CASCADE", "TRUNCATE offices_historyentry",
    "TRUNCATE approvals_ballot CASCADE", "SET session_replication_role = replica", "SET ROLE {owner}",
    "ALTER ROLE CURRENT_USER SUPERUSER", "COPY offices_user TO '/tmp/mine'",
    "DELETE FROM django_migrations", "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    "SELECT setval('offices_historyentry_id_seq', 1)",
    "CREATE TRIGGER mine BEFORE DELETE ON offices_historyentry FOR EACH ROW EXECUTE FUNCTION renovation_guard()",
)  # fmt: skip
GUARDED = ("DELETE FROM offices_historyentry", "UPDATE offices_historyentry SET action = 'x'")
BEYOND = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege(%s, c.oid, 'TRUNCATE, TRIGGER, REFERENCES')"
)


def as_role(url: str, role: str) -> str:
    """The same database for another role."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}@"))


def test_the_application_needs_no_right_to_change_tables(
    postgres: str, prepared: Path, tmp_path: Path, record_property: Any
) -> None:
    name = urlsplit(postgres).path[1:]
    owner, role = f"{name}_owner", f"{name}_app"
    with cluster.connect(postgres) as root, root.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {owner} LOGIN; CREATE ROLE {role} LOGIN")
        cursor.execute(f"ALTER DATABASE {name} OWNER TO {owner}")
    root.close()
    own, its = as_role(postgres, owner), as_role(postgres, role)
    data = tmp_path / "var"
    data.mkdir()
    (data / "static").symlink_to(prepared / "static")
    for command in (["migrate", "-v0"], ["grants", role], ["grants", role]):
        done = manage(data, *command, database=own)
        assert done.returncode == 0, done.stderr[-2000:]
    for wrong, said in (("nobody", "没有账号"), (owner, "所有者"), ("postgres", "超级用户")):
        refused = manage(data, "grants", wrong, database=own)
        assert refused.returncode == 1 and said in refused.stderr, refused.stderr
    assert "不是全部数据表的所有者" in manage(data, "grants", role, database=postgres).stderr

    beside = {
        **os.environ,
        "DATA": str(data),
        "DATABASE_URL": its,
        "DJANGO_SETTINGS_MODULE": "renovation.settings",
        "LOG_LEVEL": "ERROR",
    }
    beside |= {
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "CLOCK": "",
        "DEMONSTRATION": "0",
    }
    words(beside, "-m", "tests.prove.act", "load", "http://127.0.0.1:9/in", str(DUTIES), str(ROWS), "3")
    words(beside, "-m", "tests.prove.act", "settle")
    found = json.loads(words(beside, "-m", "tests.prove.act", "figures"))
    rows = len(PLACES) * ROWS
    assert (found["events"], found["lines"], found["letters"], found["broken"]) == (DUTIES, rows, 3, None), found
    pages = journey(beside)
    assert manage(data, "check", "--database", "default", database=its).returncode == 0

    statements = [statement.replace("{owner}", owner) for statement in DENIED]
    for statement in statements:
        refused_by(its, statement, errors.InsufficientPrivilege)
    for statement in GUARDED:
        refused_by(its, statement, errors.IntegrityConstraintViolation)
    with cluster.connect(postgres) as root, root.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s", [owner])
        assert cursor.fetchone() == (0,)
        cursor.execute(BEYOND, [role])
        assert cursor.fetchone() == (0,)
        for each in (role, owner):
            cursor.execute(f"REASSIGN OWNED BY {each} TO postgres; DROP OWNED BY {each}; DROP ROLE {each}")
    root.close()
    record_property(
        "figure",
        f"{pages} pages and forms, {rows} imported rows, {DUTIES} reminders under the role; {len(statements)} statements that would change "
        f"tables, guards, functions or roles denied, {len(GUARDED)} on guarded rows stopped by the guards",
    )


def refused_by(url: str, statement: str, error: type[psycopg2.Error]) -> None:
    """Whether the statement is refused, for this reason."""
    connection = cluster.connect(url)
    try:
        with connection.cursor() as cursor, pytest.raises(error):
            cursor.execute(statement)
            pytest.fail(f"not refused: {statement}")
    finally:
        connection.close()


def journey(environment: dict[str, str]) -> int:
    """Somebody signs in, reads, adds a community; how many answers there were."""
    port = free_port()
    serve = [sys.executable, "-m", "gunicorn", "renovation.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    web = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: probe.status("127.0.0.1", port) == 200, 60)
        clerk = Staff(f"http://127.0.0.1:{port}", "ruicheng.housing.clerk")
        read = (
            "/",
            "/staff/",
            "/staff/communities/",
            "/staff/communities/imports/",
            "/staff/messages/",
            "/staff/account/",
        )
        for page in read:
            clerk.see(page)
        form = clerk.see("/staff/communities/new/")
        county = re.search(r'name="division".*?value="([0-9a-f-]{36})"', form, re.S)
        assert county, form
        values = {"name": "只读写数据小区", "built_text": "1998", "household_count": "40", "division": county.group(1)}
        clerk.send("/staff/communities/new/", **values)
        assert "只读写数据小区" in clerk.see("/staff/communities/?q=只读写数据小区")
        return len(read) + 5
    finally:
        web.terminate()
        web.wait(30)
