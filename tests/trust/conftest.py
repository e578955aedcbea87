"""A stage for races: the named cast and a plan that may be declared, committed for every process to see."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from offices.demonstration import Offices
from tests.cast import cast


@pytest.fixture
def stage(transactional_db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast in a database that other processes read."""
    if connection.vendor != "postgresql":
        pytest.skip("races are PostgreSQL's (DATABASE_URL)")
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return cast()
