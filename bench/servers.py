"""The servers that are measured: the platform in production's dress behind gunicorn, and the limit, a bare WSGI app (``bench.limit``)."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renovation.launcher import queue_program

BATCH = 40  # requests a reading at one connection
BURST, CONNECTIONS = 480, 16
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running gunicorn of one worker or two."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own (a sync worker closes after each)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", path, headers={**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def json(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """The answer of a request that must succeed."""
        status, _, body = self.get(path, headers)
        if status != 200:
            raise RuntimeError(f"{self.name} {path}: {status} {body[:300]!r}")
        return json.loads(body)

    def raw(self, path: str, headers: dict[str, str] | None = None) -> Callable[[], bytes]:
        """The same request as bytes on a socket: what the client costs is the same small thing for both sides."""
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
        said = "\r\n".join([*lines, "", ""]).encode()

        def call() -> bytes:
            with socket.create_connection(("127.0.0.1", self.port), timeout=120) as wire:
                wire.sendall(said)
                parts = []
                while part := wire.recv(262_144):
                    parts.append(part)
            return b"".join(parts)

        return call

    def cpu(self) -> float:
        """Seconds of processor time of the workers so far."""
        total = 0
        for pid in _children(self.process.pid):
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(words[11]) + int(words[12])
        return total / TICKS

    def resident(self, *, reset: bool = False) -> int:
        """Bytes of the largest worker now; ``reset``: its peak is counted from now on."""
        found = [0]
        for pid in _children(self.process.pid):
            if reset:
                Path(f"/proc/{pid}/clear_refs").write_text("5")
            rows = [row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS")]
            found += [int(row.split()[1]) * 1024 for row in rows]
        return max(found)

    def memory(self) -> int:
        """Bytes of the largest worker, at its peak."""
        peaks = [0]
        for pid in _children(self.process.pid):
            found = [row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmHWM")]
            peaks += [int(row.split()[1]) * 1024 for row in found]
        return max(peaks)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def one(call: Callable[[], Any], times: int = BATCH) -> float:
    """Seconds a request, one after the other."""
    began = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - began) / times


def many(call: Callable[[], Any], times: int = BURST, connections: int = CONNECTIONS) -> float:
    """Seconds a request with so many connections at once (their time shared out)."""
    left = iter(range(times))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if next(left, None) is None:
                    return
            call()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) / times


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _started(name: str, app: str, workers: int, environment: dict[str, str], folder: Path) -> Server:
    port = _free_port()
    log = (folder / f"{name}.log").open("wb")
    command = [
        sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--preload", "--timeout", "120",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    server = Server(name, port, process)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"{name} did not start: {(folder / f'{name}.log').read_text()[-2000:]}")


@contextmanager
def running(url: str, workers: int = 1) -> Iterator[tuple[Server, Server]]:
    """The platform and the limit on one database, with a queue of their own for the counters of production."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        wire = folder / "q.sock"
        queue = subprocess.Popen(
            [queue_program(), "--port", "0", "--unixsocket", str(wire), "--save", ""], stdout=subprocess.DEVNULL
        )
        stack.callback(_end, queue)
        environment = {
            "DATABASE_URL": url, "DATA": str(folder), "PRODUCTION": "1", "BEHIND_PLAIN_PROXY": "1", "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "REDIS_URL": f"redis+socket://{wire}?virtual_host=0", "DJANGO_SETTINGS_MODULE": "bench.settings",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        platform = _started("platform", "renovation.wsgi", workers, environment, folder)
        stack.callback(_end, platform.process)
        platform.headers = {"X-Forwarded-Proto": "https"}
        limit = _started("limit", "bench.limit:application", workers, environment, folder)
        stack.callback(_end, limit.process)
        yield platform, limit


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
