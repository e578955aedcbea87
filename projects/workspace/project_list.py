"""The list of projects with its filters, and the same to take along."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from offices.clock import today
from offices.viewing import division_in_view
from projects.forms import ProjectFilterForm
from projects.models import Project
from projects.plan_columns import OFFICIAL, official_value
from projects.queries.projects import projects_in_scope
from projects.rules.stages import STAGE
from projects.workspace.common import actor, page
from rest import exports

PAGE = 50
MORE = ("项目", "区划", "阶段", "最近期限", "国家年度任务")


def _asked(request: HttpRequest) -> tuple[ProjectFilterForm, QuerySet[Project]]:
    """The filter and the projects of the division in view that it leaves. Raises BadRequest."""
    form = ProjectFilterForm(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    rows = projects_in_scope(
        actor(request), today=today(), division=division_in_view(request), year=chosen.get("year"),
        stage=chosen.get("stage", ""), text=chosen.get("text", ""), late=chosen.get("late", False),
    )  # fmt: skip
    return form, rows


@login_required
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Projects of the division in view."""
    form, rows = _asked(request)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown_rows = [{"project": project, "stage": STAGE[project.stage]} for project in listed.object_list]
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "page": listed, "rows": shown_rows, "filter": form, "division": division_in_view(request), "asked": asked.urlencode(),
    }  # fmt: skip
    return page(request, "projects", context)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as its filter shows it, one row a community, in the official columns with the project beside them."""
    _, rows = _asked(request)
    return exports.respond(
        _lines(rows), [*(column.label for column in OFFICIAL), *MORE], format="xlsx", name="projects"
    )


def _lines(rows: Any) -> Iterator[dict[str, Any]]:
    labels = [column.label for column in OFFICIAL]
    for row in rows.iterator(chunk_size=1000):
        beside = dict(zip(MORE, (row.name, row.division.name, STAGE[row.stage].label, *_marks(row)), strict=True))
        for part in row.parts.all():
            values = [official_value(column, row.plan_year, part.community) for column in OFFICIAL]
            yield {**dict(zip(labels, values, strict=True)), **beside}


def _marks(row: Any) -> tuple[str, str]:
    return row.next_due.isoformat() if row.next_due else "", "是" if row.national_task else ""
