"""Shared fixtures."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from renovation.launcher import static_mark
from tests import both, conformance, schema
from tests import postgres as cluster
from tests.faces.stage import DEMONSTRATION, STATIC, built
from tests.prove import reporting


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, shared: Path) -> None:
    """The database is migrated by the first process of the run alone; a test with real transactions leaves it as it was migrated."""
    create = schema.creating(connection, shared, connection.creation.create_test_db)
    connection.creation.create_test_db = create  # type: ignore[method-assign]
    TransactionTestCase._fixture_teardown = lambda case: schema.copy(connection, shared)  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def held_against_the_document() -> Iterator[None]:
    """Whatever a test asks the interface for is answered as the OpenAPI document says."""
    ask = Client.request

    def request(client: Client, **asked: Any) -> Any:
        response = ask(client, **asked)
        conformance.hold(asked["REQUEST_METHOD"], asked["PATH_INFO"], asked.get("QUERY_STRING", ""), response)
        return response

    Client.request = request  # type: ignore[method-assign]
    yield
    Client.request = ask  # type: ignore[method-assign]


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


@pytest.fixture
def migrated(postgres_server: str, shared: Path, django_db_setup: None) -> Iterator[str]:
    """The same with the tables of this run in it: for what is not about migrating."""
    kept = shared / schema.NAME  # on a run on SQLite there is none: the platform migrates by itself then
    with cluster.fresh_database(postgres_server, like=kept.read_text() if kept.exists() else "") as url:
        yield url


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of the run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def demonstration(shared: Path) -> Path:
    """The folder of a demonstration for tests to copy, built once for all processes of the run."""
    return built(shared / "demonstration", *DEMONSTRATION, begin=lambda folder: schema.begin(folder, shared))


@pytest.fixture(scope="session")
def prepared(shared: Path) -> Path:
    """The folder of a platform with tables, static files, offices and accounts alone, for tests that start it to copy."""
    folder = built(
        shared / "prepared", ["prepare"], STATIC,
        begin=lambda folder: schema.begin(folder, shared), DEMONSTRATION="empty", CLOCK="2026-11-01",
    )  # fmt: skip
    (folder / "static.gathered").write_text(static_mark())
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What starts processes and browsers comes first, so that no processor waits at the end for another's longest module.

    On PostgreSQL what no database decides (``tests/both.py``) is left out, and counted as deselected.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("WHOLE") != "1" and "PROVE" not in os.environ:
        once = [item for item in items if not both.on_both(item)]
        config.hook.pytest_deselected(items=once)
        left = set(once)
        items[:] = [item for item in items if item not in left]
    reporting.select(config, items)
    heavy = {item.path for item in items if item.get_closest_marker("processes") or item.get_closest_marker("browser")}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in heavy, item.path not in slow))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Under ``make prove``: the line of the table (written by the process that hears of all tests)."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        reporting.write(report)


def pytest_unconfigure(config: pytest.Config) -> None:
    """On a server of PostgreSQL that outlives the run nothing stays of it (said by the process that outlives the others)."""
    folders = getattr(config, "_tmp_path_factory", None)
    if folders is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        schema.forget(folders.getbasetemp())


def pytest_report_header() -> str:
    """Which database this run is on."""
    return f"database: {'PostgreSQL' if os.environ.get('DATABASE_URL') else 'SQLite'}"
