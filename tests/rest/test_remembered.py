"""Figures that are kept are never older than the database: what was read is seen, what is written ends them (PostgreSQL)."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from offices.demonstration import Offices
from projects.models import Project, ProjectCommunity, RankingFact
from renovation import dashboard
from rest import remembered as memory
from rest.remembered import Packed, remembered
from tests.cast import AT
from tests.rest.test_fast import stage

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere figures are worked out anew"),
    pytest.mark.django_db(transaction=True),
]
__all__ = ["stage"]


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    """Nothing is kept from another test."""
    memory._KEPT.clear()
    yield
    memory._KEPT.clear()


def test_figures_are_worked_out_once_until_something_behind_them_is_written(stage: Offices) -> None:
    made: list[int] = []

    def count() -> int:
        made.append(Project.objects.filter(parts__community__name="新村").distinct().count())
        return made[-1]

    first = remembered("key", count)
    assert remembered("key", count) == first and len(made) == 1
    ProjectCommunity.objects.filter(pk=ProjectCommunity.objects.order_by("pk").last().pk).delete()  # type: ignore[union-attr]
    remembered("key", count)
    assert len(made) == 2
    RankingFact.objects.filter(pk=-1).delete()  # a table that was not read
    remembered("key", count)
    assert len(made) == 2
    remembered("another", count)
    assert len(made) == 3


def test_a_transaction_sees_its_own_writes_and_leaves_nothing_behind(stage: Offices) -> None:
    def count() -> int:
        return Project.objects.filter(stage="works").count()

    before = remembered("key", count)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Project.objects.update(stage="works")
        assert remembered("key", count) == 16 != before
        raise ZeroDivisionError
    assert remembered("key", count) == before


def test_what_is_written_while_figures_are_worked_out_ends_them(stage: Offices) -> None:
    def count() -> int:
        found = Project.objects.filter(stage="works").count()
        Project.objects.update(stage="works")
        return found

    stale = remembered("key", count)
    assert stale < 16 == remembered("key", Project.objects.filter(stage="works").count)


def test_figures_of_a_table_whose_writes_are_not_counted_are_not_kept(stage: Offices) -> None:
    made: list[int] = []
    for _ in range(2):
        remembered("key", lambda: made.append(len(list(connection.introspection.table_names()))))
        remembered(
            "own",
            lambda: made.append(
                transaction.atomic and stage.user("柳北区", "housing", "clerk").user_permissions.count()
            ),
        )
    assert len(made) == 3  # the catalogue is no table of ours; the second one's is, and nobody counts it


def test_only_so_many_are_kept(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 2)
    for key in "abcab":
        remembered(key, Project.objects.count)
    assert list(memory._KEPT) == ["a", "b"]


def test_packed_rows_are_the_rows() -> None:
    rows = [(number, f"行{number}") for number in range(123)]
    packed = Packed(rows)
    assert list(packed) == rows and len(packed) == 123 and packed[-1] == rows[-1] and packed[7] == rows[7]
    for part in (slice(45, 105), slice(None), slice(120, 200), slice(5, 5), slice(None, None, -7)):
        assert packed[part] == rows[part]
    assert not Packed([]) and list(Packed([])) == []


def test_the_dashboard_says_what_was_written_a_moment_ago(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    client, asked = Client(), []
    client.force_login(stage.user("柳州市", "housing", "leader"))
    slowly = dashboard.statistics
    monkeypatch.setattr(dashboard, "statistics", lambda *given, **more: asked.append(1) or slowly(*given, **more))

    def shown() -> str:
        page = client.get(f"/staff/dashboard/?year={AT.year}").content.decode()
        return re.sub(r"csrf\w+|value=\"\w{64}\"|\d\d:\d\d", "", page)

    first = shown()
    assert shown() == first and len(asked) == 1
    Project.objects.filter(plan_year=AT.year, stage="works").update(stage="accepted")
    changed = shown()
    assert changed != first and len(asked) == 2
    memory._KEPT.clear()
    assert shown() == changed
