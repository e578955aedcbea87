"""What every page needs."""

from typing import Any

from django.http import HttpRequest


def workspace(request: HttpRequest) -> dict[str, Any]:
    """Template context of the staff frame (counts, division, year)."""
    return {}
