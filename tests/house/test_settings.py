"""The environment is read once and refused loudly; production never starts with a default that belongs to a demonstration."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from renovation.environment import (
    SHANGHAI,
    SOCKET_PATH_LIMIT,
    BadEnvironment,
    client_url,
    clock_offset,
    database,
    offset_text,
    queue_socket,
    queue_url,
)

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "an-unguessable-key-of-production-0123456789-abcdefghij-KLMNOP",
    "DATABASE_URL": "postgresql://renovation:secret@db/renovation",
    "REDIS_URL": "redis://queue:6379/0",
    "ALLOWED_HOSTS": "renovation.example.gov.cn",
}


def manage(data: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py with nothing of this run's environment but PATH."""
    base = {"PATH": os.environ["PATH"], "DATA": str(data), "PYTHONWARNINGS": "error::DeprecationWarning:renovation"}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**base, **environment}, capture_output=True, text=True)


def test_production_names_every_setting_that_is_missing_and_does_not_start(tmp_path: Path) -> None:
    answer = manage(tmp_path, "check", PRODUCTION="1", REDIS_URL="redis://queue:6379/0")
    assert answer.returncode == 1
    assert "SECRET_KEY、DATABASE_URL、ALLOWED_HOSTS" in answer.stderr
    assert "REDIS_URL" not in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": "short"}, "至少 50 个字符"),
        ({"CLOCK": "+1d"}, "生产环境不允许设置 CLOCK"),
        ({"DATABASE_URL": "mysql://x"}, "postgresql"),
    ],
)
def test_production_refuses_what_only_a_demonstration_may_have(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    answer = manage(tmp_path, "check", **{**PRODUCTION, **change})
    assert answer.returncode == 1
    assert words in answer.stderr and "Traceback" not in answer.stderr


def test_a_complete_production_passes_djangos_deployment_check(tmp_path: Path) -> None:
    answer = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


@pytest.mark.parametrize("environment", [{}, PRODUCTION, {"DEBUG": "1", "DJANGO_DEBUG": "1"}])
def test_debug_is_never_on(tmp_path: Path, environment: dict[str, str]) -> None:
    program = "from renovation import settings; print(settings.DEBUG, settings.DEMONSTRATION)"
    base = {"PATH": os.environ["PATH"], "DATA": str(tmp_path), "DEMONSTRATION": "1", **environment}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=base, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False", str("PRODUCTION" not in environment)]


def test_a_key_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    program = "from renovation import settings; print(settings.SECRET_KEY)"
    base = {"PATH": os.environ["PATH"], "DATA": str(tmp_path / "new")}
    keys = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=base, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(keys) == 1 and len(keys.pop().strip()) >= 50
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0


NOON = dt.datetime(2026, 10, 30, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", dt.timedelta()),
        ("-20d", dt.timedelta(days=-20)),
        ("+1d12h", dt.timedelta(hours=36)),
        ("+5m3s", dt.timedelta(minutes=5, seconds=3)),
        ("2026-11-01", dt.timedelta(days=1, hours=21)),
        ("2026-10-30T11:00", dt.timedelta(hours=-1)),
    ],
)
def test_the_clock_is_moved_by_an_offset_or_to_a_day(text: str, offset: dt.timedelta) -> None:
    assert clock_offset(text, NOON) == offset
    assert clock_offset(offset_text(offset), NOON) == offset


@pytest.mark.parametrize("text", ["tomorrow", "20d", "+", "2026-13-01"])
def test_a_clock_that_is_not_understood_stops_the_start(text: str) -> None:
    with pytest.raises(BadEnvironment, match="CLOCK"):
        clock_offset(text, NOON)


def test_the_address_of_a_database_may_be_a_socket_folder_or_a_host() -> None:
    socket = database("postgresql://postgres@/renovation?host=%2Frun%2Fpg", Path("/x"))
    assert (socket["HOST"], socket["NAME"], socket["USER"], socket["PORT"]) == ("/run/pg", "renovation", "postgres", "")
    host = database("postgres://u:p%40ss@db:5433/n", Path("/x"))
    assert (host["HOST"], host["PORT"], host["PASSWORD"]) == ("db", "5433", "p@ss")
    assert database(None, Path("/x"))["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_long_data_folder_gets_a_short_socket_of_its_own() -> None:
    short, long, other = Path("/srv/var"), Path("/srv") / ("很长的文件夹名" * 9), Path("/srv") / ("另外的文件夹名" * 9)
    assert queue_socket(short) == Path("/srv/var/queue/valkey.sock")
    sockets = {queue_socket(long), queue_socket(other)}
    assert len(sockets) == 2
    assert all(len(os.fsencode(path)) <= SOCKET_PATH_LIMIT for path in sockets)
    assert client_url(queue_url(short)) == "unix:///srv/var/queue/valkey.sock?db=0"
