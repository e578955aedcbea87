"""Every answer that any test gets from the interface is held against the OpenAPI document: its status, type and body.

``conftest`` puts ``hold`` behind the test clients, so that the document is tried by every test that asks the interface for anything.
"""

import json
import re
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs
from django.conf import settings
from django.http import HttpResponseBase

from renovation.api.documentation import schema

PREFIX = "/api/v1/"
#: Addresses outside the document: the document itself, its pages, and what is no address of the interface.
OUTSIDE = ("/api/v1/schema/", "/api/v1/docs/")


@lru_cache(maxsize=1)
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Documented paths as patterns, those with the most fixed parts first."""
    found = sorted(schema()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))), path) for path in found]


def operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """The documented path of a request, and its operation; None where the document has none."""
    for pattern, template in _paths():
        if pattern.fullmatch(path):
            found = schema()["paths"][template].get(method.lower())
            if found:
                return template, found
    return None


@cache
def _validator(template: str, method: str, status: str, kind: str) -> Any:
    described = schema()["paths"][template][method]["responses"][status]["content"][kind].get("schema", {})
    return jsonschema_rs.Draft202012Validator({**described, "components": schema()["components"]})


def hold(method: str, path: str, query: str, response: HttpResponseBase) -> None:
    """Raise AssertionError where an answer is not as documented."""
    if not path.startswith(PREFIX) or path.startswith(OUTSIDE) or settings.ROOT_URLCONF != "renovation.urls":
        return
    found = operation(method, path)
    if found is None:
        assert response.status_code in {301, 401, 403, 404, 405, 429, 503} or method in {"HEAD", "OPTIONS"}, (
            f"{method} {path} answers {response.status_code} and is in no document"
        )
        return
    template, described = found
    status = str(response.status_code)
    if status == "304":
        return
    answers = described["responses"]
    status = status if status in answers else "default"
    assert status in answers and (status != "default" or response.status_code >= 400), (
        f"{method} {template}: {response.status_code} is not documented"
    )
    kinds = answers[status].get("content", {})
    kind = response.get("Content-Type", "").partition(";")[0]
    if not kinds:
        assert response.streaming or not response.content, f"{method} {template}: {status} has a body"
        return
    if "*/*" in kinds:
        return
    assert kind in kinds, f"{method} {template}: {status} is {kind}, documented are {list(kinds)}"
    if kind.endswith("json") and not response.streaming:
        for wrong in _validator(template, method.lower(), status, kind).iter_errors(json.loads(response.content)):
            where = "/".join(str(part) for part in wrong.instance_path)
            if wrong.kind.name == "required" and "fields=" in query:
                continue  # the caller asked for fewer columns
            raise AssertionError(f"{method} {template}: {status} at {where!r}: {wrong.message[:300]}")
