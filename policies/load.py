"""Reads rulebooks from YAML and refuses a malformed one with file, key and reason.

A rulebook is ``<place>.yaml`` or a folder ``<place>/`` whose files are merged: ``document`` (once), ``rules`` (lists are
joined), ``catalogue`` and ``bodies`` (once each).
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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
    """A rulebook is not understood. ``file``, ``key`` and ``reason`` say where and why."""

    def __init__(self, file: Path | str, key: str, reason: str) -> None:
        super().__init__(f"{file}：{key}：{reason}")
        self.file, self.key, self.reason = str(file), key, reason


class _Loader(SafeLoader):
    """Safe YAML that refuses a key written twice (plain YAML keeps the last one silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, naming a repeated key with its line."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"键重复：{key}", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; a syntax error is a RulebookError that names the line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise RulebookError(path, f"第 {line} 行", f"不是有效的 YAML：{error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RulebookError(path, "—", f"无法读取：{error}") from error


def load_rulebook(path: Path) -> Rulebook:
    """Read one rulebook (a file, or a folder of files). Raises RulebookError."""
    merged: dict[str, Any] = {"rules": []}
    origin: list[Path] = []
    sections: dict[str, Path] = {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        content = read_yaml(file)
        if not isinstance(content, dict):
            raise RulebookError(file, "—", "顶层必须是映射（document、rules、catalogue、bodies）")
        for key, value in content.items():
            if key not in SECTIONS:
                raise RulebookError(file, str(key), f"不认识的键；可用：{'、'.join(sorted(SECTIONS))}")
            if key == "rules":
                if not isinstance(value, list):
                    raise RulebookError(file, "rules", "必须是列表")
                merged["rules"] += value
                origin += [file] * len(value)
            elif key in merged:
                raise RulebookError(file, key, "在这个规则库里写了两次")
            else:
                merged[key] = value
                sections[key] = file
    if "document" not in merged:
        raise RulebookError(path, "document", "缺少文件信息")
    return _build(merged, origin, sections)


def _build(merged: dict[str, Any], origin: list[Path], sections: dict[str, Path]) -> Rulebook:
    revision = hashlib.sha256(
        json.dumps(merged, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8")
    ).hexdigest()
    document = _validate(sections["document"], "document", Document, merged["document"])
    rules = tuple(_rule(file, raw, document) for file, raw in zip(origin, merged["rules"], strict=True))
    seen: set[str] = set()
    for file, rule in zip(origin, rules, strict=True):
        if rule.id in seen:
            raise RulebookError(file, rule.id, "规则编号重复")
        seen.add(rule.id)
    return Rulebook(
        document=document,
        rules=rules,
        catalogue=_section(sections, merged, "catalogue", Catalogue),
        bodies=_section(sections, merged, "bodies", Bodies),
        revision=revision,
    )


def _section(sections: dict[str, Path], merged: dict[str, Any], key: str, model: type[Model]) -> Model | None:
    return _validate(sections[key], key, model, merged[key]) if key in merged else None


def _rule(file: Path, raw: Any, document: Document) -> Rule:
    if not isinstance(raw, dict) or "id" not in raw:
        raise RulebookError(file, "rules", f"每条规则都要有 id：{str(raw)[:60]}")
    rule_id = str(raw["id"])
    provisions = raw.get("provisions")
    if not isinstance(provisions, list) or not provisions:
        raise RulebookError(file, f"{rule_id}.provisions", "至少要有一条规定")
    built = tuple(_provision(file, rule_id, number, item, document) for number, item in enumerate(provisions, start=1))
    return _validate(file, rule_id, Rule, {**raw, "provisions": built})


def _provision(file: Path, rule_id: str, number: int, raw: Any, document: Document) -> Provision:
    where = f"{rule_id}.provisions[{number}]"
    if not isinstance(raw, dict):
        raise RulebookError(file, where, "必须是映射")
    kind = raw.get("kind")
    if kind not in KINDS:
        raise RulebookError(file, f"{where}.kind", f"不认识的类别 {kind!r}；可用：{'、'.join(KINDS)}")
    params = _validate(file, f"{where}.params", KINDS[kind], raw.get("params") or {})
    defaults = {"in_force_from": document.in_force_from, "in_force_until": document.in_force_until}
    return _validate(
        file, where, Provision, {**defaults, **raw, "rule_id": rule_id, "place": document.place, "params": params}
    )


def _validate(file: Path, key: str, model: type[Model], raw: Any) -> Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        inner = ".".join(str(part) for part in first["loc"])
        raise RulebookError(file, f"{key}.{inner}" if inner else key, _reason(first)) from error


def _reason(error: ErrorDetails) -> str:
    """What is wrong, in Chinese; for the rare kinds without a sentence of their own, the validator's words."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "缺少这个键"
        case "extra_forbidden":
            return "不认识的键"
        case "literal_error":
            return f"只能是 {context['expected'].replace(' or ', '、').replace(', ', '、')}，不能是 {error['input']!r}"
        case "string_pattern_mismatch":
            return f"写法不对：{error['input']!r}（应符合 {context['pattern']}）"
        case "value_error":
            return str(context["error"])
        case "too_short":
            return "至少要有一项"
        case kind if kind.endswith(("_type", "_parsing")):
            return f"类型不对：{error['input']!r}"
    return error["msg"]


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
