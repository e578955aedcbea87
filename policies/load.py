"""Reads rulebooks from YAML and refuses a malformed one with file, key and reason.

A rulebook is ``<place>.yaml`` or a folder ``<place>/`` whose files are merged: ``document`` (once), ``rules`` (lists are
joined), ``catalogue`` and ``bodies`` (once each).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.reader import Reader

from policies import faults
from policies.kinds import KINDS
from policies.layers import Layers
from policies.model import Bodies, Catalogue, Document, Provision, Rule, Rulebook

try:  # libyaml reads ten times as fast
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

BUNDLED = Path(__file__).parent / "rulebooks"
TEXTS = Path(__file__).parent / "texts"
Model = TypeVar("Model", bound=BaseModel)
SECTIONS = {"document", "rules", "catalogue", "bodies"}


class RulebookError(Exception):
    """A rulebook is not understood. ``file``, ``line``, ``key`` and ``reason`` say where and why, ``remedy`` the way out; ``also``: what
    else is wrong with it."""

    def __init__(self, file: Path | str, key: str, reason: str, *, line: int | None = None, remedy: str = "") -> None:
        super().__init__(f"{file}：{f'第 {line} 行：' if line and not key.startswith('第 ') else ''}{key}：{reason}")
        self.file, self.key, self.reason, self.line, self.remedy = str(file), key, reason, line, remedy
        self.also: tuple[RulebookError, ...] = ()


def together(faults: Sequence[RulebookError]) -> None:
    """Raises the first of what was found, with the others; one for each line, since one slip often breaks several rules of the shape."""
    seen: dict[tuple[str, object], RulebookError] = {}
    for fault in faults:
        seen.setdefault((fault.file, fault.line or fault.key), fault)
    if seen:
        first, *others = seen.values()
        first.also = tuple(others)
        raise first


class Lined(dict[Any, Any]):
    """A mapping that knows on which line of its file it begins, and each of its keys."""

    line: int = 0
    lines: dict[Any, int]


class _Loader(SafeLoader):
    """Safe YAML that refuses a key written twice (plain YAML keeps the last one silently) and remembers lines."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, naming a repeated key with its line."""
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="键要写成一个词", problem_mark=key_node.start_mark)
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"键重复：{key}", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def lined(self, node: yaml.MappingNode) -> Iterator[Lined]:
        """A mapping with its lines, in the two steps that YAML's constructors have."""
        found = Lined()
        yield found
        found.update(self.construct_mapping(node))
        found.line = node.start_mark.line + 1
        found.lines = {self.construct_object(key): key.start_mark.line + 1 for key, _ in node.value}

    def real_day(self, node: yaml.ScalarNode) -> Any:
        """A day; one that no calendar has is refused on its line."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.MarkedYAMLError(problem=f"没有这一天：{node.value}", problem_mark=node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.lined)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.real_day)
OURS = ("键", "没有这一天")  # beginnings of what our own reader says


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; a syntax error is a RulebookError that names the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        remedy = "用记事本打开，“另存为”时编码选 UTF-8"
        raise RulebookError(path, f"第 {line} 行", "不是 UTF-8 编码", line=line, remedy=remedy) from error
    except OSError as error:
        raise RulebookError(path, "—", "没有这个文件，或没有读取权限", remedy="检查路径和文件名") from error
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        quoted = "quoted scalar" in str(error.context)  # an open quotation mark is noticed at the file's end
        mark = (error.context_mark if quoted else None) or error.problem_mark
        line = mark.line + 1 if mark else 1
        problem = str(error.problem)
        words = problem if problem.startswith(OURS) else faults.yaml_words(problem, text.splitlines()[line - 1 : line])
        raise RulebookError(path, f"第 {line} 行", f"不是有效的 YAML：{words}", line=line) from error
    except (yaml.YAMLError, RecursionError) as error:
        unseen = Reader.NON_PRINTABLE.search(text)
        line = text[: unseen.start()].count("\n") + 1 if unseen else 1
        words = "含有看不见的控制字符" if unseen else "嵌套太深"
        raise RulebookError(path, f"第 {line} 行", words, line=line, remedy="删掉这一行重新输入") from error


def line_of(raw: Any, location: Sequence[object]) -> int | None:
    """The line of a part of what was read: the nearest thing around it that knows its line."""
    line: int | None = raw.line if isinstance(raw, Lined) else None
    for part in location:
        if isinstance(raw, Lined) and part in raw:
            line, raw = raw.lines.get(part, line), raw[part]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
            line = raw.line if isinstance(raw, Lined) else line
        else:  # a key that is missing, or a name that the reader gave to one of several shapes
            continue
    return line


def load_rulebook(path: Path) -> Rulebook:
    """Read one rulebook (a file, or a folder of files). Raises RulebookError."""
    merged: dict[str, Any] = {"rules": []}
    origin: list[Path] = []
    sections: dict[str, Path] = {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        content = read_yaml(file)
        if not isinstance(content, dict):
            raise RulebookError(
                file, "—", "顶层必须是映射（document、rules、catalogue、bodies）", line=1, remedy="从“document:”写起"
            )
        for key, value in content.items():
            if key not in SECTIONS:
                reason = f"不认识的键；可用：{'、'.join(sorted(SECTIONS))}"
                raise RulebookError(file, str(key), reason, line=line_of(content, [key]))
            if key == "rules":
                if not isinstance(value, list):
                    remedy = "每条规则以“- id: …”开头，另起一行"
                    raise RulebookError(file, "rules", "必须是列表", line=line_of(content, ["rules"]), remedy=remedy)
                merged["rules"] += value
                origin += [file] * len(value)
            elif key in merged:
                raise RulebookError(file, key, "在这个规则库里写了两次", line=line_of(content, [key]))
            else:
                merged[key] = value
                sections[key] = file
    if "document" not in merged:
        raise RulebookError(path, "document", "缺少文件信息", line=1, remedy="加一段“document:”，写明是哪一份文件")
    return _build(merged, origin, sections)


def _build(merged: dict[str, Any], origin: list[Path], sections: dict[str, Path]) -> Rulebook:
    revision = hashlib.sha256(
        json.dumps(merged, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8")
    ).hexdigest()
    document = _validate(sections["document"], "document", Document, merged["document"])
    wrong: list[RulebookError] = []
    rules: list[Rule] = []
    first: dict[str, int | None] = {}
    for file, raw in zip(origin, merged["rules"], strict=True):
        try:
            rule = _rule(file, raw, document)
        except RulebookError as error:
            wrong += [error, *error.also]
            continue
        if rule.id in first:
            where = f"，第一次写在第 {first[rule.id]} 行" if first[rule.id] else ""
            wrong.append(
                RulebookError(
                    file, rule.id, f"规则编号重复{where}", line=line_of(raw, ["id"]), remedy="换一个没有用过的编号"
                )
            )
        first.setdefault(rule.id, line_of(raw, ["id"]))
        rules.append(rule)
    built: dict[str, Any] = {}
    for key, model in (("catalogue", Catalogue), ("bodies", Bodies)):
        try:
            built[key] = _section(sections, merged, key, model)
        except RulebookError as error:
            wrong += [error, *error.also]
    together(wrong)
    return Rulebook(document=document, rules=tuple(rules), revision=revision, **built)


def _section(sections: dict[str, Path], merged: dict[str, Any], key: str, model: type[Model]) -> Model | None:
    return _validate(sections[key], key, model, merged[key]) if key in merged else None


def _rule(file: Path, raw: Any, document: Document) -> Rule:
    if not isinstance(raw, dict) or "id" not in raw:
        remedy = "在这一条的开头写“- id: GH-01”"
        raise RulebookError(file, "rules", f"每条规则都要有 id：{str(raw)[:60]}", line=line_of(raw, []), remedy=remedy)
    rule_id = str(raw["id"])
    provisions = raw.get("provisions")
    if not isinstance(provisions, list) or not provisions:
        line = line_of(raw, ["provisions"])
        raise RulebookError(file, f"{rule_id}.provisions", "至少要有一条规定", line=line, remedy="写一条“- kind: …”")
    built, wrong = [], []
    for number, item in enumerate(provisions, start=1):
        try:
            built.append(_provision(file, rule_id, number, item, document))
        except RulebookError as error:
            wrong += [error, *error.also]
    together(wrong)
    return _validate(file, rule_id, Rule, {**raw, "provisions": tuple(built)}, source=raw)


def _provision(file: Path, rule_id: str, number: int, raw: Any, document: Document) -> Provision:
    where = f"{rule_id}.provisions[{number}]"
    if not isinstance(raw, dict):
        raise RulebookError(
            file, where, "必须是映射", line=line_of(raw, []), remedy="写成“- kind: …”，下面对齐写 clause、quote"
        )
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        near = next((f"是不是想写 {word}" for word in get_close_matches(str(kind), KINDS, 1)), "")
        reason = f"不认识的类别 {kind!r}；可用：{'、'.join(KINDS)}"
        raise RulebookError(file, f"{where}.kind", reason, line=line_of(raw, ["kind"]), remedy=near)
    wrong: list[RulebookError] = []
    params: Any = None
    try:
        params = _validate(file, f"{where}.params", KINDS[kind], raw.get("params") or {}, line=line_of(raw, ["params"]))
    except RulebookError as error:
        wrong += [error, *error.also]
    defaults = {"in_force_from": document.in_force_from, "in_force_until": document.in_force_until}
    given = {**defaults, **raw, "rule_id": rule_id, "place": document.place, "params": params}
    try:
        provision = _validate(file, where, Provision, given, source=raw)
    except RulebookError as error:
        together([error, *error.also, *wrong])
        raise
    together(wrong)
    return provision


def _validate(
    file: Path, key: str, model: type[Model], raw: Any, *, source: Any = None, line: int | None = None
) -> Model:  # fmt: skip
    """The typed value. ``source``: what was read, where ``raw`` is more than that; ``line``: of the whole. RulebookError, all faults."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        together([_fault(file, key, model, each, raw if source is None else source, line) for each in error.errors()])
        raise


def _fault(
    file: Path, key: str, model: type[BaseModel], error: ErrorDetails, raw: Any, line: int | None
) -> RulebookError:
    inner = ".".join(str(part) for part in error["loc"])
    where = line_of(raw, error["loc"]) or line
    return RulebookError(
        file, f"{key}.{inner}" if inner else key, faults.reason(error), line=where, remedy=faults.remedy(error, model)
    )


class Library:
    """All rulebooks that are in force for the platform, by place."""

    def __init__(self, books: dict[str, Rulebook]) -> None:
        self._books = books
        for book in books.values():
            above = book.document.lies_over
            if above is not None and above not in books:
                raise RulebookError(book.document.place, "document.lies_over", f"没有名为 {above!r} 的规则库")
            self.layers(book.document.place)  # a circle is refused here, at the start

    def __iter__(self) -> Iterator[Rulebook]:
        return iter(self._books.values())

    def __contains__(self, place: object) -> bool:
        return place in self._books

    def layers(self, place: str) -> Layers:
        """The rulebook of ``place`` with all that lies above it. KeyError for an unknown place."""
        books: list[Rulebook] = []
        current: str | None = place
        while current is not None:
            book = self._books[current]
            if book in books:
                raise RulebookError(place, "document.lies_over", "上下级关系成环")
            books.append(book)
            current = book.document.lies_over
        return Layers(tuple(books))


def rulebook_paths(folder: Path) -> list[Path]:
    """Rulebooks below ``folder``: files ``*.yaml`` and folders that hold any."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.suffix == ".yaml" or (path.is_dir() and any(path.glob("*.yaml")))
    )


def load_library(*folders: Path) -> Library:
    """Every rulebook of the folders; a later folder's replaces an earlier one of the same place. Raises RulebookError."""
    books: dict[str, Rulebook] = {}
    for folder in folders:
        for path in rulebook_paths(folder):
            book = load_rulebook(path)
            if book.document.place != path.stem:
                raise RulebookError(path, "document.place", f"与文件名不符：{book.document.place!r}")
            books[book.document.place] = book
    return Library(books)


def revive(content: dict[str, Any]) -> Rulebook:
    """A rulebook from its stored content (``model_dump(mode="json", by_alias=True)``), parameters typed again by kind."""
    rules = [
        {
            **rule,
            "provisions": [
                {**provision, "params": KINDS[provision["kind"]].model_validate(provision["params"])}
                for provision in rule["provisions"]
            ],
        }
        for rule in content["rules"]
    ]
    return Rulebook.model_validate({**content, "rules": rules})
