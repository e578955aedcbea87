"""Residents' money shared among homes by private area, to the cent."""

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from policies.answer import UNREGULATED, Answer, because
from policies.layers import Layers
from policies.registry import answers


@dataclass(frozen=True)
class HomeArea:
    """A home (any key) with its private area in 0.01 ㎡."""

    home: Hashable
    area: int


@dataclass(frozen=True)
class HomeShare:
    """What a home pays, in 分."""

    home: Hashable
    amount: int


@dataclass(frozen=True, kw_only=True)
class Apportionment(Answer):
    """Shares in the order of the homes; they add up to the amount exactly. Empty: 未作规定.

    ``alternatives`` are other ways that the text allows.
    """

    shares: tuple[HomeShare, ...]
    alternatives: tuple[str, ...] = ()


@answers("apportionment")
def apportionment(layers: Layers, *, day: dt.date, amount: int, homes: Sequence[HomeArea]) -> Apportionment:
    """Share ``amount`` 分 among ``homes``: each its exact share rounded down, the cents left over to the largest remainders.

    Ties go to the home listed first. ValueError for a negative figure, a home listed twice, or homes without any area.
    """
    _check(amount, homes)
    lowest = layers.governing("apportionment", day)
    if not lowest:
        return Apportionment(provision=None, reasons=UNREGULATED, shares=())
    provision = lowest[0]
    total = sum(home.area for home in homes)
    text = f"按专有部分（产权）面积比例分摊，面积合计 {total // 100}.{total % 100:02d} ㎡"
    return Apportionment(
        provision=provision,
        reasons=(because(layers, provision, text),),
        shares=largest_remainders(amount, homes),
        alternatives=provision.params.alternatives,
    )


def largest_remainders(amount: int, homes: Sequence[HomeArea]) -> tuple[HomeShare, ...]:
    """Exact split of ``amount`` 分 by area; the total area must be above zero."""
    total = sum(home.area for home in homes)
    parts = [divmod(amount * home.area, total) for home in homes]
    left = amount - sum(whole for whole, _ in parts)
    order = sorted(range(len(homes)), key=lambda number: (-parts[number][1], number))
    lucky = set(order[:left])
    return tuple(HomeShare(home.home, parts[n][0] + (n in lucky)) for n, home in enumerate(homes))


def _check(amount: int, homes: Sequence[HomeArea]) -> None:
    if amount < 0 or any(home.area < 0 for home in homes):
        raise ValueError("金额和面积不能为负数")
    names = [home.home for home in homes]
    if len(set(names)) != len(names):
        raise ValueError("同一户列了两次")
    if sum(home.area for home in homes) == 0:
        raise ValueError("面积合计为零，无法分摊")
