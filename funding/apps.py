"""App configuration."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """The app."""

    name = "funding"
    verbose_name = "资金"

    def ready(self) -> None:
        """What the database holds of the ledger, and what gates may ask of it."""
        from approvals.standing import register
        from communities.imports.kinds import register as register_kind
        from funding import contract_guards, flag_guards, guards, home_guards, plan_guards, plans, settlement_guards
        from funding.fund_import import FundKind
        from funding.imports import PaymentKind
        from funding.models import (
            Account,
            Commitment,
            Contract,
            Fund,
            FundingPlan,
            FundingPlanLine,
            FundingSource,
            JournalEntry,
            Leg,
        )
        from funding.reports import jobs
        from funding.standing import allotments
        from rest.versions import watch

        watch(Account, Commitment, Contract, Fund, FundingPlan, FundingPlanLine, FundingSource, JournalEntry, Leg)
        register_kind(FundKind())
        register_kind(PaymentKind())
        jobs.offer()
        guards.register()
        plan_guards.register()
        home_guards.register()
        contract_guards.register()
        flag_guards.register()
        settlement_guards.register()
        register("allotments", allotments, kinds={"project_allotment"})
        register("funding_plans", plans.shares, kinds={"funding_share"})
