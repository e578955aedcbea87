"""Money in exact 分: plain texts in, plain texts out, no float in between."""

from fractions import Fraction

from communities.rules.numbers import NotExact, hundredths, hundredths_text

__all__ = ["NotExact", "fen", "half_up", "yuan"]


def fen(text: object) -> int:
    """``"100.00"`` yuan to 10000 分.

    NotExact (Chinese) for anything but a plain text of a non-negative number with at most two decimals: floats, signs, separators,
    full-width digits, NaN and 1e30 are refused here. Messy cells of a sheet go through ``communities.rules.numbers.measure``.
    """
    return hundredths(text)


def yuan(amount: int) -> str:
    """10000 分 to ``"100.00"``."""
    return hundredths_text(amount)


def half_up(amount: Fraction) -> int:
    """A non-negative amount of 分 rounded to the nearest whole one, halves up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
