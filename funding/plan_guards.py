"""What the database itself holds of funding plans and apportionments: entered whole, confirmed once, never rewritten."""

from funding.models import Apportionment, DueReceipt, FundingPlan, FundingPlanLine, HomeDue, ProjectFee
from offices.demands import refuse
from offices.triggers import protect


def register() -> None:
    """Make it known to ``offices.triggers`` and ``offices.demands``."""
    protect(FundingPlanLine)
    protect(ProjectFee)
    protect(
        FundingPlan, insert_only=False,
        frozen=("uid", "project_uid", "number", "total", "no_hidden_debt", "said", "note", "made_by", "division"),
    )  # fmt: skip
    refuse(
        FundingPlan, "begins", on="insert", when="NEW.confirmed_by_id IS NOT NULL", words="confirmed later, by another"
    )
    refuse(
        FundingPlan, "confirmed", on="update", words="what is confirmed stays confirmed",
        when="OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id <> OLD.confirmed_by_id)",
    )  # fmt: skip
    whole = "COALESCE((SELECT SUM(l.amount) FROM funding_fundingplanline l WHERE l.plan_id = NEW.id), 0)"
    refuse(
        FundingPlan, "whole", on="update", words="a confirmed plan is the sum of its lines",
        when=f"NEW.confirmed_by_id IS NOT NULL AND OLD.confirmed_by_id IS NULL AND NEW.total <> {whole}",
    )  # fmt: skip
    confirmed = "(SELECT p.confirmed_by_id FROM funding_fundingplan p WHERE p.id = NEW.plan_id)"
    refuse(
        FundingPlanLine, "open", on="insert", when=f"{confirmed} IS NOT NULL", words="a line joins an unconfirmed plan only",
        lock="SELECT 1 FROM funding_fundingplan p WHERE p.id = NEW.plan_id FOR SHARE",
    )  # fmt: skip
    _apportionments()


def _apportionments() -> None:
    protect(HomeDue)
    protect(
        Apportionment, insert_only=False,
        frozen=("uid", "fund", "project_uid", "way", "agreement", "amount", "formula", "rule", "clause", "made_by"),
    )  # fmt: skip
    protect(DueReceipt, insert_only=False, frozen=("uid", "due", "kind", "amount", "day", "voucher", "recorded_by"))
    refuse(
        Apportionment,
        "begins",
        on="insert",
        when="NEW.confirmed_by_id IS NOT NULL",
        words="confirmed later, by another",
    )
    refuse(
        Apportionment, "confirmed", on="update", words="what is confirmed stays confirmed",
        when="OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id <> OLD.confirmed_by_id)",
    )  # fmt: skip
    whole = "COALESCE((SELECT SUM(d.amount) FROM funding_homedue d WHERE d.apportionment_id = NEW.id), 0)"
    refuse(
        Apportionment, "whole", on="update", words="the shares of the homes sum to the amount",
        when=f"NEW.confirmed_by_id IS NOT NULL AND OLD.confirmed_by_id IS NULL AND NEW.amount <> {whole}",
    )  # fmt: skip
    confirmed = "(SELECT a.confirmed_by_id FROM funding_apportionment a WHERE a.id = NEW.apportionment_id)"
    refuse(
        HomeDue, "open", on="insert", when=f"{confirmed} IS NOT NULL", words="a home joins an unconfirmed apportionment only",
        lock="SELECT 1 FROM funding_apportionment a WHERE a.id = NEW.apportionment_id FOR SHARE",
    )  # fmt: skip
    refuse(DueReceipt, "begins", on="insert", when="NEW.checked_by_id IS NOT NULL", words="checked later, by another")
    refuse(DueReceipt, "checked", on="update", when="OLD.checked_by_id IS NOT NULL", words="a checked receipt stays so")
    paid = (
        "COALESCE((SELECT SUM(CASE WHEN r.kind = 'paid' THEN r.amount ELSE -r.amount END) FROM funding_duereceipt r "
        "WHERE r.due_id = NEW.due_id AND r.checked_by_id IS NOT NULL), 0) "
        "+ (CASE WHEN NEW.kind = 'paid' THEN NEW.amount ELSE -NEW.amount END)"
    )
    due = "(SELECT d.amount FROM funding_homedue d WHERE d.id = NEW.due_id)"
    refuse(
        DueReceipt, "within", on="update", words="a home pays no more than it owes and gets back no more than it paid",
        when=f"NEW.checked_by_id IS NOT NULL AND ({paid} < 0 OR {paid} > {due})",
        lock="SELECT 1 FROM funding_homedue d WHERE d.id = NEW.due_id FOR UPDATE",
    )  # fmt: skip
