"""URLs of cases: ``staff`` joins under ``/staff/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from approvals.api import CaseViewSet, DelegationViewSet
from approvals.evidence_api import EvidenceViewSet
from approvals.notices.api import NoticeViewSet
from approvals.phrase_api import PhraseViewSet
from approvals.portal import evidence as public_evidence
from approvals.portal import notices as resident
from approvals.portal import surveys as resident_surveys
from approvals.portal import vote_objections
from approvals.portal import votes as ballots
from approvals.surveys.api import SurveyViewSet
from approvals.vote_acts_api import VoteDeskViewSet
from approvals.workspace import delegations, doors, inbox, notices, pages, phrases, remarks, surveys
from approvals.workspace.votes import desk, evidence, letters, proxies
from approvals.workspace.votes.urls import paths as vote_desk

app_name = "approvals"
portal: list[Any] = [
    path("notices/<uuid:uid>/", resident.notice, name="notice"),
    path("notices/<uuid:uid>/say/", resident.say, name="say"),
    path("notices/<uuid:uid>/files/<uuid:file>/", resident.download, name="notice_file"),
    path("remarks/<str:number>/", resident.remark, name="remark"),
    path("votes/", ballots.votes, name="votes"),
    path("votes/<uuid:uid>/", ballots.vote, name="vote"),
    path("votes/<uuid:uid>/identify/", ballots.identify, name="vote_identify"),
    path("votes/<uuid:uid>/phone/", ballots.phone, name="vote_phone"),
    path("votes/<uuid:uid>/sms/", ballots.sms, name="vote_sms"),
    path("votes/<uuid:uid>/which/", ballots.which, name="vote_which"),
    path("votes/<uuid:uid>/ballot/", ballots.ballot, name="vote_ballot"),
    path("votes/<uuid:uid>/send/", ballots.send, name="vote_send"),
    path("votes/<uuid:uid>/done/", ballots.done, name="vote_done"),
    path("votes/<uuid:uid>/receipt/", ballots.receipt, name="vote_receipt"),
    path("votes/<uuid:uid>/leave/", ballots.leave, name="vote_leave"),
    path("votes/<uuid:uid>/objection/", vote_objections.objection, name="vote_objection"),
    path("votes/<uuid:uid>/objection/answer/", vote_objections.follow, name="vote_objection_follow"),
    path("surveys/<uuid:uid>/", resident_surveys.survey, name="survey"),
    path("surveys/<uuid:uid>/phone/", resident_surveys.phone, name="survey_phone"),
    path("surveys/<uuid:uid>/sms/", resident_surveys.sms, name="survey_sms"),
    path("surveys/<uuid:uid>/home/", resident_surveys.home, name="survey_home"),
    path("surveys/<uuid:uid>/receipt/", resident_surveys.receipt, name="survey_receipt"),
    path("votes/<uuid:uid>/evidence.zip", public_evidence.evidence, name="vote_evidence"),
    path("votes/verify_vote.py", public_evidence.verifier, name="verify_vote"),
]
staff: list[Any] = [
    path("inbox/", inbox.inbox_page, name="inbox"),
    path("inbox/batch/", inbox.batch, name="batch"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("phrases/<uuid:uid>/", phrases.phrase, name="phrase"),
    path("phrases/<uuid:uid>/drop/", phrases.drop, name="drop_phrase"),
    path("cases/<uuid:uid>/", pages.case_page, name="case"),
    path("cases/<uuid:uid>/withdraw/", pages.withdraw, name="withdraw"),
    path("cases/<uuid:uid>/urge/<uuid:body>/", pages.urge, name="urge"),
    path("cases/<uuid:uid>/hand-over/<uuid:body>/", pages.hand_over, name="hand_over"),
    path("cases/<uuid:uid>/copy/", pages.copy, name="copy"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<uuid:uid>/revoke/", delegations.revoke, name="revoke_delegation"),
    path("votes/<uuid:uid>/", desk.vote_page, name="vote"),
    path("votes/<uuid:uid>/letters/", letters.letters_page, name="vote_letters"),
    path("votes/<uuid:uid>/letters/reissue/", letters.reissue, name="vote_reissue"),
    path("votes/<uuid:uid>/proxies/", proxies.proxies_page, name="vote_proxies"),
    path("votes/<uuid:uid>/proxies/<uuid:proxy>/", proxies.proxy_act, name="vote_proxy"),
    path("votes/<uuid:uid>/evidence.zip", evidence.vote_evidence, name="vote_evidence"),
    *vote_desk,
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.add, name="new_survey"),
    path("surveys/grades/", surveys.scale, name="survey_grades"),
    path("surveys/<uuid:uid>/", surveys.survey, name="survey"),
    path("surveys/<uuid:uid>/edit/", surveys.edit, name="edit_survey"),
    path("surveys/<uuid:uid>/open/", surveys.begin, name="open_survey"),
    path("surveys/<uuid:uid>/extend/", surveys.extend, name="extend_survey"),
    path("surveys/<uuid:uid>/close/", surveys.close, name="close_survey"),
    path("surveys/<uuid:uid>/confirm/", surveys.confirm, name="confirm_survey"),
    path("surveys/<uuid:uid>/hazard/", surveys.take, name="survey_hazard"),
    path("surveys/<uuid:uid>/erase/<uuid:answer>/", surveys.erase, name="erase_words"),
    path("surveys/<uuid:uid>/print/", surveys.paper, name="print_survey"),
    path("surveys/<uuid:uid>/export", surveys.export, name="export_survey"),
    path("surveys/<uuid:uid>/doors/", doors.doors, name="survey_doors"),
    path("surveys/<uuid:uid>/letters/", doors.print_letters, name="survey_letters"),
    path("surveys/<uuid:uid>/answer/", doors.answer, name="survey_answer"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/new/", notices.add, name="new_notice"),
    path("notices/<uuid:uid>/", notices.notice, name="notice"),
    path("notices/<uuid:uid>/edit/", notices.edit, name="edit_notice"),
    path("notices/<uuid:uid>/post/", notices.post, name="post_notice"),
    path("notices/<uuid:uid>/close/", notices.close, name="close_notice"),
    path("notices/<uuid:uid>/withdraw/", notices.withdraw, name="withdraw_notice"),
    path("notices/<uuid:uid>/copy/", notices.copy, name="copy_notice"),
    path("notices/<uuid:uid>/sheet/", notices.sheet, name="notice_sheet"),
    path("notices/<uuid:uid>/enter/", remarks.enter, name="enter_remark"),
    path("remarks/<uuid:uid>/", remarks.remark, name="remark"),
    path("remarks/<uuid:uid>/reveal/", remarks.reveal, name="reveal_remark"),
    path("remarks/<uuid:uid>/erase/", remarks.erase, name="erase_remark"),
    path("opinions/<slug:kind>/<uuid:uid>/", remarks.opinions, name="opinions"),
]
api: list[tuple[str, Any, str]] = [
    ("cases", CaseViewSet, "case"),
    ("delegations", DelegationViewSet, "delegation"),
    ("notices", NoticeViewSet, "notice"),
    ("phrases", PhraseViewSet, "phrase"),
    ("surveys", SurveyViewSet, "survey"),
    ("votes", VoteDeskViewSet, "vote"),
    ("votes", EvidenceViewSet, "vote-evidence"),
]
