"""What earlier runs of ``tests.prove.mutants`` found, by the hashes of module and test file."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Lines = dict[str, list[int]]


@cache
def mark(path: str) -> str:
    """A file's content in few letters."""
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:16]


@dataclass(frozen=True)
class Test:
    """Something that can notice: a test of pytest or a worked example; ``run`` says whether it passed."""

    name: str
    file: str
    pure: bool
    run: Callable[[], bool]


@dataclass
class Store:
    """What earlier runs found. A killed mutant stays so while module and killing test are the same; a survivor while no new
    test touches it."""

    file: Path
    base: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.base = sqlite3.connect(self.file, isolation_level=None, timeout=60)
        self.base.execute("CREATE TABLE IF NOT EXISTS touched (test PRIMARY KEY, mark, seconds, lines)")
        self.base.execute(
            "CREATE TABLE IF NOT EXISTS mutant (module, name, mark, killer, tried, PRIMARY KEY (module, name))"
        )

    def touched(self, test: Test) -> tuple[float, Lines] | None:
        """CPU seconds of a test and the lines that it runs; None where test or one of the modules is another by now."""
        row = self.base.execute(
            "SELECT seconds, lines FROM touched WHERE (test, mark) = (?, ?)", (test.name, mark(test.file))
        )
        for seconds, lines in row:
            found = json.loads(lines)
            if all((ROOT / path).exists() and mark(path) == known for path, (known, _) in found.items()):
                return seconds, {path: numbers for path, (_, numbers) in found.items()}
        return None

    def keep_touched(self, test: Test, seconds: float, lines: Lines) -> None:
        """Keep what a test touches."""
        found = {path: (mark(path), numbers) for path, numbers in lines.items()}
        self.base.execute(
            "INSERT OR REPLACE INTO touched VALUES (?, ?, ?, ?)",
            (test.name, mark(test.file), seconds, json.dumps(found)),
        )

    def mutant(self, module: str, name: str) -> tuple[str | None, set[str]] | None:
        """(what killed it or None, what was tried in vain), or None for one not yet tried."""
        row = self.base.execute(
            "SELECT killer, tried FROM mutant WHERE (module, name, mark) = (?, ?, ?)", (module, name, mark(module))
        ).fetchone()
        return row and (row[0], set(json.loads(row[1])))

    def keep_mutant(self, module: str, name: str, killer: str | None, tried: Iterable[str]) -> None:
        """Keep what became of a mutant."""
        self.base.execute(
            "INSERT OR REPLACE INTO mutant VALUES (?, ?, ?, ?, ?)",
            (module, name, mark(module), killer, json.dumps(sorted(tried))),
        )
