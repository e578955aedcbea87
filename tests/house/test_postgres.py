"""The throwaway PostgreSQL of the tests is a real one, and leaves nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres as cluster

pytestmark = pytest.mark.postgres


def test_a_fresh_database_is_empty_real_and_gone_afterwards(postgres_server: str) -> None:
    with cluster.fresh_database(postgres_server) as url:
        connection = cluster.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT version(), (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')")
            version, tables = cursor.fetchone() or ("", -1)
        assert version.startswith("PostgreSQL") and tables == 0
        # left open on purpose: the drop must not wait for it
    other = cluster.connect(postgres_server)
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'fresh_%%'")
        assert cursor.fetchone() == (0,)


def test_the_platform_migrates_on_it_from_a_process_of_its_own(postgres: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": postgres,
        "DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "renovation.settings",
    }
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input"],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
    )
    with cluster.connect(postgres).cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert (cursor.fetchone() or (0,))[0] > 10


def test_a_command_gets_the_server_and_its_exit_code_comes_back(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    say = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(3)"
    assert cluster.main([sys.executable, "-c", say]) == 3
    url = capfd.readouterr().out.strip()
    assert url.startswith("postgresql://postgres@/postgres?host=")
    with pytest.raises(Exception, match="No such file"):
        cluster.connect(url)
