"""Votes of every shape played through the real actions, up to their evidence."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from approvals.models import Letter, PaperBallot, PaperEntry, Proxy, RollVoter, Vote, VoteResult
from approvals.votes.casting import cast_ballot, count_paper
from approvals.votes.closing import confirm_vote, finish_counting
from communities.models import Community, Home, Ownership, Person
from offices import history
from offices.demonstration import Offices
from offices.models import User
from policies.refusal import Refused
from tests.votes.conftest import DAY, HOUR, Clock, announced, make_community

MINUTE = dt.timedelta(minutes=1)


@dataclass
class Desk:
    """The people of one office and the papers on their table."""

    offices: Offices
    clock: Clock
    clerk: User
    leader: User
    returned: list[tuple[PaperBallot, str, Proxy | None]] = field(default_factory=list)

    @classmethod
    def of(cls, offices: Offices, clock: Clock) -> "Desk":
        return cls(
            offices, clock, offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
        )

    def opened(self, community: Community, **changes: Any) -> Vote:
        vote = announced(self.offices, community, self.clock, **changes)
        self.clock.to(vote.opens_at + HOUR)
        return vote

    def cast(self, vote: Vote, voter: RollVoter, choice: str, channel: str = "online") -> str:
        """The receipt, or nothing where the announcement does not allow the ballot."""
        self.clock.forward(MINUTE)
        by = None if channel == "online" else self.clerk
        try:
            return cast_ballot(at=self.clock.now, vote=vote, voter=voter, choice=choice, channel=channel, by=by).receipt
        except Refused:
            return ""

    def authorise(self, vote: Vote, voter: RollVoter, *, checked: bool = True) -> Proxy:
        """The owner lets one and the same agent act for him."""
        at = self.clock.now
        return Proxy.objects.create(
            vote=vote, voter=voter, name="代金雀", phone="13900001111", agent_key="k", entered_by=self.clerk, entered_at=at,
            checked_by=self.leader if checked else None, checked_at=at if checked else None, created_at=at, updated_at=at,
        )  # fmt: skip

    def receive(self, vote: Vote, voter: RollVoter, choice: str, proxy: Proxy | None = None) -> PaperBallot:
        """A letter goes out and its paper comes back; ``choice`` empty: it will be found invalid; ``proxy``: the agent signed it."""
        at = self.clock.forward(MINUTE)
        letter = Letter.objects.create(
            vote=vote, voter=voter, serial=f"V{vote.pk}-{Letter.objects.count():05d}", issued_by=self.clerk, issued_at=at, created_at=at,
            updated_at=at,
        )  # fmt: skip
        paper = PaperBallot.objects.create(
            vote=vote, voter=voter, letter=letter, received_by=self.clerk, received_at=at, created_at=at, updated_at=at
        )
        self.returned.append((paper, choice, proxy))
        return paper

    def read(self, mismatch: bool = False) -> None:
        """Two people enter every paper; with ``mismatch`` a third decides over the first."""
        for paper, choice, proxy in self.returned:
            read_paper(paper, choice, self.clock.now, self.clerk, self.leader, self.third if mismatch else None, proxy)
            mismatch = False
        self.returned.clear()

    @property
    def third(self) -> User:
        return self.offices.user("柳州市", "housing", "clerk")

    def count(self, vote: Vote, *, confirm: bool = False, seal: bool = True) -> VoteResult:
        """Close, read, count; confirm after the objections; seal the history."""
        self.clock.to(vote.closes_at + HOUR)
        self.read()
        result = finish_counting(by=self.clerk, at=self.clock.now, vote=vote)
        if confirm:
            self.clock.forward(25 * DAY)
            confirm_vote(by=self.leader, at=self.clock.now, vote=vote)
        if seal:
            history.seal(at=self.clock.now)
        vote.refresh_from_db()
        return result


def read_paper(
    paper: PaperBallot, choice: str, at: dt.datetime, one: User, two: User, third: User | None, proxy: Proxy | None = None
) -> None:  # fmt: skip
    """The entries of a paper and the ballot that they make."""
    seen = [(one, choice, False), (two, choice, False)]
    if third is not None:
        seen = [
            (one, choice, False),
            (two, "abstain" if choice != "abstain" else "agree", False),
            (third, choice, True),
        ]
    for by, entry, deciding in seen:
        PaperEntry.objects.create(
            paper=paper,
            choice=entry,
            invalid_reason="" if entry else "未签名",
            proxy=proxy,
            deciding=deciding,
            by=by,
            at=at,
        )
    if choice:
        count_paper(at=at, paper=paper, choice=choice, by=two, proxy=proxy)
    PaperBallot.objects.filter(pk=paper.pk).update(state="valid" if choice else "invalid")


def co_owned(offices: Offices, areas: list[str]) -> Community:
    """A community in which the first two homes have one owner, and the third has two co-owners."""
    community = make_community(offices, areas)
    homes = list(Home.objects.filter(building__community=community).order_by("pk")[:3])
    first = Ownership.objects.get(home=homes[0])
    Ownership.objects.filter(home=homes[1]).update(person=first.person)
    third = Ownership.objects.get(home=homes[2])
    other = Person.objects.create(
        community=community, name="共有人", phone="13700000009", id_number="450205199001010029", created_at=first.created_at,
        updated_at=first.created_at,
    )  # fmt: skip
    Ownership.objects.filter(pk=third.pk).update(share_numerator=1, share_denominator=2)
    Ownership.objects.create(
        home=homes[2], person=other, evidence="不动产权证", share_numerator=1, share_denominator=2, created_at=first.created_at,
        updated_at=first.created_at,
    )  # fmt: skip
    return community


def play(desk: Desk, vote: Vote, seed: int) -> None:
    """Ballots by all channels in a random order, several by one voter."""
    chance = random.Random(seed)
    voters = list(vote.voters.all())
    for voter in voters:
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            choice, channel = (
                chance.choice(("agree", "agree", "agree", "oppose", "abstain")),
                chance.choice(("online", "onsite", "paper")),
            )
            if channel != "paper":
                desk.cast(vote, voter, choice, channel)
            elif not vote.letters.filter(voter=voter).exists():
                desk.receive(vote, voter, chance.choice((choice, choice, "")))
