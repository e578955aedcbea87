"""PostgreSQL cut off in the middle of requests: each is whole or nothing, the answer a plain 503, the next one works."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import postgres
from tests.house.test_launcher import running
from tests.trust.test_kills import act, environment_of

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.once]
RESTARTS, CLIENTS = 6, 4
WRITTEN = "SELECT count(*), count(DISTINCT name) FROM communities_community WHERE name LIKE 'restart-%'"
RECORDED = "SELECT count(*), count(DISTINCT subject_uid) FROM offices_historyentry WHERE action = 'community.add'"


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of its own; what it has committed outlives its processes."""
    try:
        found = postgres.Cluster(synchronous_commit="on")
    except postgres.NoPostgres as nothing:
        pytest.skip(str(nothing))
    yield found
    found.stop()


class Client:
    """Sends one request after the other and notes what came; the same key goes with the same body."""

    def __init__(self, address: str, key: str, division: str, number: int) -> None:
        self.web = httpx.Client(base_url=address, timeout=30, headers={"Authorization": f"Bearer {key}"})
        self.division, self.number, self.sent = division, number, 0
        self.waiting: list[str] = []
        self.answers: Counter[int] = Counter()
        self.bad: list[str] = []

    def post(self, name: str) -> bool:
        """Add a community under a key of its own; whether it is there for sure."""
        body = {"name": name, "division": self.division}
        return self._noted(self.web.post("/api/v1/communities/", json=body, headers={"Idempotency-Key": name})) == 201

    def act(self) -> None:
        """A new community, and a page."""
        self.sent += 1
        name = f"restart-{self.number}-{self.sent}"
        if not self.post(name):
            self.waiting.append(name)
        self._noted(self.web.get("/", params={"n": self.sent}))

    def _noted(self, answer: httpx.Response) -> int:
        self.answers[answer.status_code] += 1
        text = answer.text
        plain = answer.status_code == 503 and "Retry-After" in answer.headers and "数据库暂时" in text
        if not (answer.status_code in {200, 201} or plain) or "Traceback" in text or "psycopg" in text:
            self.bad.append(f"{answer.request.method} {answer.status_code} {text[:300]}")
        return answer.status_code


def at_once(clients: list[Client], until: Callable[[], bool]) -> None:
    """Every client in a thread of its own until the bell rings."""

    def go(client: Client) -> None:
        while not until():
            client.act()

    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_a_database_that_restarts_in_mid_request_leaves_nothing_half(
    cluster: postgres.Cluster, tmp_path: Path, record_property: Any
) -> None:
    chance, over = random.Random(5), threading.Event()
    with running(tmp_path / "var", DATABASE_URL=cluster.url) as platform:
        said = json.loads(act(environment_of(platform) | {"DATABASE_URL": cluster.url}, "key"))
        clients = [
            Client(f"http://127.0.0.1:{platform.port}", said["key"], said["division"], n) for n in range(CLIENTS)
        ]

        def restart() -> None:
            for _ in range(RESTARTS):
                time.sleep(1 + 2 * chance.random())
                cluster.restart(pause=chance.random())
            time.sleep(2)
            over.set()

        bell = threading.Thread(target=restart)
        bell.start()
        at_once(clients, over.is_set)
        bell.join()
        assert not [bad for client in clients for bad in client.bad]
        answers = sum((client.answers for client in clients), Counter())
        assert answers[201] > 20 and answers[503] > RESTARTS, answers
        asked = [(client, name) for client in clients for name in client.waiting]
        assert all(client.post(name) for client, name in asked), "the same request again under its key"
        sent = sum(client.sent for client in clients)
        with postgres.connect(cluster.url) as connection, connection.cursor() as cursor:
            for query in (WRITTEN, RECORDED):
                cursor.execute(query)
                assert cursor.fetchone() == (sent, sent), query
    record_property(
        "figure",
        f"{RESTARTS} restarts among {sum(answers.values())} requests: {answers[503]} plain 503, {answers[500]} other faults; "
        f"{sent} rows asked for, {sent} there, none twice, none half",
    )
