"""Every list of the interface: read straight from the database it says what its serializer says, row for row (PostgreSQL)."""

import io
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from openpyxl import load_workbook

from rest import fast
from rest.views import ListMixin
from tests.trust.rows import Rows
from tests.trust.table import TABLE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere the serializer answers"),
]
API = "/api/v1/"
#: Lists that the serializer answers, and why.
BY_SERIALIZER = {
    "AgencyViewSet": "personal values are deciphered and masked row by row",
    "ComplaintViewSet": "personal values are deciphered and masked row by row",
    "DisclosureViewSet": "its money is worked out from the ledger for the whole page",
    "ImportViewSet": "its progress is asked of the worker",
    "WebhookViewSet": "one's own few rows; the secret is the request's",
}


def lists(rows: Rows) -> list[tuple[str, Any, frozenset[str]]]:
    """Address, view and readers of each list of rows."""
    found = []
    for name, route in TABLE.items():
        if not name.startswith("api:") or route.read is None or name == "api:unknown":
            continue
        url = reverse(name, kwargs=route.args(rows))
        match = resolve(urlsplit(url).path)
        kind = getattr(match.func, "cls", None)
        if kind and issubclass(kind, ListMixin) and getattr(match.func, "actions", {}).get("get") == "list":
            found.append((url, kind, frozenset(route.readers)))
    return found


def test_every_list_is_read_fast_and_says_what_its_serializer_says(
    played: tuple[Rows, dict[str, Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, browsers = played
    assert (
        browsers["clerk"].post(f"{API}phrases/", {"text": "请补充材料"}, content_type="application/json").status_code
        == 201
    )
    wrong, empty = [], []
    answered: list[Any] = []
    listed = fast.listed
    monkeypatch.setattr(fast, "listed", lambda view, request: answered.append(listed(view, request)) or answered[-1])
    for url, kind, readers in lists(rows):
        most = 0
        for role in sorted(readers & {"anonymous", "clerk", "auditor", "security"}):
            client = browsers[role]
            quick = client.get(url)
            if answered[-1] is None and kind.__name__ not in BY_SERIALIZER:
                wrong.append((url, role, "is answered by the serializer"))
            with monkeypatch.context() as patch:
                patch.setattr(fast, "works_here", lambda: False)
                slow = client.get(url)
            if quick.json() != slow.json():
                wrong.append((url, role, differs(quick.json()["results"], slow.json()["results"])))
            for row in slow.json()["results"][:1] if kind.by_scope else ():
                one = f"{urlsplit(url).path}{row['uid']}/"
                quickly = client.get(one)
                with monkeypatch.context() as patch:
                    patch.setattr(fast, "works_here", lambda: False)
                    slowly = client.get(one)
                if quickly.json() != slowly.json():
                    wrong.append((one, role, differs([quickly.json()], [slowly.json()])))
            most = max(most, len(slow.json()["results"]))
        if not most:
            empty.append(url)
    assert not wrong, "\n".join(map(str, wrong))
    assert not empty, "nothing shown, nothing held: " + ", ".join(empty)


def test_every_sheet_says_what_its_serializer_says(
    rows: Rows, browsers: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read fast has nested values as texts of the database: a cell holds the same as the serializer's."""
    wrong = []
    for url, kind, readers in lists(rows):
        if not hasattr(kind, "export"):
            continue
        client, address = browsers[min(readers)], f"{urlsplit(url).path}export/?format=xlsx"
        quick = cells(client, address)
        with monkeypatch.context() as patch:
            patch.setattr(fast, "works_here", lambda: False)
            if quick != cells(client, address):
                wrong.append(address)
    assert not wrong


def cells(client: Client, address: str) -> list[list[Any]]:
    """The table of a sheet; JSON in a cell as what it means."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    body = io.BytesIO(answer.getvalue())
    return [[meant(value) for value in row] for row in load_workbook(body, read_only=True).worksheets[0].values]


def meant(value: Any) -> Any:
    """A cell's value."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


def differs(quick: list[Any], slow: list[Any]) -> str:
    """The first difference."""
    for one, other in zip(quick, slow, strict=False):
        for name in other:
            if one.get(name) != other[name]:
                return f"{name}: {json.dumps(one.get(name), ensure_ascii=False)} ≠ {json.dumps(other[name], ensure_ascii=False)}"
    return f"{len(quick)} and {len(slow)} rows"
