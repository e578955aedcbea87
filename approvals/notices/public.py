"""What everybody may read of notices: posted ones, their content, days, numbers and answers. No personal value passes through here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from approvals.models import Notice, NoticeCommunity, NoticeCount, Remark
from approvals.notices.answers import why_not_reopened
from approvals.notices.drafts import places_of
from approvals.notices.queries import count_citation
from approvals.rules.notices import STATE_LABELS, STATUS_KINDS, state_on
from communities.models import Community
from offices.models import StoredFile
from offices.receipts import read_number
from policies.refusal import Citation

SHOWN_CLOSED = dt.timedelta(days=365)  # closed notices leave a community's page after a year; their own page stays


@dataclass(frozen=True)
class PublicAnswer:
    """What was said, in the office's summary, and what became of it."""

    kind: str
    channel: str
    summary: str
    outcome: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class PublicNotice:
    """A posted notice as residents read it."""

    notice: Notice
    state: str
    places: Sequence[Community]
    counts: Sequence[NoticeCount]
    citation: Citation | None
    answers: Sequence[PublicAnswer]
    objections: int
    open_objections: int

    @property
    def label(self) -> str:
        """The state in words."""
        return STATE_LABELS[self.state]

    @property
    def status(self) -> str:
        """The kind of its status word."""
        return STATUS_KINDS[self.state]

    @property
    def current(self) -> NoticeCount:
        """How its last day was computed."""
        return self.counts[-1]

    @property
    def takes(self) -> bool:
        """Whether residents may still write (late ones are taken and marked)."""
        return self.notice.state in {"posted", "closed"}


def public_notice(uid: UUID, today: dt.date) -> PublicNotice | None:
    """A posted notice; None for a draft, or for none (a bounded number of queries)."""
    notice = Notice.objects.public().filter(uid=uid).select_related("body", "division").first()
    if notice is None:
        return None
    counts = list(notice.counts.all())
    remarks = list(notice.remarks.exclude(state=Remark.State.WITHDRAWN).prefetch_related("answers").order_by("pk"))
    objections = [row for row in remarks if row.kind == Remark.Kind.OBJECTION]
    return PublicNotice(
        notice=notice, state=state_on(notice.state, notice.last_day, today), places=places_of(notice), counts=counts,
        citation=count_citation(notice, counts[-1] if counts else None), answers=_answers(remarks), objections=len(objections),
        open_objections=sum(row.state == Remark.State.OPEN for row in objections),
    )  # fmt: skip


def _answers(remarks: Sequence[Remark]) -> list[PublicAnswer]:
    """The answers that stand: the last one of each remark that is settled."""
    found = []
    for row in remarks:
        answers = list(row.answers.all())
        if row.state == Remark.State.SETTLED and answers:
            last = answers[-1]
            word = str(row.get_kind_display())
            channel = str(row.get_channel_display())
            found.append(PublicAnswer(word, channel, last.summary, str(last.get_outcome_display()), last.text, last.at))
    return found


def public_file(notice: Notice, uid: UUID) -> StoredFile | None:
    """A file that goes with a posted notice."""
    if str(uid) not in {row["uid"] for row in notice.files}:
        return None
    return StoredFile.objects.filter(uid=uid).first()


@dataclass(frozen=True)
class Listed:
    """A notice in a community's list."""

    notice: Notice
    state: str
    label: str
    status: str


def notices_in(community: Community, today: dt.date) -> list[Listed]:
    """Notices of a community, running ones first (one query)."""
    parts = NoticeCommunity.objects.filter(community=community).select_related("notice")
    rows = [part.notice for part in parts.order_by("-notice_id")[:50]]
    shown = [
        row
        for row in rows
        if row.state in {"posted", "closed"} and row.last_day is not None and row.last_day >= today - SHOWN_CLOSED
    ]
    found = [(row, state_on(row.state, row.last_day, today)) for row in shown]
    order = {"posted": 0, "ended": 1, "closed": 2}
    return [
        Listed(row, state, STATE_LABELS[state], STATUS_KINDS[state])
        for row, state in sorted(found, key=lambda pair: order[pair[1]])
    ]


@dataclass(frozen=True)
class Receipt:
    """A remark as who holds its number reads it. ``personal`` values are never in it."""

    remark: Remark
    answers: Sequence[Any]
    may_reopen: bool
    may_withdraw: bool


def receipt(number: str, today: dt.date) -> Receipt | None:
    """The remark of a number as typed; None for none."""
    plain = read_number(number)
    row = Remark.objects.filter(number=plain).select_related("notice__body", "community").first() if plain else None
    if row is None:
        return None
    over = row.notice is not None and row.notice.state == Notice.State.CLOSED
    return Receipt(
        remark=row, answers=list(row.answers.select_related("body")), may_reopen=not why_not_reopened(row, today),
        may_withdraw=row.state != Remark.State.WITHDRAWN and not over,
    )  # fmt: skip
