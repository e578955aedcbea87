"""The process that does the work, killed two hundred times in the middle of it: nothing missing, nothing twice."""

import http.server
import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from renovation.environment import queue_url
from tests.house.test_launcher import Platform, running, wait_for
from tests.prove.act import PLACES
from tests.trust.test_kills import environment_of, next_worker, words

pytestmark = [pytest.mark.prove, pytest.mark.processes]
KILLS = int(os.environ.get("KILLS", "200"))
AT_ONCE = 8  # jobs that may be lost out of their order
MASTERS = (40, 90, 140)  # before these kills the worker itself dies, and the launcher starts another
DUTIES, ROWS, LETTERS = 5000, 120, 400
WORK = (
    "offices.sweep", "communities.tasks.pick_up_imports", "offices.webhooks", "offices.outbox", "offices.seal", "offices.sweep",
)  # fmt: skip


class Receiver:
    """Takes webhooks and notes their ids."""

    def __init__(self) -> None:
        self.got: list[str] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """See ``Receiver``."""
    found = Receiver()
    yield found
    found.server.shutdown()


def hand(worker: int) -> int:
    """The child of the worker that does a task; 0 while there is none."""
    try:
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def kill_at_work(platform: Platform, chance: random.Random) -> int:
    """Kill the process that works, at random moments after it began; how many kills fell into a task."""
    queue = Celery(broker=queue_url(platform.data))
    worker, last, log = platform.roles()["worker"], 0, platform.data / "logs" / "worker.log"
    with queue.connection_for_write() as line:
        for kill in range(KILLS):
            for name in chance.sample(WORK, 3) if line.default_channel.client.llen("celery") < 20 else ():
                queue.send_task(name, connection=line)
            if kill in MASTERS:
                os.kill(worker, signal.SIGKILL)
                worker = next_worker(platform, worker)
            assert wait_for(lambda: hand(worker) not in (0, last), 60), platform.said()  # noqa: B023
            last = hand(worker)
            time.sleep(0.01 + 0.5 * chance.random() ** 2)
            os.kill(last, signal.SIGKILL)
    return losses(log.read_text(errors="replace"))


def losses(log: str) -> int:
    """Jobs whose process died under them, by the worker's own log: it says so on several lines and numbers its jobs anew in each life."""
    lives: list[set[int]] = [set()]
    for job in map(int, re.findall(r"WorkerLostError[^\n]*?Job: (\d+)", log)):
        if lives[-1] and job < max(lives[-1]) - AT_ONCE:
            lives.append(set())
        lives[-1].add(job)
    return sum(map(len, lives))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_hundred_kills_lose_nothing_and_tell_nothing_twice(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver, record_property: Any
) -> None:
    url = {"DATABASE_URL": request.getfixturevalue("postgres")} if database == "postgresql" else {}
    own = {**url, "WEBHOOK_NETWORKS": "127.0.0.0/8", "SWEEP_SECONDS": "5"}
    with running(tmp_path / "var", **own) as platform:
        beside = environment_of(platform) | own
        begun = time.monotonic()
        words(beside, "-m", "tests.prove.act", "load", receiver.url, str(DUTIES), str(ROWS), str(LETTERS))
        lost = kill_at_work(platform, random.Random(11))
        seconds = time.monotonic() - begun
    # Claims of those that died lapse after minutes: a day later everything is done that will ever be done.
    words(beside | {"CLOCK": "+2h"}, "-m", "tests.prove.act", "settle")
    found = json.loads(words(beside, "-m", "tests.prove.act", "figures"))
    rows = len(PLACES) * ROWS
    assert found["duties"] == found["alerts"] == found["events"] == DUTIES and found["inbox"] == 2 * DUTIES, found
    assert found["imports"] == {"applied": len(PLACES), "read": len(PLACES)}, found
    assert found["communities"] == found["projects"] == found["lines"] == rows, found
    assert found["deliveries"] == found["told"] and set(receiver.got) and found["undelivered"] == 0, found
    assert len(set(receiver.got)) == found["deliveries"] >= ROWS, (len(set(receiver.got)), found)
    sent = b"".join(file.read_bytes() for file in (platform.data / "mail").iterdir())
    numbers = Counter(re.findall(rb"^Message-ID: (.+)$", sent, re.M))
    assert len(numbers) == found["letters"] == LETTERS and found["unsent"] == found["twice"] == 0, found
    assert found["broken"] is None
    assert KILLS // 4 < lost <= KILLS + len(MASTERS), f"{lost} of {KILLS} kills fell into a task"
    again = len(receiver.got) - len(set(receiver.got)), sum(numbers.values()) - len(numbers)
    record_property(
        "figure",
        f"{KILLS} kills in {seconds:.0f} s, {lost} in the middle of a task: {DUTIES} reminders to 2 people each, {rows} imported rows, "
        f"{found['deliveries']} webhook messages, {LETTERS} letters: 0 missing, 0 twice (sent again under the same id: "
        f"{again[0]} webhooks, {again[1]} letters)",
    )
