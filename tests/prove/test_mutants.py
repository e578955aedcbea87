"""Nine of ten small faults of the rules, the tally and the ledger are noticed; and the tool makes the faults that it says."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.prove.mutants_table import Fault, rates, reasons, short_of, written
from tests.prove.mutation import sites

ROOT = Path(__file__).parents[2]
SOURCE = '''"""Words 1."""
import os
LIMIT: int = 7

@cached(16)
def late(day, last=3):
    """More words: 2."""
    assert day
    if not day and last:
        raise ValueError(f"{day + 1}")
    return day >= last


class Row:
    kept = True

    def size(self) -> int:
        return max(self.a + 2, 1)
'''


def made(source: str) -> dict[str, str]:
    """Fault to the source with it."""
    found = {}
    for number, site in enumerate(sites(ast.parse(source))):
        tree = ast.parse(source)
        sites(tree)[number].edit()
        found[f"{site.function or '-'}: {site.what}"] = ast.unparse(tree)
    return found


def test_every_fault_is_another_program_and_words_are_left_alone() -> None:
    faults = made(SOURCE)
    assert set(faults) == {
        "-: 7 to 8", "-: 3 to 4", "late: not left out", "late: and to or", "late: raise left out", "late: >= to >", "late: return None",
        "-: True to False", "Row.size: max to min", "Row.size: + to -", "Row.size: 2 to 3", "Row.size: 1 to 2", "Row.size: return None",
    }  # fmt: skip
    assert len({*faults.values(), ast.unparse(ast.parse(SOURCE))}) == len(faults) + 1
    assert "day > last" in faults["late: >= to >"] and "{day + 1}" in faults["late: >= to >"]


def test_a_package_below_nine_of_ten_is_named_and_a_survivor_shown() -> None:
    killed = [Fault("funding/rules/money.py", "1 to 2", 1, "x = 1", "", "tests/a.py") for _ in range(9)]
    alive = Fault("funding/rules/money.py", "+ to -", 3, "x + y", "", None)
    assert rates([*killed, alive]) == {"funding/rules": (10, 9)} and short_of([*killed, alive]) == []
    assert short_of([*killed, alive, alive]) == ["funding/rules"]
    assert "| **all** | 10 | 9 | 1 | 90.0 % |" in written([*killed, alive]) and "`` x + y ``" in written(
        [*killed, alive]
    )


def test_every_reason_names_a_fault_that_there_is() -> None:
    for module, line, what in reasons():
        text = (ROOT / module).read_text(encoding="utf-8")
        known = {(text.splitlines()[site.line - 1].strip(), site.what) for site in sites(ast.parse(text))}
        assert (line, what) in known, f"{module}: {line}: {what}"


@pytest.mark.prove
@pytest.mark.once
def test_nine_of_ten_small_faults_are_noticed(record_property: Callable[[str, str], None]) -> None:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PROVE", "ONLY", "DATABASE_URL", "PURE")
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.prove.mutants"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    said = [line for line in run.stderr.splitlines() if line.endswith("faults killed")]
    record_property("figure", "; ".join(said))
    assert run.returncode == 0, run.stderr[-2000:]
