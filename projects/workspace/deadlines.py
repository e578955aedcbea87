"""时限: what is due in the division in view, by month, each day with its clause."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from offices.clock import today
from offices.models import Duty
from offices.viewing import division_in_view
from projects.forms import DutyFilterForm
from projects.queries.duties import duties_in_scope, duty_rows
from projects.workspace.common import actor, page

PAGE = 100


@login_required
@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Duties grouped by month; those that do not apply stand apart with the reason."""
    form = DutyFilterForm(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    division = division_in_view(request)
    rows = duties_in_scope(
        actor(request), today=today(), division=division, year=chosen.get("year"), state=chosen.get("state", ""),
        rule=chosen.get("rule", ""),
    )  # fmt: skip
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    views = duty_rows(listed.object_list, today())
    applicable = [row for row in views if row.duty.state != Duty.State.NOT_APPLICABLE]
    months = [
        {"year": year, "month": month, "rows": list(group)}
        for (year, month), group in groupby(applicable, key=lambda row: (row.duty.due_on.year, row.duty.due_on.month))
    ]
    context = {
        "page": listed, "months": months, "filter": form, "division": division,
        "not_applicable": [row for row in views if row.duty.state == Duty.State.NOT_APPLICABLE],
    }  # fmt: skip
    return page(request, "deadlines", context)
