"""The evidence of a vote for the staff of its place."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from approvals.models import Vote
from approvals.votes.export import attached, evidence_of
from offices.workspace.common import actor
from policies.refusal import Refused


@require_safe
@login_required
def vote_evidence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ZIP; before the count back to the vote, which says why there is none."""
    votes = Vote.objects.visible_to(actor(request)).select_related("community", "division", "building")
    vote = get_object_or_404(votes, uid=uid)
    try:
        return attached(evidence_of(vote))
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("approvals:vote", uid)
