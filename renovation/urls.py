"""URLs of the site: each app lists its own under ``portal``, ``staff`` and ``api``; here they get their places."""

from typing import Any

from django.contrib import admin
from django.urls import path

from renovation import health

portal: list[Any] = []
staff: list[Any] = []
api: list[Any] = []

urlpatterns: list[Any] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]

handler400 = "renovation.errors.bad_request"
handler403 = "renovation.errors.permission_denied"
handler404 = "renovation.errors.not_found"
handler500 = "renovation.errors.server_error"
