"""Drawings that need no script: they print, and read aloud as the table beside them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template

from funding.rules.disclosure import Drawing, Flow, Node, drawing
from policies.words import wan_words
from projects.rules.rates import Shown
from renovation.words import INAPPLICABLE, percent_words

register = template.Library()
WIDTH, BAR, TALL, HEAD = 400, 10, 360, 18
ALONE = 72  # the height of one single flow: there is nothing to compare it with


@register.filter
def drawn(rows: Sequence[Flow]) -> Drawing | None:
    """Flows as a drawing; None of none."""
    return drawing(rows)


@register.filter
def rate_words(shown: Shown) -> str:
    """A rate as a percentage that is never rounded to 0 or 100%; — without a denominator."""
    return percent_words(Fraction(shown.numerator) / Fraction(shown.denominator)) if shown.denominator else INAPPLICABLE


@register.inclusion_tag("components/flows.html")
def flows(drawing: Drawing, label: str) -> dict[str, Any]:
    """Money from sources (left) to classes of works (right); ``label`` says it to those who don't see it."""
    bars = [*((node, "start", 0) for node in drawing.left), *((node, "end", WIDTH - BAR) for node in drawing.right)]
    tall = ALONE if len(drawing.left) == len(drawing.right) == 1 else TALL
    bottom = max(_y(node.y + node.height, tall) for node, _, _ in bars)
    return {
        "label": label, "width": WIDTH, "height": bottom + 4, "bar": BAR,
        "bars": [_bar(node, anchor, x, tall) for node, anchor, x in bars],
        "bands": [
            {"path": _band(_y(band.top, tall), _y(band.end, tall), max(_y(band.height, tall) - HEAD, 1)), "turn": number % 2}
            for number, band in enumerate(drawing.bands)
        ],
    }  # fmt: skip


def _y(thousandths: int, tall: int) -> int:
    return HEAD + thousandths * tall // 1000


def _bar(node: Node, anchor: str, x: int, tall: int) -> dict[str, Any]:
    return {
        "x": x, "y": _y(node.y, tall), "height": max(_y(node.height, tall) - HEAD, 1), "anchor": anchor,
        "text_x": 0 if anchor == "start" else WIDTH,
        "text_y": _y(node.y, tall) - 5, "text": f"{node.name} {wan_words(Decimal(node.amount).scaleb(-2))}万元",
    }  # fmt: skip


def _band(top: int, end: int, height: int) -> str:
    left, right, middle = BAR, WIDTH - BAR, WIDTH // 2
    return (
        f"M{left} {top}C{middle} {top} {middle} {end} {right} {end}V{end + height}"
        f"C{middle} {end + height} {middle} {top + height} {left} {top + height}Z"
    )
