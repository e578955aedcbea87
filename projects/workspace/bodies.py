"""职责与待办: what each body of the division in view answers for in the words of the documents, and what waits for it right now."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from offices.clock import day_of, now, today
from offices.models import Body
from offices.queries import numbers
from projects.queries.bodies import bodies_of, body_page
from projects.queries.duties import duty_rows
from projects.workspace.common import actor, page
from projects.workspace.rollup import division_of

LABEL = "职责与待办"
SHOWN = 50


@login_required
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """The bodies of the division with what waits for each."""
    division = division_of(request, request.GET.get("division"))
    mine = {membership.body_id for membership in actor(request).active_memberships}
    rows = bodies_of(actor(request), division, today=today())
    return page(request, "bodies", {"division": division, "rows": rows, "mine": mine, "as_of": now()})


@login_required
@require_safe
def body(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One body: anybody of the staff may read what it answers for; what waits is shown as far as he sees the rows."""
    row = get_object_or_404(Body.objects.public().select_related("division"), uid=uid)
    view = body_page(actor(request), row, today=today())
    lists = ("asks", "returned", "duties", "complaints", "notices", "filings")
    context = {
        "view": view, "body": row, "shown": SHOWN, "counts": numbers(actor(request), **{name: getattr(view, name) for name in lists}),
        "asks": [(ask, (today() - day_of(ask.asked_at)).days) for ask in view.asks[:SHOWN] if ask.asked_at],
        "duties": duty_rows(view.duties[:SHOWN], today()), "returned": view.returned[:SHOWN], "complaints": view.complaints[:SHOWN],
        "notices": view.notices[:SHOWN], "filings": view.filings[:SHOWN], "permits": view.permits[:SHOWN],
        "crumbs": [{"label": LABEL, "url": f"{reverse('projects:bodies')}?division={row.division.uid}"}, {"label": row.name, "url": ""}],
    }  # fmt: skip
    return page(request, "body", context)
