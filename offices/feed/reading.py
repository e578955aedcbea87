"""What a caller may learn of the log: changes in his part of the tree, each with the word whether he still sees the row."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Min, Q, QuerySet

from offices.feed.numbering import newest
from offices.feed.sources import told
from offices.models.feed import Change
from offices.models.people import User
from policies.refusal import Refused

KEPT = dt.timedelta(days=400)


class Forgotten(Refused):
    """The log no longer reaches back to where the caller stopped."""

    status = 410
    code = "changes_forgotten"


@dataclass(frozen=True)
class Told:
    """A change for one caller; ``gone``: the row is deleted, or he does not see it (any more)."""

    number: int
    resource: str
    row: UUID
    event: str
    at: dt.datetime
    gone: bool


def changes(
    caller: User | AnonymousUser, *, after: int, resources: Collection[str], size: int
) -> tuple[list[Told], int]:  # fmt: skip
    """The next ``size`` changes of these resources, and the number from which the caller goes on.

    Raises Forgotten where changes after ``after`` have been dropped from the log.
    """
    hold(after)
    upto = newest()
    rows = Change.objects.filter(number__gt=after, number__lte=upto, resource__in=resources)
    if isinstance(caller, User):
        rows = rows.filter(Q(scope__isnull=True) | caller.scope.q("scope__"))
    page = list(rows.order_by("number")[:size])
    return _told(caller, page), page[-1].number or upto if len(page) == size else upto


def hold(after: int) -> None:
    """Raise Forgotten where the log begins later than the change after ``after``."""
    oldest = Change.objects.aggregate(oldest=Min("number"))["oldest"]
    if oldest is not None and after + 1 < oldest:
        raise Forgotten(
            f"变更日志最早只到第 {oldest} 号，{after} 号以后的变更已不全。请重新导出全表，再从 newest 继续跟随。"
        )


def _told(caller: User | AnonymousUser, page: Sequence[Change]) -> list[Told]:
    rows: dict[str, set[UUID]] = defaultdict(set)
    for change in page:
        if change.event != "deleted":
            rows[change.resource].add(change.row)
    seen = {(name, uid) for name, uids in rows.items() for uid in _visible(caller, name, uids)}
    return [
        Told(change.number or 0, change.resource, change.row, change.event, change.at, (change.resource, change.row) not in seen)
        for change in page
    ]  # fmt: skip


def _visible(caller: User | AnonymousUser, resource: str, uids: Collection[UUID]) -> list[UUID]:
    return list(rows_of(caller, resource).filter(uid__in=uids).values_list("uid", flat=True))


def rows_of(caller: User | AnonymousUser, resource: str) -> QuerySet[Any]:
    """The rows of a resource that a caller sees."""
    source = told()[resource]
    rows: Any = source.told._default_manager.all()
    if not isinstance(caller, User):
        return rows.public()  # type: ignore[no-any-return]
    return rows.visible_to(caller) if source.scope else rows.public() | rows.visible_to(caller)  # type: ignore[no-any-return]


def open_to_all() -> set[str]:
    """Resources with a public face."""
    return {name for name, source in told().items() if hasattr(source.told._default_manager.all(), "public")}


def forget(*, at: dt.datetime) -> int:
    """Drop what is older than ``KEPT``; how many. The newest number stays, so that the count never begins anew."""
    return int(Change.objects.filter(number__lt=newest(), at__lt=at - KEPT).delete()[0])
