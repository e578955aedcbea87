"""Door to door on a phone: the grid of a building, one question a screen, and what the phone sends when it has signal again."""

import json
import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Ballot, Choice, RollVoter, Vote
from approvals.votes import onsite, turnout
from approvals.workspace.votes.common import actor, attempt, crumbs, keeps, show, vote_or_404, words_of
from offices.clock import now
from policies.refusal import Invalid, Refused
from policies.words import moment_words

HINTS = {"agree": "同意表决内容", "oppose": "不同意表决内容", "abstain": "参与表决，但不表示同意或反对"}
LARGEST = 4000  # bytes of one ballot that a phone sends
WORKER = "js/onsite-worker.js"


def _building(request: HttpRequest, names: list[str]) -> str:
    asked = request.GET.get("building", "")
    return asked if asked in names else names[0] if len(names) == 1 else ""


@require_safe
@login_required
def grid(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Buildings with who is missing; the doors of one building."""
    vote, at = vote_or_404(request, uid), now()
    frozen = vote.state not in (Vote.State.DRAFT, Vote.State.CANCELLED)
    buildings = turnout.by_building(vote) if frozen else []
    building = _building(request, [row.building for row in buildings])
    desk = keeps(request, vote)
    context = {
        "vote": vote, "crumbs": crumbs(vote, "上门投票"), "buildings": buildings, "building": building, "keeps": desk,
        "stairwells": onsite.grid(vote, building) if building else [], "phase": turnout.phase(vote, at),
        "open": vote.state == Vote.State.ANNOUNCED and vote.opens_at <= at < vote.closes_at,
        "choices": [(key, label, HINTS[key]) for key, label in Choice.choices], "user_uid": actor(request).uid,
    }  # fmt: skip
    return show(request, "onsite", context)


@login_required
def voter_page(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """One question: 同意, 反对, 弃权. The same form sent twice is one ballot."""
    vote = vote_or_404(request, uid)
    voter = get_object_or_404(RollVoter, vote=vote, number=number)
    doors = onsite.doors_of(vote, voter)
    back = f"{reverse('approvals:vote_onsite', args=[vote.uid])}?{_query(doors[0].place, vote, voter)}"
    refused: Refused | None = None
    given = {name: request.POST.get(name, "")[:80].replace("\x00", "") for name in ("choice", "sent_key", "proxy")}
    if request.method == "POST":
        made: list[Ballot] = []
        refused = attempt(lambda: made.append(_enter(request, vote, number, given)))
        if refused is None:
            messages.success(request, f"{doors[0].place} 的票已收到，回执号 {made[0].receipt}，请告知业主。")
            return redirect(back)
    context = {
        "vote": vote, "crumbs": crumbs(vote, "上门投票", doors[0].place), "doors": doors, "door": doors[0], "voter": voter, "back": back,
        "names": turnout.masked_names([voter])[voter.pk], "choices": [(key, label, HINTS[key]) for key, label in Choice.choices],
        "sent_key": given["sent_key"] or secrets.token_hex(16), "given": given, "keeps": keeps(request, vote),
        "open": turnout.phase(vote, now())[1] == "投票中",
    }  # fmt: skip
    return show(request, "onsite_voter", context, refused)


def _query(place: str, vote: Vote, voter: RollVoter) -> str:
    home = voter.homes.order_by("pk")[:1]
    return f"building={home[0].building}" if home else ""


def _enter(request: HttpRequest, vote: Vote, number: int, given: dict[str, Any]) -> Ballot:
    """Call the action with what was sent. Raises Invalid for a proxy that is no uid."""
    try:
        proxy = UUID(given["proxy"]) if given["proxy"] else None
    except ValueError as error:
        raise Invalid("没有这份委托书", errors={"proxy": ["没有这份委托书"]}) from error
    return onsite.enter_onsite(
        by=actor(request), at=now(), vote=vote, number=number, choice=given["choice"], sent_key=given["sent_key"], proxy=proxy
    )  # fmt: skip


@require_safe
@login_required
def state(request: HttpRequest, uid: UUID) -> JsonResponse:
    """What a phone asks before it sends: who is signed in, a token for the form, and the doors as they stand now."""
    vote = vote_or_404(request, uid)
    building = request.GET.get("building", "")[:60].replace("\x00", "")
    doors = onsite.states(vote, building) if vote.state not in (Vote.State.DRAFT, Vote.State.CANCELLED) else {}
    response = JsonResponse(
        {
            "user": str(actor(request).uid), "token": get_token(request), "phase": turnout.phase(vote, now())[1],
            "doors": {str(number): {"state": word, "closed": closed} for number, (word, closed) in doors.items()},
        }
    )  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def send(request: HttpRequest, uid: UUID) -> JsonResponse:
    """One ballot that a phone has kept: ``{number, choice, sent_key, proxy}``. The same key again gives the same receipt."""
    vote = vote_or_404(request, uid)
    made: list[Ballot] = []
    refused = attempt(lambda: made.append(_sent(request, vote)))
    if refused is not None:
        return JsonResponse({"refused": words_of(refused), "code": refused.code}, status=refused.status)
    ballot = made[0]
    return JsonResponse({"receipt": ballot.receipt, "received_at": moment_words(localtime(ballot.received_at))})


def _sent(request: HttpRequest, vote: Vote) -> Ballot:
    wrong = Invalid("手机发来的内容无法识别，请更新页面后再试", errors={"body": ["应为一张票的 JSON"]})
    try:
        body = json.loads(request.body[: LARGEST + 1]) if len(request.body) <= LARGEST else None
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(body, dict):
        raise wrong
    number = body.get("number")
    given = {name: body.get(name) or "" for name in ("choice", "sent_key", "proxy")}
    if type(number) is not int or not 0 < number < 10**9 or not all(isinstance(text, str) for text in given.values()):
        raise wrong
    return _enter(request, vote, number, given)


@require_safe
@login_required
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the grid on the phone: served from here because its reach is the folder that it comes from."""
    path = finders.find(WORKER)
    if isinstance(path, str):
        with open(path, "rb") as handle:
            content = handle.read()
    else:
        with staticfiles_storage.open(WORKER) as handle:
            content = handle.read()
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
