"""Resident pages of votes: read one, identify by the letter's code, choose, check, get a receipt. One question a screen, no script."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from approvals.portal import identify as identification
from approvals.portal import visits
from approvals.votes import online, public
from offices.clock import now
from offices.sms import gateway
from policies.refusal import Refused
from rest.throttling import may_try, missed

PAGE_SIZE = 30
EXPIRED = f"为了安全，验证后 {visits.MINUTES} 分钟内有效。请重新验证身份。"
form_page = identification.form_page


def find(uid: UUID) -> public.PublicVote:
    """An announced vote as it is now, or 404."""
    found = public.public_vote(uid, now())
    if found is None:
        raise Http404(uid)
    return found


def show(
    request: HttpRequest, name: str, view: public.PublicVote, refused: Refused | None = None, **more: Any
) -> HttpResponse:
    """A page of a vote, with a refusal in its place."""
    context = {"view": view, "vote": view.vote, "refused": refused, "sms": gateway() is not None, **more}
    return render(request, f"portal/votes/{name}.html", context, status=refused.status if refused else 200)


def go(name: str, uid: UUID) -> HttpResponse:
    """On to another page of the vote."""
    return HttpResponseRedirect(reverse(f"portal:{name}", args=[uid]))


def too_often(request: HttpRequest, uid: UUID) -> HttpResponse:
    """This address has tried too often."""
    return render(request, "portal/too_often.html", {"back": reverse("portal:vote", args=[uid])}, status=429)


def door(request: HttpRequest, view: public.PublicVote) -> identification.Door:
    """Where the owners of a vote identify themselves."""
    uid = view.vote.uid
    names = ("vote_phone", "vote_sms", "vote_ballot", "vote")
    return identification.Door(
        uid, "vote", lambda name, refused=None: show(request, name, view, refused),
        *(reverse(f"portal:{name}", args=[uid]) for name in names),
    )  # fmt: skip


@require_safe
def votes(request: HttpRequest) -> HttpResponse:
    """Announced votes of all communities."""
    page = Paginator(public.public_votes(), PAGE_SIZE).get_page(request.GET.get("page"))
    at = now()
    rows = [public.PublicVote(vote, at) for vote in page.object_list]
    return render(request, "portal/votes/index.html", {"page": page, "rows": rows})


@require_safe
def vote(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is decided, when, how, by which thresholds; figures once it is counted."""
    return show(request, "vote", find(uid))


@never_cache
@form_page
@sensitive_post_parameters("code")
def identify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the letter."""
    view = find(uid)
    if view.phase != "open":
        return show(request, "vote", view)
    if request.method != "POST":
        return show(request, "identify", view)

    def check(text: str) -> tuple[tuple[int, ...], int | None]:
        found = online.by_letter(at=now(), vote=view.vote, text=text)
        return found.voters, found.code

    return identification.by_letter(request, door(request, view), check)


@never_cache
@form_page
@sensitive_post_parameters("phone")
def phone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A telephone number: a code goes to it where it stands in the roll. The answer is the same either way."""
    view = find(uid)
    if view.phase != "open" or gateway() is None:
        return show(request, "identify" if view.phase == "open" else "vote", view)
    return identification.ask_phone(
        request, door(request, view), lambda number: online.send_code(at=now(), vote=view.vote, phone=number)
    )


@never_cache
@form_page
@sensitive_post_parameters("code")
def sms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the message."""
    view = find(uid)
    if view.phase != "open":
        return go("vote_phone", uid)

    def check(number: str, holder: str, text: str) -> tuple[int, ...]:
        return online.by_sms(at=now(), vote=view.vote, phone=number, holder=holder, text=text).voters

    return identification.by_sms(request, door(request, view), check)


@never_cache
@form_page
def which(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A number that stands for several voters: for which of them."""
    view = find(uid)
    visit = visits.current(request, uid, now())
    if visit is None or view.phase != "open":
        return go("vote_identify", uid)
    chosen = request.POST.get("voter", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 15 and visits.choose(request, uid, int(chosen)):
        return go("vote_ballot", uid)
    return show(request, "which", view, choices=online.choices_of(vote=view.vote, voters=visit.voters))


def _enter(request: HttpRequest, view: public.PublicVote) -> tuple[online.Place, visits.Visit] | HttpResponse:
    """Whose ballot it is; or where he is sent instead."""
    at, uid = now(), view.vote.uid
    visit = visits.current(request, uid, at)
    if visit is None:
        messages.warning(request, EXPIRED)
        return go("vote_identify", uid)
    if visit.voter is None:
        return go("vote_which", uid)
    try:
        return online.place_of(at=at, vote=view.vote, voter=visit.voter, code=visit.code), visit
    except Refused as refused:
        visits.end(request, uid)
        return show(request, "identify", view, refused)


@never_cache
@form_page
def ballot(request: HttpRequest, uid: UUID) -> HttpResponse:
    """His homes and his choice; then the check page, which says that nothing is sent yet."""
    view = find(uid)
    if view.phase != "open":
        return show(request, "vote", view)
    found = _enter(request, view)
    if isinstance(found, HttpResponse):
        return found
    place, _ = found
    if request.method != "POST" or "back" in request.POST:
        return show(request, "ballot", view, place=place, choices=online.CHOICES)
    choice = request.POST.get("choice", "")
    try:
        label = online.choice_label(choice)
        if place.refused:
            raise Refused(place.refused, code="already_voted")
    except Refused as refused:
        return show(request, "ballot", view, refused, place=place, choices=online.CHOICES)
    key = secrets.token_urlsafe(18)
    return show(request, "check", view, place=place, choice=choice, label=label, key=key)


@never_cache
@require_POST
def send(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ballot goes in; the same page sent twice is one ballot."""
    view = find(uid)
    found = _enter(request, view)
    if isinstance(found, HttpResponse):
        return found
    place, visit = found
    choice, key = request.POST.get("choice", ""), request.POST.get("key", "")
    try:
        online.vote_online(at=now(), vote=view.vote, voter=place.voter.pk, code=visit.code, choice=choice, key=key[:64])
    except Refused as refused:
        page = find(uid)
        if page.phase != "open":
            return show(request, "vote", page, refused)
        return show(request, "ballot", page, refused, place=place, choices=online.CHOICES)
    return go("vote_done", uid)


@never_cache
@require_safe
def done(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The receipt, to be printed or written down."""
    view = find(uid)
    visit = visits.current(request, uid, now())
    receipt = online.last_receipt(vote=view.vote, voter=visit.voter) if visit and visit.voter else None
    if receipt is None:
        messages.warning(request, EXPIRED)
        return go("vote_receipt", uid)
    return show(request, "done", view, receipt=receipt)


@never_cache
@form_page
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """When a ballot came in and whether it counts, by its receipt number; the choice for its owner alone."""
    view = find(uid)
    visit = visits.current(request, uid, now())
    if request.method != "POST":
        return show(request, "receipt", view, visit=visit, number=request.GET.get("number", "")[:40])
    if not may_try(request, "vote_receipt", limit="PORTAL_MISSES"):
        return too_often(request, uid)
    own = (visit.voter,) if visit and visit.voter else ()
    try:
        found = online.receipt_of(vote=view.vote, text=request.POST.get("number", ""), own=own)
    except Refused as refused:
        missed(request, "vote_receipt")
        return show(request, "receipt", view, refused, visit=visit)
    return show(request, "receipt", view, receipt=found, visit=visit)


@never_cache
@require_POST
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """He goes; the next one at this screen identifies himself anew."""
    find(uid)
    visits.end(request, uid)
    return go("vote", uid)
