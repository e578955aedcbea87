"""What renovation came to, for everybody (LZ-26, YL-14, RC-26, JX-17): figures, before and after, the policy in plain words, open data."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from offices.clock import now, today
from offices.models import Division
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.layers import Layers
from policies.model import TOPIC_LABELS, Rule, Topic
from policies.refusal import Citation
from projects.models import WorkPhoto
from projects.queries.open_data import DATASETS, Dataset
from projects.queries.statistics import MoneyOf, Statistics, money_of, public_projects, statistics, years_of
from projects.queries.works import before_and_after
from projects.rules.rates import Figures, Shown
from projects.rules.rates import rates as rates_of
from renovation import resident
from renovation.kept import kept
from rest.exports import cell
from rest.throttling import allowed

TOPICS: tuple[Topic, ...] = ("eligibility", "content", "owners", "money", "deadlines")
RULES_SHOWN = 5
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class Policy:
    """The document of a place with some of its rules in plain words, topic by topic."""

    layers: Layers
    topics: tuple[tuple[str, str, tuple[tuple[Rule, Citation], ...]], ...]


@dataclass(frozen=True)
class Overview:
    """Everything on the page of a place and year."""

    division: Division
    year: int | None
    years: list[int]
    found: Statistics | None
    rates: tuple[Shown, ...]
    rows: tuple[tuple[Division, Figures, tuple[Shown, ...]], ...]
    money: MoneyOf | None
    photos: tuple[tuple[WorkPhoto, WorkPhoto], ...]
    policy: Policy


def overview_of(division: Division, year: int | None, day: dt.date) -> Overview:
    """The page of a place: the year asked for, else the newest that there are projects of (thirteen queries)."""
    years = years_of(public_projects(division, None))
    year = year or next(iter(years), None)
    policy = policy_of(division)
    if year is None or year not in years:
        return Overview(division, year, years, None, (), (), None, (), policy)
    projects = public_projects(division, year)
    found = statistics(division, year, today=day)
    rows = tuple((row.division, row.figures, rates_of(row.figures)) for row in found.rows)
    return Overview(
        division,
        year,
        years,
        found,
        rates_of(found.total),
        rows,
        money_of(projects, public=True),
        before_and_after(projects),
        policy,
    )


def policy_of(division: Division) -> Policy:
    """The place's own document in plain words."""
    layers = layers_of(division)
    topics = []
    for topic in TOPICS:
        rules = [rule for rule in layers.books[0].rules if rule.topic == topic][:RULES_SHOWN]
        if rules:
            cited = tuple((rule, citation(layers, rule.provisions[0])) for rule in rules)
            topics.append((topic, TOPIC_LABELS[topic], cited))
    return Policy(layers, tuple(topics))


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """Places with published projects."""
    return render(request, "portal/overview_index.html", {"regions": resident.regions()})


@require_safe
@kept
def overview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One place: ``?year=``."""
    division = resident.division_of(uid)
    if division is None:
        raise Http404(uid)
    text = request.GET.get("year", "")
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("year")
    page = overview_of(division, int(text) if text else None, today())
    tabs = [{"label": f"{year}年度", "url": f"?year={year}", "current": year == page.year} for year in page.years]
    return render(request, "portal/overview.html", {"page": page, "tabs": tabs, "now": now()})


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is to take along, under which terms, and what each column means."""
    return render(
        request, "portal/open_data.html", {"datasets": DATASETS.values(), "licence": settings.OPEN_DATA_LICENCE}
    )


@require_safe
def dataset(request: HttpRequest, key: str, format: str) -> HttpResponseBase:
    """A dataset as CSV (with a mark that Excel reads) or JSON, sent as it is read; so many an hour for one address."""
    if key not in DATASETS or format not in FORMATS:
        raise Http404(key)
    if not allowed(request, "dataset", limit="PORTAL_DOWNLOADS"):
        words = "同一网络在一小时内下载的次数太多，请一小时后再试。"
        return HttpResponse(
            words, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": "3600"}
        )
    found = DATASETS[key]
    parts = _csv(found, today()) if format == "csv" else _json(found, today())
    response = StreamingHttpResponse(parts, content_type=FORMATS[format])
    response["Content-Disposition"] = f'attachment; filename="{key}-{today().isoformat()}.{format}"'
    return response


def _csv(found: Dataset, day: dt.date) -> Iterator[bytes]:
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow(found.names)
    for row in found.rows(day):
        writer.writerow([cell(row[name]) for name in found.names])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _json(found: Dataset, day: dt.date) -> Iterator[bytes]:
    head: dict[str, Any] = {
        "dataset": found.key, "title": found.title, "as_of": day, "licence": settings.OPEN_DATA_LICENCE,
        "fields": [{"name": field.name, "type": field.kind, "meaning": field.meaning} for field in found.fields],
    }  # fmt: skip
    yield orjson.dumps(head)[:-1] + b',"rows":['
    for number, row in enumerate(found.rows(day)):
        yield (b",\n" if number else b"\n") + orjson.dumps(row)
    yield b"\n]}\n"


urlpatterns = [
    path("overview/", index, name="overview_index"),
    path("overview/<uuid:uid>/", overview, name="overview"),
    path("open/", open_data, name="open_data"),
    path("open/<slug:key>.<slug:format>", dataset, name="dataset"),
]
