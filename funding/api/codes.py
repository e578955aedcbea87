"""Codes of this app's refusals in the error catalogue."""

from rest.catalogue import register

ROWS = (
    ("already_confirmed", 409, "已经复核过了", "读取现在的状态；同一事项只复核一次。"),
    ("already_reversed", 409, "已经冲销", "一笔分录只能冲销一次；冲销有误的按原业务重新登记。"),
    ("beyond_appropriation", 409, "超出下达金额", "减少分配，或登记追加下达的资金来源。"),
    ("beyond_contract", 409, "超出合同资金", "按 missing 或 errors 所说的差额减少，或先落实资金。"),
    ("beyond_payment", 409, "退回超出拨付", "退回合计不能超过原拨付。"),
    ("beyond_progress", 409, "超出完成产值", "先按监理确认填报累计完成产值，或减少申请。"),
    ("contract_exists", 409, "合同编号重复", "同一项目的合同编号不能重复。"),
    ("entry_state", 409, "分录的状态不允许", "待复核的分录才能入账或放弃。"),
    ("no_payee", 409, "没有收款账户", "录入收款账户并由另一人复核。"),
    ("not_confirmed", 409, "资金来源没有复核", "由登记人以外的人复核后再分配。"),
    ("not_refundable", 409, "不能退回", "只有已拨付且未冲销的款项可以退回。"),
    ("not_reversible", 409, "不能冲销", "只有已入账、本身不是冲销的分录可以冲销。"),
    ("other_item", 409, "资金已用于合同的其他内容", "同一专账在一个合同中只用于一项内容。"),
    ("overdrawn", 409, "余额不足", "按 detail 所说的科目和差额办理：先到位、先分配或减少金额。"),
    ("own_entry", 403, "不能办理自己经手的事项", "由另一人复核、审核或拨付。"),
    ("payee_waits", 409, "收款账户有变更待复核", "先办结账户变更。"),
    ("plan_changed", 409, "资金计划已有新版", "读取最新一版后再修改或复核。"),
    ("payment_state", 409, "申请的状态不允许", "读取申请现在的状态，按待审核、待拨付的次序办理。"),
)
for _row in ROWS:
    register(*_row)
