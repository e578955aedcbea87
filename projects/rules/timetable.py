"""Days on a page: the weeks of a month, and where a day lies on an axis. Pure functions."""

import datetime as dt

DAY = dt.timedelta(days=1)
WIDE = 1000  # tenths of a per cent of the whole width
MOST_TICKS = 7


def weeks(year: int, month: int) -> list[list[dt.date]]:
    """The weeks of a month from Monday to Sunday, whole: with the days before the first and after the last."""
    day = dt.date(year, month, 1)
    day -= DAY * day.weekday()
    found = []
    while (day.year, day.month) <= (year, month):
        found.append([day + DAY * number for number in range(7)])
        day += DAY * 7
    return found


def next_month(year: int, month: int, by: int = 1) -> tuple[int, int]:
    """The month ``by`` months later."""
    number = year * 12 + month - 1 + by
    return number // 12, number % 12 + 1


def place(day: dt.date, first: dt.date, last: dt.date) -> int | None:
    """Where a day begins on the axis from ``first`` to ``last``, in tenths of a per cent; None beyond its ends."""
    return (day - first).days * WIDE // ((last - first).days + 1) if first <= day <= last else None


def ticks(first: dt.date, last: dt.date) -> list[tuple[int, str]]:
    """Firsts of months on the axis with their word, as many as can be read."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = max(1, -(-months // MOST_TICKS))
    found, shown = list[tuple[int, str]](), 0
    year, month = next_month(first.year, first.month)
    while dt.date(year, month, 1) <= last:
        at = place(dt.date(year, month, 1), first, last)
        if at is not None:
            named = not found or year != shown
            found.append((at, f"{year}年{month}月" if named else f"{month}月"))
            shown = year
        year, month = next_month(year, month, step)
    return found
