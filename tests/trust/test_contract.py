"""What every operation of the interface asks of a request, tried on each of them: If-Match, and bodies and parameters that are refused."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from offices.models import HistoryEntry
from renovation.api.documentation import schema
from tests.conformance import operation
from tests.trust.route import Route, Write
from tests.trust.rows import Rows
from tests.trust.table import DRAFTS, TABLE

pytestmark = pytest.mark.django_db
ROUTES = [
    (name.partition("#")[0], route)
    for name, route in [*TABLE.items(), *DRAFTS.items()]
    if name.startswith("api:") and name not in {"api:docs", "api:unknown"}
]
DEEP = b'{"a":' * 9_000 + b"1" + b"}" * 9_000
# What no operation takes, whatever it is about: the body, its type, the status and the code of the refusal.
BODIES: tuple[tuple[bytes, str, int, str], ...] = (
    (DEEP, "application/json", 400, "too_deep"),
    (b"[" * 30 + b"]" * 30, "application/json", 400, "too_deep"),
    (b'{"reason": "\xff\xfe"}', "application/json", 400, "malformed_json"),
    (b'{"reason": "a", "reason": "b"}', "application/json", 400, "malformed_json"),
    (b'{"reason": NaN}', "application/json", 400, "malformed_json"),
    (b'{"reason": -Infinity}', "application/json", 400, "malformed_json"),
    (b'{"reason": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed_json"),
    (b'{"reason": "a\\u0000b"}', "application/json", 400, "bad_character"),
    (b'{"reason": "\\ud800"}', "application/json", 400, "bad_character"),
    (b'{"reason": ', "application/json", 400, "malformed_json"),
    (b"reason=a", "text/plain", 415, "unsupported_media_type"),
    (b"<reason/>", "application/xml", 415, "unsupported_media_type"),
)  # fmt: skip


def sent(rows: Rows, browsers: dict[str, Client]) -> Any:
    """Each change of the interface: the browser of someone who may, address, method, body, and its operation in the document."""
    for name, route in ROUTES:
        url = reverse(name, kwargs=route.args(rows))
        for write in route.write:
            found = operation(write.method, url)
            role = next(
                (role for role in ("clerk", "approver", "system", "security", "root") if role in write.may), "clerk"
            )
            if found is not None:
                yield browsers[role], url, write, found


def answered(
    client: Client, url: str, write: Write, body: Any, *, kind: str = "application/json", **headers: str
) -> Any:
    """The answer to a change, taken back; an act that was recorded all the same is an error."""
    with transaction.atomic():
        before = HistoryEntry.objects.count()
        answer = client.generic(write.method.upper(), url, body, content_type=kind, headers=headers) if isinstance(
            body, bytes
        ) else getattr(client, write.method)(url, body, content_type=kind, headers=headers)  # fmt: skip
        if answer.status_code >= 400:
            assert HistoryEntry.objects.count() == before, url
        transaction.set_rollback(True)
    return answer


def test_no_change_of_a_row_that_exists_ignores_if_match(played: tuple[Rows, dict[str, Client]]) -> None:
    """Without it 428, with the tag of an older version 412; and every operation that documents it was tried."""
    rows, browsers = played
    documented = {
        (path, method) for path, item in schema()["paths"].items() for method, described in item.items()
        if "If-Match" in {parameter["name"] for parameter in described.get("parameters", ())}
    }  # fmt: skip
    tried, wrong = set(), []
    for client, url, write, (path, _) in sent(rows, browsers):
        if (path, write.method) not in documented:
            continue
        tried.add((path, write.method))
        missing = answered(client, url, write, write.body(rows)).status_code
        stale = answered(client, url, write, write.body(rows), **{"If-Match": f'"{"0" * 32}.1.0"'}).status_code
        if (missing, stale) != (428, 412):
            wrong.append((write.method, path, missing, stale))
    assert not wrong, "\n".join(map(str, wrong))
    assert documented - tried == set()


def test_every_change_of_a_row_documents_if_match() -> None:
    """A POST, PATCH, PUT or DELETE below ``/<resource>/{uid}/`` without it would let one clerk overwrite another."""
    without = {
        path for path, item in schema()["paths"].items() for method, described in item.items()
        if method != "get" and "{uid}" in path and "If-Match" not in {p["name"] for p in described.get("parameters", ())}
    }  # fmt: skip
    assert without == set()


def test_no_operation_takes_a_bad_body(played: tuple[Rows, dict[str, Client]]) -> None:
    """Deep JSON, NUL, NaN, keys twice, what is no UTF-8 and other types: a problem of the catalogue, never a trace."""
    rows, browsers = played
    wrong = []
    for number, (client, url, write, (path, described)) in enumerate(sent(rows, browsers)):
        taken = set(described.get("requestBody", {}).get("content", {"application/json": {}}))
        for body, kind, status, code in BODIES[number % 4 :: 4]:  # three for each, all for every fourth
            if "application/json" not in taken and kind == "application/json":
                continue
            answer = answered(client, url, write, body, kind=kind, **{"If-Match": "*"})
            said = answer.json() if answer.get("Content-Type") == "application/problem+json" else {}
            if described.get("requestBody") and (answer.status_code, said.get("code")) != (status, code):
                wrong.append((write.method, path, body[:30], kind, answer.status_code, said.get("code")))
            elif answer.status_code >= 500:
                wrong.append((write.method, path, body[:30], kind, answer.status_code, said.get("code")))
    assert not wrong, "\n".join(map(str, wrong))


PARAMETERS = (
    ("moon=1", "unknown_parameter"), ("moon=%00", "unknown_parameter"), ("page_size=1000000000", "invalid_parameter"),
    ("page_size=0", "invalid_parameter"), ("page_size=" + "9" * 5000, "invalid_parameter"), ("cursor=x", "invalid_cursor"),
    ("ordering=password", "invalid_parameter"), ("fields=password", "invalid_parameter"),
)  # fmt: skip


def test_no_operation_takes_a_parameter_that_it_does_not_know(played: tuple[Rows, dict[str, Client]]) -> None:
    """Unknown, beyond its bounds, with a NUL, or a cursor of another list: 400 with the parameter's name."""
    rows, browsers = played
    following = browsers["clerk"].get("/api/v1/divisions/?page_size=1&ordering=name").json()["next"]
    foreign = parse_qs(urlsplit(following).query)["cursor"][0]
    wrong = []
    for number, (name, route) in enumerate(ROUTES):
        if route.read is None:
            continue
        url = reverse(name, kwargs=route.args(rows))
        found = operation("get", url)
        known = {p["name"] for p in found[1].get("parameters", ())} if found else set()
        for query, code in (*PARAMETERS[number % 3 :: 3], (f"cursor={quote(foreign)}", "invalid_cursor")):
            asked = query.partition("=")[0]
            if asked not in known:
                code = "unknown_parameter"
            answer = reader(browsers, route).get(f"{url}?{query}")
            if answer.status_code != 400 or answer.json()["code"] != code:
                wrong.append(
                    (
                        url,
                        query[:40],
                        answer.status_code,
                        answer.json().get("code") if answer.status_code >= 400 else "",
                    )
                )
    assert not wrong, "\n".join(map(str, wrong))


def reader(browsers: dict[str, Client], route: Route) -> Client:
    """The browser of someone who may read an address."""
    return browsers[next(role for role in ("clerk", *sorted(route.readers)) if role in route.readers)]
