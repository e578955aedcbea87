"""Which papers a request for payment brings, when the retention may go back, what of the agreed payments is paid.

Where no document speaks the platform's own default stands, and is called so.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from policies.refusal import Citation

PAPERS_FROM = 5_000_000  # 分: from here on a scan is asked for; below, the paper is named (平台默认，文件未作规定)
PAPERS = {"file": "工程计量单", "invoice": "发票"}


@dataclass(frozen=True)
class Ending:
    """Warranty of one part of an accepted project (N-07). ``ends_on`` None: a fact of it is still to be entered."""

    key: str
    label: str
    ends_on: dt.date | None
    citation: Citation


def papers_missing(kind: str, amount: int, brought: Sequence[str]) -> tuple[str, ...]:
    """Keys of ``PAPERS`` that a request of ``amount`` 分 still lacks; a return of retention brings none."""
    if kind != "progress" or amount < PAPERS_FROM:
        return ()
    return tuple(key for key in PAPERS if key not in brought)


def retention_part(parts: Sequence[Ending], wanted: str) -> Ending | None:
    """The part whose warranty a contract's retention secures: the one it names, else the one that ends first (platform's default)."""
    if wanted:
        return next((part for part in parts if part.key == wanted), None)
    known = [part for part in parts if part.ends_on is not None]
    return min(known, key=lambda part: part.ends_on or dt.date.max, default=None)


def paid_of(terms: Sequence[int], paid: int) -> list[int]:
    """What of each agreed payment is paid: ``paid`` 分 fills them in their order."""
    found = []
    for amount in terms:
        found.append(min(amount, paid))
        paid -= found[-1]
    return found
