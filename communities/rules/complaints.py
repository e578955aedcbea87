"""When a complaint is to be answered. Pure functions; no document says how long (CZ-11): the platform's own length is labelled."""

import datetime as dt

from policies.calendar import DAY, WorkingCalendar

REPEAT_WITHIN = dt.timedelta(days=90)
DEFAULT_WORDS = "平台默认，文件未作规定"


def default_deadline(received_on: dt.date, days: int, calendar: WorkingCalendar) -> dt.date:
    """The ``days``-th working day after the day of receipt, which is not counted itself (N-05)."""
    current, counted = received_on, 0
    while counted < days:
        current += DAY
        counted += calendar.is_working(current)
    return current
