"""Resident pages that join several apps: the search home, the list of a division, a community's page."""

import re
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from approvals.surveys.public import survey_of_receipt
from approvals.votes.objections import vote_of_objection
from approvals.votes.online import vote_of_receipt
from communities.queries import public_community, public_nearest, public_search
from offices.clock import now, today
from offices.receipts import read_number
from renovation import look, overview, privacy, resident
from renovation import missing as why
from renovation.kept import kept
from renovation.news.site import site_of
from renovation.poster import poster as printed
from rest.throttling import allowed

PAGE_SIZE, FOUND_AT_ONCE = 50, 20
# First sign of a number: the page that it opens by itself, or the page of the matter where it is then asked for. A ballot's has none.
OWN_PAGE = {"Y": "portal:remark", "T": "portal:complaint"}
PAGE_OF: dict[str, tuple[str, Callable[[str], UUID | None]]] = {
    "B": ("portal:vote_objection_follow", vote_of_objection),
    "D": ("portal:survey_receipt", survey_of_receipt),
    "": ("portal:vote_receipt", vote_of_receipt),
}
LONGEST_QUERY = 60
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@require_safe
@kept
def home(request: HttpRequest) -> HttpResponse:
    """One search box and the list of divisions; with ``?q=`` what was found."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if query:
        return search(request, query)
    return render(request, "portal/home.html", {"query": "", "regions": resident.regions()})


def search(request: HttpRequest, query: str) -> HttpResponse:
    """What is called so; where nothing is, what may have been meant, the closest first."""
    page = Paginator(public_search(query), FOUND_AT_ONCE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    near = [] if found else list(public_nearest(query))
    stages = resident.stages_of(found or near)
    context = {
        "query": query, "page": page, "rows": [(row, stages.get(row.pk, "")) for row in found or near],
        "places": resident.counties_called(query),
    }  # fmt: skip
    return render(request, "portal/search.html", context)


@require_safe
@kept
def division(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The communities of a division."""
    place = resident.division_of(uid)
    if place is None:
        raise Http404(uid)
    page = Paginator(resident.communities_of(place), PAGE_SIZE).get_page(request.GET.get("page"))
    stages = resident.stages_of(list(page.object_list))
    context = {
        "division": place, "page": page, "query": "", "counts": resident.counts_of(place),
        "rows": [(row, stages.get(row.pk, "")) for row in page.object_list],
    }  # fmt: skip
    return render(request, "portal/division.html", context)


@require_safe
@kept
def community(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Now, next, until when, whom to call; the timeline; what the document says of this community."""
    found = public_community(uid)
    if found is None:
        raise Http404(uid)
    if found.uid != uid:
        return HttpResponseRedirect(reverse("portal:community", args=[found.uid]))
    return render(request, "portal/community.html", {"page": resident.page_of(found, today(), now())})


@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """我的小区为什么没有？ What the register says of a name, and what the documents of a place take in."""
    name, place = request.GET.get("name", "").strip()[:LONGEST_QUERY], request.GET.get("place", "")
    division = resident.division_of(UUID(place)) if UUID_TEXT.fullmatch(place) else None
    answers, near = why.answers_for(name, today()) if name else ([], False)
    context = {
        "name": name, "answers": answers, "near": near,
        "scope": why.scope_of(division, today()) if division else None, "regions": resident.regions(),
    }  # fmt: skip
    return render(request, "portal/missing.html", context)


@require_safe
def poster(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The sheet with the community's QR code, to be hung in the stairwell."""
    found = public_community(uid)
    if found is None or found.uid != uid:
        raise Http404(uid)
    if not allowed(request, "poster", limit="PORTAL_DOWNLOADS"):
        back = reverse("portal:community", args=[uid])
        return render(request, "portal/too_often.html", {"back": back}, status=429)
    call = resident.call_of(found)
    url = f"{site_of(request)}{reverse('portal:community', args=[uid])}"
    sheet = printed(found, url=url, call=(call.name, call.phone) if call else None)
    return FileResponse(sheet, content_type="application/pdf", filename=f"{found.name}二维码.pdf")


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """A number that somebody got for what he sent: to its page, whichever it was. Of a ballot it tells nothing but which vote."""
    typed = request.GET.get("number", "")[:60]
    number = read_number(typed)
    name = OWN_PAGE.get(number[:1])
    if name:
        return HttpResponseRedirect(reverse(name, args=[number]))
    if typed and not allowed(request, "follow", limit="PORTAL_MISSES"):
        return render(request, "portal/too_often.html", {"back": reverse("portal:follow")}, status=429)
    name, find = PAGE_OF.get(number[:1], PAGE_OF[""])
    found = find(typed) if typed else None
    if found:
        return HttpResponseRedirect(f"{reverse(name, args=[found])}?{urlencode({'number': typed})}")
    status = 404 if typed else 200
    return render(request, "portal/follow.html", {"typed": typed[:40]}, status=status)


urlpatterns = [
    *overview.urlpatterns,
    *look.urlpatterns,
    *privacy.urlpatterns,
    path("follow/", follow, name="follow"),
    path("", home, name="home"),
    path("why/", missing, name="missing"),
    path("c/<uuid:uid>/poster.pdf", poster, name="poster"),
    path("places/<uuid:uid>/", division, name="division"),
    path("c/<uuid:uid>/", community, name="community"),
]
