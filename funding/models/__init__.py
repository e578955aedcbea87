"""Tables of public money. Amounts are 分; who pays and for which project never mixes: a fund is one source for one project."""

from funding.models.apportionment import Apportionment, DueReceipt, HomeDue
from funding.models.contracts import (
    Commitment,
    Contract,
    ContractChange,
    ContractChangeLine,
    PayeeAccount,
    PaymentTerm,
)
from funding.models.flags import AuditFlag, FlagNote
from funding.models.ledger import Account, JournalEntry, Leg, Request
from funding.models.payments import Payment, PaymentPart
from funding.models.plans import FundingPlan, FundingPlanLine, ProjectFee
from funding.models.settlements import Settlement, SettlementItem
from funding.models.sources import Allotment, Fund, FundingSource, Gift

__all__ = [
    "Account",
    "Allotment",
    "AuditFlag",
    "Apportionment",
    "Commitment",
    "Contract",
    "ContractChange",
    "ContractChangeLine",
    "DueReceipt",
    "FlagNote",
    "Fund",
    "FundingPlan",
    "FundingPlanLine",
    "FundingSource",
    "Gift",
    "HomeDue",
    "JournalEntry",
    "Leg",
    "PayeeAccount",
    "Payment",
    "PaymentPart",
    "PaymentTerm",
    "ProjectFee",
    "Request",
    "Settlement",
    "SettlementItem",
]
