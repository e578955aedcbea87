"""The dashboard of a division and year: rates with both numbers, each opening to its projects; money; and any earlier day again."""

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from offices.clock import now, today
from offices.dayfield import day_of
from offices.models import Division, User
from offices.viewing import division_in_view, year_in_view
from offices.workspace.common import actor
from offices.workspace.official import written
from projects.queries.dashboard import PARTS, behind, behind_rows, kept, percent, trend
from projects.queries.pipeline import levels
from projects.queries.statistics import Statistics, money_of, seen_projects, statistics
from projects.rules.rates import RATES, Figures, rates
from renovation.month_report import month_report
from rest.remembered import remembered

PAGE = 50
MONTHS_SHOWN = 13
# The list behind each rate: its numerator's projects where they can be told apart.
BEHIND = {"started": "started", "done": "done", "invested": "priced", "received": "money", "satisfied": "surveyed"}


def asked(request: HttpRequest) -> tuple[User, Division, int]:
    """Who asks for which division (in view) and year: that of the address, else the year of the top bar."""
    user, division = actor(request), division_in_view(request)
    if division is None:
        raise Http404("division")
    text = request.GET.get("year", "")
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("year")
    if text:
        return user, division, int(text)
    return user, division, year_in_view(request, today())


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Today's figures, or with ``?day=`` those that were kept on that day."""
    user, division, year = asked(request)
    wrong, day = _day(request.GET.get("day", ""))
    earlier = kept(division, year, day) if day and day < today() else None
    found, as_of = earlier or (_statistics(user, division, year), now())
    money = (
        None
        if earlier
        else _kept("money", user, division, year, lambda: money_of(seen_projects(user, division, year), public=False))
    )
    line, sort = trend(division, year, today()), request.GET.get("sort", "")
    stages = _kept("stages", user, division, year, lambda: levels(user, division, year))
    context: dict[str, Any] = {
        "division": division, "year": year, "found": found, "as_of": as_of, "earlier": earlier, "asked_day": day, "wrong": wrong,
        "figures": _figures(found.total, year, linked=earlier is None), "late_url": _list_url(year, "late"),
        "rows": _ranked(found, sort), "sort": sort, "money": money, "rates": RATES, "stages": stages,
        "months": _month_ends(line), "trend": _drawn(line),
    }  # fmt: skip
    return render(request, "staff/dashboard.html", context, status=400 if wrong else 200)


def _kept(word: str, user: User, division: Division, year: int, make: Callable[[], Any]) -> Any:
    """Figures of today, kept until something behind them is written."""
    return remembered(("dashboard", word, user.pk, user.scope, division.pk, year, today()), make)


def _statistics(user: User, division: Division, year: int) -> Statistics:
    found: Statistics = _kept(
        "figures", user, division, year, lambda: statistics(division, year, today=today(), user=user)
    )
    return found


def _ranked(found: Statistics, sort: str) -> list[tuple[Division, Figures, Any]]:
    """Places with their figures and rates; by one rate from the highest where that is asked for, those without it last."""
    rows = [(row.division, row.figures, rates(row.figures)) for row in found.rows]
    number = next((number for number, rate in enumerate(RATES) if rate.key == sort), None)
    if number is None:
        return rows
    return sorted(rows, key=lambda row: _value(row[2][number]), reverse=True)


def _value(shown: Any) -> Fraction:
    return Fraction(shown.numerator) / Fraction(shown.denominator) if shown.denominator else Fraction(-1)


@login_required
@require_safe
def report(request: HttpRequest, form: str) -> HttpResponseBase:
    """The month's report to the upper level, of today or of a kept day, as PDF, Word or Excel."""
    user, division, year = asked(request)
    wrong, day = _day(request.GET.get("day", ""))
    if wrong:
        raise BadRequest("day")
    earlier = kept(division, year, day) if day and day < today() else None
    found = earlier[0] if earlier else statistics(division, year, today=today(), user=user)
    until = day if earlier and day else today()
    issuer = next((membership.body.name for membership in user.active_memberships), "")
    return written(request, month_report(division, year, found, issuer=issuer, day=until), form)


def _day(text: str) -> tuple[str, dt.date | None]:
    """What is wrong with a day as it was typed, and the day."""
    try:
        return "", day_of(text) if text else None
    except ValidationError as error:
        return error.messages[0], None


def _list_url(year: int, part: str) -> str:
    return f"{reverse('staff_behind')}?{urlencode({'year': str(year), 'part': part})}"


def _figures(figures: Figures, year: int, *, linked: bool) -> list[tuple[Any, str]]:
    return [(shown, _list_url(year, BEHIND[shown.rate.key]) if linked else "") for shown in rates(figures)]


def _month_ends(line: Sequence[tuple[dt.date, Figures]]) -> list[tuple[dt.date, Figures, Any]]:
    """The last kept day of each month, newest first."""
    last = {(day.year, day.month): (day, figures, rates(figures)) for day, figures in line}
    return list(last.values())[::-1][:MONTHS_SHOWN]


def _drawn(line: Sequence[tuple[dt.date, Figures]]) -> dict[str, Any] | None:
    """The trend for the drawing: percentages as text, None where there was no denominator; nothing to draw of a single day."""
    if len(line) < 2:
        return None
    series = [
        {"name": rate.label, "points": [percent(getattr(f, rate.numerator), getattr(f, rate.denominator)) for _, f in line]}
        for rate in RATES
    ]  # fmt: skip
    return {"days": [day.isoformat() for day, _ in line], "series": series}


@login_required
@require_safe
def projects_behind(request: HttpRequest) -> HttpResponse:
    """The projects behind a figure (``?part=``), each with what it adds to it; the totals are the dashboard's."""
    user, division, year = asked(request)
    part = request.GET.get("part", "")
    if part not in PARTS:
        raise BadRequest("part")
    listed = Paginator(behind(user, division, year, part, today()), PAGE).get_page(request.GET.get("page"))
    found = _statistics(user, division, year)
    tabs = [
        {"label": label, "url": f"?{urlencode({'year': str(year), 'part': key})}", "current": key == part}
        for key, label in PARTS.items()
    ]
    context = {
        "division": division, "year": year, "tabs": tabs, "page": listed, "rows": behind_rows(list(listed.object_list), today()),
        "total": found.total, "part": part, "label": PARTS[part], "crumbs": _crumbs(year),
    }  # fmt: skip
    return render(request, "staff/dashboard_list.html", context)


def _crumbs(year: int) -> list[dict[str, str]]:
    return [
        {"label": f"{year}年度看板", "url": f"{reverse('staff_dashboard')}?year={year}"},
        {"label": "项目名单", "url": ""},
    ]


urlpatterns = [
    path("dashboard/", dashboard, name="staff_dashboard"),
    path("dashboard/report/<slug:form>/", report, name="staff_month_report"),
    path("dashboard/projects/", projects_behind, name="staff_behind"),
]
