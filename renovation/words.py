"""How values are said on a page: dates, days left, money, areas, shares, masks. Pure functions on exact values.

Three nothings are kept apart: ``None`` is 未填报, zero is ``0.00``, and "does not apply" is the page's own —.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from policies.words import UNKNOWN, area_words, count_words, date_words, moment_words, wan_words, yuan_words

INAPPLICABLE = "—"
DAY = dt.timedelta(days=1)


def count_between(start: dt.date, end: dt.date, counts: Callable[[dt.date], bool]) -> int:
    """Days that count after ``start`` up to and including ``end`` (N-05: the first day is not counted). ``start`` ≤ ``end``."""
    return sum(counts(start + DAY * number) for number in range(1, (end - start).days + 1))


def remaining_words(due: dt.date, today: dt.date, is_working: Callable[[dt.date], bool] | None) -> str:
    """剩余3个工作日 / 今日到期 / 已超期2个工作日; calendar days (剩余3天) where ``is_working`` is None.

    Where no working day lies between, calendar days are said, so that "剩余0个工作日" never hides that a day is left.
    """
    if due == today:
        return "今日到期"
    first, last, word = (today, due, "剩余") if due > today else (due, today, "已超期")
    days = (last - first).days
    if is_working is None:
        return f"{word}{days}天"
    working = count_between(first, last, is_working)
    return f"{word}{working}个工作日" if working else f"{word}{days}天（其间无工作日）"


def _scaled(share: Fraction, places: int, *, up: bool) -> Fraction:
    scaled = share * 100 * 10**places
    whole = scaled.numerator // scaled.denominator
    if up and (scaled - whole) * 2 >= 1:
        whole += 1
    return Fraction(whole, 100 * 10**places)


def percent_words(share: Fraction, threshold: Fraction | None = None, *, strict: bool = False) -> str:
    """A share as a percentage with two decimals that stands on the same side of ``threshold`` (and of 0 and 100%) as the share.

    79.996% of 80% prints as 79.99%, and 50.001% against "more than half" as 50.001%: rounded where that changes nothing, cut
    where rounding would cross, with more places where two cannot tell.
    """

    def same_side(shown: Fraction) -> bool:
        if (shown == 0) != (share == 0) or (shown == 1) != (share == 1):
            return False
        if threshold is None:
            return True
        return (shown > threshold) == (share > threshold) if strict else (shown >= threshold) == (share >= threshold)

    for places in range(2, 13):
        for up in (True, False):
            shown = _scaled(share, places, up=up)
            if same_side(shown):
                return f"{Decimal(shown.numerator) * 100 / Decimal(shown.denominator):.{places}f}%"
    return f"{share.numerator}/{share.denominator}"


CHINESE_SHARES = {
    Fraction(1, 2): "二分之一", Fraction(2, 3): "三分之二", Fraction(3, 4): "四分之三", Fraction(1, 3): "三分之一",
}  # fmt: skip


def share_words(share: Fraction, *, strict: bool = False) -> str:
    """A threshold as the law says it: 三分之二以上, 过半数, 80%以上, 超过30%."""
    if strict and share == Fraction(1, 2):
        return "过半数"
    name = CHINESE_SHARES.get(share)
    if name is None:
        percent = share * 100
        name = f"{percent.numerator}%" if percent.denominator == 1 else f"{share.numerator}/{share.denominator}"
    return f"超过{name}" if strict else f"{name}以上"


__all__ = [
    "CHINESE_SHARES", "DAY", "INAPPLICABLE", "UNKNOWN", "area_words", "count_between", "count_words", "date_words", "moment_words",
    "percent_words", "remaining_words", "share_words", "wan_words", "yuan_words",
]  # fmt: skip
