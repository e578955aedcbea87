"""Tables of every "yes"."""

from approvals.models.ballots import Ballot, Channel, Choice, Counting, Letter, PaperBallot, PaperEntry, Proxy
from approvals.models.cases import Case, CaseAsk, CaseCopy, CaseRound, CaseStage, Opinion
from approvals.models.codes import Code
from approvals.models.deciders import CaseHandover, Delegation, OpinionPaper
from approvals.models.desk import Phrase
from approvals.models.notices import (
    Notice,
    NoticeCommunity,
    NoticeCount,
    Remark,
    RemarkAnswer,
    RemarkPerson,
    RemarkReveal,
)
from approvals.models.papers import GateException, Paper
from approvals.models.surveys import (
    CountingAnswer,
    GradeScale,
    Survey,
    SurveyAnswer,
    SurveyHazard,
    SurveyResult,
    SurveySheet,
)
from approvals.models.vote_objections import VoteObjection, VoteObjectionPerson
from approvals.models.votes import RollHome, RollVoter, Vote, VoteConfirmation, VoteResult

__all__ = [
    "Ballot", "Case", "CaseAsk", "CaseCopy", "CaseHandover", "CaseRound", "CaseStage", "Channel", "Choice", "Code", "Counting",
    "CountingAnswer", "Delegation", "GateException", "GradeScale", "Letter", "Notice", "NoticeCommunity",
    "NoticeCount", "Opinion", "OpinionPaper", "Paper", "PaperBallot", "PaperEntry", "Phrase", "Proxy", "Remark", "RemarkAnswer",
    "RemarkPerson", "RemarkReveal", "RollHome", "RollVoter", "Survey", "SurveyAnswer", "SurveyHazard", "SurveyResult",
    "SurveySheet", "Vote", "VoteConfirmation", "VoteObjection", "VoteObjectionPerson", "VoteResult",
]  # fmt: skip
