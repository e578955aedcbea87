"""您的信息: what the platform keeps of residents, why and how long, printed from ``renovation.held``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from renovation.held import KINDS


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "portal/privacy.html", {"held": KINDS})


urlpatterns = [path("privacy/", privacy, name="privacy")]
