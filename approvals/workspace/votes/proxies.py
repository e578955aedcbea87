"""Proxies of a vote: registered with their paper, checked by a second person, taken back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from approvals.models import Proxy, RollVoter, Vote
from approvals.votes import proxies
from approvals.votes.letters import find_voters
from approvals.workspace.votes.common import actor, attempt, crumbs, keeps, show, vote_or_404
from offices.clock import now
from policies.refusal import Refused

PAGE = 50
FIELDS = ("name", "id_number", "phone")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proxies_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The list; a search for the owner; POST registers."""
    vote = vote_or_404(request, uid)
    if request.method != "POST":
        return _page(request, vote)
    number = request.POST.get("voter", "")
    voter = get_object_or_404(RollVoter, vote=vote, number=int(number) if number.isdecimal() and len(number) < 9 else 0)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    refused = attempt(
        lambda: proxies.enter_proxy(
            by=actor(request), at=now(), vote=vote, voter=voter, given=given, upload=request.FILES.get("file")
        )
    )
    if refused is not None:
        return _page(request, vote, refused, number)
    messages.success(request, "委托已登记，请另一人核对后生效")
    return redirect("approvals:vote_proxies", uid)


@login_required
@require_POST
def proxy_act(request: HttpRequest, uid: UUID, proxy: UUID) -> HttpResponse:
    """POST ``act``: check or withdraw (with its reason)."""
    vote = vote_or_404(request, uid)
    row = get_object_or_404(Proxy.objects.select_related("vote"), vote=vote, uid=proxy)
    act, by, at = request.POST.get("act", ""), actor(request), now()
    if act == "check":
        refused = attempt(lambda: proxies.check_proxy(by=by, at=at, proxy=row))
    elif act == "withdraw":
        reason = request.POST.get("reason", "")
        refused = attempt(lambda: proxies.withdraw_proxy(by=by, at=at, proxy=row, reason=reason))
    else:
        raise BadRequest("act")
    if refused is not None:
        return _page(request, vote, refused)
    messages.success(request, "委托已核对，可以由代理人投票" if act == "check" else "委托已撤回")
    return redirect("approvals:vote_proxies", uid)


def _page(request: HttpRequest, vote: Vote, refused: Refused | None = None, number: str = "") -> HttpResponse:
    query = (request.POST if request.method == "POST" else request.GET).get("q", "")[:60]
    page = Paginator(proxies.proxies_of(vote), PAGE).get_page(request.GET.get("page"))
    context = {
        "vote": vote, "crumbs": crumbs(vote, "委托"), "page": page, "rows": page.object_list, "query": query,
        "found": find_voters(vote, query), "keeps": keeps(request, vote), "me": actor(request).pk, "sent": number,
        "running": vote.state == Vote.State.ANNOUNCED and now() < vote.closes_at,
        "given": {name: request.POST.get(name, "") for name in FIELDS},
    }  # fmt: skip
    return show(request, "proxies", context, refused)
