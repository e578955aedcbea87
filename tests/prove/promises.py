"""The promises of ``promises.yaml``, and which tests stand for each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BOTH = frozenset({"SQLite", "PostgreSQL"})


@dataclass(frozen=True)
class Shown:
    """What is done to a promise, by which tests (names begin so), and on which databases it has to hold."""

    done: str
    tests: tuple[str, ...]
    databases: frozenset[str] = frozenset()

    def is_by(self, nodeid: str) -> bool:
        """Whether this test is one of them."""
        return any(nodeid == test or nodeid.startswith((f"{test}::", f"{test}[")) for test in self.tests)


@dataclass(frozen=True)
class Promise:
    """A promise and all that is done to break it."""

    name: str
    words: str
    shown: tuple[Shown, ...]


def _read(file: Path) -> tuple[Promise, ...]:
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(Promise(row["name"], row["words"], tuple(_shown(each) for each in row["shown"])) for row in rows)


def _shown(row: dict[str, Any]) -> Shown:
    return Shown(row["done"], tuple(row["by"]), BOTH if row.get("on") == "both" else frozenset())


PROMISES = _read(Path(__file__).with_name("promises.yaml"))
