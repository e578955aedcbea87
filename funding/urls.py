"""URLs of public money: ``staff`` joins under ``/staff/money/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from funding.api import FundingSourceViewSet, FundViewSet
from funding.api.apportionments import ApportionmentViewSet
from funding.api.contracts import ContractViewSet, EntryViewSet
from funding.api.flags import AuditFlagViewSet
from funding.api.plans import FundingPlanViewSet
from funding.api.reports import ReportViewSet
from funding.api.settlements import SettlementViewSet
from funding.workspace import (
    audit,
    books,
    collecting,
    contracts,
    homes,
    lists,
    payments,
    plans,
    reports,
    settlements,
    sources,
    supplements,
)

app_name = "funding"
portal: list[Any] = []
staff: list[Any] = [
    path("", sources.sources, name="sources"),
    path("sources/add/", sources.add_source, name="add_source"),
    path("sources/<uuid:uid>/", sources.source, name="source"),
    path("sources/<uuid:uid>/confirm/", sources.confirm_source, name="confirm_source"),
    path("sources/<uuid:uid>/allot/", sources.allot, name="allot"),
    path("funds/<uuid:uid>/", sources.fund, name="fund"),
    path("funds/<uuid:uid>/receive/", sources.receive, name="receive"),
    path("projects/<uuid:uid>/", books.ledger, name="ledger"),
    path("projects/<uuid:uid>/plan/", plans.plan, name="plan"),
    path("projects/<uuid:uid>/plan/edit/", plans.edit, name="plan_edit"),
    path("projects/<uuid:uid>/fees/", plans.add_fee, name="add_fee"),
    path("projects/<uuid:uid>/apportionments/", collecting.overview, name="apportionments"),
    path("projects/<uuid:uid>/apportionments/add/", collecting.add, name="apportion"),
    path("apportionments/<uuid:uid>/", homes.apportionment, name="apportionment"),
    path("apportionments/<uuid:uid>/announce/", homes.announce, name="apportionment_announce"),
    path("apportionments/<uuid:uid>/withdraw/", homes.withdraw, name="apportionment_withdraw"),
    path("apportionments/<uuid:uid>/check/", homes.check_all, name="apportionment_check"),
    path("apportionments/<uuid:uid>/table.xlsx", lists.table, name="apportionment_table"),
    path("apportionments/<uuid:uid>/sheet/", lists.sheet, name="apportionment_sheet"),
    path("apportionments/<uuid:uid>/slips/", lists.slips, name="apportionment_slips"),
    path("home-dues/<uuid:uid>/", homes.home, name="home_due"),
    path("home-dues/<uuid:uid>/collect/", homes.collect, name="due_collect"),
    path("home-dues/<uuid:uid>/give-back/", homes.give_back, name="due_give_back"),
    path("due-receipts/<uuid:uid>/check/", homes.check, name="due_check"),
    path("due-receipts/<uuid:uid>/drop/", homes.drop, name="due_drop"),
    path("plans/<uuid:uid>/confirm/", plans.confirm, name="plan_confirm"),
    path("projects/<uuid:uid>/contracts/add/", contracts.sign, name="sign"),
    path("projects/<uuid:uid>/gifts/", books.add_gift, name="add_gift"),
    path("gifts/<uuid:uid>/confirm/", books.confirm_gift, name="confirm_gift"),
    path("entries/<uuid:uid>/", books.entry, name="entry"),
    path("entries/<uuid:uid>/reverse/", books.reverse_entry, name="reverse"),
    path("entries/<uuid:uid>/refund/", books.refund, name="refund"),
    path("entries/<uuid:uid>/post/", books.post_entry, name="post_entry"),
    path("contracts/<uuid:uid>/", contracts.contract, name="contract"),
    path("contracts/<uuid:uid>/payee/", contracts.payee, name="payee"),
    path("contracts/<uuid:uid>/payee/decide/", contracts.decide_payee, name="decide_payee"),
    path("contracts/<uuid:uid>/changes/add/", supplements.add, name="change_add"),
    path("contracts/<uuid:uid>/funding/", supplements.fund, name="contract_fund"),
    path("contracts/<uuid:uid>/changes/decide/", supplements.decide, name="change_decide"),
    path("contracts/<uuid:uid>/terms/", supplements.terms, name="terms"),
    path("contracts/<uuid:uid>/request/", contracts.request_payment, name="request"),
    path("projects/<uuid:uid>/settlement/", settlements.settlement, name="settlement"),
    path("projects/<uuid:uid>/settlement/enter/", settlements.enter, name="settlement_enter"),
    path("settlements/<uuid:uid>/decide/", settlements.decide, name="settlement_decide"),
    path("settlements/<uuid:uid>/report/", settlements.attach, name="settlement_attach"),
    path("settlements/<uuid:uid>/reopen/", settlements.reopen, name="settlement_reopen"),
    path("settlements/<uuid:uid>/sheet/", settlements.sheet, name="settlement_sheet"),
    path("reports/", reports.reports, name="reports"),
    path("reports/file/", reports.download, name="report_file"),
    path("reports/job/", reports.later, name="report_job"),
    path("flags/", audit.flags, name="flags"),
    path("flags/<uuid:uid>/", audit.flag, name="flag"),
    path("flags/<uuid:uid>/decide/", audit.decide, name="flag_decide"),
    path("trail/<slug:scope>/<uuid:uid>/<slug:figure>/", audit.trail, name="trail"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<uuid:uid>/", payments.payment, name="payment"),
    path("payments/<uuid:uid>/decide/", payments.decide, name="decide"),
    path("payments/<uuid:uid>/release/", payments.release, name="release"),
]
api: list[Any] = [
    ("funding-sources", FundingSourceViewSet, "funding-source"),
    ("funds", FundViewSet, "fund"),
    ("money-reports", ReportViewSet, "money-report"),
    ("funding-plans", FundingPlanViewSet, "funding-plan"),
    ("contracts", ContractViewSet, "contract"),
    ("entries", EntryViewSet, "entry"),
    ("audit-flags", AuditFlagViewSet, "audit-flag"),
    ("settlements", SettlementViewSet, "settlement"),
    ("apportionments", ApportionmentViewSet, "apportionment"),
]
