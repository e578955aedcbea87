"""Money in exact 分: plain texts in, plain texts out, no float in between."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from communities.rules.numbers import NotExact, hundredths, hundredths_text
from policies.words import yuan_words

__all__ = ["NotExact", "entered", "fen", "half_up", "said", "share_entered", "yuan"]
LARGEST = Decimal(10) ** 12  # yuan: a trillion is no amount of a community


def fen(text: object) -> int:
    """``"100.00"`` yuan to 10000 分.

    NotExact (Chinese) for anything but a plain text of a non-negative number with at most two decimals: floats, signs, separators,
    full-width digits, NaN and 1e30 are refused here. Messy cells of a sheet go through ``communities.rules.numbers.measure``.
    """
    return hundredths(text)


def yuan(amount: int) -> str:
    """10000 分 to ``"100.00"``, as programs read it."""
    return hundredths_text(amount)


def said(amount: int) -> str:
    """10000000 分 as a sentence or a page shows it: ``"100,000.00"``."""
    return yuan_words(Decimal(amount).scaleb(-2))


def half_up(amount: Fraction) -> int:
    """A non-negative amount of 分 rounded to the nearest whole one, halves up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def entered(raw: object) -> Decimal:
    """An amount as a person types it: ``"1,234.50"`` is 1234.50 yuan.

    NotExact (Chinese) for blanks, signs, full-width digits, a third decimal, exponents, NaN, floats and more than a trillion yuan. Cells of
    a sheet are made half-width before (``funding.imports``): a preview shows what they were read as, a form does not.
    """
    if isinstance(raw, float | bool) or raw is None:
        raise NotExact("请填写金额，写成文本（如 1234.50）")
    text = str(raw).strip()
    if not text:
        raise NotExact("请填写金额")
    if unicodedata.normalize("NFKC", text) != text:
        raise NotExact("金额请用半角数字（如 1234.50）")
    if text.startswith("-"):
        raise NotExact("金额不能为负数")
    plain = text.replace(",", "") if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text) else text
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", plain):
        raise NotExact("金额最多两位小数（精确到分）")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", plain):
        raise NotExact("金额应为普通数字，最多两位小数，不接受科学计数法")
    number = Decimal(plain)
    if number > LARGEST:
        raise NotExact("金额过大，请核对单位是否为元")
    return number.quantize(Decimal("0.01"))


def share_entered(raw: object, *, whole: bool = False) -> Fraction:
    """``"3%"``, ``"1.5"`` (per cent) or ``"3/100"`` as an exact share below one (``whole``: or one). NotExact for anything else."""
    text = unicodedata.normalize("NFKC", "" if raw is None else str(raw)).strip().removesuffix("%")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?|[0-9]{1,6}/[1-9][0-9]{0,5}", text):
        raise NotExact("比例写成百分数（如 3 或 1.5），最多两位小数")
    share = Fraction(text) if "/" in text else Fraction(text) / 100
    if share > 1 or (share == 1 and not whole):
        raise NotExact(f"比例应{'不超过' if whole else '小于'} 100%")
    return share
