"""What the platform itself holds as evidence: its own votes, surveys, notices and reviews, beside the recorded papers.

Whoever runs such a thing registers a source at start-up with the kinds of evidence that it may answer; gates ask by the uids of their
subjects, and ask only the sources whose kinds guard the steps in question. The figures are those of a recorded paper of the same
evidence (``approvals.rules.evidence``), so that the same pure function judges both.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Standing:
    """One result that stands. ``evidence`` is the gate's key (``vote:scheme``, ``satisfaction``); ``figures`` as of a paper.

    ``community``: uid of the community that it speaks for, None where it speaks for the whole subject. ``words`` says what it is
    and of which day ("平台表决，2026年3月2日确认"); ``url`` is its staff page. ``settled`` False: it is not final yet (open,
    preliminary) and ``words`` says why.
    """

    evidence: str
    figures: Mapping[str, Any]
    day: dt.date
    words: str
    url: str
    community: UUID | None = None
    settled: bool = True


Source = Callable[[Sequence[UUID]], Mapping[UUID, Iterable[Standing]]]
_SOURCES: dict[str, tuple[Source, frozenset[str]]] = {}


def register(name: str, source: Source, *, kinds: Collection[str]) -> None:
    """Make a source known, once, at start-up (apps.py ``ready``). It answers for many subjects in a bounded number of queries.

    ``kinds``: kinds of evidence that it may answer (``vote`` for ``vote:scheme``); it is asked for no other, and may say no other.
    """
    _SOURCES[name] = (source, frozenset(kinds))


def standing(subjects: Sequence[UUID], kinds: Collection[str]) -> dict[UUID, dict[str, list[Standing]]]:
    """What stands for each subject of these kinds of evidence, by evidence key. Sources of other kinds are asked nothing."""
    asked = frozenset(kinds)
    found: dict[UUID, dict[str, list[Standing]]] = {uid: defaultdict(list) for uid in subjects}
    for name, (source, own) in _SOURCES.items():
        if not own & asked:
            continue
        for uid, rows in source(subjects).items():
            for row in rows:
                if row.evidence.partition(":")[0] not in own:
                    raise LookupError(f"source {name} is not registered for {row.evidence}")
                found[uid][row.evidence].append(row)
    return found
