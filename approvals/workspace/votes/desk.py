"""The votes of a division, and one vote with where it stands."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from approvals.models import Vote
from offices.workspace.common import actor


@require_safe
@login_required
def vote_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One vote."""
    vote = get_object_or_404(Vote.objects.visible_to(actor(request)), uid=uid)
    return render(request, "staff/votes/vote.html", {"vote": vote})
