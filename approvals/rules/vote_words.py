"""How a vote is told to its owners, on paper and on the screen: pure functions."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

Phase = Literal["draft", "upcoming", "open", "counting", "counted", "confirmed", "cancelled"]
PHASE_LABELS: dict[Phase, str] = {
    "draft": "草稿", "upcoming": "尚未开始", "open": "投票中", "counting": "计票中", "counted": "结果公示中", "confirmed": "结果已确认",
    "cancelled": "已取消",
}  # fmt: skip
DIGITS = "零一二三四五六七八九十"


def phase_of(state: str, *, opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> Phase:
    """Where a vote stands at a moment: an announced one is told apart by its two times, the closing one not included."""
    if state == "announced":
        if at < opens_at:
            return "upcoming"
        return "open" if at < closes_at else "counting"
    return "counting" if state == "closed" else state  # type: ignore[return-value]


def share_words(share: str, *, strict: bool) -> str:
    """ "2/3" → 三分之二以上（含三分之二）; a strict half is 过半数 (N-04: 以上 includes the number, 过半数 is more than half)."""
    value = Fraction(share)
    if value == Fraction(1, 2) and strict:
        return "过半数（超过二分之一）"
    small = max(value.numerator, value.denominator) < len(DIGITS)
    words = f"{DIGITS[value.denominator]}分之{DIGITS[value.numerator]}" if small else f"{value}"
    return f"超过{words}" if strict else f"{words}以上（含{words}）"


def left_words(*, closes_at: dt.datetime, at: dt.datetime) -> str:
    """How much time is left, rounded down: 还有3天, 还有5小时, 还有12分钟, 即将截止."""
    left = closes_at - at
    if left.days:
        return f"还有{left.days}天"
    hours, minutes = left.seconds // 3600, left.seconds // 60
    if hours:
        return f"还有{hours}小时"
    return f"还有{minutes}分钟" if minutes else "即将截止"


def terms_words(*, may_change: bool, paper_wins: bool, proxy_limit: int) -> tuple[str, ...]:
    """What the announcement says of a second ballot, of paper beside another channel, and of proxies."""
    change = (
        "截止前可以改票：以最后一次为准，先前的票留存、不计入。"
        if may_change
        else "每位业主只能投一次，投出后不能更改。"
    )
    paper = (
        "纸质票与网上票、上门票并存的，以纸质票为准。"
        if paper_wins
        else "纸质票与网上票、上门票并存的，按收到的先后处理，不因是纸质票而优先。"
    )
    proxy = (
        f"可以书面委托他人代投：委托书经两人核对后有效，一名代理人最多代理 {proxy_limit} 名业主，由代理人在现场或以纸质票投票。"
        if proxy_limit
        else "本次表决不接受委托投票。"
    )
    return change, paper, proxy


def homes_words(homes: Sequence[Any], *, most: int = 30) -> str:
    """1号楼1单元302（100.00 ㎡）、…; beyond ``most`` homes their number alone. A home has building, unit, room and area."""
    shown = [f"{home_words(home)}（{home.area:,.2f} ㎡）" for home in homes[:most]]
    rest = f"等共 {len(homes)} 套" if len(homes) > most else ""
    return "、".join(shown) + rest


def home_words(home: Any) -> str:
    """1号楼1单元302."""
    return f"{home.building}{home.unit}{home.room}{'' if home.room.endswith(('室', '号')) else '室'}"
