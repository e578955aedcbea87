"""Deadlines for calendar programs: a secret address per person, a file per project."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from offices.ics import Event, calendar_file
from offices.subscriptions import live_feed, make_feed, reader_of, revoke_feed
from projects.queries.ics import person_events, project_events
from projects.workspace.common import actor, page, project_or_404
from rest.throttling import allowed

CRUMBS = [{"label": "时限", "url": "/staff/deadlines/"}, {"label": "日历订阅", "url": ""}]


@never_cache
@login_required
def feed_page(request: HttpRequest) -> HttpResponse:
    """Whether there is an address; a POST makes a new one and shows it this once."""
    user, address = actor(request), ""
    if request.method == "POST":
        _, secret = make_feed(by=user, at=now())
        address = f"{_site(request)}{reverse('projects:feed')}?key={secret}"
    return page(request, "feed", {"address": address, "feed": live_feed(user), "crumbs": CRUMBS})


@require_POST
@login_required
def revoke(request: HttpRequest) -> HttpResponse:
    """The address opens nothing from now on."""
    done = revoke_feed(by=actor(request), at=now())
    messages.success(request, "订阅地址已作废。" if done else "没有在用的订阅地址。")
    return redirect("projects:feed_page")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """One person's deadlines, to whoever knows the address. The secret stands in the query, which no log keeps."""
    if not allowed(request, "feed", limit="PORTAL_CODES"):
        return HttpResponse("请稍后再试", status=429, content_type="text/plain; charset=utf-8")
    user = reader_of(request.GET.get("key", "")[:200], at=now())
    if user is None:
        raise Http404("feed")
    return _answer(request, "改造时限", person_events(user, today=today(), site=_site(request)), "deadlines")


@require_safe
@login_required
def project_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A project's deadlines and planned days."""
    row = project_or_404(request, uid)
    return _answer(request, row.name, project_events(row, today=today(), site=_site(request)), str(row.uid))


def _site(request: HttpRequest) -> str:
    """Under which the platform is known outside (SITE_URL), else as it was asked."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def _answer(request: HttpRequest, name: str, events: list[Event], file: str) -> HttpResponse:
    response = HttpResponse(calendar_file(name, events, at=now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file}.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
