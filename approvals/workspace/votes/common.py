"""What every page of the vote desk does: find the vote in the user's scope or 404, and print a refusal in its place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from approvals.models import Vote
from approvals.votes.access import desk_body
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

__all__ = ["act", "actor", "attempt", "crumbs", "keeps", "show", "vote_or_404", "vote_url"]


def vote_or_404(request: HttpRequest, uid: UUID) -> Vote:
    """The vote, where the user sees it."""
    rows = Vote.objects.visible_to(actor(request)).select_related(
        "community",
        "division",
        "county",
        "building",
        "made_by",
        "announced_by",
        "result__counted_by",
        "confirmation__by",
    )
    return get_object_or_404(rows, uid=uid)


def vote_url(vote: Vote) -> str:
    """Its page."""
    return reverse("approvals:vote", args=[vote.uid])


def keeps(request: HttpRequest, vote: Vote, *roles: str) -> bool:
    """Whether the page offers the buttons of the desk."""
    return desk_body(actor(request), vote, *roles) is not None


def crumbs(vote: Vote | None, *more: str) -> list[dict[str, str]]:
    """The way to a vote's page."""
    rows = [{"label": "表决", "url": reverse("approvals:votes")}]
    if vote is not None:
        rows.append({"label": vote.title, "url": vote_url(vote) if more else ""})
    return rows + [{"label": label, "url": ""} for label in more]


def show(request: HttpRequest, template: str, context: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    """A page. With a refusal its status is the refusal's, with a form that was sent and is wrong 400."""
    form = context.get("form")
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = refused.status if refused else 400 if wrong else 200
    if refused is not None and wrong and not refused.reasons:
        refused = None  # the form's own summary says it all
    return render(request, f"staff/votes/{template}.html", {**context, "refused": refused}, status=status)


def act(request: HttpRequest, vote: Vote, work: Callable[[], Any], done: str) -> HttpResponse:
    """Do one act of a vote; what became of it is said on the vote's page."""
    refused = attempt(work)
    if refused is None:
        messages.success(request, done)
    else:
        messages.error(request, words_of(refused))
    return redirect(vote_url(vote))


def words_of(refused: Refused) -> str:
    """A refusal in one line, with its fields and what is missing."""
    more = [text for texts in refused.errors.values() for text in texts]
    more += [f"{reason.text}{f'（{reason.missing}）' if reason.missing else ''}" for reason in refused.reasons[:3]]
    return "：".join(filter(None, (refused.detail, "；".join(more))))
