"""Two web processes, two workers and a beat that share nothing but PostgreSQL, the queue, uploads and the key; once through PgBouncer.

Through PgBouncer (transaction mode) it runs where ``pgbouncer`` is on the path: ``pytest tests/prove/test_several_machines.py``.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from renovation import probe
from tests.house.test_backup import manage
from tests.house.test_launcher import ROOT, free_port, wait_for
from tests.prove.act import PLACES
from tests.prove.staff import Staff
from tests.prove.test_queue_flushed import Queue
from tests.trust.test_kills import act, words

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.postgres]
DUTIES, ROWS, LETTERS, READS = 300, 10, 5, 20
POOLER = """[databases]
{name} = host={socket} dbname={name} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
"""


@contextmanager
def program(*command: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process that is there as long as the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def lived(url: str, direct: str, data: Path, prepared: Path, queue: Queue, **own: str) -> dict[str, Any]:
    """The platform as two machines of each kind: what they did with the cast's work, and with somebody who goes from one to the other."""
    data.mkdir()
    (data / "static").symlink_to(prepared / "static")
    done = manage(data, "migrate", "-v0", database=direct)
    assert done.returncode == 0, done.stderr[-2000:]
    beside = {
        **os.environ,
        "DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "renovation.settings",
        "LOG_LEVEL": "ERROR",
        "CLOCK": "",
    }
    beside |= {
        "DATABASE_URL": url,
        "REDIS_URL": queue.url,
        "SECRET_KEY": "k" * 60,
        "SWEEP_SECONDS": "2",
        "DEMONSTRATION": "0",
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
        **own,
    }
    words(beside, "-m", "tests.prove.act", "load", "http://127.0.0.1:9/in", str(DUTIES), str(ROWS), str(LETTERS))
    said = json.loads(act(beside, "key"))
    ports = free_port(), free_port()
    celery = (sys.executable, "-m", "celery", "-A", "renovation")
    with ExitStack() as machines:
        for port in ports:
            serve = (
                sys.executable,
                "-m",
                "gunicorn",
                "renovation.wsgi",
                "--bind",
                f"127.0.0.1:{port}",
                "--workers",
                "1",
            )
            machines.enter_context(program(*serve, environment=beside))
        for name in ("first", "second"):
            work = (*celery, "worker", "--concurrency", "1", "--hostname", f"{name}@%h")
            machines.enter_context(program(*work, environment=beside))
        machines.enter_context(
            program(*celery, "beat", "--schedule", str(data / "beat"), "--pidfile=", environment=beside)
        )
        assert all(wait_for(lambda: probe.status("127.0.0.1", port) == 200, 120) for port in ports)  # noqa: B023
        here, there = (f"http://127.0.0.1:{port}" for port in ports)
        clerk = Staff(here, "ruicheng.housing.clerk")
        clerk.web.base_url = httpx.URL(there)
        clerk.see("/staff/communities/")
        clerk.web.base_url = httpx.URL(here)
        clerk.see("/staff/messages/")
        for number in range(READS):
            address = (here, there)[number % 2]
            answer = httpx.get(f"{address}/api/v1/communities/", timeout=60)
            assert answer.status_code == 200, answer.text[:500]
            body = {"name": f"两台机器{number // 2}", "division": said["division"]}
            kept = {"Authorization": f"Bearer {said['key']}", "Idempotency-Key": f"several-{number // 2}"}
            answer = httpx.post(f"{address}/api/v1/communities/", json=body, headers=kept, timeout=60)
            assert answer.status_code == 201, answer.text[:500]

        def found() -> dict[str, Any]:
            now: dict[str, Any] = json.loads(words(beside, "-m", "tests.prove.act", "figures"))
            return now

        finished = {"applied": len(PLACES), "read": len(PLACES)}
        assert wait_for(lambda: (now := found())["imports"] == finished and now["events"] == DUTIES, 240), found()
        return found()


def held(found: dict[str, Any]) -> str:
    """Everything is there once; the figure."""
    rows = len(PLACES) * ROWS
    assert (found["alerts"], found["inbox"], found["twice"], found["broken"]) == (DUTIES, 2 * DUTIES, 0, None), found
    assert found["projects"] == found["lines"] == rows and found["communities"] == rows + READS // 2, found
    return (
        f"2 web, 2 workers, 1 beat: {DUTIES} reminders to 2 people each, {rows} imported rows, {READS // 2} rows sent to both machines "
        "under one key each: 0 missing, 0 twice"
    )


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    """The one queue of all."""
    found = Queue(tmp_path / "valkey")
    yield found
    found.process.kill()
    found.process.wait()


def test_two_machines_of_each_kind_do_everything_once(
    postgres: str, queue: Queue, prepared: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    record_property("figure", held(lived(postgres, postgres, tmp_path / "var", prepared, queue)))


@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="这台机器没有 pgbouncer")
def test_and_through_pgbouncer_in_transaction_mode(
    postgres: str, queue: Queue, prepared: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    parts, port, file = urlsplit(postgres), free_port(), tmp_path / "pgbouncer.ini"
    name, socket = parts.path[1:], unquote(parse_qs(parts.query)["host"][0])
    file.write_text(POOLER.format(name=name, socket=socket, port=port))
    pooled = f"postgresql://postgres@127.0.0.1:{port}/{name}"
    user = ("-u", "nobody") if os.getuid() == 0 else ()
    with program("pgbouncer", *user, str(file)):
        found = lived(pooled, postgres, tmp_path / "var", prepared, queue, TRANSACTION_POOLING="1")
    record_property("figure", held(found))
