"""常用语: one's own and the body's, made, changed and deleted on one page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from approvals.deciders import DECIDERS
from approvals.forms import PhraseForm
from approvals.models import Phrase
from approvals.phrases import drop_phrase, phrases_for, save_phrase
from offices.clock import now
from offices.workspace.common import actor, attempt, say

TEMPLATE = "staff/approvals/phrases.html"
CRUMBS = [{"label": "待办", "url": "/staff/inbox/"}]


@login_required
def phrases(request: HttpRequest) -> HttpResponse:
    """The list, and the form of a new one."""
    user = actor(request)
    bodies = list({m.body_id: m.body for m in user.active_memberships if m.role in DECIDERS}.values())
    form, refused = PhraseForm(request.POST or None, bodies=bodies), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(lambda: save_phrase(by=user, at=now(), text=data["text"], body=data.get("body")), form)
        if refused is None:
            messages.success(request, "已保存，在意见里可以选用。")
            return redirect("approvals:phrases")
    context = {
        "rows": phrases_for(user),
        "form": form,
        "refused": refused,
        "crumbs": [*CRUMBS, {"label": "常用语", "url": ""}],
    }
    return render(request, TEMPLATE, context, status=400 if request.method == "POST" else 200)


def _phrase(request: HttpRequest, uid: UUID) -> Phrase:
    return get_object_or_404(phrases_for(actor(request)), uid=uid)


@require_POST
@login_required
def phrase(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change one."""
    row = _phrase(request, uid)
    refused = attempt(lambda: save_phrase(by=actor(request), at=now(), text=request.POST.get("text", ""), phrase=row))
    say(request, refused, "已保存。")
    return redirect("approvals:phrases")


@require_POST
@login_required
def drop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Delete one."""
    row = _phrase(request, uid)
    refused = attempt(lambda: drop_phrase(by=actor(request), at=now(), phrase=row))
    say(request, refused, "已删除。")
    return redirect("approvals:phrases")
