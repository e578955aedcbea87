"""Tables of every "yes"."""

from approvals.models.cases import Case, CaseAsk, CaseStage, Opinion
from approvals.models.papers import GateException, Paper

__all__ = ["Case", "CaseAsk", "CaseStage", "GateException", "Opinion", "Paper"]
