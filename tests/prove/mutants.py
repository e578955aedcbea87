"""Does a test notice when a rule is wrong by a little? ``python -m tests.prove.mutants [PATH…]`` (``make mutants``).

One process with Django set up and every test collected learns once which lines each test runs, then forks a child for each
fault of ``tests.prove.mutation``: the child changes the function in place and runs only the tests that touch the line, the pure
ones first, the database's (SQLite in memory, few) only where no pure one noticed. What was found stands in ``.mutants/`` by the
hashes of module and test file, so a run that was stopped goes on, and a new test is tried against survivors alone. Writes
``docs/mutants.md`` at the end of a whole run. ``JOBS``: children at once (1); ``PURE``: without the database's tests;
``TABLE``: the table of what is known alone.
"""

import ast
import gc
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from policies.calendar import WorkingCalendar
from renovation.examples import Case, read_cases, run_case
from tests.prove.mutants_store import Store, Test, mark
from tests.prove.mutants_table import Fault, faults, rates, short_of, written
from tests.prove.mutation import Site, sites
from tests.prove.transplant import living, transplant
from tests.rules.books import LIBRARY

ROOT = Path(__file__).parents[2]
APPS = ("projects", "funding", "approvals", "communities", "offices", "policies")
BESIDE = (  # the tally over the tables, and what posts to the ledger
    "approvals/votes/figures.py", "approvals/votes/closing.py", "funding/actions/book.py", "funding/actions/common.py",
    "funding/actions/corrections.py",
)  # fmt: skip
TESTS = (
    "rules",
    "policies",
    "schemes",
    "gates",
    "projects",
    "funding",
    "approvals",
    "communities",
    "votes",
    "works",
    "reports",
)
SLOW = ("slow", "browser", "processes", "postgres", "prove")
SECONDS, DATABASE_TESTS = (
    2.5,
    12,
)  # of the tests that touch a line: CPU seconds of the quickest pure ones, how many of the others


def scope() -> list[str]:
    """The modules whose faults are tried, as paths below the repository."""
    rules = (file for app in APPS for file in (ROOT / app).glob("rules/**/*.py"))
    return [*sorted(str(file.relative_to(ROOT)) for file in rules if file.read_text().strip()), *BESIDE]


class Driver:
    """The plugin that takes pytest's place once everything is collected."""

    def __init__(self, only: list[str]) -> None:
        self.modules = [path for path in scope() if not only or path.startswith(tuple(only))]
        self.store = Store(ROOT / ".mutants" / "found.sqlite3")
        self.kills: Counter[tuple[str, str]] = Counter()
        self.touching: dict[tuple[str, int], list[Test]] = defaultdict(list)
        self.seconds: dict[str, float] = {}
        self.screen = os.dup(2)

    def say(self, words: str) -> None:
        """A line on the screen, whatever the tests do with theirs."""
        os.write(self.screen, f"{words}\n".encode())

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests."""
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        tests = [*_examples(), *(_test(item) for item in session.items if _wanted(item))]
        tests = [test for test in tests if test.pure or "PURE" not in os.environ]
        self.learn(sorted(tests, key=lambda test: not test.pure), session)
        todo = [work for path in self.modules for work in self.work(path)]
        self.say(f"{len(todo)} mutants to try")
        try:
            self.try_all(todo)
        except Exception:
            self.say(traceback.format_exc())
            raise
        return True

    def learn(self, tests: list[Test], session: pytest.Session) -> None:
        """Which lines each test touches; the tables are made on the way, for all children."""
        watched = {str(ROOT / path): path for path in scope()}
        started, done = time.monotonic(), 0
        ready = False  # the database
        for number, test in enumerate(tests):
            known = self.store.touched(test)
            if known is None or not (test.pure or ready):
                _clear_caches()
                lines: dict[str, set[int]] = defaultdict(set)
                before = time.process_time()
                sys.settrace(_tracer(watched, lines))
                passed = test.run()
                sys.settrace(None)
                known, done = (time.process_time() - before, {path: sorted(at) for path, at in lines.items()}), done + 1
                session._setupstate.teardown_exact(_Nothing(session))  # type: ignore[arg-type]
                if not passed:
                    self.say(f"does not pass without a fault, left out: {test.name}")
                    continue
                self.store.keep_touched(test, *known)
                ready = ready or not test.pure
            self.seconds[test.name] = known[0]
            for path, numbers in known[1].items():
                for line in numbers:
                    self.touching[path, line].append(test)
            if done and done % 100 == 0:
                self.say(f"learning what tests touch: {number} of {len(tests)}, {time.monotonic() - started:.0f} s")

    def work(self, path: str) -> Iterator["Work"]:
        """The mutants of a module that are not settled."""
        found = sites(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        whole = {line for (at, line) in self.touching if at == path}
        for site in found:
            tests = {
                test.name: test
                for line in (site.lines if site.function else whole)
                for test in self.touching[path, line]
            }
            known = self.store.mutant(path, site.name)
            if known and known[0] and _still(known[0]):
                self.kills[f"{path} {site.function}", known[0].partition(" ")[0]] += 1
                continue
            tried = known[1] if known else set()
            chosen = [test for test in self._ordered(tests.values()) if _stamp(test) not in tried]
            if chosen or known is None:
                yield Work(path, site, chosen, tried)

    def _ordered(self, tests: Iterable[Test]) -> list[Test]:
        quick = sorted(tests, key=lambda test: self.seconds[test.name])
        pure = [test for test in quick if test.pure]
        ends = accumulate(self.seconds[test.name] for test in pure)
        in_time = [test for test, end in zip(pure, ends, strict=True) if end < SECONDS] or pure[:1]
        return [*in_time, *[test for test in quick if not test.pure][:DATABASE_TESTS]]

    def try_all(self, todo: list["Work"]) -> None:
        """Fork after fork, ``JOBS`` at once."""
        jobs, running = int(os.environ.get("JOBS", "1")), {}
        living(), _cached()
        gc.collect()
        gc.freeze()  # what stands here now is not moved about in a child's memory
        gc.disable()
        waiting, started, killed, done = iter(todo), time.monotonic(), 0, 0
        while True:
            while len(running) < jobs and (work := next(waiting, None)):
                work.chosen.sort(
                    key=lambda test: not (test.pure and self.kills[f"{work.path} {work.site.function}", test.name])
                )
                running[work.start(sum(self.seconds[test.name] for test in work.chosen))] = work
            if not running:
                break
            for reader in select.select(list(running), [], [], 1)[0] or [
                reader for reader, work in running.items() if work.deadline < time.monotonic()
            ]:
                work = running.pop(reader)
                killer = work.end(reader)
                if killer:
                    self.kills[f"{work.path} {work.site.function}", killer.partition(" ")[0]] += 1
                self.store.keep_mutant(work.path, work.site.name, killer, {*work.tried, *map(_stamp, work.chosen)})
                killed, done = killed + bool(killer), done + 1
                if not killer or done % 50 == 0:
                    state = f"{done} of {len(todo)}, {killed} killed, {time.monotonic() - started:.0f} s"
                    self.say(
                        state
                        if killer
                        else f"{state}: survives {work.path}:{work.site.name} ({len(work.chosen)} tests)"
                    )


@dataclass
class Work:
    """A mutant to try: forked by ``start``, which gives the pipe that becomes readable at its end."""

    path: str
    site: Site
    chosen: list[Test]
    tried: set[str]
    child: int = 0
    deadline: float = 0

    def start(self, seconds: float) -> int:
        """Fork. The child may use ten times the CPU seconds of its tests, and five more."""
        limit = int(seconds * 10) + 5
        reader, writer = os.pipe()
        self.child, self.deadline = os.fork(), time.monotonic() + 10 * limit
        if self.child:
            os.close(writer)
            return reader
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        try:
            os.write(writer, self._killer().encode())
        except BaseException as error:
            os.write(writer, f"{self.path} could not be tried: {type(error).__name__}".encode())
        os._exit(0)

    def _killer(self) -> str:
        _clear_caches()
        if not transplant(self.site, self.path):
            return "- the module cannot be imported"
        return next((_stamp(test) for test in self.chosen if not test.run()), "survived")

    def end(self, reader: int) -> str | None:
        """What killed it (a child that ended otherwise ran out of its time or memory), or None."""
        if time.monotonic() > self.deadline:
            os.kill(self.child, signal.SIGKILL)
        said = os.read(reader, 4096).decode()
        os.close(reader)
        os.waitpid(self.child, 0)
        if "could not be tried" in said:  # a fault of this driver is nobody's success
            return None
        return None if said == "survived" else said or "- time"


class _Nothing:
    """The test after the last: everything but the session is taken down."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        """Where it stands."""
        return [self.session]


def _stamp(test: Test) -> str:
    return f"{test.name} {mark(test.file)}"


def _still(killer: str) -> bool:
    """Whether what killed is there as it was."""
    name, _, known = killer.rpartition(" ")
    file = name.partition("::")[0]
    return killer.startswith("- ") or ((ROOT / file).exists() and mark(file) == known)


def _examples() -> Iterator[Test]:
    def asked(case: Case) -> bool:
        try:
            return run_case(case, LIBRARY, WorkingCalendar()).passed
        except Exception:
            return False

    for file in sorted((ROOT / "tests" / "examples").glob("*.yaml")):
        path = str(file.relative_to(ROOT))
        for number, case in enumerate(read_cases(file, LIBRARY)):
            if isinstance(case, Case):
                yield Test(f"{path}::{number}", path, True, lambda case=case: asked(case))  # type: ignore[misc]


def _wanted(item: pytest.Item) -> bool:
    transaction = item.get_closest_marker("django_db")
    whole = "transactional_db" in getattr(item, "fixturenames", ()) or (
        transaction and transaction.kwargs.get("transaction")
    )
    return not whole and not any(item.get_closest_marker(name) for name in SLOW)


def _test(item: pytest.Item) -> Test:
    names = set(getattr(item, "fixturenames", ()))
    pure = not item.get_closest_marker("django_db") and not names & {"db", "client", "django_db_setup"}

    def run() -> bool:
        reports = runtestprotocol(item, log=False, nextitem=item)
        item.session._setupstate.teardown_exact(_Nothing(item.session))  # type: ignore[arg-type]
        return not any(report.failed for report in reports)

    return Test(item.nodeid.replace(" ", "_"), str(item.path.relative_to(ROOT)), pure, run)


def _tracer(watched: dict[str, str], lines: dict[str, set[int]]) -> Callable[[FrameType, str, Any], Any]:
    def called(frame: FrameType, event: str, more: Any) -> Any:
        path = watched.get(frame.f_code.co_filename)
        if path is None:
            return None
        add = lines[path].add

        def inside(frame: FrameType, event: str, more: Any) -> Any:
            if event == "line":
                add(frame.f_lineno)
            return inside

        return inside

    return called


@cache
def _cached() -> list[Any]:
    """Cached functions of the house's apps, but for those that read rulebooks and calendars."""
    found = [each for each in gc.get_objects() if hasattr(type(each), "cache_clear") and hasattr(each, "__wrapped__")]
    return [
        each
        for each in found
        if isinstance(each.__wrapped__, FunctionType) and "/rules/" in each.__wrapped__.__code__.co_filename
    ]


def _clear_caches() -> None:
    for each in _cached():
        each.cache_clear()


def main(only: list[str]) -> int:
    """Try what is not settled, print and write the table. 0 where every package reaches its share."""
    os.chdir(ROOT)
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, phases=phases, deadline=None, print_blob=False
    )
    hypothesis.settings.load_profile("mutants")
    folders = [f"tests/{name}" for name in TESTS]
    quiet = ["-q", "-s", "--tb=no", "-p", "no:cacheprovider", "-n", "0", "-p", "no:faulthandler"]
    driver = Driver(only)
    if "TABLE" not in os.environ:
        code = pytest.main([*quiet, *folders], plugins=[driver])
        if code:
            return int(code)
    every = everything(driver.store)
    for name, (number, killed) in rates(every).items():
        driver.say(f"{name}: {killed} of {number} faults killed")
    if not only:
        (ROOT / "docs" / "mutants.md").write_text(written(every), encoding="utf-8")
    return 1 if short_of(every) else 0


def everything(store: Store) -> list[Fault]:
    """Every fault of every module in scope, with what was found of it."""
    found: list[Fault] = []
    for path in scope():
        known = store.base.execute("SELECT name, killer FROM mutant WHERE (module, mark) = (?, ?)", (path, mark(path)))
        found += faults(path, dict(known.fetchall()))
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
