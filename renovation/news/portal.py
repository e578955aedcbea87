"""Resident pages of following a community: by e-mail, by feed, in a calendar. No account; leaving takes one click."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from communities.queries import public_community
from offices import followers, phone_followers
from offices.attempts import attempt
from offices.clock import now
from policies.refusal import Refused
from renovation.news import feeds, phone
from renovation.news.forms import FollowForm
from renovation.news.site import site_of
from rest.throttling import allowed, may_try, missed

form_page = require_http_methods(["GET", "HEAD", "POST"])
MINUTE = 60
TRAPPED = "“请勿填写”一栏里有内容。如果您看到了这一栏，请清空后再提交。"


@never_cache
@form_page
@sensitive_post_parameters("address")
def subscribe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ways to follow a community, and the form of the first. What it answers is the same for every address."""
    place = public_community(uid)
    if place is None or place.uid != uid:
        raise Http404(uid)
    form = FollowForm(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        if not allowed(request, "subscribe", limit="PORTAL_SENDS"):
            return render(
                request, "portal/too_often.html", {"back": reverse("portal:community", args=[uid])}, status=429
            )
        if form.cleaned_data["website"]:
            refused = Refused(TRAPPED)
        else:
            address, site = form.cleaned_data["address"], site_of(request)
            refused = attempt(
                lambda: followers.ask(at=now(), subject=place, name=place.name, address=address, site=site), form
            )
        if refused is None:
            return HttpResponseRedirect(f"{reverse('portal:subscribe', args=[uid])}?sent=1")
    status = 400 if request.method == "POST" else 200
    shown = None if form.errors else refused
    context = {
        "community": place, "form": form, "refused": shown, "site": site_of(request), "sent": "sent" in request.GET,
        "by_phone": phone_followers.offered(), "phone": "phone" in request.GET, "from_hour": phone_followers.FROM_HOUR,
        "to_hour": phone_followers.TO_HOUR,
        "days": followers.UNCONFIRMED.days,
    }  # fmt: skip
    return render(request, "portal/news/subscribe.html", context, status=status)


@never_cache
@form_page
def mail_confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The link of the letter: one button, because mail programs open links by themselves."""
    if not may_try(request, "mail", limit="PORTAL_MISSES"):
        return _too_often(request)
    follower = followers.find(uid, followers.CONFIRM, _key(request))
    done = follower is not None and follower.confirmed_at is not None
    if follower is not None and request.method == "POST":
        followers.confirm(at=now(), follower=follower)
        done = True
    return _mail(request, "confirm", follower, done)


@csrf_exempt
@never_cache
@form_page
def mail_stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Leave: by the button of the page, or by that of a mail program, which posts here by itself (RFC 8058)."""
    if not may_try(request, "mail", limit="PORTAL_MISSES"):
        return _too_often(request)
    follower = followers.find(uid, followers.STOP, _key(request))
    if follower is not None and request.method == "POST":
        followers.stop(at=now(), follower=follower)
        return _mail(request, "stop", follower, True)
    return _mail(request, "stop", follower, False)


def _key(request: HttpRequest) -> str:
    """The signature stands in the query, which no log keeps."""
    return request.GET.get("key", "")[:80]


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/too_often.html", {"back": reverse("portal:home")}, status=429)


def _mail(request: HttpRequest, what: str, follower: object, done: bool) -> HttpResponse:
    if follower is None:
        missed(request, "mail")
    context = {"follower": follower, "done": done}
    return render(request, f"portal/news/{what}.html", context, status=200 if follower else 404)


@require_safe
@cache_control(public=True, max_age=MINUTE)
@conditional_page
def feed(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A community's news as Atom; 304 for who has it already."""
    place = public_community(uid)
    if place is None:
        raise Http404(uid)
    if place.uid != uid:
        return HttpResponseRedirect(reverse("portal:feed", args=[place.uid]))
    body = feeds.atom(place, at=now(), site=site_of(request))
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=MINUTE)
@conditional_page
def calendar(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A community's days for the calendar of a telephone; 304 for who has it already."""
    place = public_community(uid)
    if place is None:
        raise Http404(uid)
    if place.uid != uid:
        return HttpResponseRedirect(reverse("portal:calendar", args=[place.uid]))
    body = feeds.calendar(place, site=site_of(request))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{place.uid}.ics"'
    return response


urlpatterns = [
    *phone.urlpatterns,
    path("c/<uuid:uid>/follow/", subscribe, name="subscribe"),
    path("c/<uuid:uid>/news.atom", feed, name="feed"),
    path("c/<uuid:uid>/calendar.ics", calendar, name="calendar"),
    path("mail/<uuid:uid>/confirm/", mail_confirm, name="mail_confirm"),
    path("mail/<uuid:uid>/stop/", mail_stop, name="mail_stop"),
]
