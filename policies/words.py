"""Exact values in words, for every layer: days, money, areas, numbers. Pure functions.

``None`` is 未填报, zero is ``0.00``; a float is refused.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

UNKNOWN = "未填报"
WAN = Decimal(10_000)


def date_words(day: dt.date | None) -> str:
    """2022年7月5日; 未填报 for None. A datetime must already be local."""
    return UNKNOWN if day is None else f"{day.year}年{day.month}月{day.day}日"


def moment_words(moment: dt.datetime | None) -> str:
    """2022年7月5日 14:32; 未填报 for None. The caller localises."""
    return UNKNOWN if moment is None else f"{date_words(moment)} {moment:%H:%M}"


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


def share_words(share: Fraction) -> str:
    """A share as the documents write it: 1/5 is ``"20%"``, 2/3 stays ``"2/3"``, and so do halves and quarters."""
    hundred = share * 100
    return f"{hundred}%" if hundred.denominator == 1 and share.denominator > 4 else str(share)
