"""What waits for one person by name, and its hand-over to a colleague in one act: all of it, or nothing with the list of why not.

What belongs to a body (drafts of plans, imports, deadlines, opinions that nobody took) waits for any of its colleagues and is handed to
nobody. Each app says what of its own is a person's: ``register(source)`` in its ``AppConfig.ready``.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from offices import actions
from offices.models import Body, Membership, User
from offices.queries import members
from offices.texts import Texts
from policies.refusal import Forbidden, Invalid, Reason, Refused


class Give(Protocol):
    """Hands one thing over and records it once."""

    def __call__(self, *, by: User, at: dt.datetime, today: dt.date, taker: User, reason: str) -> object:
        """Raises Refused."""


@dataclass(frozen=True)
class Item:
    """One thing that waits for a person. ``barred``: why a colleague can't take it; empty where he can."""

    word: str
    title: str
    link: str
    barred: Callable[[User], str]
    give: Give


class Source(Protocol):
    """What of an app waits for somebody of a body, in few queries. ``leaving``: with what would be left without him."""

    def __call__(self, user: User, body: Body, today: dt.date, *, leaving: bool) -> Iterable[Item]:
        """Oldest first."""


_SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Add a source, once by its name."""
    _SOURCES[name] = source


def waiting(user: User, body: Body, today: dt.date, *, leaving: bool = False) -> list[Item]:
    """Everything that waits for the user in a body."""
    return [item for source in _SOURCES.values() for item in source(user, body, today, leaving=leaving)]


def may_hand(by: User, body: Body) -> bool:
    """Administrators of the place, and the leaders of the body."""
    return actions.administers(by, body.division) or by.has_role("leader", body=body)


@transaction.atomic
def hand_over(
    *, by: User, at: dt.datetime, today: dt.date, membership: Membership, taker: User | None, reason: str, leave: bool = False
) -> int:  # fmt: skip
    """Hand everything that waits for a person in a body to a colleague; with ``leave`` all his roles there end in the same act.

    Returns how many things. Raises Forbidden; Invalid naming the field; Refused (``not_handed``) naming each thing that can't be handed
    over, with nothing done.
    """
    body, user = membership.body, membership.user
    if not may_hand(by, body):
        raise Forbidden(f"只有{body.division.name}的系统管理员或{body}的负责人可以移交")
    texts = Texts()
    words = texts.read(reason, "reason", "移交说明", 300)
    people = sorted({user.pk, taker.pk if taker else user.pk})
    list(
        User.objects.select_for_update().filter(pk__in=people).order_by("pk")
    )  # nobody is dismissed or moved meanwhile
    items = waiting(user, body, today, leaving=leave)
    if items and (taker is None or taker.pk == user.pk or taker.pk not in {each.pk for each in members(body)}):
        texts.wrong("taker", f"请选择{body}的另一名在任人员")
    if taker is not None and taker.pk == by.pk and not by.has_role("leader", body=body):
        texts.wrong("taker", "管理员不能移交给自己")
    texts.check("没有移交：有字段需要更正")
    if taker is not None:
        _give(items, by=by, at=at, today=today, taker=taker, reason=words)
    if leave:
        _leave(user, body, by=by, at=at, today=today)
    return len(items)


def _give(items: list[Item], *, by: User, at: dt.datetime, today: dt.date, taker: User, reason: str) -> None:
    barred = [(item, why) for item in items if (why := item.barred(taker))]
    if barred:
        raise Refused(
            f"{len(items)}件中有{len(barred)}件不能移交给{taker}，一件也没有移交", code="not_handed",
            reasons=tuple(Reason(why, subject=f"{item.word}“{item.title}”") for item, why in barred),
        )  # fmt: skip
    for item in items:
        item.give(by=by, at=at, today=today, taker=taker, reason=reason)


def _leave(user: User, body: Body, *, by: User, at: dt.datetime, today: dt.date) -> None:
    roles = list(Membership.objects.filter(user=user, body=body, active=True).select_related("user", "body__division"))
    if not roles:
        raise Invalid("没有离任", errors={"leave": [f"{user}已不在{body}任职"]})
    for role in roles:
        actions.dismiss(by=by, at=at, today=today, membership=role)
