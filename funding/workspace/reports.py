"""Reports: chosen by an address that can be sent on, seen on the page, taken along as XLSX, PDF, CSV or JSON lines."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from funding.reports import files, jobs
from funding.reports.jobs import issuer
from funding.reports.tables import TABLES, Column, Report, data, report
from funding.workspace.common import crumbs
from offices.attempts import attempt
from offices.clock import now, today
from offices.models import Division, Job, User
from offices.viewing import FIRST_YEAR, choosable_divisions, division_in_view, year_in_view
from offices.workspace.common import actor
from policies.refusal import Refused
from policies.words import count_words
from rest.exports import FORMATS, respond
from rest.remembered import remembered

SHOWN = 50


def asked(request: HttpRequest) -> Report:
    """The report of the address: ``report``, ``division`` (of the user's scope), ``year`` (empty: all years). Raises BadRequest."""
    user = actor(request)
    key, place, year = (request.GET.get(name) for name in ("report", "division", "year"))
    division = division_in_view(request) if not place else _division(user, place)
    if division is None:
        raise Http404("division")
    if (key or "ledger") not in TABLES:
        raise BadRequest("report")
    chosen = year_in_view(request, today())
    asked_year = chosen if year is None else _year(year)
    chosen_place: Division = division
    return remembered(
        ("report", key or "ledger", user.pk, user.scope, chosen_place.pk, asked_year),
        lambda: report(key or "ledger", user=user, division=chosen_place, year=asked_year),
    )


def _division(user: User, text: str) -> Division | None:
    try:
        uid = UUID(text)
    except ValueError as error:
        raise BadRequest("division") from error
    return Division.objects.visible_to(user).filter(uid=uid).first()


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadRequest("year")
    return int(text)


def _unit(request: HttpRequest) -> str:
    unit = request.GET.get("unit", "yuan")
    if unit not in files.UNITS:
        raise BadRequest("unit")
    return unit


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The first rows of a report with its totals and 核对, and the files to take along."""
    return _page(request, asked(request), _unit(request))


def _page(request: HttpRequest, found: Report, unit: str, refused: Refused | None = None) -> HttpResponse:
    user = actor(request)
    asked_for = ("rows of a report", found.key, user.pk, user.scope, found.division.pk, found.year)
    head, sums = remembered(asked_for, lambda: _added(found))
    stated = found.check.figures
    query = {"division": str(found.division.uid), "year": str(found.year or ""), "unit": unit}
    tabs = [
        {"label": label, "url": f"?{urlencode({'report': key, **query})}", "current": key == found.key}
        for key, (label, _) in TABLES.items()
    ]
    feet = (
        ("合计", sums),
        (f"核对：{found.check.label}", stated),
        ("差额（应为0）", {key: sums[key] - stated[key] for key in sums}),
    )
    context: dict[str, Any] = {
        "report": found, "rows": [list(zip(found.columns, row, strict=True)) for row in head], "unit": unit, "units": files.UNITS,
        "tabs": tabs, "feet": [(label, _foot(found, figures)) for label, figures in feet], "more": found.count - len(head),
        "address": urlencode({"report": found.key, **query}), "divisions": choosable_divisions(actor(request)),
        "years": range(today().year + 1, FIRST_YEAR - 1, -1), "crumbs": crumbs(("报表", "")), "refused": refused, "most": files.MOST,
        "lead": found.lead, "jobs": {format: not jobs.at_once(found, format) for format in jobs.AT_ONCE},
    }  # fmt: skip
    return render(request, "staff/funding/reports.html", context, status=refused.status if refused else 200)


def _added(found: Report) -> tuple[list[Any], dict[str, Decimal]]:
    """The first rows, and the sums of all."""
    sums = found.empty()
    rows = found.adding(sums)
    head = list(islice(rows, SHOWN))
    for _ in rows:  # the rest is only added up
        continue
    return head, sums


def _foot(found: Report, figures: Mapping[str, Decimal]) -> list[tuple[Column, Decimal | None]]:
    return [(column, figures.get(column.key)) for column in found.columns[found.lead :]]


@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The report as ``format=xlsx|pdf|csv|jsonl``; one too long for a sheet is refused with the way out."""
    found, unit, format = asked(request), _unit(request), request.GET.get("format", "xlsx")
    if format not in {*FORMATS, "pdf"}:
        raise BadRequest("format")
    if format in jobs.AT_ONCE and not jobs.at_once(found, format):
        words = f"共 {count_words(found.count)} 行，由后台生成；请用“生成 {format.upper()}”，完成后下载"
        return _page(request, found, unit, Refused(words, code="takes_a_job"))
    try:
        return answer(found, format=format, unit=unit, day=today(), issuer=issuer(actor(request)))
    except Refused as error:
        return _page(request, found, unit, error)


@login_required
@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """A long report as a job; the address says which one, as for the page."""
    found, unit, format = asked(request), _unit(request), request.POST.get("format", "")
    if format not in jobs.AT_ONCE:
        raise BadRequest("format")
    made: list[Job] = []
    user = actor(request)

    def ask() -> None:
        made.append(jobs.later(found, by=user, at=now(), format=format, unit=unit, issuer=issuer(user)))

    refused = attempt(ask)
    return redirect("offices:job", uid=made[0].uid) if refused is None else _page(request, found, unit, refused)


def answer(found: Report, *, format: str, unit: str, day: dt.date, issuer: str) -> HttpResponseBase:
    """The report as a file. Raises Invalid where it is too long for its format."""
    name = f"{found.heading}.{format}"
    if format in {"xlsx", "pdf"}:
        made = files.workbook if format == "xlsx" else files.pdf
        kind = FORMATS["xlsx"] if format == "xlsx" else "application/pdf"
        file = made(found, unit=unit, day=day, issuer=issuer)
        return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    rows: Iterator[dict[str, Any]] = data(found)
    return respond(
        rows, [column.key for column in found.columns], format=format, name=f"{found.key}-{found.year or 'all'}"
    )
