"""What may become of a public notice, and of what residents say on it. Pure functions and the literal table of states."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation, Reason
from policies.words import date_words

# Stored states; "ended" is read off the calendar: a posted notice whose last day has passed.
STATE_LABELS: Mapping[str, str] = {
    "draft": "草稿", "posted": "公示中", "ended": "公示期满，待结束", "closed": "已结束", "withdrawn": "已撤回", "void": "已作废",
}  # fmt: skip
MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"posted", "withdrawn"}),
    "posted": frozenset({"closed", "withdrawn", "void"}),
    "closed": frozenset({"void"}),
    "withdrawn": frozenset(),
    "void": frozenset(),
}
STATUS_KINDS: Mapping[str, str] = {
    "draft": "draft", "posted": "now", "ended": "due", "closed": "done", "withdrawn": "stop", "void": "stop",
}  # fmt: skip


def state_on(state: str, last_day: dt.date | None, today: dt.date) -> str:
    """The state as it is read today: the last day itself still belongs to the period."""
    return "ended" if state == "posted" and last_day is not None and today > last_day else state


def is_late(last_day: dt.date | None, received_on: dt.date) -> bool:
    """Whether what was received on a day came after the period. Without a notice there is no period to miss."""
    return last_day is not None and received_on > last_day


@dataclass(frozen=True)
class Closing:
    """Why a notice can't be closed yet (empty: it can), and whether a leader has to confirm, by which reading."""

    reasons: tuple[Reason, ...] = ()
    needs_leader: bool = False
    reading: Citation | None = None


def closing(
    layers: Layers, *, today: dt.date, day: dt.date, last_day: dt.date, objections: int, open_objections: int, scheme: bool
) -> Closing:  # fmt: skip
    """Whether a notice may be closed on ``today``: the period is over and every objection answered.

    Where a document says 无异议 (a gate on the notice that we read as "answered is settled"), a leader confirms that reading as soon as
    there was an objection (LZ-08). ``day`` is the day whose documents govern the notice.
    """
    read = _reading(layers, day) if scheme else None
    reasons = []
    if today <= last_day:
        missing = f"{date_words(last_day)}届满，次日起可以结束"
        reasons.append(Reason(text="公示期未满", citation=read, missing=missing))
    if open_objections:
        reasons.append(
            Reason(
                text="异议须全部答复并办结",
                citation=read,
                missing=f"还有 {open_objections} 件异议未办结",
            )
        )
    return Closing(tuple(reasons), needs_leader=read is not None and objections > 0, reading=read)


def _reading(layers: Layers, day: dt.date) -> Citation | None:
    """The clause whose demand of "no objection" we read, where a document makes one."""
    for provision in layers.provisions("gate", day):
        if provision.params.evidence == "notice" and provision.reading:
            return citation(layers, provision)
    return None
