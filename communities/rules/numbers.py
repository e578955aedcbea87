"""Counts, areas and money as they are written in registers, read exactly: no float is ever computed with.

Two readers: ``measure`` for a messy cell (units, separators, 约, full-width digits), ``hundredths`` for plain texts of the API and the
worked examples. Decisions where the text leaves a choice:
- 「41栋、43栋」 names two buildings: a count of buildings is 2, with a warning. The same list of households or areas is refused.
- A cell's own unit wins over the header's.
- Excel keeps 15 significant digits; a float cell is read with those and no more.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Quantity = Literal["count", "area", "money"]
QUANTITY_WORDS: dict[Quantity, str] = {"count": "数量", "area": "面积", "money": "金额"}
UNITS: dict[str, Quantity] = {
    **dict.fromkeys(("平方米", "平米", "平方", "m2", "平"), "area"),
    **dict.fromkeys(("元", "圆", "块", "rmb"), "money"),
    **dict.fromkeys(("号楼", "栋", "幢", "座", "户", "套", "个", "人", "层", "单元", "台", "部"), "count"),
}
MULTIPLIERS = {
    "": Decimal(1),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "亿": Decimal(100_000_000),
}
LARGEST = Decimal(10) ** 13
LONGEST = 18
PLACES: dict[Quantity, int] = {"count": 0, "area": 2, "money": 2}
UNIT = r"(百万|千|万|亿)?\s*(" + "|".join(sorted(UNITS, key=len, reverse=True)) + r")?"
NUMBER = re.compile(r"(\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?)")
CELL = re.compile(
    rf"(约|大约|大概|近|将近|超过|超|逾|不到|共|合计)?\s*[¥]?\s*{NUMBER.pattern}\s*(余|多)?\s*{UNIT}\s*(余|多|左右|上下|许)?"
)
BUILDING_LIST = re.compile(r"\d+\s*(?:号楼?|栋|幢|座|#楼?)?(?:\s*[、,和及]\s*\d+\s*(?:号楼?|栋|幢|座|#楼?)?)+")
BLANK = re.compile(r"[-—–―−_/\\.·*\s]*|不详|未知|无|暂无|未填报?|待查|待定|n/a", re.IGNORECASE)
MARKED_UNIT = re.compile(rf"(?:[(\[:/]|单位:?)\s*{UNIT}\s*[)\]]?\s*$")
BARE_UNIT = re.compile(rf"{UNIT[:-1]}\s*$")  # 总投资万元: without a mark the unit itself must stand there
EXACT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?")


class NotExact(ValueError):
    """A text is not a plain amount with at most two decimals; the message is Chinese."""


@dataclass(frozen=True)
class Measured:
    """A number in its base unit (a count, ㎡ or 元), exactly as it stands.

    ``value`` None with an empty ``refusal`` is 未填报 (blank is not zero); with a ``refusal`` (Chinese) the cell is an error.
    """

    text: str
    value: Decimal | None
    approximate: bool = False
    notes: tuple[str, ...] = ()
    refusal: str = ""


def hundredths(text: object) -> int:
    """``"4541.27"`` to 454127: 分 of yuan, 0.01 ㎡ of ㎡.

    NotExact for floats, signs, separators, full-width digits and more than two decimals.
    """
    if not isinstance(text, str):
        raise NotExact(f'必须是文本（如 "100.00"），不是 {type(text).__name__}：{text!r}')
    if not EXACT.fullmatch(text):
        raise NotExact(f"不是最多两位小数的非负数：{text[:40]!r}")
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def hundredths_text(value: int) -> str:
    """454127 to ``"4541.27"``."""
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"


def measure(raw: object, quantity: Quantity, header: str = "") -> Measured:
    """The number of a cell. ``header`` is the column's title and may carry the unit (面积（万㎡）). Never raises."""
    if isinstance(raw, str) and EXACT.fullmatch(raw):  # most cells of most tables
        return _sized(raw, raw, _header_multiplier(header, quantity), quantity, ())
    text = "" if raw is None else _excel_text(raw)
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().replace("，", ",").replace("￥", "¥")
    if BLANK.fullmatch(plain):
        return Measured(text, None)
    if isinstance(raw, bool | dt.date | dt.time | dt.timedelta):
        return _refused(text, "不是数")
    if quantity == "count" and BUILDING_LIST.fullmatch(plain) and not NUMBER.fullmatch(plain):
        return _building_list(text, plain)
    if re.match(r"[-−–—(]\s*[\d.]", plain):
        return _refused(text, "不能是负数")
    if re.fullmatch(r"[+]?[\d.]+[eE][+-]?\d+", plain):
        return _refused(text, "不接受科学计数法，请写成普通数字")
    found = CELL.fullmatch(plain)
    if not found or re.search(r"\d[²³]", text):  # NFKC would make 45² the number 452
        return _refused(text, f"不是{QUANTITY_WORDS[quantity]}")
    return _with_unit(text, found, quantity, header)


def _excel_text(raw: object) -> str:
    if isinstance(raw, float):
        return format(Decimal(format(raw, ".15g")), "f") if abs(raw) < float(LARGEST) else str(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw) < LARGEST:
        return format(raw, "f")
    return str(raw)


def _refused(text: str, reason: str) -> Measured:
    return Measured(text, None, refusal=f"{reason}：{text.strip()[:40]}")


def _building_list(text: str, plain: str) -> Measured:
    if not re.search(r"号|栋|幢|座|#", plain):
        return _refused(text, "不清楚是合计还是列举")
    count = len(set(re.findall(r"\d+", plain)))
    return Measured(text, Decimal(count), notes=(f"列举了 {count} 栋楼，按 {count} 计，请核对",))


def _with_unit(text: str, found: re.Match[str], quantity: Quantity, header: str) -> Measured:
    before, digits, more, multiplier, unit, after = found.groups()
    if unit and UNITS[unit] != quantity:
        return _refused(text, f"单位“{unit}”不是{QUANTITY_WORDS[quantity]}的单位")
    if not unit and not multiplier:
        multiplier = _header_multiplier(header, quantity)
    plain = digits.replace(",", "").replace(" ", "")
    if len(plain) > LONGEST:  # beyond the precision of Decimal's context nothing would be exact
        return _refused(text, "数字过长")
    words = {word for word in (before, more, after) if word} - {"共", "合计"}
    return _sized(text, plain, multiplier or "", quantity, sorted(words))


def _sized(text: str, plain: str, multiplier: str, quantity: Quantity, words: Sequence[str]) -> Measured:
    value = Decimal(plain) * MULTIPLIERS[multiplier]
    if value >= LARGEST:
        return _refused(text, "数值过大")
    places = PLACES[quantity]
    if value != value.quantize(Decimal(1).scaleb(-places)):
        return _refused(text, "必须是整数" if places == 0 else f"小数超过 {places} 位")
    notes = (f"“{'、'.join(words)}”：近似数",) if words else ()
    return Measured(text, value.quantize(Decimal(1).scaleb(-places)), approximate=bool(words), notes=notes)


@lru_cache(maxsize=256)
def _header_multiplier(header: str, quantity: Quantity) -> str:
    plain = unicodedata.normalize("NFKC", header).strip()
    found = MARKED_UNIT.search(plain) or BARE_UNIT.search(plain)
    if found and (found[2] is None or UNITS[found[2]] == quantity):
        return found[1] or ""
    return ""
