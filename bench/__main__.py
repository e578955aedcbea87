"""Make a fresh database, fill it, hold the answers against each other, time them in turns, write the table into docs/performance.md.

``python -m tests.postgres python -m bench [--scale N]``; --scale 100 is a hundredth of the city, for trying the bench itself.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from tests.postgres import fresh_database

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
ROUNDS = 15


@dataclass(frozen=True)
class Row:
    """What is measured: the product's call and the limit's, which give the same answer. ``goal``: greatest ratio of their times."""

    number: str
    what: str
    product: Callable[[], Any]
    limit: Callable[[], Any]
    goal: float
    rounds: int = ROUNDS


def medians(row: Row) -> tuple[float, float]:
    """Seconds of both, in turns, the one that goes first changing from round to round."""
    times: dict[str, list[float]] = {"product": [], "limit": []}
    sides = [("product", row.product), ("limit", row.limit)]
    for number in range(row.rounds):
        for name, call in sides if number % 2 else reversed(sides):
            began = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - began)
    return statistics.median(times["product"]), statistics.median(times["limit"])


def table(rows: list[Row]) -> tuple[list[str], bool]:
    """Lines of the table, and whether every goal is reached. An answer that differs ends the bench."""
    lines = ["| # | what | the platform | plain SQL | ratio | goal | |", "|---|---|---|---|---|---|---|"]
    reached = True
    for row in rows:
        product, limit = row.product(), row.limit()
        if product != limit:
            sys.exit(f"{row.what}: the answers differ")
        ours, theirs = medians(row)
        good = ours / theirs <= row.goal
        reached &= good
        lines.append(
            f"| {row.number} | {row.what} | {ours * 1000:.1f} ms | {theirs * 1000:.1f} ms | {ours / theirs:.2f} | ≤ {row.goal} | "
            f"{'reached' if good else '**missed**'} |"
        )
        print(lines[-1], flush=True)
    return lines, reached


def write(lines: list[str]) -> None:
    """Between the marks of docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{chr(10).join(lines)}\n{END}{tail}", encoding="utf-8")


def main() -> int:
    """0 where every goal is reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with fresh_database(os.environ["DATABASE_URL"]) as url:
        os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        from bench import votes  # noqa: PLC0415 (models, once Django stands)

        began = time.perf_counter()
        votes.seed(given.scale)
        print(f"seeded in {time.perf_counter() - began:.0f} s", flush=True)
        lines, reached = table(votes.rows())
        votes.leave()
    if given.write:
        write(lines)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
