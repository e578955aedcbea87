"""What residents may read of votes: what is decided, when, by which thresholds; figures after the count alone. No personal value."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from approvals.models import Vote
from approvals.rules.vote_words import PHASE_LABELS, Phase, left_words, phase_of, share_words, terms_words
from approvals.votes.figures import Figures, rules_of, tally_of
from communities.models import Community
from offices.clock import day_of
from policies.answer import citation
from policies.kinds import Threshold
from policies.layers import Layers
from policies.refusal import Citation

STATUS: dict[Phase, str] = {
    "upcoming": "wait", "open": "now", "counting": "wait", "counted": "now", "confirmed": "done", "cancelled": "stop", "draft": "draft",
}  # fmt: skip
LIVE = 20  # votes of a community's page


@dataclass(frozen=True)
class Asked:
    """One threshold in words with its clause."""

    label: str
    words: str
    citation: Citation | None


@dataclass(frozen=True)
class Share:
    """One of the four shares of a result: what a meter shows. Areas are ㎡, the rest heads."""

    label: str
    part: Decimal | int
    whole: Decimal | int
    threshold: Threshold
    unit: str
    citation: Citation


@dataclass(frozen=True)
class Result:
    """What was counted. ``passed`` None: 未作规定."""

    passed: bool | None
    shares: tuple[Share, ...]
    figures: Any
    abstaining_heads: int


@dataclass(frozen=True)
class PublicVote:
    """An announced vote at a moment."""

    vote: Vote
    at: dt.datetime

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return phase_of(self.vote.state, opens_at=self.vote.opens_at, closes_at=self.vote.closes_at, at=self.at)

    @property
    def label(self) -> str:
        """The phase in a word."""
        return PHASE_LABELS[self.phase]

    @property
    def status(self) -> str:
        """Kind of status word."""
        return STATUS[self.phase]

    @property
    def left(self) -> str:
        """Time left while it is open; empty otherwise."""
        return left_words(closes_at=self.vote.closes_at, at=self.at) if self.phase == "open" else ""

    @property
    def place(self) -> str:
        """Building and stairwell that decide, empty for the whole community."""
        return f"{self.vote.building.name}{self.vote.unit}" if self.vote.building else ""

    @property
    def terms(self) -> tuple[str, ...]:
        """Second ballots, paper, proxies, as announced."""
        vote = self.vote
        return terms_words(may_change=vote.may_change, paper_wins=vote.paper_wins, proxy_limit=vote.proxy_limit)

    @property
    def asked(self) -> list[Asked]:
        """The thresholds as announced."""
        layers = rules_of(self.vote)
        return [
            Asked(row["label"], share_words(row["share"], strict=row["strict"]), _citation(layers, row))
            for row in self.vote.thresholds
        ]

    @property
    def result(self) -> Result | None:
        """The figures once the counting has ended; nothing before."""
        if self.phase not in ("counted", "confirmed"):
            return None
        return _result(self.vote)

    @property
    def takes_objections(self) -> bool:
        """Whether the preliminary result is open to objections today."""
        until = self.vote.objections_until
        return self.phase == "counted" and until is not None and day_of(self.at) <= until


def _citation(layers: Layers, row: dict[str, Any]) -> Citation | None:
    found = layers.rule(row["rule"])
    if found is None:
        return None
    book, rule = found
    strength = next((p.strength for p in rule.provisions if p.kind == "vote"), rule.provisions[0].strength)
    document = book.document
    return Citation(
        rule=row["rule"], document=document.title, document_number=document.number, clause=row["clause"], quote=row["quote"],
        strength=strength,
    )  # fmt: skip


def _result(vote: Vote) -> Result:
    counted = vote.result
    figures = Figures(
        _hundredths(vote.roll_area), vote.roll_heads or 0, _hundredths(counted.participating_area), counted.participating_heads,
        _hundredths(counted.agreeing_area), counted.agreeing_heads, _hundredths(counted.opposing_area), counted.opposing_heads,
    )  # fmt: skip
    layers = rules_of(vote)
    shares = []
    for row in tally_of(vote, figures, layers).results:
        area = row.test.endswith("area")
        part, whole = (Decimal(value).scaleb(-2) if area else value for value in (row.part, row.whole))
        label = next((asked["label"] for asked in vote.thresholds if asked["test"] == row.test), row.test)
        shares.append(Share(label, part, whole, row.threshold, "㎡" if area else "人", citation(layers, row.provision)))
    abstaining = counted.participating_heads - counted.agreeing_heads - counted.opposing_heads
    return Result(counted.passed, tuple(shares), counted, abstaining)


def _hundredths(area: Any) -> int:
    return 0 if area is None else int(Decimal(area).scaleb(2))


def _rows() -> QuerySet[Vote]:
    return Vote.objects.public().select_related("community", "division", "county", "building", "result")


def public_vote(uid: UUID, at: dt.datetime) -> PublicVote | None:
    """An announced vote; None for a draft and for none."""
    vote = _rows().filter(uid=uid).first()
    return None if vote is None else PublicVote(vote, at)


def public_votes() -> QuerySet[Vote]:
    """Announced votes, those that close last first."""
    return _rows().order_by(F("closes_at").desc(), "-pk")


def votes_about(community: Community, matters: Sequence[str], at: dt.datetime) -> Sequence[PublicVote]:
    """Votes of a community on these matters, in whatever state, the newest first (one query)."""
    rows = _rows().filter(community=community, matter__in=matters).order_by("-closes_at", "-pk")
    return [PublicVote(row, at) for row in rows[:LIVE]]


def votes_in(community: Community, at: dt.datetime) -> Sequence[PublicVote]:
    """Votes of a community that are coming, open, being counted or shown (one query)."""
    states = (Vote.State.ANNOUNCED, Vote.State.CLOSED, Vote.State.COUNTED)
    rows = _rows().filter(community=community, state__in=states).order_by("closes_at", "pk")
    return [PublicVote(row, at) for row in rows[:LIVE]]
