"""What the days do to notices: a new calendar recomputes them with a visible difference, the day after the last one reminds the body."""

import datetime as dt

from approvals.models import Notice
from approvals.notices.posting import count, period_of
from offices.calendar import Moved
from offices.messages import tell
from offices.models import CalendarYear
from offices.queries import members
from policies.calendar import WorkingCalendar
from policies.words import date_words


def recount(before: WorkingCalendar, after: WorkingCalendar, today: dt.date) -> list[Moved]:
    """Running notices by a calendar that was just loaded. Where the last day comes later it moves; where it would come earlier, residents
    keep the day that they were told, and what the calendar gives is kept beside it."""
    found = []
    rows = Notice.objects.select_for_update(of=("self",)).filter(state=Notice.State.POSTED)
    for row in rows.select_related("division", "body").prefetch_related("counts").order_by("pk"):
        if row.posted_on is None or row.last_day is None:
            continue
        period, last = period_of(row, posted_on=row.posted_on, days=after), list(row.counts.all())[-1]
        if period is None or (period.last_day, period.estimated) == (last.computed, last.estimated):
            continue
        told, row.last_day, row.estimated = row.last_day, max(row.last_day, period.last_day), period.estimated
        row.version += 1
        row.updated_at = CalendarYear.objects.latest("loaded_at").loaded_at
        row.save(update_fields=("last_day", "estimated", "version", "updated_at"))
        count(row, period, row.last_day, today)
        if row.last_day != told:
            found.append(Moved(what=f"{row.title}：公示截止日", before=told, after=row.last_day))
            tell(
                event=f"notice:{row.uid}:moved:{row.last_day}", recipients=members(row.body, "clerk", "leader"), subject=row,
                title=f"公示截止日改为{date_words(row.last_day)}：{row.title}", link=f"/staff/notices/{row.uid}/",
                text=f"按新公布的工作日历重新计算，原为{date_words(told)}。", at=row.updated_at,
            )  # fmt: skip
    return found


def remind(*, at: dt.datetime, today: dt.date) -> int:
    """Tell the body of each notice whose period is over and that nobody has closed; each once, however often this runs."""
    rows = Notice.objects.filter(state=Notice.State.POSTED, last_day__lt=today).select_related("body").order_by("pk")
    told = 0
    for row in rows.iterator(chunk_size=200):
        tell(
            event=f"notice:{row.uid}:ended:{row.last_day}", recipients=members(row.body, "clerk", "leader"), subject=row, at=at,
            title=f"公示期满：{row.title}", link=f"/staff/notices/{row.uid}/",
            text=f"公示已于{date_words(row.last_day)}届满。异议全部答复后请结束公示。",
        )  # fmt: skip
        told += 1
    return told
