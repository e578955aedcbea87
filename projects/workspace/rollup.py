"""登记和储备汇总: the register and the reserve by the divisions below, each figure with its list, and the survey's gaps."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from offices.models import LEVELS, Division
from offices.rulebooks import library
from offices.viewing import division_in_view
from projects.actions.survey import remind_survey
from projects.permissions import may_oversee
from projects.queries.rollup import PARTS, Row, communities_behind, rollup_of
from projects.workspace.common import actor, attempt, page, say
from rest import exports
from rest.remembered import remembered

PAGE = 100


def division_of(request: HttpRequest, text: str | None) -> Division:
    """The division that the address names, else the one in view. Raises Http404, BadRequest."""
    if text:
        try:
            uid = UUID(text)
        except ValueError as error:
            raise BadRequest("division") from error
        return get_object_or_404(Division.objects.visible_to(actor(request)), uid=uid)
    division = division_in_view(request)
    if division is None:
        raise Http404("division")
    return division


@login_required
@require_safe
def rollup(request: HttpRequest) -> HttpResponse:
    """The table; ``?part=…`` lists the communities behind a figure of the division, ``&own=1`` those registered at its own level."""
    division = division_of(request, request.GET.get("division"))
    user, day = actor(request), today()
    key = ("rollup", user.pk, user.scope, division.pk, day, tuple(book.revision for book in library()))
    view = remembered(key, lambda: rollup_of(user, division, day=day))
    lines = [{"row": row, "cells": _cells(row, division)} for row in view.rows]
    context = {
        "division": division, "view": view, "parts": PARTS, "lines": lines, "total": _cells(view.total, division, whole=True),
        "may_remind": may_oversee(actor(request), division) and view.total.counts["unsurveyed"] > 0, "as_of": now(),
        "crumbs": _way_up(request, division),
    }  # fmt: skip
    return page(request, "rollup", context | _behind(request, division))


def _way_up(request: HttpRequest, division: Division) -> list[dict[str, str]]:
    """The divisions above the one shown that the user sees; nothing for the division in view itself."""
    if division == division_in_view(request):
        return []
    ids = [getattr(division, f"{level}_id") for level in LEVELS]
    above = Division.objects.visible_to(actor(request)).filter(pk__in=[pk for pk in ids if pk and pk != division.pk])
    found = {row.pk: row for row in above}
    way = [{"label": found[pk].name, "url": f"?division={found[pk].uid}"} for pk in ids if pk in found]
    return [*way, {"label": division.name, "url": ""}]


def _cells(row: Row, division: Division, *, whole: bool = False) -> list[dict[str, Any]]:
    place = row.division or division
    own = "" if whole or row.division else "&own=1"
    return [
        {"label": label, "count": row.counts[key], "url": f"?division={place.uid}&part={key}{own}#behind-title"}
        for key, label in PARTS.items()
    ]


def _behind(request: HttpRequest, division: Division) -> dict[str, Any]:
    part = request.GET.get("part", "")
    if not part:
        return {}
    if part not in PARTS:
        raise BadRequest("part")
    own = request.GET.get("own") == "1"
    rows = communities_behind(actor(request), division, part, own=own, day=today())
    return {"part": PARTS[part], "own": own, "page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The table as XLSX."""
    division = division_of(request, request.GET.get("division"))
    view = rollup_of(actor(request), division, day=today())
    columns = ["区划", *PARTS.values(), "户数"]
    rows = [*view.rows, view.total]
    names = [row.division.name if row.division else f"{division.name}本级登记" for row in view.rows] + ["合计"]
    lines = [
        dict(zip(columns, (name, *row.counts.values(), row.households), strict=True))
        for name, row in zip(names, rows, strict=True)
    ]
    return exports.respond(lines, columns, format="xlsx", name="rollup")


@login_required
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the division of what it has not surveyed."""
    division = division_of(request, request.POST.get("division"))
    refused = attempt(lambda: remind_survey(by=actor(request), at=now(), division=division))
    say(request, refused, f"已提醒{division.name}的经办人和负责人。")
    return redirect(f"{reverse('projects:rollup')}?division={division.uid}&part=unsurveyed")
