"""From a test's report to a line of the table: one JSON line for each promise that the test stands for, written when it has ended.

The file is named by ``PROVE``; without it nothing is written and nothing is left out. A test says its figure by pytest's own
``record_property("figure", "200 kills, none lost")``; one that says none counts as itself.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.prove.promises import PROMISES, Promise, Shown

DATABASE = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"


def lines_of(nodeid: str) -> list[tuple[Promise, Shown]]:
    """What a test stands for."""
    return [(promise, shown) for promise in PROMISES for shown in promise.shown if shown.is_by(nodeid)]


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under ``PROVE`` only what stands for a promise runs (``ONLY``: for these), and on PostgreSQL not again what starts a platform."""
    if "PROVE" not in os.environ:
        return
    only = set(filter(None, os.environ.get("ONLY", "").split(",")))
    wanted = [item for item in items if _wanted(item, only)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def _wanted(item: pytest.Item, only: set[str]) -> bool:
    names = {promise.name for promise, _ in lines_of(item.nodeid)}
    if not names or (only and not names & only):
        return False
    own = any(item.get_closest_marker(mark) for mark in ("processes", "browser", "once"))
    if item.get_closest_marker("postgres"):
        return DATABASE == "PostgreSQL"
    return DATABASE == "SQLite" or not own


def write(report: pytest.TestReport) -> None:
    """The line of a test that has ended; what was skipped has shown nothing."""
    if "PROVE" not in os.environ or report.skipped or (report.when != "call" and report.passed):
        return
    figure = dict(report.user_properties).get("figure", "")
    for promise, shown in lines_of(report.nodeid):
        line: dict[str, Any] = {
            "promise": promise.name, "done": shown.done, "figure": figure, "held": report.passed, "database": DATABASE,
            "test": report.nodeid,
        }  # fmt: skip
        with Path(os.environ["PROVE"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
