"""Where in its files each part of a rulebook stands: file and line of a key such as ``GH-01.provisions[2].quote``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policies.load import Lined, read_yaml


def whereabouts(path: Path) -> dict[str, str]:
    """Each key's ``file 第 N 行`` (of a file, or of the files of a folder). The rulebook has been read before, so its shape is known."""
    found: dict[str, str] = {}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        for key, line in _keys(read_yaml(file)):
            found.setdefault(key, f"{file.name} 第 {line} 行")
    return found


def standing(key: str, places: dict[str, str]) -> str:
    """Where a key stands, or the nearest thing around it; empty where nothing of it is in the file."""
    while key:
        if key in places:
            return places[key]
        key = key.rpartition(".")[0]
    return ""


def _keys(content: Any) -> Iterator[tuple[str, int]]:
    for section in ("document", "catalogue", "bodies", "rules"):
        if section in content:
            yield from _of(section, content[section], content.lines[section])
    for rule in content.get("rules", []):
        yield from _of(str(rule["id"]), rule, rule.line)
        for number, provision in enumerate(rule["provisions"], start=1):
            yield from _of(f"{rule['id']}.provisions[{number}]", provision, provision.line)
    for section, names in (("catalogue", ("items", "outside_classes")), ("bodies", ("bodies", "duties_elsewhere"))):
        for name in names:
            for item in content.get(section, {}).get(name, []):
                yield from _of(f"{section}.{item.get('name') or item.get('body')}", item, item.line)


def _of(key: str, value: Any, line: int) -> Iterator[tuple[str, int]]:
    yield key, line
    if isinstance(value, Lined):
        for inner, where in value.lines.items():
            yield f"{key}.{inner}", where
