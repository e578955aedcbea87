"""A worked provision of each kind, from the bundled rulebooks: what a message shows beside what is wrong."""

import re
from pathlib import Path
from typing import Any

import yaml

from policies.load import BUNDLED, RulebookError, read_yaml


def sample(error: RulebookError) -> str:
    """A provision of the same kind as the one that is wrong, as it is written; empty where the fault lies in no provision."""
    found = re.match(r"(.+)\.provisions\[(\d+)\]", error.key)
    try:
        content = read_yaml(Path(error.file)) if found else None
    except RulebookError:
        return ""
    kind = None
    for rule in content["rules"] if found and content else ():
        if isinstance(rule, dict) and str(rule.get("id")) == found[1]:  # type: ignore[index]
            provision = rule["provisions"][int(found[2]) - 1]  # type: ignore[index]
            kind = provision.get("kind") if isinstance(provision, dict) else None
    return _first(kind) if isinstance(kind, str) else _first("gate") if found else ""


def _first(kind: str) -> str:
    for file in sorted(BUNDLED.glob("*/*.yaml")):
        for rule in read_yaml(file).get("rules", []):
            for provision in rule["provisions"]:
                if provision["kind"] == kind:
                    text = yaml.safe_dump([_plain(provision)], allow_unicode=True, sort_keys=False, width=120)
                    return f"{rule['id']} 是这样写的：\n{text.rstrip()}"
    return ""


def _plain(value: Any) -> Any:
    """Plain mappings and lists, without the lines that the reader remembers."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
