"""Scheme and host of links that leave the page."""

from django.conf import settings
from django.http import HttpRequest


def site_of(request: HttpRequest) -> str:
    """The setting, or where this request came in."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
