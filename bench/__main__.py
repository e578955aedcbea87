"""Make a fresh database, fill it, hold the answers against each other, time them in turns, put what was measured into docs/performance.md.

``python -m tests.postgres python -m bench [--scale 0.1] [--rounds 5] [--only 1,2] [--write]``; small scales try the bench itself. A row
that fails is told as failed and the others are measured all the same. The exit code is 0 where every goal is reached.
"""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

import django
from django.core.management import call_command
from django.db import connections

from bench import table
from bench.rows import Figure, Row
from tests.postgres import fresh_database

Group = tuple[set[str], Callable[[], Iterator[Row | Figure]]]


def measured(groups: Sequence[Group], only: set[str], rounds: int) -> tuple[list[str], bool]:
    """Lines of the table, and whether every goal is reached."""
    lines: list[str] = []
    reached = True
    for numbers, rows in groups:
        if only and not numbers & only:
            continue
        began, names = time.perf_counter(), ", ".join(sorted(numbers))
        try:
            for row in rows():
                if not only or row.number in only:
                    line, good = _line(row, rounds)
                    reached &= good
                    lines.append(line)
                    print(line, flush=True)
        except Exception:  # noqa: BLE001 - what could not even be prepared is no reason to lose the other rows
            traceback.print_exc()
            reached = False
        print(f"  ({names}: {time.perf_counter() - began:.0f} s)", flush=True)
    return lines, reached


def _line(row: Row | Figure, rounds: int) -> tuple[str, bool]:
    try:
        return row.line(rounds)
    except Exception as error:  # noqa: BLE001 - told in its place
        traceback.print_exc()
        return row.failed(error), False


def main() -> int:
    """0 where every goal is reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=61)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    if given.write and given.scale != 1 and only != {"12"}:
        parser.error("the table is of the whole city: --write takes another --scale with --only 12 alone")
    with fresh_database(os.environ["DATABASE_URL"]) as url:
        os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        from bench import measures  # noqa: PLC0415 (models, once Django stands)
        from offices.clock import today  # noqa: PLC0415

        began, where = time.perf_counter(), table.machine(today())
        with measures.prepared(url, given.scale, only) as groups:
            print(f"made in {time.perf_counter() - began:.0f} s", flush=True)
            lines, reached = measured(groups, only, given.rounds)
        if given.write:
            table.write([f"{line} {today().isoformat()} |" for line in lines], where)
        connections.close_all()
    print(
        f"{time.perf_counter() - began:.0f} s in all; {'every goal reached' if reached else 'not every goal reached'}"
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
