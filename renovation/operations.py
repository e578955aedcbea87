"""Pages of whoever runs the platform: its condition, and how long data is kept."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offices import pulse
from offices.actions import ADMINISTRATORS
from offices.clock import now
from offices.models import Membership, User
from renovation import condition, retention


def operator(request: HttpRequest) -> User:
    """A system administrator. PermissionDenied for anybody else."""
    user = request.user
    assert isinstance(user, User)
    if not (user.is_superuser or user.has_role(Membership.Role.SYSTEM_ADMIN)):
        raise PermissionDenied("只有系统管理员可以查看")
    return user


@never_cache
@require_safe
@login_required
def condition_page(request: HttpRequest) -> HttpResponse:
    """What is wrong and what to do."""
    operator(request)
    at = now()
    found = condition.troubles(at)
    urgent = sum(row.urgent for row in found)
    return render(request, "staff/condition.html", {"found": found, "urgent": urgent, "at": at})


@never_cache
@require_safe
@login_required
def retention_page(request: HttpRequest) -> HttpResponse:
    """How long personal data is kept, by which source, and what is past it: for the three administrators and auditors."""
    user = request.user
    assert isinstance(user, User)
    if not (user.is_superuser or user.has_role(*ADMINISTRATORS, Membership.Role.AUDITOR)):
        raise PermissionDenied("只有三类管理员和审计人员可以查看")
    context = {
        "rows": retention.report(now()), "stays": retention.STAYS.values(), "last": pulse.heard().get("renovation.retain"),
    }  # fmt: skip
    return render(request, "staff/retention.html", context)


urlpatterns = [
    path("condition/", condition_page, name="staff_condition"),
    path("retention/", retention_page, name="staff_retention"),
]
