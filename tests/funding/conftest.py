"""The stage of money: 城中区 (柳州) and 芮城县."""

import pytest

from communities import actions as register
from communities.models import Home
from tests.cast import AT, cast
from tests.funding.stage import Money


@pytest.fixture
def money(db: None) -> Money:
    """城中区, under 柳州's document."""
    return Money(cast())


@pytest.fixture
def ruicheng(db: None) -> Money:
    """芮城县."""
    return Money(cast(), "芮城县")


@pytest.fixture
def homes(money: Money) -> list[Home]:
    """Three homes of 50, 75.50 and 100 ㎡ on floors 1, 2 and 3 of a project with 1,000 yuan of residents' money planned."""
    project, clerk = money.project(), money.user("clerk")
    building = register.add_building(by=clerk, at=AT, community=project.communities.get(), values={"name": "3号楼"})
    money.fund(money.source("1000.00", "resident_direct"), project, "1000.00")
    return [
        register.add_home(
            by=clerk, at=AT, building=building,
            values={"room": f"{floor}01", "floor": floor, "private_area": area, "area_source": "register"},
        )
        for floor, area in ((1, "50.00"), (2, "75.50"), (3, "100.00"))
    ]  # fmt: skip
