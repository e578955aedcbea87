"""时限: what is due in the division in view, as a month, a list or bars, each day with its clause; filters stand in the address."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from offices.calendar import calendar
from offices.clock import today
from offices.models import Duty
from offices.viewing import division_in_view, year_in_view
from projects.forms import DutyFilterForm
from projects.queries.duties import duties_in_scope, duty_rows, overdue
from projects.queries.timetable import month_days, timetable
from projects.queries.works import year_projects
from projects.rules.timetable import next_month, weeks
from projects.workspace.common import actor, page

PAGE, BARS, MOST, LATE_LINES = 100, 30, 2000, 6
VIEWS = (("list", "列表"), ("month", "月历"), ("bars", "横道图"))
FIRST = {
    "state": "ahead"
}  # what the page shows before anybody filters: what can still be met, with what is late in a few lines
FILTERS = ("year", "state", "rule", "mine")


@login_required
@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """One of three views (``?view=``) of the same duties."""
    form = DutyFilterForm(request.GET or None, initial=FIRST)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else FIRST
    view = chosen.get("view") or "list"
    given = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    kept = f"&{urlencode(given)}" if given else ""
    context = {
        "filter": form, "division": division_in_view(request), "view": view, "kept": kept,
        "tabs": [{"label": label, "url": f"?view={key}{kept}", "current": key == view} for key, label in VIEWS],
    }  # fmt: skip
    return page(request, "deadlines", context | SHOWN[view](request, chosen))


def _duties(request: HttpRequest, chosen: dict[str, Any]) -> Any:
    rows = duties_in_scope(
        actor(request), today=today(), division=division_in_view(request), year=chosen.get("year"), state=chosen.get("state", ""),
        rule=chosen.get("rule", ""),
    )  # fmt: skip
    if chosen.get("mine"):
        rows = rows.filter(body_id__in=[membership.body_id for membership in actor(request).active_memberships])
    if chosen.get("on"):
        rows = rows.filter(due_on=chosen["on"])
    return rows


def _list(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """By month; what does not apply stands apart with the reason."""
    listed = Paginator(_duties(request, chosen), PAGE).get_page(request.GET.get("page"))
    past = _duties(request, {**chosen, "state": "late"}) if chosen is FIRST else Duty.objects.none()
    views = duty_rows(listed.object_list, today())
    applicable = [row for row in views if row.duty.state != Duty.State.NOT_APPLICABLE]
    months = [
        {"year": year, "month": month, "rows": list(group)}
        for (year, month), group in groupby(applicable, key=lambda row: (row.duty.due_on.year, row.duty.due_on.month))
    ]
    return {
        "overdue": overdue(past, today=today(), most=LATE_LINES), "past": past.count(),
        "page": listed, "months": months, "on": chosen.get("on"),
        "not_applicable": [row for row in views if row.duty.state == Duty.State.NOT_APPLICABLE],
    }  # fmt: skip


def _month(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """A month with working days and holidays; what does not apply is left out."""
    year, month = chosen.get("month") or (today().year, today().month)
    grid = weeks(year, month)
    rows = _duties(request, chosen).exclude(state=Duty.State.NOT_APPLICABLE)
    shown = duty_rows(rows.filter(due_on__range=(grid[0][0], grid[-1][-1]))[:MOST], today())
    days = calendar()
    ways = [(word, next_month(year, month, by)) for word, by in (("上个月", -1), ("下个月", 1))]
    return {
        "weeks": month_days(year, month, shown, days), "year": year, "month": month,
        "anything": any(row.duty.due_on.month == month for row in shown),
        "ways": [(word, f"{one:04d}-{two:02d}") for word, (one, two) in ways if 2000 <= one <= 2100],
        "estimated": days.status(year) == "estimated", "this": f"{year:04d}-{month:02d}",
    }  # fmt: skip


def _bars(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """Plan against actual of the projects of a plan year, with what documents set and today."""
    division, year = division_in_view(request), chosen.get("year") or year_in_view(request, today())
    if division is None:
        return {"bars": None, "year": year}
    listed = Paginator(year_projects(actor(request), division, year), BARS).get_page(request.GET.get("page"))
    return {"page": listed, "bars": timetable(list(listed.object_list), today=today()), "year": year}


SHOWN = {"list": _list, "month": _month, "bars": _bars}
