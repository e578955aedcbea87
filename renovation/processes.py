"""Child processes of the launcher: none outlives it, each writes its own log, and one that dies says its last words. Plain Python."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 20 * 1024 * 1024
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Ask the kernel for ``number`` when ``parent`` is gone, however it went (Linux; elsewhere nothing happens)."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew of the wish
        os.kill(os.getpid(), number)


class Child:
    """A process in a group of its own, so that Ctrl-C reaches the launcher alone and the launcher reaches the whole group."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.folder = folder
        self.log = log
        self.started = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; the log goes on where it was. OSError where the program can't be started."""
        parent = os.getpid()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),
            )
        self.started = time.monotonic()

    def returncode(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def age(self) -> float:
        """Seconds since the last start."""
        return time.monotonic() - self.started

    def signal(self, number: int) -> None:
        """To the process; SIGKILL to its whole group, so that nothing of it stays."""
        if self.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.running:
                self.process.send_signal(number)
        except (ProcessLookupError, PermissionError):
            pass

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 16_384))
                text = log.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def stop(children: Sequence[Child], seconds: float) -> None:
    """SIGTERM to all, SIGKILL to the groups of those that have not ended ``seconds`` later; returns when all are gone."""
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while any(child.running for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.signal(signal.SIGKILL)  # also what an ended leader left behind in its group
        if child.process is not None:
            child.process.wait()


class GaveUp(Exception):
    """A child died too quickly too often."""


class Supervisor:
    """Starts children again when they die: after ``pause`` seconds, then twice as long, and so on.

    It gives up after ``limit`` deaths in a row, each within ``quick`` seconds of its start.
    """

    def __init__(self, say: Callable[[str], None], *, pause: float = 1.0, quick: float = 20.0, limit: int = 5) -> None:
        self.say = say
        self.pause = pause
        self.quick = quick
        self.limit = limit
        self.children: list[Child] = []
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def start(self, child: Child) -> None:
        """Start ``child`` and look after it from now on."""
        self.children.append(child)
        child.start()

    def tend(self) -> None:
        """One look at every child; call it a few times a second. GaveUp when one can't be kept alive."""
        for child in self.children:
            if child.running:
                continue
            if child.name not in self._due:
                self._mourn(child)
            elif time.monotonic() >= self._due[child.name]:
                del self._due[child.name]
                child.start()

    def _mourn(self, child: Child) -> None:
        deaths = self._deaths.get(child.name, 0) + 1 if child.age() < self.quick else 1
        self._deaths[child.name] = deaths
        self.say(f"{child.name} 意外退出（{child.returncode()}），日志 {child.log} 的最后几行：\n{child.last_words()}")
        if deaths >= self.limit:
            raise GaveUp(
                f"{child.name} 连续 {deaths} 次在 {self.quick:.0f} 秒内退出，不再重启。请按上面的日志处理后重新启动。"
            )
        pause = self.pause * 2 ** (deaths - 1)
        self._due[child.name] = time.monotonic() + pause
        self.say(f"{child.name} 将在 {pause:g} 秒后重启")
