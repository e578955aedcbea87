"""The only writers of money. Each takes its locks in one order: the request's key, source, contract, funds by id, payment."""

from funding.actions.apportionment import announce_apportionment, apportion, withdraw_apportionment
from funding.actions.collecting import MOST_CHECKED, check_receipt, check_receipts, collect, drop_receipt, give_back
from funding.actions.contracts import ask_funding, decide_payee, enter_payee, sign_contract
from funding.actions.corrections import ask_refund, ask_reversal, drop_entry, post_entry
from funding.actions.flags import close_flag, explain_flag, raise_flags, return_flag
from funding.actions.payments import check_payment, release_payment, request_payment, return_payment, withdraw_payment
from funding.actions.plans import confirm_plan, record_fee, record_plan
from funding.actions.settlements import (
    ask_reopening,
    attach_report,
    close_settlement,
    confirm_settlement,
    enter_settlement,
    grant_reopening,
    return_settlement,
)
from funding.actions.sources import (
    allot,
    confirm_gift,
    confirm_source,
    receive,
    record_gift,
    register_source,
    withdraw_source,
)
from funding.actions.supplements import decide_change, enter_change, set_terms

__all__ = [
    "MOST_CHECKED",
    "allot",
    "announce_apportionment",
    "apportion",
    "ask_funding",
    "ask_refund",
    "ask_reopening",
    "ask_reversal",
    "attach_report",
    "check_payment",
    "check_receipt",
    "check_receipts",
    "close_flag",
    "close_settlement",
    "collect",
    "confirm_gift",
    "confirm_plan",
    "confirm_settlement",
    "confirm_source",
    "decide_change",
    "decide_payee",
    "drop_entry",
    "drop_receipt",
    "enter_change",
    "enter_payee",
    "enter_settlement",
    "explain_flag",
    "give_back",
    "grant_reopening",
    "post_entry",
    "raise_flags",
    "receive",
    "record_fee",
    "record_gift",
    "record_plan",
    "register_source",
    "release_payment",
    "request_payment",
    "return_flag",
    "return_payment",
    "return_settlement",
    "set_terms",
    "sign_contract",
    "withdraw_apportionment",
    "withdraw_payment",
    "withdraw_source",
]
