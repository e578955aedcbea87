"""公示: drafting, posting, closing; what residents say on it and what becomes of it. The only writers of these tables are here."""

from approvals.notices import queries
from approvals.notices.answers import answer_remark, erase_person, reopen_remark, reveal_remark, withdraw_remark
from approvals.notices.drafts import change_notice, copy_notice, create_notice
from approvals.notices.posting import close_notice, post_notice, posted_for, void_for, withdraw_notice
from approvals.notices.remarks import enter_remark, send_remark

__all__ = [
    "answer_remark", "change_notice", "close_notice", "copy_notice", "create_notice", "enter_remark", "post_notice", "posted_for",
    "erase_person", "queries", "reopen_remark", "reveal_remark", "send_remark", "void_for", "withdraw_notice", "withdraw_remark",
]  # fmt: skip
