"""Who has taken part so far and who is missing: heads and areas, never what was chosen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from approvals.models import Ballot, Channel, Counting, PaperBallot, RollHome, RollVoter, Vote
from approvals.rules.tally import Counts, Result, decide
from approvals.votes.casting import UNREAD
from approvals.votes.figures import rules_of
from communities.models import Person
from communities.rules.masks import mask_name
from communities.rules.rooms import natural
from offices.clock import day_of
from offices.models import Division, User
from policies.answer import citation
from policies.kinds import Matter
from policies.refusal import Citation


@dataclass(frozen=True)
class Share:
    """One of the four tests for the page: ``part`` and ``whole`` are heads, or ㎡ as Decimal."""

    label: str
    part: Any
    whole: Any
    unit: str
    threshold: Any
    citation: Citation
    met: bool
    missing: str


@dataclass(frozen=True)
class Turnout:
    """Participation of a running vote."""

    heads: int
    area: Decimal
    shares: tuple[Share, ...]
    channels: tuple[tuple[str, int], ...]
    unread: int

    @property
    def missing(self) -> str:
        """还差 12 人、830.50 ㎡; empty where both tests are met or nothing is regulated."""
        parts = [share.missing for share in reversed(self.shares) if share.missing]
        return f"还差 {'、'.join(parts)}" if parts else ""


def shares_of(vote: Vote, results: Sequence[Result]) -> tuple[Share, ...]:
    """Results of the rule as the page draws them."""
    from_rules = rules_of(vote) if results else None
    return tuple(_share(result, citation(from_rules, result.provision)) for result in results) if from_rules else ()


LABELS = {
    "participation_heads": "参与表决的人数", "participation_area": "参与表决的面积", "agreement_heads": "同意的人数",
    "agreement_area": "同意的面积",
}  # fmt: skip


def _share(result: Result, clause: Citation) -> Share:
    area = result.test.endswith("area")
    unit = "㎡" if area else "人"
    missing = ""
    if not result.met and result.missing is not None:
        missing = f"{Decimal(result.missing).scaleb(-2):,.2f} ㎡" if area else f"{result.missing:,} 人"
    return Share(
        LABELS[result.test], _shown(result.part, area=area), _shown(result.whole, area=area), unit, result.threshold, clause, result.met,
        missing,
    )  # fmt: skip


def _shown(value: int, *, area: bool) -> Any:
    return Decimal(value).scaleb(-2) if area else value


def turnout_of(vote: Vote) -> Turnout:
    """How many have taken part, by channel; what was chosen is not read (two queries)."""
    rows = list(
        Counting.objects.filter(vote=vote)
        .values("ballot__channel")
        .annotate(heads=Count("pk"), area=Sum("ballot__area"))
    )
    heads = sum(row["heads"] for row in rows)
    area: Decimal = sum((row["area"] for row in rows), Decimal("0.00"))
    whole = int(Decimal(vote.roll_area or 0).scaleb(2))
    counts = Counts(whole, vote.roll_heads or 0, int(area.scaleb(2)), heads, 0, 0)
    tally = decide(rules_of(vote), day=day_of(vote.opens_at), matter=cast(Matter, vote.matter), counts=counts)
    taking_part = [result for result in tally.results if result.test.startswith("participation")]
    by_channel = {row["ballot__channel"]: row["heads"] for row in rows}
    return Turnout(
        heads, area, shares_of(vote, taking_part), _channels(by_channel),
        PaperBallot.objects.filter(vote=vote, state__in=UNREAD).count(),
    )  # fmt: skip


def channels_of(vote: Vote) -> tuple[tuple[str, int], ...]:
    """(channel in a word, heads) of what counts (one query)."""
    rows = Counting.objects.filter(vote=vote).values_list("ballot__channel")
    return _channels(dict(rows.annotate(heads=Count("pk"))))


def _channels(heads: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((str(label), heads.get(key, 0)) for key, label in Channel.choices)


@dataclass(frozen=True)
class BuildingTurnout:
    """Homes of a building whose owner has taken part."""

    building: str
    homes: int
    voted: int
    area: Decimal
    voted_area: Decimal


def by_building(vote: Vote) -> list[BuildingTurnout]:
    """Turnout of each building, home by home (one query): an owner of homes in two buildings counts in both, with the homes there."""
    taken = Q(voter__in=Counting.objects.filter(vote=vote).values("voter"))
    rows = (
        RollHome.objects.filter(vote=vote)
        .values("building")
        .order_by("building")
        .annotate(
            homes=Count("pk"), voted=Count("pk", filter=taken), total=Sum("area"), voted_area=Sum("area", filter=taken)
        )
    )
    found = [
        BuildingTurnout(row["building"], row["homes"], row["voted"], row["total"], row["voted_area"] or Decimal("0.00"))
        for row in rows
    ]
    return sorted(found, key=lambda row: natural(row.building))


def missing_voters(vote: Vote, *, building: str = "") -> QuerySet[RollVoter]:
    """Voters without a counting ballot, in the order of the roll; of one building where it is named."""
    rows = RollVoter.objects.filter(vote=vote).filter(~Exists(Counting.objects.filter(voter=OuterRef("pk"))))
    if building:
        rows = rows.filter(Exists(RollHome.objects.filter(voter=OuterRef("pk"), building=building)))
    unread = PaperBallot.objects.filter(voter=OuterRef("pk"), state__in=UNREAD)
    return rows.annotate(returned=Exists(unread)).order_by("number").prefetch_related("homes")


@dataclass(frozen=True)
class VoterRow:
    """A voter for a list: places and masked names."""

    voter: RollVoter
    places: str
    names: str


def voter_rows(voters: Sequence[RollVoter]) -> list[VoterRow]:
    """Places and masked names of a page of voters (one query; ``homes`` prefetched)."""
    names = masked_names(voters)
    return [VoterRow(voter, places_of(voter), names[voter.pk]) for voter in voters]


def masked_names(voters: Sequence[RollVoter]) -> Mapping[int, str]:
    """Voter pk → 张**、李**; 业主不详 where nobody is known (one query)."""
    wanted = {pk for voter in voters for pk in voter.persons}
    known = {pk: mask_name(name) for pk, name in Person.objects.filter(pk__in=wanted).values_list("pk", "name")}
    return {voter.pk: "、".join(known.get(pk, "—") for pk in voter.persons) or "业主不详" for voter in voters}


def places_of(voter: RollVoter) -> str:
    """1号楼 1单元 101；3号楼 2单元 502."""
    return "；".join(place_of(home) for home in voter.homes.all())


def place_of(home: RollHome) -> str:
    """1号楼 1单元 101."""
    return " ".join(part for part in (home.building, home.unit, home.room) if part)


def votes_in_scope(
    user: User, *, division: Division | None, state: str = "", community: str = "", at: dt.datetime
) -> QuerySet[Vote]:
    """The list: newest first, within the division in view; ``state`` is a state or ``open`` (votes can come in now)."""
    rows = Vote.objects.visible_to(user).select_related("community", "division", "building")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if state == "open":
        rows = rows.filter(state=Vote.State.ANNOUNCED, opens_at__lte=at, closes_at__gt=at)
    elif state:
        rows = rows.filter(state=state)
    if community:
        rows = rows.filter(community__name__icontains=community)
    return rows.order_by("-pk")


def phase(vote: Vote, at: dt.datetime) -> tuple[str, str]:
    """Kind of status and its word: an announced vote is told apart by time."""
    if vote.state == Vote.State.ANNOUNCED:
        if at < vote.opens_at:
            return "wait", "已公告，未开始"
        return ("now", "投票中") if at < vote.closes_at else ("due", "已到截止时间")
    return {
        "draft": ("draft", "草稿"), "closed": ("due", "已截止，待计票"), "counted": ("wait", "结果公示中"),
        "confirmed": ("done", "已确认"), "cancelled": ("stop", "已取消"),
    }[vote.state]  # fmt: skip


def heads_so_far(votes: Sequence[Vote]) -> Mapping[int, int]:
    """Heads that have taken part, by vote (one query)."""
    rows = Counting.objects.filter(vote__in=[vote.pk for vote in votes]).values("vote_id").annotate(heads=Count("pk"))
    return {row["vote_id"]: row["heads"] for row in rows}


def kept_ballots(vote: Vote) -> QuerySet[Ballot]:
    """Ballots on paper that were read as valid and don't count, because another one of the same voter does."""
    rows = Ballot.objects.filter(vote=vote, channel=Channel.PAPER, counting__isnull=True)
    return rows.defer("choice").select_related("paper__letter").order_by("pk")


def unread_papers(vote: Vote) -> Mapping[str, int]:
    """How many papers that came back wait for each step: received, entered, mismatch (one query)."""
    rows = PaperBallot.objects.filter(vote=vote, state__in=UNREAD).order_by().values_list("state")
    return {**dict.fromkeys(UNREAD, 0), **dict(rows.annotate(number=Count("pk")))}
