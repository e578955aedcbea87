"""The route table of public money. Finance's own acts are nobody's here (the table knows no finance): tests/funding plays them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.trust.money_rows import values
from tests.trust.route import CLERK, NOBODY, PLACE, STAFF, WRITERS, Args, Route, Write
from tests.trust.rows import Rows


def _uid(name: str) -> Args:
    return lambda rows: {"uid": getattr(rows.money, name).uid}


def _project(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.money.fund.project_uid}


def _source(rows: Rows) -> dict[str, Any]:
    return {
        "division": str(rows.county.uid), "kind": "county", "name": "县级资金", "document_number": "芮财〔2026〕1号",
        "issued_on": "2026-02-10", "year": 2026, "purpose": "改造", "amount": "10.00",
    }  # fmt: skip


def _contract(rows: Rows) -> dict[str, Any]:
    return {
        "name": "合同",
        "number": "HT-9",
        "party": "单位",
        "amount": "10.00",
        "signed_on": "2026-2-10",
        "retention": "3",
    }


def _gift(rows: Rows) -> dict[str, Any]:
    return {"kind": "goods", "words": "长椅", "value": "10.00", "basis": "发票", "given_on": "2026-2-10"}


def _request(rows: Rows) -> dict[str, Any]:
    return values(kind="progress", progress="300000.00", **{f"amount-{rows.money.fund.uid}": "5.00"})


def _allot(rows: Rows) -> dict[str, Any]:
    return {"project": str(rows.money.fund.project_uid), "amount": "10.00", "day": "2026-02-10"}


def _payment(rows: Rows) -> dict[str, Any]:
    return {
        "contract": str(rows.money.contract.uid), "amount": "5.00", "progress": "300000.00", "words": "进度款", "paper": "计量单"
    }  # fmt: skip


def _plan_form(rows: Rows) -> dict[str, Any]:
    states = {f"line{n}-state": "expected" for n in range(5)}
    return {
        **states,
        "earlier": rows.money.plan.number,
        "no_hidden_debt": "on",
        "line0-kind": "county",
        "line0-amount": "10.00",
    }


def _plan(rows: Rows) -> dict[str, Any]:
    lines = [{"kind": "county", "amount": "10.00", "state": "expected"}]
    return {"project": str(rows.money.fund.project_uid), "lines": lines, "no_hidden_debt": True}


def _fee(rows: Rows) -> dict[str, Any]:
    return {
        "name": "占道费",
        "charged_by": "城管局",
        "basis": "晋价费字〔2010〕1号",
        "amount": "10.00",
        "charged_on": "2026-2-10",
    }


def _apportion(rows: Rows) -> dict[str, Any]:
    return {"fund": str(rows.money.shared.fund.uid), "title": "屋面", "amount": "1.00", "pay_by": "2026-3-20"}


def _apportion_json(rows: Rows) -> dict[str, Any]:
    return {**_apportion(rows), "way": "area", "pay_by": "2026-03-20"}


def _due(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.money.receipt.due.uid}


COLLECT = {"amount": "1.00", "day": "2026-2-10", "voucher": "收9"}
BACK = {"amount": "1.00", "day": "2026-2-10", "voucher": "退9", "reason": "多缴"}


def _collect_json(rows: Rows) -> dict[str, Any]:
    return {**COLLECT, "due": str(rows.money.receipt.due.uid), "day": "2026-02-10"}


def _back(rows: Rows) -> dict[str, Any]:
    return {**BACK, "receipt": str(rows.money.paid.uid)}


def _back_json(rows: Rows) -> dict[str, Any]:
    return {**_back(rows), "day": "2026-02-10"}


def _receipt_of_shared(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.money.shared.uid, "receipt": rows.money.receipt.uid}


def _signed(rows: Rows) -> dict[str, Any]:
    return {**_contract(rows), "project": str(rows.money.fund.project_uid), "signed_on": "2026-02-10"}


def _lines(rows: Rows) -> list[dict[str, Any]]:
    return [{"fund": str(rows.money.fund.uid), "amount": "5.00", "item": "道路"}]


def _change(rows: Rows) -> dict[str, Any]:
    return {"number": "补-9", "amount": "5.00", "signed_on": "2026-02-10", "reason": "管径加大", "lines": _lines(rows)}


def _change_form(rows: Rows) -> dict[str, Any]:
    line = {"line0-fund": str(rows.money.fund.uid), "line0-amount": "5.00", "line0-item": "道路"}
    return {**line, "number": "补-9", "amount": "5.00", "signed_on": "2026-02-10", "reason": "管径加大"}


def _changed(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.money.changed.uid, "change": rows.money.changed.changes.get(kind="supplement").uid}


def _waiting_payee(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.money.contract.uid, "payee": rows.money.contract.payees.get(confirmed_by=None).uid}


def _payee(rows: Rows) -> dict[str, Any]:
    return {"holder": rows.money.contract.party, "bank": "行", "number": "1", **REASON}


def _refund(rows: Rows) -> dict[str, Any]:
    return {"amount": "5.00", "day": "2026-02-10", "voucher": "1", **REASON}


def _reviewed(rows: Rows) -> dict[str, Any]:
    return {
        "reviewer": "事务所",
        "report_number": "1号",
        "reviewed_on": "2026-02-10",
        "county_ratio": "60%",
        "ratio_paper": "纪要",
    }


def _settlement_form(rows: Rows) -> dict[str, Any]:
    return {**_reviewed(rows), "item0-amount": "10.00", "item0-paper": "第1页"}


def _settlement(rows: Rows) -> dict[str, Any]:
    items = [{"item": "道路", "amount": "10.00", "paper": "第1页"}]
    return {**_reviewed(rows), "project": str(rows.money.fund.project_uid), "items": items}


def _report(rows: Rows) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("评审报告.txt", "评审".encode())}


AUDITOR = frozenset({"auditor"})
RELEASE = {"voucher": "1", "released_on": "2026-02-10"}
REASON = {"reason": "理由"}
MONEY: dict[str, Route] = {
    "funding:sources": Route(STAFF),
    "funding:add_source": Route(STAFF, write=(Write(WRITERS, _source, foreign=(400,)),)),
    "funding:source": Route(PLACE, _uid("source")),
    "funding:confirm_source": Route(None, _uid("unconfirmed"), (Write(WRITERS),)),
    "funding:allot": Route(None, _uid("source"), (Write(NOBODY, _allot),)),
    "funding:fund": Route(PLACE, _uid("fund")),
    "funding:receive": Route(None, _uid("fund"), (Write(NOBODY, lambda rows: values()),)),
    "funding:ledger": Route(PLACE, _project),
    "funding:sign": Route(PLACE, _project, (Write(WRITERS, _contract),)),
    "funding:add_gift": Route(None, _project, (Write(WRITERS, _gift),)),
    "funding:confirm_gift": Route(None, _uid("gift"), (Write(CLERK),)),
    "funding:entry": Route(PLACE, _uid("entry")),
    "funding:reverse": Route(None, _uid("entry"), (Write(NOBODY, lambda rows: REASON),)),
    "funding:refund": Route(None, _uid("entry"), (Write(NOBODY, lambda rows: values(**REASON)),)),
    "funding:post_entry": Route(None, _uid("draft"), (Write(NOBODY),)),
    "funding:contract": Route(PLACE, _uid("contract")),
    "funding:payee": Route(
        None, _uid("contract"),
        (Write(WRITERS, lambda rows: {"holder": rows.money.contract.party, "bank": "行", "number": "1", **REASON}, done=(409,)),),
    ),
    "funding:decide_payee": Route(None, _uid("contract"), (Write(CLERK, lambda rows: {"decision": "confirm"}),)),
    "funding:request": Route(None, _uid("contract"), (Write(CLERK, _request),)),
    "funding:payments": Route(STAFF),
    "funding:payment": Route(PLACE, _uid("waiting")),
    "funding:decide": Route(None, _uid("waiting"), (Write(WRITERS, lambda rows: {"decision": "withdraw", **REASON}),)),
    "funding:release": Route(None, _uid("checked"), (Write(NOBODY, lambda rows: RELEASE),)),
    "funding:plan": Route(PLACE, _project),
    "funding:plan_edit": Route(PLACE, _project, (Write(WRITERS, _plan_form),)),
    "funding:plan_confirm": Route(None, _uid("plan"), (Write(CLERK),)),
    "funding:apportionments": Route(PLACE, _project),
    "funding:apportion": Route(PLACE, _project, (Write(WRITERS, _apportion),), query=lambda rows: {"way": "area"}),
    "funding:apportionment": Route(PLACE, _uid("shared")),
    "funding:apportionment_announce": Route(None, _uid("unshared"), (Write(CLERK),)),
    "funding:apportionment_withdraw": Route(None, _uid("unshared"), (Write(WRITERS, lambda rows: REASON),)),
    "funding:apportionment_check": Route(None, _uid("shared"), (Write(NOBODY),)),
    "funding:apportionment_table": Route(PLACE, _uid("shared")),
    "funding:apportionment_sheet": Route(None, _uid("shared"), (Write(WRITERS),)),
    "funding:apportionment_slips": Route(None, _uid("shared"), (Write(WRITERS),)),
    "funding:home_due": Route(PLACE, _due),
    "funding:due_collect": Route(None, _due, (Write(WRITERS, lambda rows: COLLECT),)),
    "funding:due_give_back": Route(None, _due, (Write(WRITERS, _back),)),
    "funding:due_check": Route(None, _uid("receipt"), (Write(NOBODY),)),
    "funding:due_drop": Route(None, _uid("receipt"), (Write(WRITERS),)),
    "api:apportionment-list": Route(STAFF, write=(Write(WRITERS, _apportion_json, foreign=(400,)),)),
    "api:apportionment-export": Route(STAFF),
    "api:apportionment-detail": Route(PLACE, _uid("shared")),
    "api:apportionment-dues": Route(PLACE, _uid("shared")),
    "api:apportionment-announce": Route(None, _uid("unshared"), (Write(CLERK),)),
    "api:apportionment-withdraw": Route(None, _uid("unshared"), (Write(WRITERS, lambda rows: REASON),)),
    "api:apportionment-collect": Route(None, _uid("shared"), (Write(WRITERS, _collect_json),)),
    "api:apportionment-refund": Route(None, _uid("shared"), (Write(WRITERS, _back_json),)),
    "api:apportionment-check": Route(None, _receipt_of_shared, (Write(NOBODY),)),
    "funding:add_fee": Route(None, _project, (Write(WRITERS, _fee),)),
    "funding:contract_fund": Route(PLACE, _uid("contract"), (Write(WRITERS, _change_form, done=(409,)),)),
    "funding:change_add": Route(PLACE, _uid("contract"), (Write(WRITERS, _change_form),)),
    "funding:change_decide": Route(None, _uid("changed"), (Write(CLERK, lambda rows: {"decision": "confirm"}),)),
    "funding:terms": Route(PLACE, _uid("contract"), (Write(WRITERS, lambda rows: {"term0-words": "开工", "term0-amount": "5.00"}),)),
    "funding:flags": Route(STAFF),
    "funding:flag": Route(PLACE, _uid("flag")),
    "funding:flag_decide": Route(None, _uid("flag"), (Write(WRITERS, lambda rows: {"decision": "explain", "text": "说明"}),)),
    "funding:trail": Route(PLACE, lambda rows: {"scope": "fund", "uid": rows.money.fund.uid, "figure": "paid"}),
    "api:audit-flag-list": Route(STAFF),
    "api:audit-flag-export": Route(STAFF),
    "api:audit-flag-detail": Route(PLACE, _uid("flag")),
    "api:audit-flag-explain": Route(None, _uid("flag"), (Write(WRITERS, lambda rows: {"text": "说明"}),)),
    "api:audit-flag-give-back": Route(None, _uid("flag"), (Write(AUDITOR, lambda rows: {"text": "补充"}),)),
    "api:audit-flag-close": Route(None, _uid("flag"), (Write(AUDITOR, lambda rows: {"text": "了结"}),)),
    "api:contract-list": Route(STAFF, write=(Write(WRITERS, _signed, foreign=(403,)),)),
    "api:contract-export": Route(STAFF),
    "api:contract-detail": Route(PLACE, _uid("contract")),
    "api:contract-commit": Route(None, _uid("contract"), (Write(WRITERS, lambda rows: {"lines": _lines(rows)}, done=(409,)),)),
    "api:contract-changes": Route(None, _uid("contract"), (Write(WRITERS, _change),)),
    "api:contract-decide-change": Route(None, _changed, (Write(CLERK, lambda rows: {"accept": True}),)),
    "api:contract-payees": Route(None, _uid("contract"), (Write(WRITERS, _payee, done=(409,)),)),
    "api:contract-decide-payee": Route(None, _waiting_payee, (Write(CLERK, lambda rows: {"accept": True}),)),
    "api:contract-terms": Route(PLACE, _uid("contract"), (Write(WRITERS, lambda rows: {"terms": [{"words": "开工", "amount": "5.00"}]}),)),
    "api:entry-list": Route(STAFF),
    "api:entry-export": Route(STAFF),
    "api:entry-detail": Route(PLACE, _uid("entry")),
    "api:entry-reverse": Route(None, _uid("entry"), (Write(NOBODY, lambda rows: REASON),)),
    "api:entry-refund": Route(None, _uid("entry"), (Write(NOBODY, _refund),)),
    "api:entry-post-entry": Route(None, _uid("draft"), (Write(NOBODY),)),
    "api:entry-drop": Route(None, _uid("draft"), (Write(NOBODY),)),
    "funding:settlement": Route(PLACE, _project),
    "funding:settlement_enter": Route(PLACE, _project, (Write(WRITERS, _settlement_form),)),
    "funding:settlement_decide": Route(None, _uid("settlement"), (Write(WRITERS, lambda rows: {"decision": "return", **REASON}),)),
    "funding:settlement_attach": Route(None, _uid("settlement"), (Write(WRITERS, _report),)),
    "funding:settlement_reopen": Route(None, _uid("settled"), (Write(WRITERS, lambda rows: {"paper": "文", **REASON}),)),
    "funding:settlement_sheet": Route(PLACE, _uid("settlement")),
    "api:settlement-list": Route(STAFF, write=(Write(WRITERS, _settlement, foreign=(403,)),)),
    "api:settlement-export": Route(STAFF),
    "api:settlement-detail": Route(PLACE, _uid("settlement")),
    "api:settlement-report": Route(None, _uid("settlement"), (Write(WRITERS, lambda rows: {}, done=(400,)),)),
    "api:settlement-confirm": Route(None, _uid("settlement"), (Write(NOBODY),)),
    "api:settlement-give-back": Route(None, _uid("settlement"), (Write(WRITERS, lambda rows: REASON),)),
    "api:settlement-close": Route(None, _uid("settled"), (Write(NOBODY),)),
    "api:settlement-ask-reopening": Route(None, _uid("settled"), (Write(WRITERS, lambda rows: {"paper": "文", **REASON}),)),
    "api:settlement-reopen": Route(None, _uid("settled"), (Write(NOBODY),)),
    "api:funding-plan-list": Route(STAFF, write=(Write(WRITERS, _plan, foreign=(403,)),)),
    "api:funding-plan-export": Route(STAFF),
    "api:funding-plan-detail": Route(PLACE, _uid("plan")),
    "api:funding-plan-checks": Route(PLACE, _uid("plan")),
    "api:funding-plan-confirm": Route(None, _uid("plan"), (Write(CLERK),)),
    "api:funding-source-list": Route(STAFF, write=(Write(WRITERS, _source, foreign=(400,)),)),
    "api:funding-source-export": Route(STAFF),
    "api:funding-source-detail": Route(PLACE, _uid("source")),
    "api:funding-source-confirm": Route(None, _uid("unconfirmed"), (Write(WRITERS),)),
    "api:funding-source-allot": Route(None, _uid("source"), (Write(NOBODY, _allot),)),
    "api:fund-list": Route(STAFF),
    "api:fund-export": Route(STAFF),
    "api:fund-detail": Route(PLACE, _uid("fund")),
    "api:fund-entries": Route(PLACE, _uid("fund")),
    "api:fund-receive": Route(None, _uid("fund"), (Write(NOBODY, lambda rows: {"amount": "5.00", "day": "2026-02-10", "voucher": "1"}),)),
    "api:fund-payments": Route(PLACE, _uid("fund"), (Write(CLERK, _payment),)),
    "api:fund-check-payment": Route(None, lambda rows: {"uid": rows.money.fund.uid, "payment": rows.money.waiting.uid}, (Write(NOBODY),)),
    "api:fund-release-payment": Route(
        None, lambda rows: {"uid": rows.money.fund.uid, "payment": rows.money.checked.uid}, (Write(NOBODY, lambda rows: RELEASE),)
    ),
}  # fmt: skip
