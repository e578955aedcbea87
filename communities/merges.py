"""Who has a say when two communities are to become one: apps above register a guard, since they hold the references.

A guard takes (the community that stays, the one that goes) and returns the reasons why they can't be merged now: both stand in the same
live plan, say. A merge moves no reference: the one that goes keeps its row and points to the one that stays (``merged_into``).
"""

from collections.abc import Callable

from communities.models import Community
from policies.refusal import Reason

Guard = Callable[[Community, Community], tuple[Reason, ...]]
_GUARDS: list[Guard] = []


def register_guard(guard: Guard) -> Guard:
    """Ask ``guard`` before every merge (used as a decorator, at start-up)."""
    if guard not in _GUARDS:
        _GUARDS.append(guard)
    return guard


def reasons_against(stay: Community, go: Community) -> tuple[Reason, ...]:
    """Everything that stands against merging ``go`` into ``stay``."""
    found: list[Reason] = []
    if stay.county_id != go.county_id:
        found.append(Reason("两个小区不在同一县（市、区），不能合并。"))
    if go.buildings.exists():
        found.append(
            Reason("要并入的小区已登记楼栋和房屋。请改为保留该小区，或先把楼栋核对到保留的小区。", subject=str(go.uid))
        )
    for guard in _GUARDS:
        found += guard(stay, go)
    return tuple(found)
