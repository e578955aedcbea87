"""The rulebook explorer: public pages over the rulebooks themselves."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from policies.load import BUNDLED, Library, load_library


def library() -> Library:
    """All rulebooks."""
    return load_library(BUNDLED)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All places."""
    return render(request, "rulebooks/index.html", {"books": list(library())})


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """To the rule in its place's page."""
    for book in library():
        if book.rule(rule_id):
            return HttpResponseRedirect(f"{reverse('rulebooks:index')}#{rule_id}")
    raise Http404(rule_id)


app_name = "rulebooks"
urlpatterns = [path("", index, name="index"), path("rules/<str:rule_id>/", rule, name="rule")]
