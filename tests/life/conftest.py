"""A walk for any of the five documents."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from offices.demonstration import Offices
from offices.rulebooks import layers_of
from tests.cast import cast
from tests.life.stage import Walk
from tests.votes.conftest import Clock, clock

__all__ = ["clock"]


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast, with a data folder of its own."""
    settings.DATA = settings.MEDIA_ROOT = tmp_path
    return cast()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests of a test share its connection and its transaction, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def walking(offices: Offices, clock: Clock) -> Callable[[str, dt.date], Walk]:
    """A walk in a county, from a day on."""
    return lambda county, begins: Walk(offices, clock, county, layers_of(offices.divisions[county]), begins)
