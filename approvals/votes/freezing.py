"""The frozen copy of the roll, and its hash that anyone who is given the evidence can compute again (N-02)."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from approvals.models import RollHome, RollVoter, Vote
from communities.queries.voters import RollDraft

BATCH = 500


def freeze_roll(vote: Vote, roll: RollDraft) -> None:
    """Copy the voters with their homes and areas (0.01 ㎡) and set the vote's hash, area and heads; the caller saves the vote.

    Voters stand in a random order under random pseudonyms, so that the evidence tells nobody's home by its place in the list.
    """
    order = list(roll.voters)
    secrets.SystemRandom().shuffle(order)
    voters = [
        RollVoter(
            vote=vote, number=number, key=voter.key, pseudonym=secrets.token_hex(8), kind=voter.kind,
            persons=list(voter.person_ids), area=Decimal(voter.area).scaleb(-2),
        )
        for number, voter in enumerate(order, start=1)
    ]  # fmt: skip
    RollVoter.objects.bulk_create(voters, batch_size=BATCH)
    homes = [
        RollHome(
            vote=vote, voter=row, home_id=home.home_id, building=home.building, unit=home.unit, room=home.room, floor=home.floor,
            area=Decimal(home.area).scaleb(-2), area_source=home.area_source,
        )
        for row, voter in zip(voters, order, strict=True)
        for home in voter.homes
    ]  # fmt: skip
    RollHome.objects.bulk_create(homes, batch_size=BATCH)
    vote.roll_heads = len(voters)
    vote.roll_area = Decimal(sum(voter.area for voter in order)).scaleb(-2)
    vote.roll_hash = roll_digest(roll_lines(voters, homes))


def roll_lines(voters: Iterable[RollVoter], homes: Iterable[RollHome]) -> list[dict[str, Any]]:
    """The roll as the evidence prints it: pseudonym, kind, area, and the homes' areas with their sources, no names and no rooms."""
    areas: dict[int, list[list[str]]] = {}
    for home in homes:
        areas.setdefault(home.voter_id, []).append([f"{home.area:.2f}", home.area_source])
    return [
        {
            "voter": voter.pseudonym, "kind": voter.kind, "area": f"{voter.area:.2f}", "homes": sorted(areas.get(voter.pk, [])),
        }
        for voter in voters
    ]  # fmt: skip


def roll_digest(lines: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of the lines in the order of their pseudonyms."""
    ordered = sorted(lines, key=lambda line: str(line["voter"]))
    return digest_of(ordered)


def digest_of(content: Any) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
