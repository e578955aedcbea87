"""At start-up: what was posted is frozen from its day on and its end never comes earlier; what residents said and were told stays as it
was; gates ask the notices, and a new calendar recounts them."""

from approvals import standing
from approvals.models import Notice, NoticeCommunity, NoticeCount, Remark, RemarkAnswer, RemarkReveal
from approvals.notices.days import recount
from approvals.notices.standing import source
from offices.calendar import on_calendar_change
from offices.triggers import protect


def register() -> None:
    """Called once by apps.py."""
    protect(Notice, frozen=Notice.FROZEN, insert_only=False, since="posted_on", rising=("last_day",))
    for insert_only in (NoticeCommunity, NoticeCount, RemarkAnswer, RemarkReveal):
        protect(insert_only)
    protect(Remark, frozen=Remark.FROZEN, insert_only=False)
    standing.register("notices", source, kinds={"notice"})
    if recount not in on_calendar_change:
        on_calendar_change.append(recount)
