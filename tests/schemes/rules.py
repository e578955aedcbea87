"""Values for the tests of schemes: layers of the bundled documents and lines with defaults."""

import datetime as dt
from typing import Any

from funding.rules.shares import SourceKind
from policies.layers import Layers
from policies.load import BUNDLED, load_library
from projects.rules.scheme import Item, Scheme, catalogue, line_amount
from projects.rules.situation import Place

LIBRARY = load_library(BUNDLED)
DAY = dt.date(2026, 3, 2)


def layers(place: str) -> Layers:
    """The layers of a bundled place."""
    return LIBRARY.layers(place)


def item(name: str, item_class: str, payers: dict[SourceKind, int] | None = None, **values: Any) -> Item:
    """A line of the catalogue: 10 units at 100.00 yuan, 1,000.00 in all, paid as said (分)."""
    given: dict[str, Any] = {
        "uid": f"{name}-{item_class}", "listed": True, "quantity": 10_000, "unit": "项", "unit_price": 10_000, "payers": payers or {},
        **values,
    }  # fmt: skip
    amount = line_amount(given["quantity"], given["unit_price"])
    return Item(name=name, item_class=item_class, amount=amount, **given)


def picked(place: str, name: str, payers: dict[SourceKind, int] | None = None, **values: Any) -> Item:
    """A line as the catalogue of a place has it."""
    entry = next(entry for entry in catalogue(layers(place)) if entry.item.name == name)
    five = entry.item.five or ""
    return item(name, entry.item_class, payers, five=five, clause=entry.item.clause, **values)


def scheme(*items: Item, **values: Any) -> Scheme:
    """A scheme of these lines."""
    return Scheme(items=items, number=1, **values)


OLD = Place("映山街机械厂宿舍", "1986", None, 212)
LATE = Place("永乐小区", "2003", None, 80)
VILLAGE = Place("壶口村改住宅", "1990", "urban_village", 96)
