"""What the database itself holds of settlements: entered whole, confirmed once by another, and what a closed one shuts.

1. A settlement goes entered → confirmed → closed → reopened (or entered → returned); its figures never change, its items are its total.
2. Closing it closes every purse of its project, and only purses with nothing expected, free or unpaid; only reopening opens them.
3. Nothing but the retention leaves a closed purse, nothing comes in, nothing is promised; a project that is closed opens no purse.
4. Between confirming and closing no item is paid beyond what the review found.
"""

from funding.guards import POSTING
from funding.models import Commitment, Fund, JournalEntry, Payment, Settlement, SettlementItem
from offices.demands import follow, refuse
from offices.triggers import protect

STEPS = (
    ("entered", "confirmed"),
    ("entered", "returned"),
    ("confirmed", "closed"),
    ("confirmed", "reopened"),
    ("closed", "reopened"),
)
CLOSED = "SELECT 1 FROM funding_settlement s WHERE s.state = 'closed' AND s.project_uid ="
_SHUT = "(SELECT f.settlement_id FROM funding_fund f WHERE f.id = NEW.fund_id) IS NOT NULL"


def register() -> None:
    """Make all of it known to ``offices.triggers`` and ``offices.demands``."""
    _settlements()
    _purses()
    _review()


def _settlements() -> None:
    protect(SettlementItem)
    protect(
        Settlement, insert_only=False,
        frozen=("uid", "project_uid", "number", "reviewer", "report_number", "reviewed_on", "total", "upper_subsidies",
                "other_contributions", "county_received", "ratio_part", "ratio_whole", "ratio_paper", "governments_part", "county_owes",
                "rule", "rulebook", "entered_by"),
    )  # fmt: skip
    refuse(Settlement, "begins", on="insert", when="NEW.state <> 'entered'", words="a settlement begins as entered")
    steps = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in STEPS)
    refuse(
        Settlement, "steps", on="update", when=f"NEW.state <> OLD.state AND NOT ({steps})",
        words="a settlement goes one step after the other",
    )  # fmt: skip
    said = "OLD.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id <> OLD.confirmed_by_id " \
           "OR OLD.closed_by_id IS NOT NULL AND NEW.closed_by_id <> OLD.closed_by_id " \
           "OR OLD.file_id IS NOT NULL AND (NEW.file_id IS NULL OR NEW.file_id <> OLD.file_id) " \
           "OR OLD.state IN ('returned', 'reopened')"  # fmt: skip
    refuse(Settlement, "said", on="update", when=said, words="what was confirmed or closed stays so")
    whole = "COALESCE((SELECT SUM(i.reviewed) FROM funding_settlementitem i WHERE i.settlement_id = NEW.id), 0)"
    refuse(
        Settlement, "whole", on="update", when=f"NEW.state = 'confirmed' AND OLD.state = 'entered' AND NEW.total <> {whole}",
        words="a confirmed settlement is the sum of its items",
    )  # fmt: skip
    state = "(SELECT s.state FROM funding_settlement s WHERE s.id = NEW.settlement_id)"
    refuse(
        SettlementItem, "open", on="insert", when=f"{state} <> 'entered'", words="an item joins an unconfirmed settlement only",
        lock="SELECT 1 FROM funding_settlement s WHERE s.id = NEW.settlement_id FOR SHARE",
    )  # fmt: skip


def _purses() -> None:
    follow(
        Settlement, "close", on="update", when="NEW.state = 'closed' AND OLD.state = 'confirmed'",
        do=("UPDATE funding_fund SET settlement_id = NEW.id WHERE project_uid = NEW.project_uid",),
    )  # fmt: skip
    follow(
        Settlement, "reopen", on="update", when="NEW.state = 'reopened' AND OLD.state = 'closed'",
        do=("UPDATE funding_fund SET settlement_id = NULL WHERE settlement_id = NEW.id",),
    )  # fmt: skip
    moved = "COALESCE(NEW.settlement_id, 0) <> COALESCE(OLD.settlement_id, 0)"
    left = "EXISTS (SELECT 1 FROM funding_account a WHERE a.fund_id = NEW.id AND a.kind IN ('expected', 'free', 'committed') " \
           "AND a.balance <> 0)"  # fmt: skip
    own = f"EXISTS ({CLOSED} NEW.project_uid AND s.id = NEW.settlement_id)"
    refuse(
        Fund, "closing", on="update", when=f"{moved} AND NEW.settlement_id IS NOT NULL AND (NOT {own} OR {left})",
        words="a purse closes empty of promises, with the settlement of its project",
    )  # fmt: skip
    refuse(
        Fund, "opening", on="update", words="a purse opens with its settlement only",
        when=f"{moved} AND OLD.settlement_id IS NOT NULL AND EXISTS ({CLOSED} OLD.project_uid AND s.id = OLD.settlement_id)",
    )  # fmt: skip
    refuse(
        Fund, "settled", on="insert", when=f"NEW.settlement_id IS NOT NULL OR EXISTS ({CLOSED} NEW.project_uid)",
        words="a settled project opens no purse",
    )  # fmt: skip
    held = "EXISTS (SELECT 1 FROM funding_paymentpart p JOIN funding_payment y ON y.id = p.payment_id WHERE p.id = NEW.part_id " \
           "AND y.kind = 'retention')"  # fmt: skip
    refuse(
        JournalEntry, "closed_purse", on="update", words="nothing but the retention leaves a closed purse",
        when=f"{POSTING} AND {_SHUT} AND NOT (NEW.kind = 'payment' AND {held})",
        lock="SELECT 1 FROM funding_fund f WHERE f.id = NEW.fund_id FOR UPDATE",
    )  # fmt: skip
    refuse(Commitment, "closed_purse", on="insert", when=_SHUT, words="a closed purse promises nothing")
    project = "(SELECT c.project_uid FROM funding_contract c WHERE c.id = NEW.contract_id)"
    refuse(
        Payment, "closed_purse", on="insert", when=f"NEW.kind <> 'retention' AND EXISTS ({CLOSED} {project})",
        words="nothing but the retention is asked of a settled project",
    )  # fmt: skip


def _review() -> None:
    standing = "s.state IN ('confirmed', 'closed') AND s.project_uid = NEW.project_uid"
    reviewed = "COALESCE((SELECT i.reviewed FROM funding_settlementitem i WHERE i.settlement_id = s.id AND i.item = NEW.item), 0)"
    others = "COALESCE((SELECT SUM(c.amount - c.unspent) FROM funding_commitment c WHERE c.project_uid = NEW.project_uid " \
             "AND c.item = NEW.item AND c.id <> NEW.id), 0)"  # fmt: skip
    refuse(
        Commitment, "reviewed", on="update", words="no item is paid beyond its review",
        when="NEW.amount - NEW.unspent > OLD.amount - OLD.unspent AND EXISTS (SELECT 1 FROM funding_settlement s "
             f"WHERE {standing} AND {others} + NEW.amount - NEW.unspent > {reviewed})",
    )  # fmt: skip
