"""The register of rules as it stands in the code: where each rule is enforced and which tests show it. Plain Python, no database.

A rule is *ok* when each of its kinds that demands something has a function that enforces it (``policies.registry.answers``), the others at
least a page that shows them, a test or a worked example shows it, and nothing of what it promises is lacking. What is not yet ok
stands in ``policies/not_yet.txt``, which may only shrink: one rule a line; words after ``#`` say what is lacking where functions and tests
can't.
"""

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from policies.load import Library, read_yaml
from policies.model import Rule, Rulebook
from policies.registry import answerers, showers

BASE_DIR = Path(__file__).resolve().parent.parent
TESTS = BASE_DIR / "tests"
NOT_YET = BASE_DIR / "policies" / "not_yet.txt"
# Where functions that answer kinds stand: pure rules of every app, and the explorer that shows plain statements.
ANSWERING = (
    "policies", "offices.rules", "communities.rules", "communities.queries", "approvals.rules", "funding.rules", "projects.rules",
)  # fmt: skip
SHOWING = ("renovation.rulebooks",)
# Kinds that ask nothing by themselves: to show their words is enough. Every other kind has to be enforced.
WORDS_ARE_ENOUGH = frozenset({"statement", "recorded_facts", "counting", "notice_without_length"})


@dataclass(frozen=True)
class Row:
    """One rule: ``enforced`` and ``shown`` map each kind to the functions that answer or show it (none: an empty tuple).

    ``tests`` are file::test; ``lacking`` is what ``policies/not_yet.txt`` says is lacking of it.
    """

    id: str
    title: str
    document: str
    clauses: tuple[str, ...]
    strengths: tuple[str, ...]
    enforced: Mapping[str, tuple[str, ...]]
    tests: tuple[str, ...]
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lacking: str = ""

    @property
    def ok(self) -> bool:
        """Enforced in every kind that demands something, shown in the others, held by a test, and nothing lacking."""
        return all(map(self.answered, self.enforced)) and bool(self.tests) and not self.lacking

    def answered(self, kind: str) -> bool:
        """Whether enough is done about a kind of the rule."""
        return bool(self.enforced[kind] or (kind in WORDS_ARE_ENOUGH and self.shown.get(kind)))

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**asdict(self), "status": "ok" if self.ok else "not yet"}


def rows(library: Library) -> list[Row]:
    """Every rule of every rulebook, in the order of the documents."""
    load_answerers()
    tests, lacking = tests_by_rule(TESTS), not_yet()
    return [row(book, rule, tests, lacking) for book in library for rule in book.rules]


def row(book: Rulebook, rule: Rule, tests: Mapping[str, list[str]], lacking: Mapping[str, str]) -> Row:
    """One rule, with what is known of functions and tests."""
    enforcing, showing = answerers(), showers()
    kinds = dict.fromkeys(provision.kind for provision in rule.provisions)
    return Row(
        id=rule.id,
        title=rule.title,
        document=book.document.label,
        clauses=rule.clauses,
        strengths=tuple(dict.fromkeys(provision.strength for provision in rule.provisions)),
        enforced={kind: enforcing.get(kind, ()) for kind in kinds},
        tests=tuple(tests.get(rule.id, ())),
        shown={kind: showing.get(kind, ()) for kind in kinds},
        lacking=lacking.get(rule.id, ""),
    )


def load_answerers() -> None:
    """Import every module that may hold an answering function, so that the registry knows it."""
    for name in ANSWERING:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    for name in SHOWING:
        importlib.import_module(name)


def tests_by_rule(folder: Path) -> dict[str, list[str]]:
    """Rule ID to the tests and worked examples below ``folder`` that show it; empty where the tests were not delivered."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.name.startswith("test_") and file.suffix == ".py":
            shown: Iterable[tuple[str, str]] = marked(ast.parse(file.read_text(encoding="utf-8")))
        elif file.suffix == ".yaml" and folder / "examples" in file.parents:
            shown = decided(file)
        else:
            continue
        for rule, name in shown:
            found.setdefault(rule, []).append(f"{file.relative_to(folder.parent)}::{name}")
    return found


def marked(tree: ast.AST, above: tuple[str, ...] = (), prefix: str = "") -> Iterator[tuple[str, str]]:
    """(rule, test) for each ``pytest.mark.rule("ID")`` on a test, on a case of its parametrize, or on its class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from marked(node, (*above, *_marks(node.decorator_list)), f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for rule in dict.fromkeys((*above, *_marks(node.decorator_list))):
                yield rule, f"{prefix}{node.name}"


def _marks(decorators: Iterable[ast.expr]) -> list[str]:
    calls = (node for decorator in decorators for node in ast.walk(decorator) if isinstance(node, ast.Call))
    return [
        argument.value
        for call in calls
        if ast.unparse(call.func) == "pytest.mark.rule"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def decided(file: Path) -> Iterator[tuple[str, str]]:
    """(rule, case) for each worked example that expects a rule to have decided."""
    for case in read_yaml(file) or []:
        expect = case.get("expect", {})
        for rule in dict.fromkeys([expect.get("rule"), *(due.get("rule") for due in expect.get("due", []))]):
            if rule:
                yield rule, case["name"]


def not_yet() -> dict[str, str]:
    """IDs of ``policies/not_yet.txt``, each with the words on its line that say what is lacking (empty: functions or tests)."""
    return {
        rule: words
        for line in NOT_YET.read_text(encoding="utf-8").splitlines()
        for rule, words in [_listed(line)]
        if rule
    }


def _listed(line: str) -> tuple[str, str]:
    rule, _, words = line.partition("#")
    return rule.strip(), words.strip()


def shrink(found: list[Row]) -> list[str]:
    """Take the rules that are ok now off ``policies/not_yet.txt``; the IDs taken off. Nothing is ever added."""
    done = {row.id for row in found if row.ok}
    lines = NOT_YET.read_text(encoding="utf-8").splitlines()
    NOT_YET.write_text("".join(f"{line}\n" for line in lines if _listed(line)[0] not in done), encoding="utf-8")
    return [rule for line in lines for rule, _ in [_listed(line)] if rule in done]
