"""Everything that a place's documents ask of a whole scheme, with clauses: what the editor shows beside it and what fixing a version asks.

YL-04 and YL-05 are answered here from what the survey found: every hazard and strong wish, every basic item that is needed.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain

from policies.layers import Layers
from projects.rules.scheme import Item, Need, Reply, Scheme
from projects.rules.scheme_items import Check, item_checks
from projects.rules.scheme_payers import central_checks, payer_checks, split_checks
from projects.rules.situation import Place

MOST_NAMED = 5


def line_checks(layers: Layers, *, day: dt.date, item: Item) -> tuple[Check, ...]:
    """One line by itself: refused at once where one of these blocks."""
    return (*item_checks(layers, day=day, item=item), *payer_checks(layers, day=day, item=item))


def scheme_checks(
    layers: Layers, *, day: dt.date, scheme: Scheme, places: Sequence[Place], subsidised: bool
) -> tuple[Check, ...]:
    """All checks of a scheme on ``day``: the whole first, then line by line in the order of the scheme."""
    return tuple(
        chain(
            _complete(scheme),
            split_checks(layers, day=day, scheme=scheme),
            central_checks(layers, day=day, scheme=scheme, places=places, subsidised=subsidised),
            chain.from_iterable(line_checks(layers, day=day, item=item) for item in scheme.items),
        )
    )


def _complete(scheme: Scheme) -> Iterator[Check]:
    if not scheme.items:
        yield Check("", "unmet", "方案还没有项目", None, "请从目录添加改造内容", blocks=True)
    unpaid = [item.name for item in scheme.items if item.amount and not item.payers]
    if unpaid:
        text = f"{len(unpaid)} 项还没有写由谁出资：{named(unpaid)}"
        yield Check("", "unmet", text, None, "请填写出资渠道和金额", tuple(unpaid), True)


def named(words: Sequence[str]) -> str:
    """The first few, the rest counted."""
    more = f"等 {len(words)} 项" if len(words) > MOST_NAMED else ""
    return "、".join(words[:MOST_NAMED]) + more


def taken_up(scheme: Scheme, need: Need) -> bool:
    """Whether an item of the catalogue by that name stands in the scheme for that community (or for the whole project)."""
    return any(
        item.listed and item.name == need.catalogue_name and item.community in {"", need.community}
        for item in scheme.items
    )


def reply_to(scheme: Scheme, need: Need) -> Reply | None:
    """What the scheme says to a need; an item that was taken out again is no answer."""
    reply = scheme.replies.get(need.key)
    if reply is None or (reply.item and all(item.uid != reply.item for item in scheme.items)):
        return None
    return reply if reply.item or reply.reason.strip() else None


def unanswered(scheme: Scheme) -> list[Need]:
    """YL-05: hazards and strong wishes to which the scheme says neither which item takes them up nor why none does."""
    asked = [need for need in scheme.needs if need.hazard or need.strong]
    return [need for need in asked if reply_to(scheme, need) is None]


def left_out(scheme: Scheme) -> list[Need]:
    """YL-04: needed basic items that are not in the scheme and whose reason no leader has recorded."""
    found = []
    for need in scheme.needs:
        reply = reply_to(scheme, need)
        excused = reply is not None and not reply.item and reply.by_leader
        if need.basic and not taken_up(scheme, need) and not (reply and reply.item) and not excused:
            found.append(need)
    return found


def wishes_left(scheme: Scheme) -> list[Need]:
    """YL-04, second half (力争能改则改): needed items of the other classes that are left out; shown and counted, never asked for."""
    return [need for need in scheme.needs if need.catalogue_name and not need.basic and not taken_up(scheme, need)]
