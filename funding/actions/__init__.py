"""The only writers of money. Each takes its locks in one order: the request's key, source, contract, funds by id, payment."""

from funding.actions.apportionment import announce_apportionment, apportion, withdraw_apportionment
from funding.actions.collecting import MOST_CHECKED, check_receipt, check_receipts, collect, drop_receipt, give_back
from funding.actions.contracts import commit, decide_payee, enter_payee, sign_contract
from funding.actions.corrections import ask_refund, ask_reversal, drop_entry, post_entry
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
from funding.actions.sources import allot, confirm_gift, confirm_source, receive, record_gift, register_source

__all__ = [
    "MOST_CHECKED",
    "allot",
    "announce_apportionment",
    "apportion",
    "ask_refund",
    "ask_reopening",
    "ask_reversal",
    "attach_report",
    "check_payment",
    "check_receipt",
    "check_receipts",
    "close_settlement",
    "collect",
    "commit",
    "confirm_gift",
    "confirm_plan",
    "confirm_settlement",
    "confirm_source",
    "decide_payee",
    "drop_entry",
    "drop_receipt",
    "enter_payee",
    "enter_settlement",
    "give_back",
    "grant_reopening",
    "post_entry",
    "receive",
    "record_fee",
    "record_gift",
    "record_plan",
    "register_source",
    "release_payment",
    "request_payment",
    "return_payment",
    "return_settlement",
    "sign_contract",
    "withdraw_apportionment",
    "withdraw_payment",
]
