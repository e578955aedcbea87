"""Every list that a person or a program pages through finds its page by an index (PostgreSQL, asked with EXPLAIN)."""

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from offices.demonstration import Offices
from rest.compiled import Statement
from tests.rest.test_fast import API, leader, stage

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans")
__all__ = ["leader", "stage"]
# What a program asks every minute: the list as it stands, of a county, of a county and year, in the order of change.
ASKED = (
    "projects/?page_size=3", "projects/?division={county}&page_size=3", "projects/?division={county}&plan_year=2026&page_size=3",
    "projects/?ordering=-updated_at&page_size=3", "communities/?page_size=3", "communities/?division={county}&page_size=3",
    "communities/?ordering=-updated_at&page_size=3", "deadlines/?page_size=3", "deadlines/?ordering=-updated_at&page_size=3",
    "divisions/?page_size=3", "plans/?page_size=3",
)  # fmt: skip


@pytest.mark.parametrize("path", ASKED)
def test_a_page_reads_an_index_and_never_the_table(
    stage: Offices, leader: APIClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, plans = Statement.rows, []

    def explained(statement: Statement, values: Any) -> Any:
        bound = [item.bind(values) if hasattr(item, "bind") else item for item in statement.parameters]
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off"
            )  # a table of sixteen rows is read whole where there is a choice
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", bound)
            plans.append(cursor.fetchone()[0])
        return run(statement, values)

    monkeypatch.setattr(Statement, "rows", explained)
    following = leader.get(API + path.format(county=stage.divisions["柳北区"].uid)).json()["next"]
    if following:
        leader.get(following)
    assert plans
    for plan in plans:
        scanned = [node for node in nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
        assert not scanned, [node["Relation Name"] for node in scanned]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A node and all below it."""
    return [plan, *(node for below in plan.get("Plans", ()) for node in nodes(below))]
