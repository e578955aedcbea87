"""Votes as evidence for the gates: the newest vote of each community on each matter speaks for its project."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from approvals.models import Vote
from approvals.standing import Standing
from offices.clock import day_of
from policies.words import date_words

# Matters whose decision is a source of money (LZ-05); every other one answers the gate of its own matter.
FUND = (Vote.Matter.RAISE_MAINTENANCE_FUND, Vote.Matter.USE_MAINTENANCE_FUND, Vote.Matter.COMMON_REVENUE)


def standing_votes(subjects: Sequence[UUID]) -> Mapping[UUID, Iterable[Standing]]:
    """What the votes of whole communities say for these subjects (one query). A vote of one building speaks for that building alone."""
    rows = (
        Vote.objects.filter(subject_uid__in=subjects, building__isnull=True)
        .exclude(state__in=(Vote.State.DRAFT, Vote.State.CANCELLED))
        .select_related("result", "confirmation", "community")
        .order_by("pk")
    )
    newest: dict[tuple[UUID | None, str, int], Vote] = {
        (row.subject_uid, row.matter, row.community_id): row for row in rows
    }
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for vote in newest.values():
        assert vote.subject_uid is not None
        found[vote.subject_uid].append(_standing(vote))
    return found


def _standing(vote: Vote) -> Standing:
    settled = vote.state == Vote.State.CONFIRMED
    day = day_of(vote.confirmation.at) if settled else day_of(vote.closes_at)
    words = (
        f"平台业主表决，{date_words(day)}确认"
        if settled
        else f"平台业主表决“{vote.title}”{vote.get_state_display()}，结果尚未确认"
    )
    return Standing(
        evidence="fund_vote" if vote.matter in FUND else f"vote:{vote.matter}",
        figures=paper_figures(vote) if settled else {},
        day=day,
        words=words,
        url=reverse("approvals:vote", args=[vote.uid]),
        community=vote.community.uid,
        settled=settled,
    )


def paper_figures(vote: Vote) -> dict[str, Any]:
    """The counted result in the figures of a recorded paper, so that the same rule judges it."""
    result = vote.result
    figures: dict[str, Any] = {
        "total_area": f"{vote.roll_area:.2f}",
        "total_heads": vote.roll_heads,
        "participating_area": f"{result.participating_area:.2f}",
        "participating_heads": result.participating_heads,
        "agreeing_area": f"{result.agreeing_area:.2f}",
        "agreeing_heads": result.agreeing_heads,
    }
    if vote.matter in FUND:
        figures["raises"] = vote.matter == Vote.Matter.RAISE_MAINTENANCE_FUND
    return figures
