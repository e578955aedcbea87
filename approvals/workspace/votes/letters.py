"""Letters of a vote: printed building by building, and again for who lost his."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals.models import RollVoter, Vote
from approvals.votes import letters
from approvals.votes.access import desk_body
from offices.clock import day_of, now
from offices.workspace.common import actor, attempt
from policies.refusal import Refused


def _vote(request: HttpRequest, uid: UUID) -> Vote:
    rows = Vote.objects.visible_to(actor(request)).select_related("community", "division")
    return get_object_or_404(rows, uid=uid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters_page(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """How far the letters are; POST ``building`` prints its next batch."""
    vote = _vote(request, uid)
    if request.method != "POST":
        return _page(request, vote, None)
    building = request.POST.get("building", "")[:60].replace("\0", "")

    def printed() -> letters.Printed:
        voters = letters.without_letter(vote, building)
        return letters.issue_letters(by=actor(request), at=now(), vote=vote, voters=voters, site=_site(request))

    return _answer(request, vote, printed, building)


@login_required
@never_cache
@require_POST
def reissue(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A new letter for one voter; the earlier one and its code are void."""
    vote = _vote(request, uid)
    number = request.POST.get("voter", "")
    voter = RollVoter.objects.filter(vote=vote, number=int(number) if number.isdecimal() and len(number) < 9 else 0)

    def printed() -> letters.Printed:
        return letters.issue_letters(
            by=actor(request), at=now(), vote=vote, voters=voter, reason=request.POST.get("reason", ""), site=_site(request)
        )  # fmt: skip

    return _answer(request, vote, printed, "补发")


def _site(request: HttpRequest) -> str:
    """Where residents reach this site, if the settings don't say it."""
    return request.build_absolute_uri("/")


def _answer(request: HttpRequest, vote: Vote, work: Callable[[], letters.Printed], word: str) -> HttpResponseBase:
    done: list[letters.Printed] = []
    refused = attempt(lambda: done.append(work()))
    if refused is not None:
        return _page(request, vote, refused)
    name = f"表决信函-{vote.community.name}-{word}-{len(done[0].letters)}封-{day_of(now()):%Y%m%d}.pdf"
    response = FileResponse(done[0].pdf, as_attachment=True, filename=name, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: HttpRequest, vote: Vote, refused: Refused | None) -> HttpResponse:
    query = request.GET.get("q", "")[:60]
    context = {
        "vote": vote, "rows": letters.letters_of(vote), "batch": letters.BATCH, "query": query, "refused": refused,
        "found": letters.find_voters(vote, query), "may": desk_body(actor(request), vote) is not None,
        "open": vote.state == Vote.State.ANNOUNCED and now() < vote.closes_at,
    }  # fmt: skip
    return render(request, "staff/votes/letters.html", context, status=refused.status if refused else 200)
