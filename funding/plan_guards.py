"""What the database itself holds of funding plans: entered whole, confirmed once, never rewritten."""

from funding.models import FundingPlan, FundingPlanLine, ProjectFee
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
