"""What the database itself holds of residents' money among homes.

1. Homes and their shares are written with the apportionment and sum to its amount; what is announced, and its hash, stays.
2. A receipt counts once a second person has checked it, and is then exactly one posted entry of the apportionment's own fund.
3. A home never pays more than it owes, and no more goes back than the receipt that is given back brought in.
4. An entry of which money went back is not reversed (what goes back not at all, by the entry's own CHECK); a reversed entry takes its
   receipt out.
"""

from funding.guards import POSTING
from funding.models import Apportionment, DueReceipt, HomeDue, JournalEntry
from offices.demands import follow, refuse
from offices.triggers import protect

STANDS = "r.checked_by_id IS NOT NULL AND NOT r.taken_back"
_SIGNED = "SUM(CASE WHEN r.kind = 'paid' THEN r.amount ELSE -r.amount END)"
_CHECKING = "NEW.checked_by_id IS NOT NULL AND OLD.checked_by_id IS NULL"


def register() -> None:
    """Make it known to ``offices.triggers`` and ``offices.demands``."""
    _announced()
    _receipts()
    _entries()


def _announced() -> None:
    protect(HomeDue)
    protect(
        Apportionment, insert_only=False,
        frozen=("uid", "fund", "project_uid", "project_name", "title", "way", "agreement", "amount", "formula", "floors", "weight_total",
                "pay_by", "rule", "clause", "made_by", "division"),
    )  # fmt: skip
    refuse(
        Apportionment, "begins", on="insert", when="NEW.confirmed_by_id IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
        words="announced later, by another",
    )  # fmt: skip
    refuse(
        Apportionment, "confirmed", on="update", words="what is announced stays as it was",
        when="OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id <> OLD.confirmed_by_id "
        "OR NEW.confirmed_at <> OLD.confirmed_at OR NEW.digest <> OLD.digest)",
    )  # fmt: skip
    whole = "COALESCE((SELECT SUM(d.amount) FROM funding_homedue d WHERE d.apportionment_id = NEW.id), 0)"
    refuse(
        Apportionment, "whole", on="update", words="the shares of the homes sum to the amount",
        when=f"NEW.confirmed_by_id IS NOT NULL AND OLD.confirmed_by_id IS NULL AND NEW.amount <> {whole}",
    )  # fmt: skip
    held = (
        f"COALESCE((SELECT {_SIGNED} FROM funding_duereceipt r JOIN funding_homedue d ON d.id = r.due_id "
        f"WHERE d.apportionment_id = NEW.id AND {STANDS}), 0)"
    )
    refuse(
        Apportionment, "withdrawn", on="update", words="withdrawn once, and only where nothing of it is held",
        when=f"OLD.withdrawn_at IS NOT NULL OR (NEW.withdrawn_at IS NOT NULL AND {held} <> 0)",
        lock="SELECT 1 FROM funding_fund f WHERE f.id = NEW.fund_id FOR UPDATE",
    )  # fmt: skip
    confirmed = "(SELECT a.confirmed_by_id FROM funding_apportionment a WHERE a.id = NEW.apportionment_id)"
    refuse(
        HomeDue, "open", on="insert", when=f"{confirmed} IS NOT NULL", words="a home joins an unannounced apportionment only",
        lock="SELECT 1 FROM funding_apportionment a WHERE a.id = NEW.apportionment_id FOR SHARE",
    )  # fmt: skip


def _receipts() -> None:
    protect(
        DueReceipt, insert_only=False,
        frozen=("uid", "due", "kind", "amount", "day", "voucher", "refunds", "reason", "recorded_by"),
    )  # fmt: skip
    announced = (
        "EXISTS (SELECT 1 FROM funding_homedue d JOIN funding_apportionment a ON a.id = d.apportionment_id WHERE d.id = NEW.due_id "
        "AND a.confirmed_by_id IS NOT NULL AND a.withdrawn_at IS NULL)"
    )
    refuse(
        DueReceipt, "begins", on="insert", words="recorded for what is announced, checked later by another",
        when=f"NEW.checked_by_id IS NOT NULL OR NEW.dropped_at IS NOT NULL OR NEW.taken_back OR NOT {announced}",
    )  # fmt: skip
    refuse(
        DueReceipt, "checked", on="update", words="a checked or dropped receipt stays so",
        when="OLD.dropped_at IS NOT NULL OR (OLD.checked_by_id IS NOT NULL AND (NEW.checked_by_id IS NULL "
        "OR NEW.checked_by_id <> OLD.checked_by_id OR NEW.checked_at <> OLD.checked_at OR NEW.entry_id <> OLD.entry_id))",
    )  # fmt: skip
    reversed_ = "(SELECT 1 FROM funding_journalentry b WHERE b.reverses_id = NEW.entry_id AND b.state = 'posted')"
    refuse(
        DueReceipt, "taken", on="update", words="taken back with its entry, and by nothing else",
        when=f"NEW.taken_back <> OLD.taken_back AND (OLD.taken_back OR NOT EXISTS {reversed_})",
    )  # fmt: skip
    own = (
        "EXISTS (SELECT 1 FROM funding_journalentry e JOIN funding_homedue d ON d.id = NEW.due_id "
        "JOIN funding_apportionment a ON a.id = d.apportionment_id AND a.withdrawn_at IS NULL "
        "WHERE e.id = NEW.entry_id AND e.fund_id = a.fund_id AND e.state = 'posted' AND e.amount = NEW.amount "
        "AND e.posted_by_id = NEW.checked_by_id AND e.kind = (CASE NEW.kind WHEN 'paid' THEN 'receipt' ELSE 'giveback' END))"
    )
    refuse(
        DueReceipt, "entry", on="update", words="a receipt is one posted entry of its fund", when=f"{_CHECKING} AND NOT {own}"
    )  # fmt: skip
    paid = (
        f"COALESCE((SELECT {_SIGNED} FROM funding_duereceipt r WHERE r.due_id = NEW.due_id AND {STANDS}), 0) "
        "+ (CASE WHEN NEW.kind = 'paid' THEN NEW.amount ELSE -NEW.amount END)"
    )
    due = "(SELECT d.amount FROM funding_homedue d WHERE d.id = NEW.due_id)"
    given = f"COALESCE((SELECT SUM(r.amount) FROM funding_duereceipt r WHERE r.refunds_id = NEW.refunds_id AND {STANDS}), 0)"
    brought = f"COALESCE((SELECT r.amount FROM funding_duereceipt r WHERE r.id = NEW.refunds_id AND r.kind = 'paid' AND {STANDS}), 0)"
    refuse(
        DueReceipt, "within", on="update", words="a home pays no more than it owes and gets back no more than it paid",
        when=f"{_CHECKING} AND ({paid} < 0 OR {paid} > {due} OR (NEW.kind = 'refund' AND {given} + NEW.amount > {brought}))",
        lock="SELECT 1 FROM funding_homedue d WHERE d.id = NEW.due_id FOR UPDATE",
    )  # fmt: skip


def _entries() -> None:
    gone = (
        "EXISTS (SELECT 1 FROM funding_duereceipt r JOIN funding_duereceipt p ON p.id = r.refunds_id "
        f"WHERE p.entry_id = NEW.reverses_id AND {STANDS})"
    )
    refuse(
        JournalEntry, "given_back", on="update", words="what was given back is not reversed",
        when=f"{POSTING} AND NEW.kind = 'reversal' AND {gone}",
    )  # fmt: skip
    follow(
        JournalEntry, "taken", on="update", when=f"{POSTING} AND NEW.kind = 'reversal' AND NEW.concerns = 'receipt'",
        do=("UPDATE funding_duereceipt SET taken_back = TRUE WHERE entry_id = NEW.reverses_id",),
    )  # fmt: skip
