"""The figures of each day, kept."""

import datetime as dt

from django.db import IntegrityError, transaction

from projects.models import FigureSnapshot, Project
from projects.queries.statistics import figures_by, years_of
from projects.queries.works import PLANNED
from projects.rules.rates import as_json

LEVELS = ("province_id", "city_id", "county_id")


def keep_figures(*, at: dt.datetime, today: dt.date) -> int:
    """Keep today's figures of every province, city and county with projects in issued plans, year by year; how many rows were written.

    A year that has been kept today is left as it is, so the beat may call this as often as it likes; of two at once one writes.
    """
    issued = Project.objects.filter(stage__in=PLANNED)
    kept = set(FigureSnapshot.objects.filter(day=today).order_by().values_list("year", flat=True).distinct())
    written = 0
    for year in years_of(issued):
        if year in kept:
            continue
        rows = []
        for column in LEVELS:
            placed = issued.filter(plan_year=year).exclude(**{column: None})
            found = figures_by(placed, column, year=year, today=today, public=False)
            rows += [
                FigureSnapshot(division_id=place, year=year, day=today, at=at, figures=as_json(figures))
                for place, figures in found.items()
                if place
            ]
        try:
            with transaction.atomic():
                FigureSnapshot.objects.bulk_create(rows)
        except IntegrityError:  # another worker was quicker
            continue
        written += len(rows)
    return written
