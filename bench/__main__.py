"""Make a fresh database, fill it, hold the answers against each other, time them in turns, write the table into docs/performance.md.

``python -m tests.postgres python -m bench [--scale 0.1] [--rounds 5] [--only 1,2] [--write]``; small scales try the bench itself.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from bench.rows import HEAD, Figure, Row
from tests.postgres import fresh_database

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
Group = tuple[set[str], Callable[[], Iterator[Row | Figure]]]


def write(lines: list[str]) -> None:
    """Between the marks of docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{chr(10).join(lines)}\n{END}{tail}", encoding="utf-8")


def measured(groups: Sequence[Group], only: set[str], rounds: int) -> tuple[list[str], bool]:
    """Lines of the table, and whether every goal is reached."""
    lines, reached = list(HEAD), True
    for numbers, rows in groups:
        if only and not numbers & only:
            continue
        for row in rows():
            if only and row.number not in only:
                continue
            line, good = row.line(rounds)
            reached &= good
            lines.append(line)
            print(line, flush=True)
    return lines, reached


def main() -> int:
    """0 where every goal is reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=61)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with fresh_database(os.environ["DATABASE_URL"]) as url:
        os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        from bench import measures  # noqa: PLC0415 (models, once Django stands)

        began = time.perf_counter()
        with measures.prepared(url, given.scale) as groups:
            print(f"made in {time.perf_counter() - began:.0f} s", flush=True)
            lines, reached = measured(groups, set(filter(None, given.only.split(","))), given.rounds)
        connections.close_all()
    print(f"{time.perf_counter() - began:.0f} s in all", flush=True)
    if given.write:
        write(lines)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
