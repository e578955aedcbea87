"""What the runs of ``tests.prove.mutants`` found, as ``docs/mutants.md``: every module with its rate, every survivor
with its reason or without one.

Reasons stand in ``survivors.yaml`` by module, source line and fault; one whose fault is killed or gone is left out of the table.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import yaml

from tests.prove.mutation import sites

ROOT = Path(__file__).parents[2]
LEAST = 90  # percent of a package's faults that tests must notice
HEAD = """# Faults that the tests notice

Each small fault of `tests/prove/mutation.py` (its docstring says which, and what is left alone by rule: words, types,
decorators) is made in the modules of rules, in the count of votes and in what posts to the ledger, and the tests that
run its line are asked. `make mutants` does it and writes this table; what was found before stands in `.mutants/`, so
it goes on where it was stopped (`JOBS=2` for two processes, `PURE=1` without the tests that need a database). What
the database itself holds of ballots and money (`approvals/votes/guards.py`, `funding/*_guards.py`, constraints of the
tables) is SQL and not changed here: raw SQL attacks it, guard by guard, once with and once without
(`tests/trust/test_vote_attacks.py`, `tests/funding/test_every_guard.py`). Faults that change nothing anyone could see
count as survivors too.
"""


@dataclass(frozen=True)
class Fault:
    """A fault and what became of it: ``killer`` None where no test noticed, "?" where it was not tried yet."""

    module: str
    what: str
    number: int
    source: str
    function: str
    killer: str | None

    @property
    def package(self) -> str:
        """What it is counted into."""
        folder, _, file = self.module.rpartition("/")
        return folder if folder.endswith("rules") else {"approvals/votes": "tally of votes"}.get(folder, "ledger")


def faults(path: str, found: Mapping[str, str | None]) -> list[Fault]:
    """The faults of a module with what was found of each by its name."""
    text = (ROOT / path).read_text(encoding="utf-8")
    source = text.splitlines()
    return [
        Fault(path, site.what, site.line, source[site.line - 1].strip(), site.function, found.get(site.name, "?"))
        for site in sites(ast.parse(text))
    ]


@cache
def reasons() -> dict[tuple[str, str, str], str]:
    """(module, source line, fault) to why no test can or need notice it."""
    rows = yaml.safe_load(Path(__file__).with_name("survivors.yaml").read_text(encoding="utf-8")) or []
    return {
        (row["module"], line, what): group["why"]
        for group in rows
        for row in group["faults"]
        for line, what in row["lines"]
    }


def rates(every: Iterable[Fault]) -> dict[str, tuple[int, int]]:
    """Package to (faults, killed)."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for fault in every:
        counted[fault.package].append(fault.killer not in (None, "?"))
    return {name: (len(of), sum(of)) for name, of in counted.items()}


def short_of(every: Iterable[Fault]) -> list[str]:
    """Packages below the share that is asked for."""
    return [name for name, (all_of, killed) in rates(every).items() if killed * 100 < LEAST * all_of]


def written(every: list[Fault]) -> str:
    """The whole page."""
    parts = [HEAD, "| module | faults | killed | survive | rate |\n| --- | ---: | ---: | ---: | ---: |"]
    for package, (number, killed) in rates(every).items():
        parts.append(_row(f"**{package}**", number, killed))
        of = [fault for fault in every if fault.package == package]
        for module, group in groupby(of, lambda fault: fault.module):
            of_module = list(group)
            parts.append(
                _row(f"`{module}`", len(of_module), sum(fault.killer not in (None, "?") for fault in of_module))
            )
    whole = rates(every).values()
    parts.append(_row("**all**", sum(number for number, _ in whole), sum(killed for _, killed in whole)))
    untried = sum(fault.killer == "?" for fault in every)
    parts += [f"\n{untried} of the survivors were not tried yet." if untried else "", "\n## Who survives, and why\n"]
    return "\n".join([*parts, *_survivors([fault for fault in every if fault.killer in (None, "?")])]) + "\n"


def _row(name: str, number: int, killed: int) -> str:
    return f"| {name} | {number} | {killed} | {number - killed} | {killed * 1000 // max(number, 1) / 10} % |"


def _survivors(alive: list[Fault]) -> list[str]:
    grouped: dict[str, list[Fault]] = defaultdict(list)
    for fault in alive:
        grouped[reasons().get((fault.module, fault.source, fault.what), "")].append(fault)
    lines = []
    for why in sorted(grouped, key=lambda why: (not why, why)):
        lines.append(f"### {why or 'No test notices these yet'} ({len(grouped[why])})\n")
        for module, group in groupby(grouped[why], lambda fault: fault.module):
            lines.append(f"- `{module}`")
            lines += [f"  - {fault.what}: `` {fault.source} ``" for fault in group]
        lines.append("")
    return lines
