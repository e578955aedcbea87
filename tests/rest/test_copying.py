"""Exports that the database writes itself say what the serializer says, whoever asks; an abandoned one ends its thread (PostgreSQL)."""

import csv
import io
import json
import threading
import time
from typing import Any

import openpyxl
import psycopg2
import pytest
from django.db import connection
from rest_framework.test import APIClient

from communities.models import Community
from offices.demonstration import Offices
from projects.models import Project
from rest import copying, fast
from tests.rest.test_fast import API, leader, stage

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere the serializer answers"),
    pytest.mark.django_db(transaction=True),
]
__all__ = ["leader", "stage"]
ASKED = (
    "projects/export/?plan_year=2026",
    "projects/export/",
    "communities/export/?fields=name,floor_area,division",
    "deadlines/export/",
)


def whole(client: APIClient, url: str) -> bytes:
    """All of an export."""
    answer = client.get(url)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def slowly(client: APIClient, url: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The same by the serializer, row by row."""
    with monkeypatch.context() as patch:
        patch.setattr(fast, "works_here", lambda: False)
        patch.setattr(copying, "works_here", lambda: False)
        return whole(client, url)


def lines(body: bytes) -> list[Any]:
    """Rows of JSON lines."""
    return [json.loads(line) for line in body.splitlines()]


def table(body: bytes) -> list[list[Any]]:
    """Rows of a CSV; cells that hold JSON as values."""
    rows = csv.reader(io.StringIO(body.decode(), newline=""))
    return [[json.loads(cell) if cell.startswith(("{", "[")) else cell for cell in row] for row in rows]


@pytest.mark.parametrize("path", ASKED)
def test_what_the_database_writes_is_the_serializers(
    stage: Offices, leader: APIClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    joint = "&" if "?" in path else "?"
    for client in (leader, APIClient()):
        for form, read in (("jsonl", lines), ("csv", table)):
            url = f"{API}{path}{joint}format={form}"
            quick, slow = whole(client, url), slowly(client, url, monkeypatch)
            assert read(quick) == read(slow) and len(read(quick)) > 2


def test_the_projects_are_copied_and_deadlines_read_in_batches(
    stage: Offices, leader: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(copying, "chunks", lambda sql: written.append(sql) or iter([b"x"]))
    assert whole(leader, f"{API}projects/export/?format=csv") == b"x" and written[0].startswith("COPY (")
    monkeypatch.setattr(fast, "AT_ONCE", 3)
    assert len(lines(whole(leader, f"{API}deadlines/export/"))) == 16 and len(written) == 1


def test_no_cell_is_a_formula(stage: Offices, leader: APIClient) -> None:
    for name in ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "-12.5"):
        Community.objects.filter(pk=Community.objects.values("pk")[:1]).update(name=name)
        rows = table(whole(leader, f"{API}communities/export/?format=csv&fields=name"))
        assert ([name] if name == "-12.5" else [f"'{name}"]) in rows
    book = openpyxl.load_workbook(io.BytesIO(whole(leader, f"{API}communities/export/?format=xlsx&fields=name")))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


def test_a_reader_who_leaves_ends_the_copy(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "CHUNK", 10)
    parts = copying.chunks("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 200000)) TO STDOUT")
    assert next(parts)
    running = [thread for thread in threading.enumerate() if thread.name.startswith("export")]
    assert len(running) == 1
    parts.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while running[0].is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running[0].is_alive()


def test_what_the_database_refuses_is_refused_before_the_first_byte() -> None:
    with pytest.raises(psycopg2.Error):
        copying.chunks("COPY (SELECT 1 / 0) TO STDOUT")


def test_an_empty_list_has_its_header(stage: Offices, leader: APIClient) -> None:
    Project.objects.update(plan_year=2025)
    assert table(whole(leader, f"{API}projects/export/?format=csv&plan_year=1999&fields=uid,name")) == [["uid", "name"]]
    assert whole(leader, f"{API}projects/export/?plan_year=1999") == b""
