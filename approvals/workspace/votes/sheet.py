"""表决结果: the sheet for paper, A4, a draft marked as one until it is confirmed, a blank zone for the seal."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from approvals.models import Vote
from approvals.votes import turnout
from approvals.votes.figures import tally_of
from approvals.votes.reconciling import papers_by_building, total
from approvals.workspace.votes.common import crumbs, show, vote_or_404, vote_url
from approvals.workspace.votes.desk import COUNTED, choices_of, result_figures


@require_safe
@login_required
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The counted result; nothing before the counting."""
    vote = vote_or_404(request, uid)
    if vote.state not in COUNTED:
        return redirect(vote_url(vote))
    context = {
        "vote": vote, "crumbs": crumbs(vote, "表决结果表"), "result": vote.result, "confirmed": vote.state == Vote.State.CONFIRMED,
        "shares": turnout.shares_of(vote, tally_of(vote, result_figures(vote)).results), "figures": choices_of(vote),
        "channels": turnout.channels_of(vote), "papers": total(papers_by_building(vote)), "kept": turnout.kept_ballots(vote),
    }  # fmt: skip
    return show(request, "sheet", context)
