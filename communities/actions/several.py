"""Many communities changed or entered at once: the checks of ``register`` for each, a bounded number of statements for all."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communities.access import require_keeper
from communities.actions.register import MONEY_FIGURES, evidenced, living, prepare, revision_of
from communities.models import Community, CommunityRevision
from offices import history
from offices.clock import day_of
from offices.models import Body, Division, User

DERIVED = ("built_from", "built_to", "name_key", "address_key", "search_text", "version", "updated_at")


@dataclass(frozen=True)
class Change:
    """A community as it is to stand (set in memory, not saved), the fields that changed, and for which body it is done."""

    community: Community
    names: tuple[str, ...]
    body: Body


def prepared(
    *, by: User, at: dt.datetime, community: Community, values: Mapping[str, Any], evidence: str
) -> Change:  # fmt: skip
    """The change of one locked community, checked as ``change_community`` checks it. Raises Forbidden, Invalid, Refused."""
    body = require_keeper(by, community)
    living(community)
    names = prepare(community, values, day_of(at))
    evidenced(names, evidence)
    return Change(community, tuple(names), body)


def prepared_new(*, by: User, at: dt.datetime, division: Division, values: Mapping[str, Any], evidence: str) -> Change:
    """A community to be entered into the register of ``division``; whoever calls knows that its name is free in the county.

    Raises Forbidden, Invalid: its figures carry money, so a new one with figures names their evidence.
    """
    body = require_keeper(by, division)
    community = Community(created_at=at)
    community.place_in(division)
    names = prepare(community, values, day_of(at))
    evidenced([name for name in names if name in MONEY_FIGURES], evidence)
    return Change(community, tuple(names), body)


def write(*, by: User, at: dt.datetime, changes: Sequence[Change], evidence: str) -> None:
    """Save them with a revision and an entry of the history each, inside the caller's transaction."""
    new = [change for change in changes if change.community.pk is None]
    old = [change for change in changes if change.community.pk is not None]
    for change in changes:
        change.community.updated_at = at
        change.community.version += change.community.pk is not None
    Community.objects.bulk_create([change.community for change in new], batch_size=500)
    fields = {name for change in old for name in change.names} | set(DERIVED)
    Community.objects.bulk_update([change.community for change in old], sorted(fields), batch_size=200)
    CommunityRevision.objects.bulk_create(
        [revision_of(change.community, by=by, at=at, evidence=evidence.strip()) for change in changes], batch_size=500
    )
    for action, rows in (("community.add", new), ("community.change", old)):
        for body in {change.body.pk: change.body for change in rows}.values():
            told = [
                (c.community, {"version": c.community.version, "fields": list(c.names)}) for c in rows if c.body == body
            ]
            history.record_all(by=by, at=at, action=action, rows=told, body=body)
