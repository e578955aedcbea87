"""``make run``, for real: every test starts the launcher as a process of its own and counts what is left of it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from renovation import probe, processes

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 能数清遗留的进程")
pytestmark = [pytest.mark.processes, pytest.mark.slow, linux]


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])


def wait_for(what: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether ``what`` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return what()


class Platform:
    """One start of the launcher."""

    def __init__(self, data: Path, like: Path | None = None, *, within: Sequence[str] = (), **environment: str) -> None:
        """``like`` is a folder to begin with: what a start does to an empty one is shown once, and takes a processor for 15 s.
        ``within``: a command that starts it."""
        self.data = data
        if like and not data.exists():
            shutil.copytree(like, data)
        self.port = int(environment.get("PORT") or free_port())
        self.words = data.parent / f"words-{time.monotonic_ns()}"
        data.parent.mkdir(parents=True, exist_ok=True)
        names = ("REDIS_URL", "DATABASE_URL", "CLOCK", "PRODUCTION", "HOST", "DJANGO_SETTINGS_MODULE")
        base = {name: value for name, value in os.environ.items() if name not in names}
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                [*within, sys.executable, "-m", "renovation.launcher"],
                cwd=ROOT,
                env={**base, "DATA": str(data), "DEMONSTRATION": "0", **environment, "PORT": str(self.port)},
                stdout=words,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """What the person at the terminal has read so far."""
        return self.words.read_text()

    def answers(self) -> bool:
        """Whether the web is there."""
        return probe.status("127.0.0.1", self.port) == 200

    def ready(self) -> "Platform":
        """Wait until it said its address, and the worker is at work."""
        wait_for(lambda: "已启动" in self.said() or self.process.poll() is not None, 400)
        assert "已启动" in self.said(), self.said()
        assert wait_for(lambda: "worker" in self.roles()), self.said()
        return self

    def processes(self) -> dict[int, list[str]]:
        """Every living process of this data folder, the launcher included: number to command line.

        Known by the environment; the queue writes its title over that, and stands in the folder instead.
        """
        mark = f"DATA={self.data}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (folder / "environ").read_bytes().split(b"\0")
                if ours or (folder / "cwd").readlink().is_relative_to(self.data):
                    found[int(folder.name)] = (folder / "cmdline").read_text().split("\0")
            except OSError:
                continue
        return {number: words for number, words in found.items() if words != [""]}

    def roles(self) -> dict[str, int]:
        """Role of each direct child of the launcher to its process number."""
        roles = {}
        for number, words in self.processes().items():
            parent = re.search(r"\) \S (\d+)", _read(f"/proc/{number}/stat"))
            if parent and int(parent.group(1)) == self.process.pid:
                line = " ".join(words)
                role = next((role for role in ("valkey", "gunicorn", "worker", "beat") if f"{role}" in line), "")
                roles[role] = number
        return roles

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def _read(file: str) -> str:
    try:
        return Path(file).read_text()
    except OSError:
        return ""


@contextmanager
def running(data: Path, like: Path | None = None, **environment: str) -> Iterator[Platform]:
    """A platform that is up, and gone afterwards whatever the test did."""
    platform = Platform(data, like, **environment)
    try:
        yield platform.ready()
    finally:
        if platform.process.poll() is None:
            platform.stop()
        for number in platform.processes():
            os.kill(number, signal.SIGKILL)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One platform for the tests that leave it running. Its folder has a blank and Chinese in its name; its clock is moved."""
    with running(tmp_path_factory.mktemp("房屋 改造") / "var", CLOCK="2030-05-01") as started:
        yield started


def test_one_command_starts_queue_web_worker_and_beat(platform: Platform) -> None:
    assert set(platform.roles()) == {"valkey", "gunicorn", "worker", "beat"}
    assert f"http://127.0.0.1:{platform.port}/" in platform.said()
    connection_words = probe.http.client.HTTPConnection("127.0.0.1", platform.port, timeout=10)
    connection_words.request("GET", "/readyz")
    assert b'"queue": "ok"' in connection_words.getresponse().read()


def test_every_child_has_the_same_moved_clock(platform: Platform) -> None:
    clocks = set()
    for role, number in platform.roles().items():
        if role == "valkey":
            continue  # it has no clock of ours
        environment = dict(item.split("=", 1) for item in _read(f"/proc/{number}/environ").split("\0") if "=" in item)
        clocks.add(environment["CLOCK"])
    assert len(clocks) == 1
    assert re.fullmatch(r"[+-]\d+d\d+h\d+m\d+s", clocks.pop())


def test_a_second_start_on_the_same_folder_is_refused_and_the_first_does_not_notice(platform: Platform) -> None:
    before = platform.roles()
    second = Platform(platform.data)
    assert second.process.wait(30) == 1
    assert "已由另一个正在运行的平台使用" in second.said() and str(platform.process.pid) in second.said()
    assert platform.roles() == before
    assert platform.answers()


def test_a_port_in_use_is_said_before_anything_starts(platform: Platform, tmp_path: Path) -> None:
    second = Platform(tmp_path / "var", PORT=str(platform.port))
    assert second.process.wait(30) == 1
    assert f"127.0.0.1:{platform.port} 已被其他程序占用" in second.said()
    assert not (tmp_path / "var" / "queue").exists() and not (tmp_path / "var" / "renovation.sqlite3").exists()


def test_a_worker_that_is_killed_comes_back(platform: Platform) -> None:
    before = platform.roles()
    os.kill(before["worker"], signal.SIGKILL)
    assert wait_for(lambda: platform.roles().get("worker", before["worker"]) != before["worker"])
    assert "worker 意外退出（-9）" in platform.said() and "worker.log" in platform.said()
    assert {**platform.roles(), "worker": 0} == {**before, "worker": 0}
    assert platform.answers()


def stops(platform: Platform, number: int) -> None:
    """Hold a stop by this signal against what it should be."""
    before = len(platform.said())
    assert platform.stop(number) == 0
    assert platform.processes() == {}
    assert platform.said().rstrip().endswith("平台已停止。")
    assert "意外退出" not in platform.said()[before:]


def test_it_stops_cleanly_and_leaves_nothing(platform: Platform) -> None:
    """The last that is asked of the platform that the tests above share."""
    stops(platform, signal.SIGTERM)


def test_it_stops_as_cleanly_by_the_keyboard(tmp_path: Path, prepared: Path) -> None:
    with running(tmp_path / "var", prepared) as platform:
        stops(platform, signal.SIGINT)


@pytest.mark.prove
def test_a_launcher_killed_outright_takes_everything_along_and_can_start_again(tmp_path: Path, prepared: Path) -> None:
    data = tmp_path / ("a-folder-with-a-long-name-" * 5) / "var"
    with running(data, prepared) as platform:
        assert platform.stop(signal.SIGKILL) == -signal.SIGKILL
        assert wait_for(lambda: platform.processes() == {}, 20), platform.processes()
        with running(data, PORT=str(platform.port)) as again:
            assert again.answers()


def test_it_may_be_stopped_while_it_is_still_preparing(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "var")
    assert wait_for(lambda: (tmp_path / "var" / "logs" / "prepare.log").exists())
    assert platform.stop() == 0
    assert platform.processes() == {}
    assert "已启动" not in platform.said()


@pytest.mark.postgres
def test_a_database_and_a_queue_of_the_environment_are_used_as_they_are(tmp_path: Path, migrated: str) -> None:
    with running(tmp_path / "var", DATABASE_URL=migrated, REDIS_URL="redis://127.0.0.1:1/0") as platform:
        assert "valkey" not in platform.roles()
        assert platform.answers()  # the queue does not answer, the pages do
        assert not (tmp_path / "var" / "renovation.sqlite3").exists() and not (tmp_path / "var" / "queue").exists()


def test_a_child_that_keeps_dying_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = processes.Supervisor(said.append, pause=0.01, limit=5)
    command = [sys.executable, "-c", "print('no such table'); raise SystemExit(7)"]
    child = processes.Child("worker", command, environment={**os.environ}, folder=tmp_path, log=tmp_path / "worker.log")
    supervisor.start(child)
    with pytest.raises(processes.GaveUp, match="连续 5 次"):
        wait_for(lambda: bool(supervisor.tend()), 30)
    assert sum("意外退出（7）" in text for text in said) == 5
    assert "no such table" in said[0]


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused_in_words(tmp_path: Path, port: str) -> None:
    environment = {**os.environ, "DATA": str(tmp_path), "PORT": port}
    answer = subprocess.run(
        [sys.executable, "-m", "renovation.launcher"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert answer.stderr.strip() == f"PORT 应为 1–65535 的整数，不能是 {port!r}"
