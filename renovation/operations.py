"""Pages of whoever runs the platform: its condition."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offices.clock import now
from offices.models import Membership, User
from renovation import condition


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


urlpatterns = [path("condition/", condition_page, name="staff_condition")]
