"""The demonstration behind a real web server, in a folder and on a port of its own: for the pictures and the browser's tests."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Yanshi-2026!"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WAIT = 40.0  # seconds for the web server to answer


def chromium() -> str | None:
    """Where a Chromium stands on this machine; None where there is none. ``CHROMIUM`` names another."""
    named = os.environ.get("CHROMIUM")
    return next((path for path in ([named] if named else CHROMIUM) if Path(path).is_file()), None)


def environment_of(folder: Path) -> dict[str, str]:
    """Environment of the platform whose data are in ``folder``."""
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL", "CLOCK"}}
    return environment | {"DATA": str(folder), "DJANGO_SETTINGS_MODULE": "renovation.settings"}


STATIC = ["collectstatic", "--noinput", "-v0", "--ignore", "NotoSansSC-*"]
DEMONSTRATION = (["migrate", "-v0"], ["demonstrate"], STATIC)


def built(
    folder: Path, *commands: list[str], begin: Callable[[Path], object] = lambda folder: None, **environment: str
) -> Path:
    """The folder in which management commands have run, once, by whoever asks first: several processes may ask at once.

    ``begin`` puts into the folder what the commands find there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "built"
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            begin(folder)
            for command in commands:
                subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT,
                    env=environment_of(folder) | environment,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            done.touch()
    return folder


@contextmanager
def platform(folder: Path, demonstration: Path) -> Iterator[str]:
    """Serve a copy of a built demonstration in ``folder``; gives the address. The server is stopped at the end."""
    shutil.copytree(demonstration, folder, dirs_exist_ok=True)
    environment = environment_of(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "renovation.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--no-control-socket",
    ]
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(web, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield _answering(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _answering(address: str) -> str:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return address
        except OSError:  # refused, or a machine too busy to answer in time
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")
