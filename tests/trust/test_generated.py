"""Requests made up from the OpenAPI document itself, as six roles: no fault, no door that opens without a name, answers as documented.

schemathesis makes the parameters and bodies, valid and not; the addresses are real ones of the route table, since a made-up uid only
ever finds nothing. ``tests.conformance`` holds every answer against the document.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from renovation.api.documentation import schema
from tests import conformance
from tests.trust.rows import Rows
from tests.trust.table import OPEN, PUBLIC, TABLE
from tests.trust.test_routes import ask

pytestmark = [pytest.mark.django_db, pytest.mark.prove]
ROLES = ("anonymous", "foreign", "clerk", "approver", "auditor", "system")
CASES = 6
LEAST = 60  # per cent of the operations that somebody succeeds in
Where = tuple[str, str, str]  # method, documented path, real address


def operations(rows: Rows) -> Iterator[tuple[str, Where]]:
    """Every documented operation that the route table reaches: name of the route, and where."""
    for name, route in TABLE.items():
        if name.startswith("api:") and name != "api:unknown":
            address = reverse(name, kwargs=route.args(rows))
            for method in ("get", "post", "put", "patch", "delete"):
                found = conformance.operation(method, address)
                if found:
                    yield name, (method, found[0], address)


def succeeds(browsers: dict[str, Client], rows: Rows, name: str, where: Where) -> bool:
    """Whether the route table's own request reaches a 2xx as somebody."""
    method, _, address = where
    route = TABLE[name]
    writes = [None] if method == "get" else [write for write in route.write if write.method == method]
    statuses = [
        ask(browsers[role], address, write, rows, route.query(rows))[0].status_code
        for write in writes
        for role in ROLES
    ]
    return any(200 <= status < 300 for status in statuses)


def make_up(client: Client, role: str, where: Where, strategy: Any, *, closed: bool) -> list[int]:
    """Statuses of made-up requests. AssertionError for a fault, and for a closed address that opens."""
    method, _, address = where
    found: list[int] = []

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=strategy)
    def requests(case: Any) -> None:
        status = send(client, method, address, case)
        found.append(status)
        assert status < 500, f"{role} {method} {address} {case.query} {case.body}: {status}"
        assert not closed or status in {400, 401, 403, 404, 405}, f"{address} opened without a name: {status}"

    requests()
    return found


def test_no_request_that_the_document_allows_is_a_fault(
    played: tuple[Rows, dict[str, Client]], record_property: Any
) -> None:
    rows, browsers = played
    document, asked = schemathesis.openapi.from_dict(schema()), 0
    reached: dict[Where, bool] = {}
    for name, where in operations(rows):
        reached[where] = succeeds(browsers, rows, name, where)
        strategy = document[where[1]][where[0].upper()].as_strategy()
        for role in ROLES:
            closed = role == "anonymous" and where[0] == "get" and TABLE[name].read not in {OPEN, PUBLIC}
            statuses = make_up(browsers[role], role, where, strategy, closed=closed)
            asked += len(statuses)
            reached[where] |= any(200 <= status < 300 for status in statuses)
    record_property(
        "figure",
        f"{asked} made-up requests to {len(reached)} operations, {sum(reached.values())} of which reached a 2xx: 0 faults",
    )
    assert sum(reached.values()) * 100 >= LEAST * len(reached), [where for where, done in reached.items() if not done]


def send(client: Client, method: str, address: str, case: Any) -> int:
    """One made-up request, taken back."""
    query = {key: value for key, value in (case.query or {}).items() if isinstance(value, str | int | bool)}
    headers = {
        key: str(value)
        for key, value in (case.headers or {}).items()
        if str(value).isascii() and str(value).isprintable()
    }
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool | None) else None
    with transaction.atomic():
        if method == "get":
            answer = client.get(address, query, headers={"If-Match": "*", **headers})
        else:
            answer = getattr(client, method)(
                address, json.dumps(body, default=str), content_type="application/json", headers={"If-Match": "*", **headers}
            )  # fmt: skip
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    return int(answer.status_code)
