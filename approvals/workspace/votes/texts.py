"""没有发出的短信: what residents wait for in vain, and who can do what about it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from approvals.votes.texts import failed_rows, undelivered
from approvals.workspace.votes.common import actor, crumbs, show
from offices.clock import now

PAGE = 50


@require_safe
@login_required
def texts(request: HttpRequest) -> HttpResponse:
    """Failed messages of open votes, newest first; no number unmasked."""
    page = Paginator(undelivered(actor(request), now()), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": failed_rows(page.object_list), "crumbs": crumbs(None, "没有发出的短信")}
    return show(request, "texts", context)
