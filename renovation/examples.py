"""Worked examples of the law, run through the functions that the platform itself uses.

A file is a list of cases (name, rulebook, day, question, input, expect). It is read strictly: what is not understood is named with file,
case and key, and never skipped silently. ``python -m renovation.examples FILE_OR_FOLDER…`` runs the bundled rulebooks without Django.
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from policies.calendar import WorkingCalendar
from policies.load import BUNDLED, Library, load_library
from renovation.questions import QUESTIONS, iso_day

KEYS = ("name", "rulebook", "day", "question", "input", "expect")
PROBLEMS: dict[str, str] = {
    "missing": "缺少这个键",
    "extra_forbidden": "不认识的键",
    "literal_error": "不认识的值，可用：{expected}",
    "string_type": "必须是文本",
    "int_type": "必须是整数",
    "bool_type": "必须是 true 或 false",
    "list_type": "必须是列表",
    "model_type": "必须是映射",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key written twice and leaves dates as texts, so that a bad one is named with its case and key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, naming a repeated key with its line."""
        seen = set[str]()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="键必须是文本", problem_mark=key_node.start_mark)
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(problem=f"键重复：{key_node.value}", problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class NotUnderstood(Exception):
    """A file, a case or a key is not understood; the message names all three."""

    def __init__(self, file: Path | str, case: str, key: str, reason: str) -> None:
        super().__init__(f"{file}：{case}：{key}：{reason}")
        self.file, self.case, self.key, self.reason = str(file), case, key, reason


@dataclass(frozen=True)
class Case:
    """One worked example, understood."""

    file: Path
    name: str
    rulebook: str
    day: dt.date
    question: str
    given: Any
    expect: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """A case with what came; ``differences`` are the keys whose value is not the expected one."""

    case: Case
    came: dict[str, Any]
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every expected key came as expected."""
        return not self.differences

    @property
    def line(self) -> str:
        """``pass  name``, or ``fail  name`` with what was expected, what came and the rule."""
        if self.passed:
            return f"pass  {self.case.name}"
        expected = "; ".join(f"{key}={shown(self.case.expect[key])}" for key in self.differences)
        came = "; ".join(f"{key}={shown(self.came[key])}" for key in self.differences)
        return f"fail  {self.case.name}: expected {expected}; came {came}; rule {self._rule()}"

    def _rule(self) -> str:
        if "rule" in self.came:
            return self.came["rule"] or "null（未作规定）"
        rules = dict.fromkeys(row["rule"] for row in self.came.get("due", []))
        return "、".join(rules) or "null（未作规定）"


@dataclass
class Report:
    """All outcomes, and what was not understood."""

    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[NotUnderstood] = field(default_factory=list)

    @property
    def code(self) -> int:
        """Exit code: 2 if anything was not understood, else 1 if any case failed, else 0."""
        if self.problems:
            return 2
        return 0 if all(outcome.passed for outcome in self.outcomes) else 1

    @property
    def summary(self) -> str:
        """``N passed, M failed``."""
        passed = sum(outcome.passed for outcome in self.outcomes)
        return f"{passed} passed, {len(self.outcomes) - passed} failed"


def shown(value: Any) -> str:
    """A value as it would stand in the file."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {shown(item)}' for key, item in value.items())}}}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def same(expected: Any, came: Any) -> bool:
    """Equality that keeps true apart from 1 and 50.0 apart from "50.00"."""
    if type(expected) is not type(came):
        return False
    if isinstance(expected, dict):
        return expected.keys() == came.keys() and all(same(expected[key], came[key]) for key in expected)
    if isinstance(expected, list):
        return len(expected) == len(came) and all(same(one, other) for one, other in zip(expected, came, strict=True))
    return bool(expected == came)


def example_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and every YAML file below the folders named. NotUnderstood where there is none."""
    named = list(paths)
    if not named:
        raise NotUnderstood("—", "—", "—", "没有给出例子文件或文件夹")
    for path in named:
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file())
            if not found:
                raise NotUnderstood(path, "—", "—", "文件夹里没有例子文件（*.yaml）")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise NotUnderstood(path, "—", "—", "没有这个文件")


def read_cases(file: Path, library: Library) -> Iterator[Case | NotUnderstood]:
    """Cases of a file in order, each understood or with the reason why not."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        yield NotUnderstood(file, "—", f"第 {line} 行", f"不是有效的 YAML：{error.problem}")
        return
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        yield NotUnderstood(file, "—", "—", f"无法读取：{error}")
        return
    if not isinstance(content, list):
        yield NotUnderstood(file, "—", "—", "顶层必须是例子的列表")
        return
    for number, raw in enumerate(content, start=1):
        try:
            yield understood(file, number, raw, library)
        except NotUnderstood as problem:
            yield problem


def understood(file: Path, number: int, raw: Any, library: Library) -> Case:
    """A case of the file, or NotUnderstood naming the key."""
    label = f"第 {number} 例"
    if not isinstance(raw, dict):
        raise NotUnderstood(file, label, "—", "例子必须是映射")
    named = isinstance(raw.get("name"), str) and raw["name"].strip()
    label += f"“{raw['name']}”" if named else ""

    def refuse(key: str, reason: str) -> NotUnderstood:
        return NotUnderstood(file, label, key, reason)

    for key in (*KEYS, *raw):
        if key not in raw:
            raise refuse(key, "缺少这个键")
        if key not in KEYS:
            raise refuse(str(key), f"不认识的键，可用：{'、'.join(KEYS)}")
    if not named:
        raise refuse("name", "必须是文本")
    try:
        day = iso_day(raw["day"])
    except ValueError as error:
        raise refuse("day", str(error)) from error
    rulebook = _one_of("rulebook", raw["rulebook"], [book.document.place for book in library], refuse)
    question = _one_of("question", raw["question"], list(QUESTIONS), refuse)
    given = _given(question, raw["input"], refuse)
    return Case(file, raw["name"], rulebook, day, question, given, _expect(question, raw["expect"], refuse))


def _one_of(key: str, value: Any, known: list[str], refuse: Callable[[str, str], NotUnderstood]) -> str:
    if not isinstance(value, str) or value not in known:
        raise refuse(key, f"不认识 {value!r}，可用：{'、'.join(known)}")
    return value


def _given(question: str, raw: Any, refuse: Callable[[str, str], NotUnderstood]) -> Any:
    try:
        return QUESTIONS[question].input.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(["input", *(str(part) for part in first["loc"] if part not in ("str", "int"))])
        context = first.get("ctx", {})
        reason = str(context["error"]) if first["type"] == "value_error" else PROBLEMS.get(first["type"], first["msg"])
        raise refuse(key, reason.format(**context) if first["type"] in PROBLEMS else reason) from error


def _expect(question: str, raw: Any, refuse: Callable[[str, str], NotUnderstood]) -> dict[str, Any]:
    if not isinstance(raw, dict) or not raw:
        raise refuse("expect", "必须是至少有一个键的映射")
    keys = QUESTIONS[question].keys
    for key in raw:
        if key not in keys:
            raise refuse(f"expect.{key}", f"不认识的键，可用：{'、'.join(keys)}")
    return raw


def run_case(case: Case, library: Library, calendar: WorkingCalendar) -> Outcome:
    """Ask the platform's function and compare. NotUnderstood where the input makes no sense to it."""
    try:
        came = QUESTIONS[case.question].ask(library.layers(case.rulebook), case.day, case.given, calendar)
    except (ValueError, OverflowError) as error:
        raise NotUnderstood(case.file, f"“{case.name}”", "input", str(error)) from error
    return Outcome(case, came, tuple(key for key, value in case.expect.items() if not same(value, came[key])))


def check(paths: Iterable[Path], library: Library, calendar: WorkingCalendar) -> Report:
    """Run every case of every file; what is not understood is collected, the rest still runs."""
    report = Report()
    try:
        files = list(example_files(paths))
    except NotUnderstood as problem:
        report.problems.append(problem)
        return report
    for file in files:
        for case in read_cases(file, library):
            if isinstance(case, NotUnderstood):
                report.problems.append(case)
                continue
            try:
                report.outcomes.append(run_case(case, library, calendar))
            except NotUnderstood as problem:
                report.problems.append(problem)
    return report


def main(
    paths: Iterable[str], library: Library, write: Callable[[str], object], complain: Callable[[str], object]
) -> int:
    """Print one line a case, problems through ``complain``, and ``N passed, M failed`` last. Returns the exit code."""
    report = check([Path(path) for path in paths], library, WorkingCalendar())
    for outcome in report.outcomes:
        write(outcome.line)
    for problem in report.problems:
        complain(f"not understood: {problem}")
    write(report.summary)
    return report.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], load_library(BUNDLED), print, lambda line: print(line, file=sys.stderr)))
