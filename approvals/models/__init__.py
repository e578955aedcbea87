"""Tables of every "yes"."""

from approvals.models.cases import Case, CaseAsk, CaseRound, CaseStage, Opinion
from approvals.models.papers import GateException, Paper

__all__ = ["Case", "CaseAsk", "CaseRound", "CaseStage", "GateException", "Opinion", "Paper"]
