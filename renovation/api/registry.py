"""The resources of all apps: ``<app>.urls.api`` is a list of prefix, viewset, basename."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

APPS = ("offices", "communities", "approvals", "funding", "projects")
Resource = tuple[str, Any, str]


@cache
def resources() -> tuple[Resource, ...]:
    """(prefix, viewset, basename) of all apps, lowest first."""
    found: list[Resource] = []
    for app in APPS:
        if find_spec(f"{app}.urls") is not None:
            found += getattr(import_module(f"{app}.urls"), "api", [])
    return tuple(found)
