"""Row 13: what eight writers pay for the log of changes, and whether who follows it while they write misses anything.

Each writer has a connection of its own and commits each row after a pause of its own; the limit is the same without the log.
"""

import random
import threading
import time
from collections.abc import Callable

import psycopg2
from django.db import connection

from bench.rows import Figure, Row, once
from offices.feed import numbering, reading
from offices.models import Change, User
from projects.models import Project

WRITERS, ACTS, PAUSE, SLOWER = 8, 250, 0.008, 1.2  # PAUSE: seconds before a commit, at most
_WRITE = "UPDATE projects_project SET reported_on = %s, version = version + 1, updated_at = now() WHERE id = %s"
_DAYS = ("2026-03-02", "2026-03-03")
_OF_LOG = (
    "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = 'projects_project'::regclass "
    "AND NOT t.tgisinternal AND p.prosrc LIKE '%offices_change%'"
)


def _write(url: str, keys: list[int], seed: int) -> None:
    """One writer's transactions."""
    chance, own = random.Random(seed), psycopg2.connect(url)
    try:
        for number, key in enumerate(keys):
            with own, own.cursor() as cursor:
                cursor.execute(_WRITE, [_DAYS[number % 2], key])
                time.sleep(chance.random() * PAUSE)
    finally:
        own.close()


def _all_write(url: str, keys: list[list[int]]) -> None:
    threads = [threading.Thread(target=_write, args=(url, own, seed)) for seed, own in enumerate(keys)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _log(word: str) -> int:
    """Switch the log's triggers on projects (``DISABLE``, ``ENABLE ALWAYS``); how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_LOG)
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f'ALTER TABLE projects_project {word} TRIGGER "{name}"')
    return len(names)


def _wrong(user: User, write: Callable[[], None], written: int) -> float:
    """How many changes a client that asks all the while missed, got twice or out of order."""
    while numbering.give_numbers():
        pass
    before = after = numbering.newest()
    numbers: list[int] = []
    writers = threading.Thread(target=write)
    writers.start()
    while True:
        over = not writers.is_alive()
        numbering.give_numbers()
        page, after = reading.changes(user, after=after, resources={"projects"}, size=500)
        numbers += [row.number for row in page]
        if over and not page:
            break
    wanted = range(before + 1, before + 1 + written)
    return float(sum(one != other for one, other in zip(numbers, wanted, strict=False)) + abs(len(numbers) - written))


def rows(url: str, user: User) -> list[Row | Figure]:
    """What is measured; ``user`` sees every project."""
    keys = list(Project.objects.order_by("pk").values_list("pk", flat=True)[: WRITERS * ACTS])
    shares = [keys[at::WRITERS] for at in range(WRITERS)]

    def write() -> None:
        _all_write(url, shares)

    def counted(word: str, expected: int) -> Callable[[], int]:
        """Changes that the writes leave in the log beyond what is expected of them: both sides say 0, or nothing is timed."""

        def call() -> int:
            if not _log(word):
                raise LookupError("no trigger of the log")
            before = Change.objects.count()
            write()
            return Change.objects.count() - before - expected

        return call

    def clock(word: str) -> Callable[[], float]:
        def call() -> float:
            _log(word)
            try:
                return once(write)
            finally:
                _log("ENABLE ALWAYS")

        return call

    logged, plain = clock("ENABLE ALWAYS"), clock("DISABLE")
    return [
        Row("13", f"{WRITERS} writers with pauses before they commit, {len(keys):,} changes, with the log of changes and without it",
            counted("ENABLE ALWAYS", len(keys)), counted("DISABLE", 0), SLOWER, rounds=5,
            product_call=logged, limit_call=plain, clock=lambda call: call()),
        Figure("13", "changes missed, twice or out of order by who follows the log while they write",
               lambda: (_log("ENABLE ALWAYS"), _wrong(user, write, len(keys)))[1], "changes", 0),
    ]  # fmt: skip
