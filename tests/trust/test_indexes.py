"""Every list that a person or a program pages through finds its page by an index (PostgreSQL, asked with EXPLAIN).

The tables hold the rows of the route table; PostgreSQL is told that they hold hundreds of thousands, so that it plans as in a large city.
What is asked is generated: each list of the interface in each of its orders, with and without a division, and each staff page whose
view pages through rows. A plan may not read a whole table, nor sort one.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from rest.pagination import orderings
from tests.trust.rows import Rows
from tests.trust.table import TABLE
from tests.trust.test_lists import lists

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans"),
]
MANY = 300_000
_PAGE = re.compile(r"\bLIMIT (\d+)(?: OFFSET \d+)?$")
LEAST_PAGE = 10  # a LIMIT below it looks one row up


@pytest.fixture
def crowded(played: tuple[Rows, dict[str, Client]]) -> tuple[Rows, dict[str, Client]]:
    """Every table that holds a row is planned as if it held many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        cursor.execute(
            "UPDATE pg_class SET relpages = 1, reltuples = %s / greatest(1, pg_relation_size(oid) / 8192) "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            [MANY],
        )
        # Without statistics of real rows PostgreSQL guesses that each condition leaves 1,500: it would rather read such tables whole.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )
    return played


class Plans:
    """What PostgreSQL would do for each page that is asked for."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        page = _PAGE.search(sql) if sql.startswith("SELECT") else None
        if page and int(page[1]) >= LEAST_PAGE:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                self.found.append((sql, cursor.fetchone()[0][0]["Plan"]))
        return execute(sql, params, many, context)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def faults(plan: dict[str, Any], partial: set[str]) -> list[str]:
    """Tables that are read whole, or sorted after an index of all their rows was read (an index of some is a condition)."""
    wrong = [f"reads all of {node['Relation Name']}" for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    for node in nodes(plan):
        if node["Node Type"] == "Sort":
            whole = [
                row for row in nodes(node)
                if row["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"} and "Index Cond" not in row
                and row.get("Index Name") not in partial
            ]  # fmt: skip
            wrong += [f"sorts {row['Relation Name']} by {node['Sort Key']}" for row in whole]
    return wrong


def asked(rows: Rows) -> Iterator[tuple[str, str]]:
    """Role and address of each list, in each of its orders."""
    for url, kind, readers in lists(rows):
        path = urlsplit(url).path
        view = kind()
        names = (
            set(getattr(kind.filterset_class, "base_filters", {})) if getattr(kind, "filterset_class", None) else set()
        )
        for role in [role for role in ("root", "clerk", "anonymous") if role in readers]:
            yield role, path
            for ordering in orderings(view):
                yield role, f"{path}?ordering={ordering}"
        if "division" in names and "root" in readers:
            yield "root", f"{path}?division={rows.county.uid}"
    for name, route in TABLE.items():
        if name.startswith(("api:", "portal:")) or route.read is None:
            continue
        url = reverse(name.partition("#")[0], kwargs=route.args(rows))
        if "Paginator(" in inspect.getsource(sys.modules[inspect.unwrap(resolve(url).func).__module__]):
            for role in [role for role in ("root", "clerk") if role in route.readers]:
                yield role, f"{url}?{urlencode(route.query(rows))}"


def test_every_page_is_found_by_an_index(crowded: tuple[Rows, dict[str, Client]], settings: Any) -> None:
    rows, browsers = crowded
    settings.REST = {**settings.REST, "PREPARE": False}
    wrong, seen = [], set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
        partial = {name for (name,) in cursor.fetchall()}
    for role, url in asked(rows):
        plans = Plans()
        browsers[role].raise_request_exception = True
        with connection.execute_wrapper(plans):
            answer = browsers[role].get(url)
        assert answer.status_code < 500, (role, url, answer.status_code)
        for sql, plan in plans.found:
            if sql in seen:
                continue
            seen.add(sql)
            for fault in faults(plan, partial):
                wrong.append((role, url, fault))
    assert not wrong, "\n".join(map(str, wrong))
    assert len(seen) > 100, "hardly any page was asked for"
