"""Resident pages of objections to a vote's preliminary result: write, check, get a number, read the answer."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from approvals.portal.votes import find, form_page, show, too_often
from approvals.votes.objections import find_objection, make_objection, read_objection
from offices.clock import now
from policies.refusal import Refused
from rest.throttling import allowed, may_try, missed

UNKNOWN = "没有这个异议编号，请逐字核对"
FIELDS = ("text", "name", "phone", "home")


@never_cache
@form_page
def objection(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form, the check page, and then the page of the number: a second look at that sends nothing again."""
    view = find(uid)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    if not view.takes_objections:
        return show(request, "objection", view, given=given)
    if request.method != "POST" or "back" in request.POST:
        return show(request, "objection", view, given=given)
    try:
        read_objection(given)
        if "confirm" not in request.POST:
            return show(request, "objection_check", view, given=given)
        if not allowed(request, "vote_objection", limit="PORTAL_SENDS"):
            return too_often(request, uid)
        made = make_objection(at=now(), vote=view.vote, given=given)
    except Refused as refused:
        return show(request, "objection", view, refused, given=given)
    query = urlencode({"number": made.receipt, "new": 1})
    return HttpResponseRedirect(f"{reverse('portal:vote_objection_follow', args=[uid])}?{query}")


@never_cache
@form_page
def follow(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What became of an objection, for who holds its number."""
    view = find(uid)
    if request.method != "POST":
        number = request.GET.get("number", "")[:40]
        if "new" not in request.GET:
            return show(request, "objection_follow", view, number=number)
        if not may_try(request, "vote_objection_new", limit="PORTAL_MISSES"):
            return too_often(request, uid)
        made = find_objection(vote=view.vote, number=number)
        if made is None:
            missed(request, "vote_objection_new")
            return show(request, "objection_follow", view, Refused(UNKNOWN, code="receipt_unknown"))
        return show(request, "objection_done", view, objection=made)
    if not allowed(request, "vote_objection_number", limit="PORTAL_MISSES"):
        return too_often(request, uid)
    found = find_objection(vote=view.vote, number=request.POST.get("number", ""))
    refused = None if found else Refused(UNKNOWN, code="receipt_unknown")
    return show(request, "objection_follow", view, refused, objection=found)
