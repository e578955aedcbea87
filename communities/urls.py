"""URLs of communities: ``staff`` joins under ``/staff/communities/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from communities.api import AgencyViewSet, CommunityViewSet, ComplaintViewSet, ImportViewSet, OrganisationViewSet
from communities.portal import complaints as resident
from communities.workspace import (
    agencies,
    complaints,
    duplicates,
    homes,
    import_preview,
    imports,
    organisations,
    ownership,
    register,
    roll,
)

app_name = "communities"
portal: list[Any] = [
    path("c/<uuid:uid>/complain/", resident.complain, name="complain"),
    path("complaints/<str:number>/", resident.complaint, name="complaint"),
]
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
    path("imports/<uuid:uid>/", import_preview.preview, name="import"),
    path("imports/<uuid:uid>/read/", import_preview.read_again, name="import_read"),
    path("imports/<uuid:uid>/mend/", import_preview.mend, name="import_mend"),
    path("imports/<uuid:uid>/mend-all/", import_preview.mend_all, name="import_mend_all"),
    path("imports/<uuid:uid>/errors/", import_preview.errors, name="import_errors"),
    path("imports/<uuid:uid>/progress/", import_preview.progress, name="import_progress"),
    path("imports/<uuid:uid>/apply/", imports.apply, name="import_apply"),
    path("imports/<uuid:uid>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<uuid:uid>/stop/", imports.stop, name="import_stop"),
    path("imports/<uuid:uid>/undo/", imports.undo, name="import_undo"),
    path("persons/<uuid:uid>/", homes.reveal, name="person"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<uuid:uid>/", complaints.complaint, name="complaint"),
    path("complaints/<uuid:uid>/assign/", complaints.assign, name="assign_complaint"),
    path("complaints/<uuid:uid>/transfer/", complaints.transfer, name="transfer_complaint"),
    path("complaints/<uuid:uid>/reveal/", complaints.reveal, name="reveal_complaint"),
    path("complaints/<uuid:uid>/erase/", complaints.erase, name="erase_complainant"),
    path("<uuid:uid>/complaints/new/", complaints.enter, name="enter_complaint"),
    path("<uuid:uid>/", register.detail, name="detail"),
    path("<uuid:uid>/edit/", register.edit, name="edit"),
    path("<uuid:uid>/withdraw/", register.withdraw, name="withdraw"),
    path("<uuid:uid>/facts/", register.record_fact, name="fact"),
    path("<uuid:uid>/hazards/", register.record_hazard, name="hazard"),
    path("<uuid:uid>/homes/", homes.homes, name="homes"),
    path("homes/<uuid:uid>/", ownership.home, name="home"),
    path("homes/<uuid:uid>/sell/", ownership.sell, name="sell"),
    path("ownerships/<uuid:uid>/", ownership.ownership, name="ownership"),
    path("<uuid:uid>/roll/", roll.roll, name="roll"),
    path("<uuid:uid>/roll/print/", roll.roll_print, name="roll_print"),
    path("<uuid:uid>/roll/merge-persons/", roll.merge_persons, name="merge_persons"),
    path("<uuid:uid>/roll/merge-homes/", roll.merge_homes, name="merge_homes"),
    path("<uuid:uid>/roll/<slug:kind>/<slug:key>/", roll.problem, name="roll_problem"),
    path("<uuid:uid>/agencies/", agencies.agencies, name="agencies"),
    path("persons/<uuid:uid>/agency/", agencies.enter, name="agency_new"),
    path("agencies/<uuid:uid>/", agencies.agency, name="agency"),
    path("agencies/<uuid:uid>/check/", agencies.check, name="agency_check"),
    path("agencies/<uuid:uid>/withdraw/", agencies.withdraw, name="agency_withdraw"),
    path("agencies/<uuid:uid>/scan/", agencies.scan, name="agency_scan"),
    path("organisations/", organisations.without, name="without_organisation"),
    path("<uuid:uid>/organisations/", organisations.organisations, name="organisations"),
    path("organisations/<uuid:uid>/end/", organisations.end, name="organisation_end"),
]
api: list[Any] = [
    ("communities", CommunityViewSet, "community"),
    ("imports", ImportViewSet, "import"),
    ("complaints", ComplaintViewSet, "complaint"),
    ("agencies", AgencyViewSet, "agency"),
    ("organisations", OrganisationViewSet, "organisation"),
]
