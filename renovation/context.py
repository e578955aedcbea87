"""What every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from renovation.look import look_of, switches
from renovation.workspace import context_of

FILING = "https://beian.miit.gov.cn/"  # where an ICP备案号 must lead


def workspace(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``today`` and ``calendar`` of day words; ``frame`` (navigation, counts, division, year) for staff; ``look`` and
    ``operator`` (name, phone, filing numbers) for the public frame."""
    return {**context_of(request), "look": switches(look_of(request)), "operator": settings.OPERATOR, "filing": FILING}
