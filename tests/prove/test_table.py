"""The table says what happened and nothing else: what did not run, did not hold, or ran on one database of two is no promise kept."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.prove.__main__ import main, printed, table
from tests.prove.promises import BOTH, PROMISES, Promise, Shown

ROOT = Path(__file__).parents[2]
TWO = Promise(
    "1", "Ballots are insert-only", (Shown("raw SQL", ("tests/a.py",), BOTH), Shown("a race", ("tests/b.py::test_x",)))
)


def line(done: str, database: str = "SQLite", **more: Any) -> dict[str, Any]:
    return {
        "promise": "1",
        "done": done,
        "figure": "",
        "held": True,
        "database": database,
        "test": "tests/a.py::test_y",
    } | more


ALL = [line("raw SQL"), line("raw SQL", "PostgreSQL"), line("a race", "PostgreSQL", figure="300 races, none lost")]


def test_a_promise_holds_when_all_that_was_done_to_it_held_where_it_must() -> None:
    rows, sound = table([TWO], ALL)
    assert sound and [row[2:] for row in rows] == [
        ("PostgreSQL: 1 of 1 tests | SQLite: 1 of 1 tests", "held"), ("PostgreSQL: 300 races, none lost", "held"),
    ]  # fmt: skip
    assert printed(rows).count("1 Ballots") == 1 and "300 races" in printed(rows)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (ALL[1:], "NOT HELD"), (ALL[:2], "NOT SHOWN"), ([*ALL, line("raw SQL", held=False, test="tests/a.py::test_z")], "test_z"),
        ([], "NOT SHOWN"),
    ],
)  # fmt: skip
def test_what_did_not_run_or_hold_is_said(lines: list[dict[str, Any]], word: str) -> None:
    rows, sound = table([TWO], lines)
    assert not sound and word in printed(rows)


def test_a_promise_without_tests_is_not_kept() -> None:
    assert table([Promise("2", "x", ())], []) == ([("2 x", "nothing yet", "", "NOT SHOWN")], False)
    assert main(["none"]) == 2


def test_every_test_of_the_list_exists_once() -> None:
    missing = []
    for promise in PROMISES:
        assert promise.shown, promise.name
        for name in (name for shown in promise.shown for name in shown.tests):
            file, _, function = name.partition("::")
            tree = (
                ast.parse((ROOT / file).read_text(encoding="utf-8")) if (ROOT / file).exists() else ast.Module([], [])
            )
            names = {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            }
            missing += [name] if not names or (function and function not in names) else []
    assert not missing
    assert len({promise.name for promise in PROMISES}) == len(PROMISES)


@pytest.mark.slow
def test_a_run_writes_the_line_of_a_test_that_fails(tmp_path: Path) -> None:
    """pytest itself, with a test that stands for a promise and does not hold."""
    file, lines = tmp_path / "test_y.py", tmp_path / "lines"
    file.write_text("def test_x(record_property):\n    record_property('figure', '0 of 3')\n    assert False\n")
    plugin = tmp_path / "hooks.py"
    plugin.write_text(
        "from tests.prove import reporting\nfrom tests.prove.promises import Promise, Shown\n"
        "reporting.PROMISES = (Promise('1', 'words', (Shown('done', ('test_y.py',)),)),)\n"
        "def pytest_runtest_logreport(report):\n    reporting.write(report)\n"
    )
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "hooks", "-p", "no:django", "-p", "no:cacheprovider", "--rootdir", tmp_path, file],
        cwd=tmp_path, env={**os.environ, "PROVE": str(lines), "PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True,
    )  # fmt: skip
    (said,) = [json.loads(each) for each in lines.read_text().splitlines()]
    assert (said["promise"], said["done"], said["figure"], said["held"]) == ("1", "done", "0 of 3", False)
