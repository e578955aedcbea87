"""App configuration."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The app."""

    name = "approvals"
    verbose_name = "审批"

    def ready(self) -> None:
        """What must not change: opinions, and what they were given on."""
        from approvals import forms_printed, standing, succession
        from approvals.models import (
            Case,
            CaseCopy,
            CaseHandover,
            CaseRound,
            Delegation,
            GateException,
            Opinion,
            OpinionPaper,
            Paper,
            Survey,
            SurveyResult,
            SurveySheet,
        )
        from approvals.notices import guards as notice_guards
        from approvals.surveys import guards as survey_guards
        from approvals.votes import evidence, guards
        from offices import official
        from offices import succession as leaving
        from offices.triggers import protect
        from rest.versions import watch

        watch(Paper, Survey, SurveyResult, SurveySheet)
        protect(Opinion)
        protect(CaseRound)
        protect(CaseCopy)
        protect(CaseHandover)
        protect(OpinionPaper)
        agreed = ("body", "principal", "delegate", "since", "until", "reason")
        protect(Delegation, frozen=agreed, insert_only=False)
        protect(Case, frozen=("content", "content_hash", "submitted_by"), insert_only=False, until_raised="round")
        granted = (
            "subject_uid",
            "rule_id",
            "step",
            "evidence",
            "strength",
            "document_number",
            "issuer",
            "issued_on",
            "reason",
            "by",
        )
        protect(GateException, frozen=granted, insert_only=False)
        protect(
            Paper, frozen=("evidence", "figures", "day", "document_number", "file", "entered_by"), insert_only=False
        )
        official.register("case", forms_printed.review)
        official.register("notice", forms_printed.notice)
        official.register("vote", forms_printed.vote)
        leaving.register("approvals", succession.waiting)
        guards.register()
        survey_guards.register()
        standing.register("votes", evidence.standing_votes, kinds={"vote", "fund_vote"})
        notice_guards.register()
