"""Figures of votes: turnout while they run (never what was chosen), the exact count after the close. Group by vote, in the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.db.models import BigIntegerField, Count, Sum

from approvals.models import Choice, Counting, Vote
from approvals.rules.tally import Counts, Tally, decide
from offices.clock import day_of
from offices.rulebooks import layers_of, pinned
from policies.kinds import Matter
from policies.layers import Layers


@dataclass(frozen=True)
class Figures:
    """What the counting ballots of a vote add up to. Areas in 0.01 ㎡."""

    total_area: int
    total_heads: int
    participating_area: int = 0
    participating_heads: int = 0
    agreeing_area: int = 0
    agreeing_heads: int = 0
    opposing_area: int = 0
    opposing_heads: int = 0

    @property
    def counts(self) -> Counts:
        """For the rule."""
        return Counts(
            self.total_area, self.total_heads, self.participating_area, self.participating_heads, self.agreeing_area, self.agreeing_heads
        )  # fmt: skip


def figures_of(votes: Sequence[Vote]) -> dict[int, Figures]:
    """Figures by vote id, in one pass for any number of votes. Callers show agreement after the close alone.

    By vote and choice, one sum and one count each (three sums under a condition a row cost a third more), and by the ballot's own
    vote, so that the database takes nothing but a key from the other side of its join.
    """
    rows = (
        Counting.objects.filter(ballot__vote__in=[vote.pk for vote in votes])
        .values_list("ballot__vote_id", "ballot__choice")
        .annotate(area=Sum("ballot__area", output_field=BigIntegerField()), heads=Count("ballot_id"))
    )
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for vote, choice, area, heads in rows:
        found[vote][choice] = int(area), heads  # the column's own 0.01 ㎡
    return {vote.pk: _figures(vote, found[vote.pk]) for vote in votes}


def _figures(vote: Vote, choices: Mapping[str, tuple[int, int]]) -> Figures:
    agreeing, opposing = (choices.get(choice, (0, 0)) for choice in (Choice.AGREE, Choice.OPPOSE))
    area, heads = sum(area for area, _ in choices.values()), sum(heads for _, heads in choices.values())
    return Figures(_hundredths(vote.roll_area), vote.roll_heads or 0, area, heads, *agreeing, *opposing)


def _hundredths(area: Decimal | int | None) -> int:
    return 0 if area is None else int(Decimal(area).scaleb(2))


def rules_of(vote: Vote) -> Layers:
    """The documents as they stood when the vote was announced; those of today for a draft."""
    return (pinned(vote.revision) if vote.revision else None) or layers_of(vote.division)


def tally_of(vote: Vote, figures: Figures | None = None, layers: Layers | None = None) -> Tally:
    """The four shares against the thresholds announced. For staff and residents only after the close."""
    counted = figures or figures_of([vote])[vote.pk]
    day, matter = day_of(vote.opens_at), cast(Matter, vote.matter)
    return decide(layers or rules_of(vote), day=day, matter=matter, counts=counted.counts)
