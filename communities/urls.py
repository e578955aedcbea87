"""URLs of communities: ``staff`` joins under ``/staff/communities/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from communities.api import CommunityViewSet, ImportViewSet
from communities.workspace import duplicates, homes, imports, register

app_name = "communities"
portal: list[Any] = []
staff: list[Any] = [
    path("", register.register, name="list"),
    path("export/", register.export, name="export"),
    path("new/", register.add, name="add"),
    path("duplicates/", duplicates.queue, name="duplicates"),
    path("duplicates/look/", duplicates.look, name="look"),
    path("duplicates/<uuid:uid>/", duplicates.decide, name="duplicate"),
    path("duplicates/<uuid:uid>/reopen/", duplicates.reopen, name="reopen"),
    path("imports/", imports.imports, name="imports"),
    path("imports/template/<slug:kind>/", imports.download_template, name="template"),
    path("imports/<uuid:uid>/", imports.preview, name="import"),
    path("imports/<uuid:uid>/read/", imports.read_again, name="import_read"),
    path("imports/<uuid:uid>/apply/", imports.apply, name="import_apply"),
    path("imports/<uuid:uid>/cancel/", imports.cancel, name="import_cancel"),
    path("persons/<uuid:uid>/", homes.reveal, name="person"),
    path("<uuid:uid>/", register.detail, name="detail"),
    path("<uuid:uid>/edit/", register.edit, name="edit"),
    path("<uuid:uid>/withdraw/", register.withdraw, name="withdraw"),
    path("<uuid:uid>/facts/", register.record_fact, name="fact"),
    path("<uuid:uid>/hazards/", register.record_hazard, name="hazard"),
    path("<uuid:uid>/homes/", homes.homes, name="homes"),
]
api: list[Any] = [
    ("communities", CommunityViewSet, "community"),
    ("imports", ImportViewSet, "import"),
]
