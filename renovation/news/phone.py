"""Resident pages of following by short message: number, code, done; the link of a message; and what the gateway tells of replies."""

import secrets
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from approvals import codes
from approvals.portal import identify
from communities.models import Community
from communities.queries import public_community
from communities.rules.roll_problems import phone_key
from offices import followers, phone_followers
from offices.clock import now
from offices.history import salted
from policies.refusal import Refused
from renovation.news.site import site_of
from rest.throttling import may_try, missed

form_page = identify.form_page
LONGEST_REPLY = 200


def _place(uid: UUID) -> Community:
    found = public_community(uid)
    if found is None or found.uid != uid or not phone_followers.offered():
        raise Http404(uid)
    return found


def _holder(place: Community, number: str) -> str:
    return salted(f"follow:{place.uid}:{number}")


def _door(request: HttpRequest, place: Community) -> identify.Door:
    """Where somebody shows that a number is his."""

    def page(name: str, refused: Refused | None = None) -> HttpResponse:
        context: dict[str, Any] = {"community": place, "refused": refused, "most": phone_followers.MOST}
        return render(request, f"portal/news/{name}.html", context, status=refused.status if refused else 200)

    back = reverse("portal:subscribe", args=[place.uid])
    asked, typed = (reverse(f"portal:{name}", args=[place.uid]) for name in ("subscribe_phone", "subscribe_sms"))
    return identify.Door(uuid5(place.uid, "follow"), "follow", page, asked, typed, f"{back}?phone=1", back)


@never_cache
@form_page
@sensitive_post_parameters("phone")
def phone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The number; a code goes to it."""
    place = _place(uid)

    def send(typed: str) -> str:
        at, number = now(), codes.mobile(typed)
        holder = _holder(place, number)
        if phone_followers.may_have_code(phone=number, at=at):
            event = f"{phone_followers.CODE}{uuid4()}"
            codes.send_sms(subject=place, holder=holder, phone=number, matter=f"订阅{place.name}", event=event, at=at)
        return holder

    return identify.ask_phone(request, _door(request, place), send)


@never_cache
@form_page
@sensitive_post_parameters("code")
def sms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the message: from now on he is told."""
    place = _place(uid)

    def check(typed: str, holder: str, text: str) -> tuple[int, ...]:
        at, number = now(), phone_key(typed[:40])
        codes.check_sent(subject=place, holder=holder, own=_holder(place, number), text=text, at=at)
        phone_followers.follow(at=at, subject=place, name=place.name, phone=number, site=site_of(request))
        return ()

    return identify.by_sms(request, _door(request, place), check)


@csrf_exempt
@never_cache
@form_page
def link(request: HttpRequest, key: str) -> HttpResponse:
    """The link of a message: what is new, and the button that leaves (a telephone opens links by itself, so opening leaves nothing)."""
    if not may_try(request, "mail", limit="PORTAL_MISSES"):
        return render(request, "portal/too_often.html", {"back": reverse("portal:home")}, status=429)
    follower = phone_followers.find(key[:40])
    done = follower is not None and request.method == "POST"
    if follower is None:
        missed(request, "mail")
    elif done:
        followers.stop(at=now(), follower=follower)
    context = {"follower": follower, "done": done}
    return render(request, "portal/news/sms_link.html", context, status=200 if follower else 404)


@csrf_exempt
@require_POST
@sensitive_post_parameters("phone", "text")
def reply(request: HttpRequest) -> HttpResponse:
    """What the gateway tells of an answered message (``phone``, ``text``), by the token that it was given; not there without one."""
    token = settings.SMS_REPLY_TOKEN
    if not token:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), token.encode()):
        return HttpResponse(status=403)
    number, text = phone_key(request.POST.get("phone", "")[:40]), request.POST.get("text", "")[:LONGEST_REPLY]
    phone_followers.stop_by_reply(at=now(), phone=number, text=text)
    return HttpResponse(status=204)


urlpatterns = [
    path("c/<uuid:uid>/follow/phone/", phone, name="subscribe_phone"),
    path("c/<uuid:uid>/follow/sms/", sms, name="subscribe_sms"),
    path("n/<str:key>/", link, name="sms_link"),
    path("sms/reply/", reply, name="sms_reply"),
]
