"""Resident pages of 本人信息: identify by the code of a letter or a short message, read, take it along, go. No login, no script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from approvals.portal import identify, visits
from communities.queries import public_community
from offices.clock import now
from offices.sms import gateway
from policies.refusal import Refused
from renovation.mine import data, identity

form_page = identify.form_page


def _place(uid: UUID) -> Any:
    found = public_community(uid)
    if found is None or found.uid != uid:
        raise Http404(uid)
    return found


def _show(request: HttpRequest, name: str, place: Any, refused: Refused | None = None, **more: Any) -> HttpResponse:
    context = {"community": place, "refused": refused, "sms": gateway() is not None, **more}
    return render(request, f"portal/mine/{name}.html", context, status=refused.status if refused else 200)


def _go(name: str, uid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"portal:{name}", args=[uid]))


def _door(request: HttpRequest, place: Any) -> identify.Door:
    """Where the owners of a community identify themselves."""
    names = ("mine_phone", "mine_sms", "mine", "community")
    return identify.Door(
        place.uid, "own", lambda name, refused=None: _show(request, name, place, refused),
        *(reverse(f"portal:{name}", args=[place.uid]) for name in names),
    )  # fmt: skip


@never_cache
@form_page
@sensitive_post_parameters("code")
def mine(request: HttpRequest, uid: UUID) -> HttpResponse:
    """His own data; the question for the code before he has identified himself."""
    place, at = _place(uid), now()
    if request.method == "POST":
        return identify.by_letter(
            request, _door(request, place), lambda text: identity.by_letter(at=at, community=place, text=text)
        )
    visit = visits.current(request, uid, at)
    if visit is None:
        return _show(request, "identify", place)
    try:
        own = data.own_data(at=at, community=place, persons=visit.voters, code=visit.code, way="page")
    except Refused as refused:
        visits.end(request, uid)
        return _show(request, "identify", place, refused)
    return _show(request, "mine", place, own=own, minutes=visits.MINUTES)


@never_cache
@form_page
@sensitive_post_parameters("phone")
def phone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A telephone number: a code goes to it where it stands in the register. The answer is the same either way."""
    place = _place(uid)
    if gateway() is None:
        return _show(request, "identify", place)
    return identify.ask_phone(
        request, _door(request, place), lambda number: identity.send_code(at=now(), community=place, phone=number)
    )


@never_cache
@form_page
@sensitive_post_parameters("code")
def sms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the message."""
    place = _place(uid)

    def check(number: str, holder: str, text: str) -> tuple[int, ...]:
        return identity.by_sms(at=now(), community=place, phone=number, holder=holder, text=text)

    return identify.by_sms(request, _door(request, place), check)


@never_cache
@require_safe
def export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """His own data as a file."""
    place, at = _place(uid), now()
    visit = visits.current(request, uid, at)
    if visit is None:
        messages.warning(request, "请先验证身份。")
        return _go("mine", uid)
    try:
        own = data.own_data(at=at, community=place, persons=visit.voters, code=visit.code, way="json")
    except Refused:
        return _go("mine", uid)
    answer = JsonResponse(data.as_json(own, at), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="own-data.json"'
    return answer


@never_cache
@require_POST
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """He goes; the next one at this screen identifies himself anew."""
    visits.end(request, _place(uid).uid)
    return _go("community", uid)


urlpatterns = [
    path("c/<uuid:uid>/mine/", mine, name="mine"),
    path("c/<uuid:uid>/mine/phone/", phone, name="mine_phone"),
    path("c/<uuid:uid>/mine/sms/", sms, name="mine_sms"),
    path("c/<uuid:uid>/mine/export.json", export, name="mine_export"),
    path("c/<uuid:uid>/mine/leave/", leave, name="mine_leave"),
]
