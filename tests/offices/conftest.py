"""Fixtures of the government side."""

from pathlib import Path
from typing import Any

import pytest

from offices.demonstration import Offices
from tests.cast import cast


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast, with a data folder of its own."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return cast()
