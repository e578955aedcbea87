"""Texts of cells to values of fields: one parser per kind of column. Pure functions; values are JSON (areas and days as texts)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from communities.figures import built_years
from communities.rules.numbers import measure


class CellError(Exception):
    """The cell is not understood; the message is Chinese and is printed behind the column's label."""


@dataclass(slots=True)
class Parsed:
    """Values by field, with what should be looked at again."""

    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What a parser may ask: the column's header as found, and today."""

    header: str
    today: dt.date


Parser = Callable[[str, Context], Parsed]


@dataclass(frozen=True)
class Column:
    """A column that a kind of table understands.

    ``synonyms`` are headers without units and blanks; ``fill_down``: a vertically merged cell speaks for all its rows; ``personal``: how
    the preview masks it (name, id, phone); ``units``: what its figures may be in, the base unit first; ``note`` and ``choices`` stand in
    the template.
    """

    field: str
    label: str
    synonyms: tuple[str, ...]
    parse: Parser
    required: bool = False
    fill_down: bool = False
    personal: Literal["", "name", "id", "phone"] = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    units: tuple[str, ...] = ()


_BROKEN = re.compile(r"(?<=[\u4e00-\u9fff])\s*\n\s*(?=[\u4e00-\u9fff])")
AREA_UNITS = ("㎡", "万㎡")
MONEY_UNITS = ("元", "万元")


def plain(text: str) -> str:
    """Half width, single blanks, trimmed."""
    if text.isalnum() and text.isascii():
        return text
    if "\n" in text:  # a cell broken to fit its column; Han characters have no blank between them
        text = _BROKEN.sub("", text)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def words(name: str, limit: int) -> Parser:
    """Text as found (half width), at most ``limit`` signs."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text)
        if len(value) > limit:
            raise CellError(f"过长：最多 {limit} 个字，现有 {len(value)} 个字")
        if value.startswith("#") and value.rstrip("!?/0AN").isupper() and len(value) < 9:
            raise CellError(f"“{value}”是 Excel 的公式错误，请改正后再导入")
        return Parsed({name: value})

    return parse


def count(name: str) -> Parser:
    """A whole number; blank is None."""
    return _measured(name, "count", lambda value: int(value), 1_000_000)


def area(name: str) -> Parser:
    """㎡ as a text with two decimals; blank is None; zero is an error."""
    return _measured(name, "area", lambda value: f"{value:.2f}", 10_000_000)


def _measured(name: str, quantity: Literal["count", "area"], shape: Callable[[Any], Any], most: int) -> Parser:
    def parse(text: str, context: Context) -> Parsed:
        found = measure(text, quantity, context.header)
        if found.refusal:
            raise CellError(_refusal(text, found.refusal))
        if found.value is None:
            return Parsed({name: None})
        if found.value <= 0:
            raise CellError("不能为 0；不清楚时请留空")
        if found.value > most:
            raise CellError(f"“{plain(text)}”过大，请核对单位")
        return Parsed({name: shape(found.value)}, list(found.notes))

    return parse


def _refusal(text: str, refusal: str) -> str:
    reason = refusal.partition("：")[0]
    reason = "不是数字" if reason in {"不是数量", "不是面积", "不是金额", "不是数"} else reason
    return f"“{plain(text)[:40]}”{reason}"


def built(text: str, context: Context) -> Parsed:
    """Built years: the text is kept, with the earliest and the latest year."""
    value = plain(text)
    try:
        earliest, latest = built_years(value, context.today)
    except ValueError as error:
        reason, mark, _ = str(error).partition("：")
        raise CellError(f"“{value[:40]}”看不懂，应写成年份，如 1998" if mark else reason) from error
    warnings = [f"“{value}”没有明确的最晚年份，按不详处理"] if value and latest is None else []
    if latest is not None and len(set(re.findall(r"(?<!\d)\d{4}(?!\d)", value))) > 1:
        warnings.append(
            f"“{value[:40]}”有多个年份：原文保留，最早按 {earliest}、最晚按 {latest}，是否属于改造范围看最晚一年"
        )
    return Parsed({"built_text": value, "built_from": earliest, "built_to": latest}, warnings)


def year(name: str, first: int, last_offset: int) -> Parser:
    """A plan year between ``first`` and this year + ``last_offset``."""

    def parse(text: str, context: Context) -> Parsed:
        found = re.fullmatch(r"(\d{4})(?:年度?)?(?:\.0)?", plain(text))
        if not plain(text):
            return Parsed({name: None})
        if not found:
            raise CellError(f"“{plain(text)[:40]}”不是年份，应写成 2026")
        value = int(found[1])
        if not first <= value <= context.today.year + last_offset:
            raise CellError(f" {value} 不合理，应在 {first} 至 {context.today.year + last_offset} 之间")
        return Parsed({name: value})

    return parse


def choice(name: str, options: Mapping[str, tuple[str, ...]], empty: Any = "") -> Parser:
    """One of the choices by any of its words."""
    by_word = {word: key for key, synonyms in options.items() for word in synonyms}

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text).replace(" ", "")
        if not value or value in {"-", "—", "/", "不详", "未知"}:
            return Parsed({name: empty})
        if value not in by_word:
            offered = "、".join(synonyms[0] for synonyms in options.values())
            raise CellError(f"“{value[:40]}”不在可选范围：{offered}")
        return Parsed({name: by_word[value]})

    return parse


def yes_no(name: str) -> Parser:
    """是 or 否; blank is unknown."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text).casefold()
        if value in {"", "-", "—", "/", "不详", "未知"}:
            return Parsed({name: None})
        if value in {"是", "有", "涉及", "√", "y", "yes", "true", "1"}:
            return Parsed({name: True})
        if value in {"否", "无", "不涉及", "×", "x", "n", "no", "false", "0"}:
            return Parsed({name: False})
        raise CellError(f"“{value[:40]}”应写“是”或“否”")

    return parse


def day(name: str) -> Parser:
    """A day: 2022-7-5, 2022.7.5, 20220705, 2022年7月5日, an Excel serial. ISO text; blank is None."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text)
        if not value:
            return Parsed({name: None})
        found = read_day(value)
        if found is None:
            raise CellError(f"“{value[:40]}”不是日期，应写成 2022-7-5")
        if found > context.today:
            raise CellError(f"日期 {found.isoformat()} 晚于今天")
        return Parsed({name: found.isoformat()})

    return parse


def read_day(text: str) -> dt.date | None:
    """A day as people write it, or None."""
    found = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?: 00:00(?::00)?)?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    try:
        if found:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if re.fullmatch(r"[2-6]\d{4}", text):  # Excel's serials of 1954–2091
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
    except ValueError:
        return None
    return None


def share(name: str) -> Parser:
    """1/2, 50%, 0.5 or 1 as [numerator, denominator]; blank is None."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text).replace(" ", "")
        if not value or value in {"-", "/"}:
            return Parsed({name: None})
        if found := re.fullmatch(r"(\d{1,4})/(\d{1,4})", value):
            pair = [int(found[1]), int(found[2])]
        elif found := re.fullmatch(r"(\d{1,3})(?:\.(\d{1,4}))?%", value):
            scale = 10 ** len(found[2] or "")
            pair = [int(found[1] + (found[2] or "")), 100 * scale]
        elif found := re.fullmatch(r"([01])(?:\.(\d{1,6}))?", value):
            scale = 10 ** len(found[2] or "")
            pair = [int(found[1] + (found[2] or "")), scale]
        else:
            raise CellError(f"“{value[:40]}”不是份额，应写成 1/2 或 50%")
        if not 0 < pair[0] <= pair[1]:
            raise CellError("份额应大于 0 且不超过 1")
        return Parsed({name: pair})

    return parse


def id_number(name: str) -> Parser:
    """An ID number as found; a warning where Excel has cut its last digits."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text).replace(" ", "").upper()
        if re.fullmatch(r"\d(?:\.\d+)?E\+\d+", value) or re.fullmatch(r"\d{15}000", value):
            raise CellError("像是被 Excel 当作数字截断了末三位：请把该列设为“文本”后重新填写")
        if len(value) > 40:
            raise CellError("过长：最多 40 个字")
        warnings = []
        if re.fullmatch(r"\d{17}[\dX]", value) and not _checksum(value):
            warnings.append("身份证号校验位不符，请核对")
        return Parsed({name: value}, warnings)

    return parse


def _checksum(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11]
        == number[17]
    )
