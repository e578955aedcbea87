"""What every page needs."""

from typing import Any

from django.http import HttpRequest

from renovation.workspace import context_of


def workspace(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``today`` and ``calendar`` of day words; ``frame`` (navigation, counts, division, year) for staff."""
    return context_of(request)
