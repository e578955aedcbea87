"""The staff frame and the workspace home."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from approvals.inbox import waiting
from offices.calendar import calendar
from offices.clock import now, today
from offices.models import User
from offices.viewing import (
    choices_of,
    choosable_years,
    choose,
    counts_in_view,
    division_in_view,
    path_without_choice,
    year_in_view,
)
from renovation import desk
from renovation.help import help_of
from renovation.navigation import navigation, personal_links, url_of


def context_of(request: HttpRequest) -> dict[str, Any]:
    """Context of every page; the frame is worked out only where a staff template asks for it."""
    return {
        "today": today(),
        "calendar": SimpleLazyObject(calendar),
        "frame": SimpleLazyObject(lambda: frame_of(request)),
    }


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """Navigation, counts, and the division and year in view of a member of staff; empty for anyone else."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    counts = counts_in_view(request)
    roles = {membership.role for membership in user.active_memberships}
    return {
        "divisions": choices_of(request),
        "division": division_in_view(request),
        "year": year_in_view(request, today()),
        "years": choosable_years(today()),
        "waiting": counts["waiting"],
        "unread": counts["unread"],
        "messages_url": url_of("offices:messages"),
        "idle": settings.SESSION_IDLE_SECONDS,
        "logout_url": url_of("offices:logout", "logout"),
        "navigation": navigation(path=request.path, roles=roles, counts=counts, everything=user.is_superuser),
        "personal": personal_links(),
        "help": help_of(request.resolver_match.view_name) if request.resolver_match else None,
    }


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits, what is due, what to go on with."""
    user = request.user
    assert isinstance(user, User)
    division = division_in_view(request)
    year = year_in_view(request, today())
    urgent = waiting(user, today())[: desk.SHOWN]
    asks = [(ask, url_of("approvals:case", args=[ask.case.uid])) for ask in urgent]
    begun, due = desk.begun(user), url_of("offices:duties", "projects:deadlines")
    context = {
        "asks": asks,
        "inbox_url": url_of("approvals:inbox"),
        "escalated": desk.escalated(user, today()),
        "days": desk.days(user, division, today()),
        "duties_url": due,
        "late_url": f"{due}?state=late",
        "week_url": f"{due}?state=week",
        "plans": [(plan, url_of("projects:plan", args=[plan.uid])) for plan in begun.plans],
        "imports": [(row, url_of("communities:import", args=[row.uid])) for row in begun.imports],
        "returned": [(case, url_of("approvals:case", args=[case.uid])) for case in begun.returned],
        "begun": begun,
        "figures": desk.figures(user, division, year, today(), now()),
        "year_projects": f"{year}年度项目",
        "dashboard_url": f"{url_of('staff_dashboard')}?year={year}",
        "projects_url": f"{url_of('projects:projects')}?year={year}",
        "now": now(),
        "places": {"communities": url_of("communities:list"), "imports": url_of("communities:imports")},
    }
    return render(request, "staff/home.html", context)


@login_required
@require_POST
def switch_view(request: HttpRequest) -> HttpResponse:
    """Keep the division and year chosen in the top bar and go back to the page."""
    choose(request, division=request.POST.get("division", ""), year=request.POST.get("year", ""), today=today())
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(path_without_choice(back) if safe else reverse("staff_home"))


urlpatterns = [
    path("", home, name="staff_home"),
    path("view/", switch_view, name="staff_view"),
]
