"""URLs of cases: ``staff`` joins under ``/staff/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from approvals.api import CaseViewSet
from approvals.workspace import batch, pages
from approvals.workspace.votes import desk

app_name = "approvals"
portal: list[Any] = []
staff: list[Any] = [
    path("inbox/", pages.inbox, name="inbox"),
    path("inbox/batch/", batch.batch, name="batch"),
    path("cases/<uuid:uid>/", pages.case_page, name="case"),
    path("cases/<uuid:uid>/withdraw/", pages.withdraw, name="withdraw"),
    path("cases/<uuid:uid>/urge/<uuid:body>/", pages.urge, name="urge"),
    path("votes/<uuid:uid>/", desk.vote_page, name="vote"),
]
api: list[tuple[str, Any, str]] = [("cases", CaseViewSet, "case")]
