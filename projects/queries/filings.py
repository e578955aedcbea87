"""Reads of what divisions file upward (JX-08), and which divisions of a document that asks for it have filed nothing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from offices.models import Body, Division, User
from offices.rulebooks import layers_of
from projects.models import UpwardFiling
from projects.rules.filings import ordered


def office_above(division: Division) -> Body | None:
    """The housing office of the next level above that has one."""
    above = [pk for pk in (division.city_id, division.province_id) if pk and pk != division.pk]
    rows = Body.objects.filter(division_id__in=above, kind="housing", active=True)
    return min(rows, key=lambda body: (above.index(body.division_id), body.pk), default=None)


def filings_in_scope(user: User, division: Division) -> QuerySet[Any]:
    """Filings of the division and below, newest first."""
    rows = UpwardFiling.objects.visible_to(user).filter(**{division.column: division.pk})
    return rows.select_related("division", "to_body", "file", "filed_by", "received_by")


@dataclass(frozen=True)
class Owed:
    """A division of a document that orders the filing, and the kinds of which it has filed nothing."""

    division: Division
    kinds: tuple[str, ...]


def owed_below(user: User, division: Division, day: dt.date) -> list[Owed]:
    """Cities and counties in view whose document orders the filing and that have not filed all of it (two queries)."""
    levels = (Division.Kind.CITY, Division.Kind.COUNTY, Division.Kind.FUNCTIONAL_ZONE)
    places = Division.objects.visible_to(user).below(division).filter(kind__in=levels).order_by("code", "pk")
    asked = {place: ordered(layers_of(place), day)[0] for place in places}
    sent = set(UpwardFiling.objects.filter(division__in=list(asked)).values_list("division_id", "kind"))
    labels = dict(UpwardFiling.Kind.choices)
    rows = [
        Owed(place, tuple(str(labels[kind]) for kind in kinds if (place.pk, kind) not in sent))
        for place, kinds in asked.items()
    ]
    return [row for row in rows if row.kinds]
