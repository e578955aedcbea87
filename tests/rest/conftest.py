"""A city with two counties, communities in them, and people who look."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from communities.models import Community
from offices.models import Body, Division, Membership, User

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def make_division(name: str, kind: str, parent: Division | None = None) -> Division:
    """A division with its ancestors on it."""
    row = Division(name=name, kind=kind, parent=parent, created_at=AT, updated_at=AT)
    if parent is not None:
        row.province_id, row.city_id, row.county_id = parent.province_id, parent.city_id, parent.county_id
    row.save()
    setattr(row, row.column, row.pk)
    row.save()
    return row


def make_community(name: str, division: Division, **values: Any) -> Community:
    """A community of the register."""
    row = Community(name=name, created_at=AT, updated_at=AT, **values)
    row.place_in(division)
    row.save()
    return row


@dataclass
class City:
    """Where the tests play."""

    city: Division
    north: Division
    south: Division
    clerk: User


@pytest.fixture
def city(db: None) -> City:
    """A city; its clerk sits in the north county."""
    top = make_division("示例市", "city")
    north, south = make_division("北县", "county", top), make_division("南县", "county", top)
    clerk = User.objects.create(username="clerk")
    body = Body.objects.create(division=north, kind="housing", name="北县住建局", created_at=AT, updated_at=AT)
    Membership.objects.create(user=clerk, body=body, role="clerk", since=AT.date(), created_at=AT, updated_at=AT)
    return City(top, north, south, clerk)


@pytest.fixture
def anyone() -> APIClient:
    """Someone without a key."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def clerk(city: City) -> APIClient:
    """The clerk of the north county."""
    client = APIClient(raise_request_exception=False)
    client.force_login(city.clerk)
    return client


@pytest.fixture
def many(city: City) -> Callable[[int], list[Community]]:
    """Communities of the north county, with ties and empty values in every ordering."""

    def make(number: int) -> list[Community]:
        return [
            make_community(
                f"小区{index % 7}",
                city.north,
                household_count=None if index % 5 == 0 else index % 4,
                surveyed_on=None if index % 3 == 0 else dt.date(2026, 1, 1 + index % 6),
                floor_area=Decimal("1234.5") + index,
            )
            for index in range(number)
        ]

    return make
