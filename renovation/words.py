"""How values are said on a page: dates, days left, money, areas, shares, masks. Pure functions on exact values.

Three nothings are kept apart: ``None`` is 未填报, zero is ``0.00``, and "does not apply" is the page's own —.
"""

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

UNKNOWN = "未填报"
INAPPLICABLE = "—"
DAY = dt.timedelta(days=1)
WAN = Decimal(10_000)


def date_words(day: dt.date | None) -> str:
    """2022年7月5日; 未填报 for None. A datetime must already be local."""
    return UNKNOWN if day is None else f"{day.year}年{day.month}月{day.day}日"


def moment_words(moment: dt.datetime | None) -> str:
    """2022年7月5日 14:32; 未填报 for None. The caller localises."""
    return UNKNOWN if moment is None else f"{date_words(moment)} {moment:%H:%M}"


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


def _grouped(number: Decimal) -> str:
    return f"{number:,.2f}"


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        raise TypeError("不接受浮点数")
    return value if isinstance(value, Decimal) else Decimal(value)


def wan_words(yuan: Decimal | int | None) -> str:
    """Yuan as 万元 with two decimals and separators (2,013.19), without the unit; rounded here, last.

    An amount that is not zero but would print as 0.00 keeps all its places. 未填报 for None; TypeError for a float.
    """
    if yuan is None:
        return UNKNOWN
    exact = _decimal(yuan) / WAN
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _grouped(rounded) if rounded or not exact else f"{exact.normalize():f}"


def yuan_words(yuan: Decimal | int | None) -> str:
    """Yuan with two decimals and separators, without the unit."""
    return UNKNOWN if yuan is None else _grouped(_decimal(yuan).quantize(Decimal("0.01"), ROUND_HALF_UP))


def area_words(area: Decimal | int | None) -> str:
    """㎡ with two decimals and separators, without the unit."""
    return UNKNOWN if area is None else _grouped(_decimal(area).quantize(Decimal("0.01"), ROUND_HALF_UP))


def count_words(number: int | None) -> str:
    """A whole number with separators; 未填报 for None."""
    return UNKNOWN if number is None else f"{number:,}"


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
