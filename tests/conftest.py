"""Shared fixtures."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from offices.triggers import lifted
from tests import postgres as cluster


@pytest.fixture(scope="session", autouse=True)
def emptied_without_guards() -> Iterator[None]:
    """Tests with real transactions empty the database afterwards, which the guards of insert-only tables forbid: they step aside for it."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(case: TransactionTestCase) -> None:
        with lifted(connection):
            empty(case)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL server, one for the whole run."""
    try:
        with cluster.server() as url:
            yield url
    except cluster.NoPostgres as nothing:
        pytest.skip(str(nothing))


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """DATABASE_URL of a fresh, empty database of its own, for tests that start real processes (mark them ``postgres``)."""
    with cluster.fresh_database(postgres_server) as url:
        yield url


def pytest_report_header() -> str:
    """Which database this run is on."""
    return f"database: {'PostgreSQL' if os.environ.get('DATABASE_URL') else 'SQLite'}"
