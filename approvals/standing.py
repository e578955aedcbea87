"""What the platform itself holds as evidence: its own votes, surveys, notices and reviews, beside the recorded papers.

Whoever runs such a thing registers a source at start-up; gates ask all sources at once, by the uids of their subjects. The figures
are those of a recorded paper of the same evidence (``approvals.rules.evidence``), so that the same pure function judges both.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
_SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Make a source known, once, at start-up (apps.py ``ready``). It answers for many subjects in a bounded number of queries."""
    _SOURCES[name] = source


def standing(subjects: Sequence[UUID]) -> dict[UUID, dict[str, list[Standing]]]:
    """What stands for each subject, by evidence key."""
    found: dict[UUID, dict[str, list[Standing]]] = {uid: defaultdict(list) for uid in subjects}
    for source in _SOURCES.values():
        for uid, rows in source(subjects).items():
            for row in rows:
                found[uid][row.evidence].append(row)
    return found
