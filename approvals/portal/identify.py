"""How a resident shows who he is, for whatever matter: by the code of a letter, or by a code sent to his telephone. No login, no script."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from approvals.portal import visits
from offices.clock import now
from policies.refusal import Refused
from rest.throttling import allowed, may_try, missed


class Page(Protocol):
    """Draws ``identify``, ``phone`` or ``sms`` of a matter, with a refusal in its place."""

    def __call__(self, name: str, refused: Refused | None = None) -> HttpResponse:
        """The page."""


form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Door:
    """A matter that asks who somebody is.

    ``uid``: what the visit is kept under; ``name``: of its counters; the rest are addresses: where the number and the code are asked for,
    where he goes who is in, and where he who tried too often.
    """

    uid: UUID
    name: str
    page: Page
    phone: str
    sms: str
    inside: str
    back: str


def too_often(request: HttpRequest, door: Door) -> HttpResponse:
    """This address has tried too often."""
    return render(request, "portal/too_often.html", {"back": door.back}, status=429)


def by_letter(
    request: HttpRequest, door: Door, check: Callable[[str], tuple[tuple[int, ...], int | None]]
) -> HttpResponse:  # fmt: skip
    """The code of a letter that was typed. ``check``: (those whom it stands for, the code); raises Refused."""
    if not may_try(request, f"{door.name}_code", limit="PORTAL_CODES"):
        return too_often(request, door)
    try:
        voters, code = check(request.POST.get("code", ""))
    except Refused as refused:
        missed(request, f"{door.name}_code")
        return door.page("identify", refused)
    visits.begin(request, door.uid, voters=voters, code=code, at=now())
    return HttpResponseRedirect(door.inside)


def ask_phone(request: HttpRequest, door: Door, send: Callable[[str], str]) -> HttpResponse:
    """A telephone number: what is seen is the same whether a code goes to it or not. ``send`` gives the key to check it with."""
    if request.method != "POST":
        return door.page("phone")
    if not allowed(request, f"{door.name}_phone", limit="PORTAL_SENDS"):
        return too_often(request, door)
    number = request.POST.get("phone", "")[:40]
    try:
        holder = send(number)
    except Refused as refused:
        return door.page("phone", refused)
    visits.wait(request, door.uid, phone=number, holder=holder)
    return HttpResponseRedirect(door.sms)


def by_sms(
    request: HttpRequest, door: Door, check: Callable[[str, str, str], tuple[int, ...]]
) -> HttpResponse:  # fmt: skip
    """The code of the message. ``check`` of number, key and what was typed: those whom the number stands for; raises Refused."""
    waiting = visits.waiting(request, door.uid)
    if waiting is None:
        return HttpResponseRedirect(door.phone)
    if request.method != "POST":
        return door.page("sms")
    if not may_try(request, f"{door.name}_code", limit="PORTAL_CODES"):
        return too_often(request, door)
    try:
        voters = check(waiting["phone"], waiting["holder"], request.POST.get("code", ""))
    except Refused as refused:
        missed(request, f"{door.name}_code")
        return door.page("sms", refused)
    if voters:
        visits.begin(request, door.uid, voters=voters, code=None, at=now())
    else:  # a number that stands for nobody in particular: nothing is remembered of it
        visits.stop_waiting(request)
    return HttpResponseRedirect(door.inside)
