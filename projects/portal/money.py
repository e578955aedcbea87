"""The money of a community's projects: where it comes from, what it went to, who was paid."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.queries import public_community
from offices.clock import now, today
from projects.queries.maintenance import maintenance_fund
from projects.queries.public_money import community_money


@require_safe
def money(request: HttpRequest, uid: UUID) -> HttpResponse:
    """All published projects of a community; a community that was merged leads to the one that stays."""
    community = public_community(uid)
    if community is None:
        raise Http404(uid)
    if community.uid != uid:
        return HttpResponseRedirect(reverse("portal:money", args=[community.uid]))
    context = {
        "community": community,
        "rows": community_money(community),
        "maintenance": maintenance_fund(community, now(), today()),
    }
    return render(request, "portal/projects/money.html", context)
