"""A rule and what it touches: the clause, and the projects, deadlines, exceptions and cases that stand on it, for staff."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from offices.clock import today
from offices.rulebooks import library
from offices.viewing import division_in_view
from offices.workspace.common import actor
from projects.queries.ruled import PARTS, Part, governed, rows_of, shown
from renovation.rulebooks import rule_view

PAGE = 50


@login_required
@require_safe
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule with counts of what it touches and the list of one part (``?part=``), of the division in view."""
    books = library()
    found = next(((book, rule) for book in books if (rule := book.rule(rule_id))), None)
    if found is None:
        raise Http404(rule_id)
    book, rule = found
    division, place = division_in_view(request), book.document.place
    layers = governed(books, rule)
    rows = {
        part: rows_of(
            part, rule=rule, layers=layers, user=actor(request), division=division, day=today(),
        )
        for part in PARTS
    }  # fmt: skip
    pages = {part: Paginator(each, PAGE) for part, each in rows.items()}
    asked = request.GET.get("part", "")
    if asked and asked not in PARTS:
        raise BadRequest("part")
    part = cast(Part, asked or next((part for part in PARTS if pages[part].count), "ahead"))
    page = pages[part].get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "url": f"?part={key}", "count": pages[key].count, "current": key == part}
        for key, label in PARTS.items()
        if pages[key].count or key == part
    ]
    crumbs = [{"label": "规则库", "url": reverse("rulebooks:place", args=[place])}, {"label": rule.id, "url": ""}]
    context = {
        "rule": rule, "view": rule_view(rule, book.document), "document": book.document, "division": division, "tabs": tabs, "part": part,
        "label": PARTS[part], "page": page, "rows": shown(part, page.object_list), "crumbs": crumbs,
    }  # fmt: skip
    return render(request, "staff/rule.html", context)


urlpatterns = [path("rules/<str:rule_id>/", rule_page, name="staff_rule")]
