"""The stage of what is told of money and works: 城中区 (柳州), on the cast's day."""

import pytest

from tests.cast import AT, cast
from tests.funding.stage import Money


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's day."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


@pytest.fixture
def money(db: None) -> Money:
    """城中区's people of money."""
    return Money(cast())
