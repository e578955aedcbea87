"""Resident pages that join several apps: the search home and a community's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One search box and the list of divisions."""
    return render(request, "portal/home.html", {"query": ""})


urlpatterns = [path("", home, name="home")]
