"""What the database itself holds of the ledger, on PostgreSQL and SQLite alike (trust.md, invariants 4–7 and 12).

1. A leg joins an entry only while that is a draft; legs are never changed or deleted.
2. An entry begins as a draft; posting asks for legs that sum to zero, and moves every balance by them. What is posted is frozen.
3. Balances and counters are what the posted legs say: any update to another value is refused, their CHECKs refuse what is below zero,
   beyond the contract or beyond the appropriation.
4. A reversal is the exact opposite of a posted entry that is no reversal; a payment's entry is the part that was released.
"""

from funding.models import (
    Account,
    Allotment,
    Commitment,
    Contract,
    Fund,
    FundingSource,
    Gift,
    JournalEntry,
    Leg,
    PayeeAccount,
    Payment,
    PaymentPart,
    Request,
)
from offices.demands import follow, refuse
from offices.triggers import protect

POSTING = "NEW.state = 'posted' AND OLD.state = 'draft'"
ALLOTTED, PROMISED = "('allotment', 'return')", "('commitment', 'cut')"  # what counts into allotted, into a commitment
_OF_ENTRY = "FROM funding_leg l JOIN funding_account a ON a.id = l.account_id WHERE l.entry_id = NEW.id"


def on(kind: str) -> str:
    """SQL: what the entry NEW moves on an account, debit above zero."""
    return f"COALESCE((SELECT SUM(l.amount) {_OF_ENTRY} AND a.kind = '{kind}'), 0)"


def _posted(kind: str, where: str) -> str:
    """SQL: credit balance of all posted entries on an account, from scratch."""
    return (
        "COALESCE((SELECT -SUM(l.amount) FROM funding_leg l JOIN funding_account a ON a.id = l.account_id "
        f"JOIN funding_journalentry e ON e.id = l.entry_id WHERE e.state = 'posted' AND a.kind = '{kind}' AND {where}), 0)"
    )


def register() -> None:
    """Make all of it known to ``offices.triggers`` and ``offices.demands``."""
    _frozen()
    _entries()
    _balances()
    _counters()


def _frozen() -> None:
    protect(Leg)
    protect(Allotment)
    protect(PaymentPart)
    protect(Request, once=("answer",))
    protect(
        JournalEntry, insert_only=False,
        frozen=("uid", "fund", "kind", "concerns", "amount", "day", "words", "voucher", "reason", "commitment", "part", "reverses",
                "refunds", "drafted_by", "request"),
    )  # fmt: skip
    protect(Account, frozen=("fund", "kind", "side"), insert_only=False)
    protect(Fund, frozen=("uid", "source", "project_uid"), insert_only=False)
    protect(
        FundingSource, insert_only=False,
        frozen=("uid", "kind", "level", "amount", "document_number", "issued_on", "year", "classes", "items", "return_order",
                "registered_by"),
    )  # fmt: skip
    protect(
        Contract, insert_only=False,
        frozen=("uid", "project_uid", "number", "party", "amount", "retention_part", "retention_whole", "signed_on", "warranty_part"),
    )  # fmt: skip
    protect(Commitment, frozen=("contract", "fund", "project_uid", "item", "item_class"), insert_only=False)
    protect(PayeeAccount, frozen=("contract", "holder", "bank", "number", "entered_by"), insert_only=False)
    protect(
        Payment, insert_only=False, frozen=("contract", "kind", "amount", "held", "progress", "requested_by", "paper", "file", "invoice")
    )  # fmt: skip
    protect(Gift, frozen=("project_uid", "kind", "value", "recorded_by"), insert_only=False)
    refuse(
        Payment, "closed", on="update", words="a payment that is released, returned or withdrawn stays so",
        when="OLD.state IN ('released', 'returned', 'withdrawn')",
    )  # fmt: skip
    refuse(Payment, "begins", on="insert", when="NEW.state <> 'requested'", words="a payment begins as a request")
    decided = "OLD.confirmed_by_id IS NOT NULL OR OLD.refused_by_id IS NOT NULL"
    refuse(PayeeAccount, "decided", on="update", when=decided, words="a decided payee account stays as it was")
    refuse(
        PayeeAccount,
        "begins",
        on="insert",
        when="NEW.confirmed_by_id IS NOT NULL",
        words="a payee account is confirmed later",
    )
    for model in (FundingSource, Gift):
        confirmed = "OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id <> OLD.confirmed_by_id)"
        refuse(model, "confirmed", on="update", when=confirmed, words="what is confirmed stays confirmed")
        refuse(
            model, "begins", on="insert", when="NEW.confirmed_by_id IS NOT NULL", words="confirmed later, by another"
        )


def _entries() -> None:
    draft = "(SELECT e.state FROM funding_journalentry e WHERE e.id = NEW.entry_id)"
    refuse(
        Leg, "draft", on="insert", when=f"COALESCE({draft}, 'draft') <> 'draft'", words="a leg joins a draft only",
        lock="SELECT 1 FROM funding_journalentry e WHERE e.id = NEW.entry_id FOR SHARE",
    )  # fmt: skip
    refuse(JournalEntry, "begins", on="insert", when="NEW.state <> 'draft'", words="an entry begins as a draft")
    refuse(JournalEntry, "closed", on="update", when="OLD.state <> 'draft'", words="a posted entry is frozen")
    zero = f"COALESCE((SELECT SUM(l.amount) {_OF_ENTRY}), 1) <> 0"
    refuse(JournalEntry, "zero", on="update", when=f"{POSTING} AND {zero}", words="legs do not sum to zero")
    original = "FROM funding_journalentry o WHERE o.id = NEW.reverses_id"
    wrong = f"NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 {original} AND o.state = 'posted' AND o.kind <> 'reversal' " \
            "AND o.concerns = NEW.concerns AND COALESCE(o.commitment_id, 0) = COALESCE(NEW.commitment_id, 0))"  # fmt: skip
    refuse(
        JournalEntry, "reversible", on="insert", when=wrong, words="only a posted entry that is no reversal is reversed"
    )
    opposite = (
        "EXISTS (SELECT 1 FROM funding_leg l WHERE l.entry_id IN (NEW.id, NEW.reverses_id) GROUP BY l.account_id "
        "HAVING SUM(l.amount) <> 0)"
    )
    refuse(
        JournalEntry, "opposite", on="update", when=f"{POSTING} AND NEW.kind = 'reversal' AND {opposite}",
        words="a reversal is the exact opposite",
    )  # fmt: skip
    paid = (
        "EXISTS (SELECT 1 FROM funding_paymentpart p JOIN funding_payment y ON y.id = p.payment_id WHERE p.id = NEW.part_id "
        f"AND y.state = 'released' AND y.released_by_id = NEW.posted_by_id AND p.amount - p.held = -({on('cash')}) "
        f"AND CASE WHEN y.kind = 'retention' THEN p.amount = {on('retained')} "
        f"ELSE p.amount = {on('committed')} AND p.held = -({on('retained')}) END)"
    )
    refuse(
        JournalEntry, "released", on="update", when=f"{POSTING} AND NEW.kind = 'payment' AND NOT {paid}",
        words="a payment is posted as it was released",
    )  # fmt: skip


def _balances() -> None:
    truth = (
        "COALESCE((SELECT NEW.side * SUM(l.amount) FROM funding_leg l JOIN funding_journalentry e ON e.id = l.entry_id "
        "WHERE l.account_id = NEW.id AND e.state = 'posted'), 0)"
    )
    refuse(
        Account, "balance", on="update", when=f"NEW.balance <> OLD.balance AND NEW.balance <> {truth}",
        words="a balance is the sum of posted legs",
    )  # fmt: skip
    refuse(Account, "begins", on="insert", when="NEW.balance <> 0", words="an account begins at zero")
    own = "SELECT SUM(l.amount) FROM funding_leg l WHERE l.entry_id = NEW.id AND l.account_id = funding_account.id"
    free = f"(CASE WHEN NEW.concerns IN {ALLOTTED} THEN -({on('free')}) ELSE 0 END)"
    promised = f"(CASE WHEN NEW.concerns IN {PROMISED} THEN -({on('committed')}) ELSE 0 END)"
    follow(
        JournalEntry, "post", on="update", when=POSTING,
        lock="SELECT 1 FROM funding_fund f WHERE f.id = NEW.fund_id FOR UPDATE",
        do=(
            f"UPDATE funding_account SET balance = balance + side * ({own}) "
            "WHERE id IN (SELECT l.account_id FROM funding_leg l WHERE l.entry_id = NEW.id)",
            f"UPDATE funding_fund SET allotted = allotted + {free} WHERE id = NEW.fund_id AND NEW.concerns IN {ALLOTTED}",
            f"UPDATE funding_commitment SET amount = amount + {promised}, unspent = unspent - ({on('committed')}), "
            f"held = held - ({on('retained')}) WHERE id = NEW.commitment_id",
        ),
    )  # fmt: skip


def _counters() -> None:
    allotted = _posted("free", f"e.fund_id = NEW.id AND e.concerns IN {ALLOTTED}")
    refuse(
        Fund, "allotted", on="update", when=f"NEW.allotted <> OLD.allotted AND NEW.allotted <> {allotted}",
        words="allotted is the sum of posted allotments",
    )  # fmt: skip
    refuse(Fund, "begins", on="insert", when="NEW.allotted <> 0", words="a fund begins at zero")
    follow(
        Fund, "source", on="update", when="NEW.allotted <> OLD.allotted",
        do=("UPDATE funding_fundingsource SET allotted = allotted + NEW.allotted - OLD.allotted WHERE id = NEW.source_id",),
    )  # fmt: skip
    sources = "COALESCE((SELECT SUM(f.allotted) FROM funding_fund f WHERE f.source_id = NEW.id), 0)"
    refuse(
        FundingSource, "allotted", on="update", when=f"NEW.allotted <> OLD.allotted AND NEW.allotted <> {sources}",
        words="allotted is the sum of its funds",
    )  # fmt: skip
    refuse(
        FundingSource, "counter", on="insert", when="NEW.allotted <> 0", words="a source begins with nothing allotted"
    )
    amount = _posted("committed", f"e.commitment_id = NEW.id AND e.concerns IN {PROMISED}")
    unspent, held = _posted("committed", "e.commitment_id = NEW.id"), _posted("retained", "e.commitment_id = NEW.id")
    moved = "(NEW.amount <> OLD.amount OR NEW.unspent <> OLD.unspent OR NEW.held <> OLD.held)"
    refuse(
        Commitment, "counters", on="update",
        when=f"{moved} AND (NEW.amount <> {amount} OR NEW.unspent <> {unspent} OR NEW.held <> {held})",
        words="a commitment is the sum of its posted entries",
    )  # fmt: skip
    refuse(
        Commitment, "begins", on="insert", when="NEW.amount <> 0 OR NEW.unspent <> 0 OR NEW.held <> 0", words="it begins at zero"
    )  # fmt: skip
    follow(
        Commitment, "contract", on="update", when="NEW.amount <> OLD.amount",
        do=("UPDATE funding_contract SET committed = committed + NEW.amount - OLD.amount WHERE id = NEW.contract_id",),
    )  # fmt: skip
    committed = "COALESCE((SELECT SUM(c.amount) FROM funding_commitment c WHERE c.contract_id = NEW.id), 0)"
    refuse(
        Contract, "committed", on="update", when=f"NEW.committed <> OLD.committed AND NEW.committed <> {committed}",
        words="committed is the sum of its commitments",
    )  # fmt: skip
    refuse(Contract, "begins", on="insert", when="NEW.committed <> 0", words="a contract begins without commitments")
