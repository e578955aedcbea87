"""The stage of money: 城中区 (柳州) and 芮城县."""

import pytest

from tests.cast import cast
from tests.funding.stage import Money


@pytest.fixture
def money(db: None) -> Money:
    """城中区, under 柳州's document."""
    return Money(cast())


@pytest.fixture
def ruicheng(db: None) -> Money:
    """芮城县."""
    return Money(cast(), "芮城县")
