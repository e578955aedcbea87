"""Every URL of the site against every role: no row of another county, no act of someone who may not, no door without an entry."""

import copy
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLResolver

from offices.models import HistoryEntry
from tests.trust.crowd import HEAVY, asked, crowd, held
from tests.trust.headers import hold
from tests.trust.route import OWN
from tests.trust.rows import ROLES, Rows
from tests.trust.table import DRAFTS, HIDDEN, OPEN, PLACE, PUBLIC, STAFF, TABLE, Route, Write

pytestmark = pytest.mark.django_db
CASES = [(name, route) for name, route in TABLE.items()] + [(f"{name}#draft", route) for name, route in DRAFTS.items()]


def names(resolver: Any, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Names of every URL below a resolver, with their namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            yield ":".join((*spaces, pattern.name or f"?{pattern.pattern}"))


def test_every_url_has_an_entry() -> None:
    """A new URL says who may come in, or the tests fail; an entry without a URL is as wrong."""
    found = {name for name in names(get_resolver()) if not name.startswith("admin:")}
    assert found == {name.partition("#")[0] for name in TABLE}, (
        "a second entry of an address has a word of its own after #"
    )
    assert set(DRAFTS) <= set(TABLE)


def ask(
    client: Client, url: str, write: Write | None, rows: Rows, query: dict[str, Any]
) -> tuple[HttpResponseBase, int]:
    """The answer, and how many acts were recorded; everything is taken back."""
    api, cookies = url.startswith("/api/"), copy.deepcopy(client.cookies)
    with transaction.atomic():
        before = HistoryEntry.objects.count()
        if write is None:
            response = client.get(url, query)
        elif api:
            response = getattr(client, write.method)(
                url, write.body(rows), content_type="application/json", headers={"If-Match": "*"}
            )  # fmt: skip
        else:
            response = client.post(
                f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}", write.body(rows)
            )
        acts = HistoryEntry.objects.count() - before
        transaction.set_rollback(True)
    hold(response, url)
    client.cookies = cookies  # a session that was ended stands again
    return response, acts


def turned_away(response: HttpResponseBase, url: str) -> bool:
    """Sent to the login, or 401."""
    if url.startswith("/api/"):
        return response.status_code == 401
    return response.status_code == 302 and response["Location"].startswith(site.LOGIN_URL)


def askers(may: frozenset[str]) -> Iterator[str]:
    """Everybody. On PostgreSQL a visitor, a foreigner and one who may: who may is decided in Python, and shown on SQLite."""
    few = connection.vendor == "postgresql" and os.environ.get("WHOLE") != "1"
    one = next((role for role in ROLES if role in may - {"anonymous", "foreign"}), "clerk")
    return (role for role in ROLES if not few or role in {"anonymous", "foreign", one})


@pytest.mark.parametrize(("name", "route"), CASES, ids=[name for name, _ in CASES])
def test_reading(played: tuple[Rows, dict[str, Client]], name: str, route: Route) -> None:
    """GET as every role."""
    rows, browsers = played
    url = reverse(name.partition("#")[0], kwargs=route.args(rows))
    for role in askers(route.readers):
        response, acts = ask(browsers[role], url, None, rows, route.query(rows))
        seen = f"{role} GET {url}: {response.status_code}"
        assert not acts, seen
        assert response.status_code < 500, seen
        if role == "anonymous" and (route.read in {STAFF, PLACE, OWN} or route.read is None):
            assert turned_away(response, url) or (route.read is None and response.status_code == 405), seen
        elif route.read is None:
            assert response.status_code in {405, 404}, seen
        elif route.read == HIDDEN and role in {"anonymous", "foreign"}:
            assert response.status_code == 404, seen
        elif role == "foreign" and route.read in {PLACE, PUBLIC}:
            assert response.status_code == 404, seen
        elif route.read == OWN and role not in route.readers and role != "anonymous":
            assert response.status_code == 404, seen
        elif role not in route.readers and role != "anonymous":
            assert response.status_code == 403, seen
        elif route.status:
            assert response.status_code == route.status, seen
        if (
            role == "foreign"
            and not url.startswith(("/api/v1/communities", "/c/", "/places/"))
            and response.status_code == 200
        ):
            assert route.read == OPEN or "秘密花园".encode() not in content(response), seen


def content(response: HttpResponseBase) -> bytes:
    """The body, streamed or not."""
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined, arg-type]


@pytest.mark.once
def test_the_heaviest_pages_ask_fifteen_times_at_most(played: tuple[Rows, dict[str, Client]]) -> None:
    """Whoever writes and whoever decides, with hundreds of projects in view (every page with thousands: ``test_queries.py``)."""
    rows, _ = played
    with transaction.atomic():
        crowd(rows, 300)
        held([row for name in HEAVY for row in asked(rows, name, ("clerk", "approver"))])
        transaction.set_rollback(True)


WRITES = [(name, route, write) for name, route in CASES for write in route.write]


@pytest.mark.parametrize(
    ("name", "route", "write"), WRITES, ids=[f"{name}-{write.method}" for name, _, write in WRITES]
)
def test_writing(played: tuple[Rows, dict[str, Client]], name: str, route: Route, write: Write) -> None:
    """POST, PATCH and DELETE as every role: what is refused is refused in words of HTTP and leaves no act behind."""
    rows, browsers = played
    url = reverse(name.partition("#")[0], kwargs=route.args(rows))
    for role in askers(write.may):
        response, acts = ask(browsers[role], url, write, rows, route.query(rows))
        seen = f"{role} {write.method} {url}: {response.status_code} {content(response)[-1:].decode(errors='replace')}"
        assert response.status_code < 500, seen
        if role == "anonymous" and not write.anonymous:
            assert turned_away(response, url) and not acts, seen
        elif role in write.may or role == "anonymous":
            assert response.status_code in write.done, seen
        elif role == "foreign" and write.foreign:
            assert response.status_code in write.foreign and not acts, seen
        elif write.hidden:
            assert response.status_code == 404 and not acts, seen
        else:
            refused = response.status_code in {400, 403} or (
                response.status_code == 302 and not url.startswith("/api/")
            )
            assert refused and not acts, seen


@pytest.mark.parametrize("role", ROLES)
def test_the_back_door_is_the_superuser_s(played: tuple[Rows, dict[str, Client]], role: str) -> None:
    """Django's own pages are for whoever runs the system, and know no table of ours."""
    _, browsers = played
    for name in ("admin:index", "admin:password_change", "admin:jsi18n"):
        status = browsers[role].get(reverse(name)).status_code
        assert status == 200 if role == "root" else status == 302 or name == "admin:jsi18n"
    with pytest.raises(NoReverseMatch):
        reverse("admin:offices_user_changelist")
