"""After the review: what is over and what is left, whose promise is cut, what goes back to its source. Amounts are 分."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

UPPER = ("central", "provincial", "city")
GOVERNMENT = ("county", "special_bond", "housing_sale_revenue")
Side = Literal["upper_subsidies", "other_contributions", "county"]


@dataclass(frozen=True)
class Promise:
    """What a purse has promised of an item. ``unspent``: what a cut may take of it. ``order``: the place that the source's own document
    gives it among those from which money goes back (1 first); None: no word of it."""

    key: int
    committed: int
    unspent: int
    order: int | None = None


@dataclass(frozen=True)
class Back:
    """What leaves a purse at its closing: ``expected`` never came, ``cash`` goes back to the source. ``lacking``: it can't close."""

    expected: int = 0
    cash: int = 0
    lacking: int = 0


def side_of(kind: str) -> Side:
    """On which side of RC-21 a kind of money stands: upper subsidies, the county's own, or what everybody else put in."""
    if kind in UPPER:
        return "upper_subsidies"
    return "county" if kind in GOVERNMENT else "other_contributions"


def brought(received: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Sums of what came in, (kind, 分), by side."""
    found: dict[str, int] = {"upper_subsidies": 0, "other_contributions": 0, "county": 0}
    for kind, amount in received:
        found[side_of(kind)] += amount
    return found


def cut(saved: int, promises: Sequence[Promise]) -> dict[int, int]:
    """How much of what the review saved each promise loses, by key; together ``saved``, or all that is unspent where that is less.

    First those whose source's document names an order, in that order; what is left in proportion to what was promised, to the cent:
    shares rounded down, the cents left over to the largest remainders, ties to the one listed first, none beyond its unspent part.
    """
    found = dict.fromkeys((promise.key for promise in promises), 0)
    left = min(max(saved, 0), sum(promise.unspent for promise in promises))
    for promise in sorted((p for p in promises if p.order is not None), key=lambda p: p.order or 0):
        found[promise.key] = min(left, promise.unspent)
        left -= found[promise.key]
    return found | _proportional(left, [promise for promise in promises if promise.order is None])


def _proportional(amount: int, promises: Sequence[Promise]) -> dict[int, int]:
    """``amount`` over promises by what they promised, each at most its unspent part; those that are full pass the rest on."""
    found = dict.fromkeys((promise.key for promise in promises), 0)
    open_ = [promise for promise in promises if promise.unspent]
    while amount and open_:
        whole = sum(promise.committed for promise in open_)
        exact = {promise.key: Fraction(amount * promise.committed, whole) for promise in open_}
        full = [promise for promise in open_ if exact[promise.key] >= promise.unspent]
        if not full:
            down = {key: int(share) for key, share in exact.items()}
            spare = amount - sum(down.values())
            for key in sorted(exact, key=lambda key: down[key] - exact[key])[:spare]:
                down[key] += 1
            return found | down
        for promise in full:
            found[promise.key] = promise.unspent
            amount -= promise.unspent
        open_ = [promise for promise in open_ if promise not in full]
    return found


def give_back(*, expected: int, cash: int, free: int, retained: int) -> Back:
    """What leaves a purse that has nothing unpaid: all that it promised to nobody, first what never came in, then what did.

    What stays is the retention, as cash. Where more is still expected than is free, money for works done or held has not come in.
    """
    if expected > free or cash < retained:
        return Back(lacking=max(expected - free, retained - cash))
    return Back(expected=expected, cash=free - expected)
