"""Filters over places that several resources share."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters.constants import EMPTY_VALUES
from django_filters.rest_framework import UUIDFilter

from offices.models import Division


class BelowFilter(UUIDFilter):  # type: ignore[misc]
    """Rows of a division and everything below it, by the ancestors that they carry; none for an unknown division."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "区划及其下属", **kwargs})

    def settle(self, value: UUID) -> tuple[str, int] | None:
        """Ancestor column and id of a division; None where it is unknown."""
        try:
            return _column(value)
        except Division.DoesNotExist:
            return None

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Rows below the division."""
        if value in EMPTY_VALUES:
            return qs
        found = self.settle(value)
        return qs.filter(**{found[0]: found[1]}) if found else qs.none()


@lru_cache(maxsize=4096)
def _column(uid: UUID) -> tuple[str, int]:
    """A division's id and level never change while it stands (none is deleted); an unknown uid is asked for again."""
    division = Division.objects.get(uid=uid)
    return division.column, division.pk
