"""Paths of the vote desk, joined under ``/staff/``."""

from typing import Any

from django.urls import path

from approvals.workspace.votes import desk, drafts, objections, onsite, papers, sheet, texts

paths: list[Any] = [
    path("votes/", desk.votes, name="votes"),
    path("votes/new/", drafts.new, name="vote_new"),
    path("votes/texts/", texts.texts, name="vote_texts"),
    path("votes/onsite-worker.js", onsite.worker, name="vote_worker"),
    path("votes/<uuid:uid>/edit/", drafts.edit, name="vote_edit"),
    path("votes/<uuid:uid>/announce/", drafts.announce, name="vote_announce"),
    path("votes/<uuid:uid>/close/", desk.close, name="vote_close"),
    path("votes/<uuid:uid>/count/", desk.count, name="vote_count"),
    path("votes/<uuid:uid>/confirm/", desk.confirm, name="vote_confirm"),
    path("votes/<uuid:uid>/cancel/", desk.cancel, name="vote_cancel"),
    path("votes/<uuid:uid>/objections/enter/", objections.enter, name="vote_object"),
    path("votes/<uuid:uid>/objections/<uuid:objection>/answer/", objections.answer, name="vote_answer"),
    path("votes/<uuid:uid>/objections/<uuid:objection>/contact/", objections.contact, name="vote_contact"),
    path("votes/<uuid:uid>/missing/", desk.missing, name="vote_missing"),
    path("votes/<uuid:uid>/sheet/", sheet.sheet, name="vote_sheet"),
    path("votes/<uuid:uid>/papers/", papers.balance, name="vote_papers"),
    path("votes/<uuid:uid>/papers/receive/", papers.receive, name="vote_receive"),
    path("votes/<uuid:uid>/papers/enter/", papers.enter, name="vote_enter"),
    path("votes/<uuid:uid>/papers/mismatches/", papers.mismatches, name="vote_mismatches"),
    path("votes/<uuid:uid>/papers/<uuid:paper>/", papers.decide, name="vote_decide"),
    path("votes/<uuid:uid>/papers/<uuid:paper>/scan/", papers.scan, name="vote_scan"),
    path("votes/<uuid:uid>/onsite/", onsite.grid, name="vote_onsite"),
    path("votes/<uuid:uid>/onsite/state/", onsite.state, name="vote_onsite_state"),
    path("votes/<uuid:uid>/onsite/ballots/", onsite.send, name="vote_onsite_send"),
    path("votes/<uuid:uid>/onsite/<int:number>/", onsite.voter_page, name="vote_onsite_voter"),
]
