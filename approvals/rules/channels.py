"""Which of a voter's ballots counts when more than one arrives: what the announcement says, as a pure function (invariant 1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Channel = Literal["online", "paper", "onsite"]
Outcome = Literal["counts", "supersedes", "stands", "refused"]


@dataclass(frozen=True)
class Terms:
    """What the announcement says: whether a ballot may be changed before the close, and whether paper goes before the others."""

    may_change: bool
    paper_wins: bool


@dataclass(frozen=True)
class Cast:
    """A ballot as it came in."""

    channel: Channel
    received_at: dt.datetime


@dataclass(frozen=True)
class Arrival:
    """What becomes of a new ballot. ``stands``: it is kept and does not count; ``refused``: it is not taken, and ``words`` says why."""

    outcome: Outcome
    words: str = ""


def arrival(new: Cast, *, counting: Cast | None, paper_received: bool, terms: Terms) -> Arrival:
    """``counting``: the ballot that counts so far; ``paper_received``: a ballot paper of this voter is in and not yet read.

    A paper's content becomes known after the close; what decides is when the paper came in.
    """
    if new.channel == "paper":
        return _paper(new, counting, terms)
    if paper_received or (counting is not None and counting.channel == "paper"):
        if terms.paper_wins:
            return Arrival("refused", "已收到您的纸质票，按公告以纸质票为准")
        if not terms.may_change:
            return Arrival("refused", "已收到您的纸质票，按公告投出的票不能更改")
    if counting is None:
        return Arrival("counts")
    if not terms.may_change:
        return Arrival("refused", "您已经投过票，按公告投出的票不能更改")
    return Arrival("supersedes")


def _paper(new: Cast, counting: Cast | None, terms: Terms) -> Arrival:
    if counting is None:
        return Arrival("counts")
    if counting.channel != "paper" and terms.paper_wins:
        return Arrival("supersedes")
    if terms.may_change and new.received_at > counting.received_at:
        return Arrival("supersedes")
    return Arrival("stands", "另一张票先到并已计入，这张纸质票留存、不计入")
