"""URLs of the site. Each app lists its own in ``<app>/urls.py`` as ``portal``, ``staff`` and ``api``; here they get their places and names.

* ``/`` resident pages, all in the namespace ``portal``
* ``/staff/…`` workspace, each app in the namespace of its label (``communities:list``)
* ``/api/v1/…`` REST, all in the namespace ``api``; ``renovation/api/urls.py`` reads every app's ``api`` list

An app joins the pages by one line in each list below.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from approvals import urls as approvals
from communities import urls as communities
from funding import urls as funding
from offices import urls as offices
from projects import urls as projects
from renovation import dashboard, exporting_pages, health, metrics, operations, rulebook_trial, ruled, workspace
from renovation import portal as front
from renovation.mine import portal as mine
from renovation.news import portal as news


def _one_door(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Django's own administration has no sign-in of its own: it would ask for no second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied("只有超级管理员可以打开")
    return redirect_to_login(request.GET.get("next", "/admin/"))


setattr(admin.site, "login", _one_door)  # noqa: B010
portal: list[Any] = [
    *front.urlpatterns, *mine.urlpatterns, *news.urlpatterns, *approvals.portal, *communities.portal, *projects.portal,
]  # fmt: skip
staff: list[Any] = [
    *workspace.urlpatterns,
    *dashboard.urlpatterns,
    *ruled.urlpatterns,
    *operations.urlpatterns,
    *exporting_pages.urlpatterns,
    *rulebook_trial.urlpatterns,
    path("", include((offices.staff, offices.app_name))),
    path("", include((approvals.staff, approvals.app_name))),
    path("communities/", include((communities.staff, communities.app_name))),
    path("money/", include((funding.staff, funding.app_name))),
    path("", include((projects.staff, projects.app_name))),
]

urlpatterns: list[Any] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *metrics.urlpatterns,
    path("admin/", admin.site.urls),
    path("rulebooks/", include("renovation.rulebooks")),
    path("staff/", include(staff)),
    path("api/v1/", include("renovation.api.urls")),
    path("", include((portal, "portal"))),
]


handler400 = "renovation.errors.bad_request"
handler403 = "renovation.errors.permission_denied"
handler404 = "renovation.errors.not_found"
handler500 = "renovation.errors.server_error"
