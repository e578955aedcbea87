"""What the database itself holds of money asked for contracts, of supplements and payment terms.

Entered whole, confirmed once by another. Purses promise what was confirmed and nothing else; a supplement is counted into the contract.
"""

from funding.guards import POSTING, on
from funding.models import Contract, ContractChange, ContractChangeLine, JournalEntry, PaymentTerm
from offices.demands import follow, refuse
from offices.triggers import protect


def register() -> None:
    """Make it known to ``offices.triggers`` and ``offices.demands``."""
    protect(ContractChangeLine)
    protect(PaymentTerm)
    protect(
        ContractChange, insert_only=False,
        frozen=("uid", "contract", "kind", "number", "amount", "signed_on", "reason", "file", "entered_by"),
    )  # fmt: skip
    refuse(
        ContractChange, "begins", on="insert", when="NEW.confirmed_by_id IS NOT NULL OR NEW.refused_by_id IS NOT NULL",
        words="a supplement is confirmed later, by another",
    )  # fmt: skip
    decided = "OLD.confirmed_by_id IS NOT NULL OR OLD.refused_by_id IS NOT NULL"
    refuse(ContractChange, "decided", on="update", when=decided, words="a decided supplement stays as it was")
    whole = "COALESCE((SELECT SUM(l.amount) FROM funding_contractchangeline l WHERE l.change_id = NEW.id), 0)"
    refuse(
        ContractChange, "whole", on="update", words="a confirmed supplement is the sum of its lines",
        when=f"NEW.confirmed_by_id IS NOT NULL AND NEW.amount <> {whole}",
    )  # fmt: skip
    open_ = "EXISTS (SELECT 1 FROM funding_contractchange c WHERE c.id = NEW.change_id AND c.confirmed_by_id IS NULL " \
            "AND c.refused_by_id IS NULL)"  # fmt: skip
    refuse(
        ContractChangeLine, "open", on="insert", when=f"NOT {open_}", words="a line joins an undecided supplement only",
        lock="SELECT 1 FROM funding_contractchange c WHERE c.id = NEW.change_id FOR SHARE",
    )  # fmt: skip
    follow(
        ContractChange, "counts", on="update",
        when="NEW.confirmed_by_id IS NOT NULL AND OLD.confirmed_by_id IS NULL AND NEW.kind = 'supplement'",
        do=("UPDATE funding_contract SET supplement = supplement + NEW.amount WHERE id = NEW.contract_id",),
    )  # fmt: skip
    added = "COALESCE((SELECT SUM(c.amount) FROM funding_contractchange c WHERE c.contract_id = NEW.id " \
            "AND c.kind = 'supplement' AND c.confirmed_by_id IS NOT NULL), 0)"  # fmt: skip
    refuse(
        Contract, "supplement", on="update", when=f"NEW.supplement <> OLD.supplement AND NEW.supplement <> {added}",
        words="a contract grows by its confirmed supplements",
    )  # fmt: skip
    refuse(Contract, "unsupplemented", on="insert", when="NEW.supplement <> 0", words="a contract begins as signed")
    _promises()


def _promises() -> None:
    """At the moment of a confirmation, by its two persons, for its purse: together never more than its lines say."""
    lines = "COALESCE((SELECT SUM(l.amount) FROM funding_contractchangeline l JOIN funding_contractchange c ON c.id = l.change_id " \
            "JOIN funding_commitment m ON m.contract_id = c.contract_id WHERE m.id = NEW.commitment_id AND l.fund_id = NEW.fund_id " \
            "AND c.entered_by_id = NEW.drafted_by_id AND c.confirmed_by_id = NEW.posted_by_id " \
            "AND c.confirmed_at = NEW.posted_at), 0)"  # fmt: skip
    before = "COALESCE((SELECT SUM(e.amount) FROM funding_journalentry e WHERE e.kind = 'commitment' AND e.state = 'posted' " \
             "AND e.commitment_id = NEW.commitment_id AND e.drafted_by_id = NEW.drafted_by_id AND e.posted_by_id = NEW.posted_by_id " \
             "AND e.posted_at = NEW.posted_at), 0)"  # fmt: skip
    refuse(
        JournalEntry, "promised", on="update", words="purses promise what two persons agreed on",
        when=f"{POSTING} AND NEW.kind = 'commitment' AND (NEW.amount <> -({on('committed')}) OR {before} + NEW.amount > {lines})",
    )  # fmt: skip
