"""Run what stands for the promises, on SQLite and on PostgreSQL, and print the table: ``python -m tests.prove [NAME…]`` (``F2 F3`` alone).

It ends with 1 where a promise did not hold or has no line of this run.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from tests.prove.promises import PROMISES, Promise

WIDTHS = (52, 52, 52)
Line = dict[str, Any]


def run(file: Path, only: Sequence[str]) -> None:
    """Both runs, each with its own words on the screen; what failed stands in the table."""
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadscope",
        "--no-loadscope-reorder",
        "-p",
        "no:cacheprovider",
    ]
    environment = {**os.environ, "PROVE": str(file), "ONLY": ",".join(only)}
    given = environment.pop("DATABASE_URL", None)
    subprocess.run(tests, env=environment)
    subprocess.run(
        [sys.executable, "-m", "tests.postgres", *tests], env=environment | ({"DATABASE_URL": given} if given else {})
    )


def read(file: Path) -> list[Line]:
    """The lines of a run."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def table(promises: Iterable[Promise], lines: Iterable[Line]) -> tuple[list[tuple[str, str, str, str]], bool]:
    """Rows (promise, what was done, figure, held) and whether every promise held in everything that was done to it."""
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line["promise"], line["done"]].append(line)
    rows, sound = [], True
    for promise in promises:
        for shown in promise.shown:
            of = found[promise.name, shown.done]
            held = (
                bool(of) and all(line["held"] for line in of) and shown.databases <= {line["database"] for line in of}
            )
            sound = sound and held
            rows.append(
                (
                    f"{promise.name} {promise.words}",
                    shown.done,
                    figure(of),
                    "held" if held else "NOT HELD" if of else "NOT SHOWN",
                )
            )
        if not promise.shown:
            rows.append((f"{promise.name} {promise.words}", "nothing yet", "", "NOT SHOWN"))
            sound = False
    return rows, sound


def figure(lines: Sequence[Line]) -> str:
    """What the tests said, each database's words once; else how many of them held."""
    parts = []
    for database in sorted({line["database"] for line in lines}):
        of = [line for line in lines if line["database"] == database]
        said = list(dict.fromkeys(line["figure"] for line in of if line["figure"]))
        bad = [line["test"].rpartition("::")[2] for line in of if not line["held"]]
        words = "; ".join(said) or f"{len(of) - len(bad)} of {len(of)} tests"
        parts.append(f"{database}: {words}" + (f"; FAILED: {', '.join(bad)}" if bad else ""))
    return " | ".join(parts)


def printed(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """The table as text; a promise is said once."""
    last, out = "", [_row(("promise", "what was done to it", "figure", "held")), "-" * (sum(WIDTHS) + 15)]
    for promise, done, said, held in rows:
        out.append(_row(("" if promise == last else promise, done, said, held)))
        last = promise
    return "\n".join(out)


def _row(cells: tuple[str, str, str, str]) -> str:
    columns = [wrap(cell, width) or [""] for cell, width in zip(cells[:3], WIDTHS, strict=True)]
    height = max(map(len, columns))
    texts = []
    for number in range(height):
        parts = [
            (column[number] if number < len(column) else "").ljust(width)
            for column, width in zip(columns, WIDTHS, strict=True)
        ]
        texts.append("  ".join([*parts, cells[3] if number == 0 else ""]).rstrip())
    return "\n".join(texts)


def main(only: Sequence[str]) -> int:
    """Everything; the exit code."""
    unknown = set(only) - {promise.name for promise in PROMISES}
    if unknown:
        print(f"no such promise: {', '.join(sorted(unknown))}")
        return 2
    with tempfile.TemporaryDirectory(prefix="prove-") as folder:
        file = Path(folder) / "lines"
        file.touch()
        run(file, only)
        rows, sound = table([promise for promise in PROMISES if not only or promise.name in only], read(file))
    print(f"\n{printed(rows)}\n\n{len(rows)} lines, {sum(row[3] == 'held' for row in rows)} held")
    return 0 if sound else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
