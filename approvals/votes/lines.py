"""What of a vote is evidence, line by line: pseudonyms and receipts, no names, no telephone numbers, no rooms.

Nothing here changes once the counting has ended (the database's guards hold each of these rows from then on), so the root hash over
these lines is computed once with the result, recorded, and found again by anybody who is given the files.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from approvals.models import Ballot, Counting, Letter, PaperBallot, PaperEntry, RollHome, RollVoter, Vote, VoteResult
from approvals.rules.percentages import still_needed
from approvals.votes.freezing import digest_of, roll_lines
from policies.kinds import Threshold

FORMAT = "renovation-vote-evidence/1"
SHARES = ("participating", "agreeing", "opposing")


def moment(at: dt.datetime | None) -> str | None:
    """A moment in UTC with microseconds, so that texts compare like moments."""
    return None if at is None else at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def vote_line(vote: Vote) -> dict[str, Any]:
    """What was announced, as it was frozen. Names of places may change and are left out; their uids stay."""
    return {
        "format": FORMAT, "uid": str(vote.uid), "community": str(vote.community.uid),
        "building": str(vote.building.uid) if vote.building else None, "unit": vote.unit,
        "subject": [vote.subject_type, str(vote.subject_uid)] if vote.subject_uid else None,
        "matter": vote.matter, "title": vote.title, "text": vote.text, "opens_at": moment(vote.opens_at),
        "closes_at": moment(vote.closes_at), "announced_at": moment(vote.announced_at),
        "terms": {
            "may_change": vote.may_change, "paper_wins": vote.paper_wins, "proxy_limit": vote.proxy_limit,
            "objection_days": vote.objection_days,
        },
        "thresholds": vote.thresholds, "rulebook": vote.rulebook, "revision": vote.revision,
        "roll": {"hash": vote.roll_hash, "area": f"{vote.roll_area:.2f}", "heads": vote.roll_heads},
    }  # fmt: skip


def voter_lines(vote: Vote) -> list[dict[str, Any]]:
    """The frozen roll in the order of its pseudonyms (two queries): exactly what ``roll_hash`` was computed over."""
    lines = roll_lines(RollVoter.objects.filter(vote=vote), RollHome.objects.filter(vote=vote))
    return sorted(lines, key=lambda line: str(line["voter"]))


def ballot_lines(vote: Vote) -> list[dict[str, Any]]:
    """All ballots, those of a voter in the order in which they were taken, voters by pseudonym; whether each counts, and why not."""
    counting = set(Counting.objects.filter(vote=vote).values_list("ballot_id", flat=True))
    rows = list(
        Ballot.objects.filter(vote=vote)
        .order_by("pk")
        .values_list(
            "pk", "voter__pseudonym", "choice", "area", "channel", "receipt", "received_at", "entered_at", "supersedes_id",
            "proxy__agent_key",
        )
    )  # fmt: skip
    receipts = {row[0]: row[5] for row in rows}
    superseded = {row[8] for row in rows if row[8]}
    lines = [
        {
            "voter": voter, "choice": choice, "area": f"{area:.2f}", "channel": channel, "receipt": receipt,
            "received_at": moment(received), "entered_at": moment(entered), "supersedes": receipts.get(before),
            "agent": _agent(vote, agent) if agent else None,
            "counts": pk in counting, "why_not": "" if pk in counting else "superseded" if pk in superseded else "stands",
        }
        for pk, voter, choice, area, channel, receipt, received, entered, before, agent in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: str(line["voter"]))  # stable: a voter's own order stays


def _agent(vote: Vote, key: str) -> str:
    """One agent is one text within a vote, and nobody's name."""
    return hashlib.sha256(f"{vote.uid}:{key}".encode()).hexdigest()[:16]


def paper_lines(vote: Vote) -> list[dict[str, Any]]:
    """Every letter by its serial: whether it came back, what two persons read on it, and the ballot that it became."""
    entries: dict[int, list[dict[str, Any]]] = defaultdict(list)
    read = PaperEntry.objects.filter(paper__vote=vote).order_by("pk")
    for paper, choice, deciding, agent in read.values_list("paper_id", "choice", "deciding", "proxy__agent_key"):
        signed = _agent(vote, agent) if agent else None
        entries[paper].append({"choice": choice, "deciding": deciding, "agent": signed})
    papers = {paper.letter_id: paper for paper in PaperBallot.objects.filter(vote=vote)}
    receipts = dict(Ballot.objects.filter(vote=vote, paper__isnull=False).values_list("paper_id", "receipt"))
    lines = []
    for letter, voter, serial, issued, voided in Letter.objects.filter(vote=vote).values_list(
        "pk", "voter__pseudonym", "serial", "issued_at", "voided_at"
    ):
        paper_row = papers.get(letter)
        back = paper_row and {
            "state": paper_row.state, "received_at": moment(paper_row.received_at), "receipt": receipts.get(paper_row.pk),
            "entries": entries[paper_row.pk],
        }  # fmt: skip
        lines.append(
            {
                "serial": serial,
                "voter": voter,
                "issued_at": moment(issued),
                "voided_at": moment(voided),
                "returned": back,
            }
        )
    return sorted(lines, key=lambda line: str(line["serial"]))


def result_line(vote: Vote, result: VoteResult, papers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What was counted, each share against its announced threshold, and the reconciliation of the papers."""
    area, heads = _hundredths(vote.roll_area), int(vote.roll_heads or 0)
    figures = {"total_area": area, "total_heads": heads}
    for word in SHARES:
        figures[f"{word}_area"] = _hundredths(getattr(result, f"{word}_area"))
        figures[f"{word}_heads"] = getattr(result, f"{word}_heads")
    for unit in ("area", "heads"):
        counted = figures[f"agreeing_{unit}"] + figures[f"opposing_{unit}"]
        figures[f"abstaining_{unit}"] = figures[f"participating_{unit}"] - counted
    return {
        "figures": {name: _shown(name, value) for name, value in figures.items()},
        "shares": [_share(threshold, figures) for threshold in vote.thresholds],
        "passed": result.passed, "rule": result.rule_id, "ballots_hash": result.ballots_hash, "papers": reconciliation(papers),
        "counted_at": moment(result.counted_at), "counted_by": result.counted_body,
    }  # fmt: skip


def _hundredths(area: Decimal | None) -> int:
    return int(Decimal(area or 0).scaleb(2))


def _shown(name: str, value: int) -> str | int:
    return f"{Decimal(value).scaleb(-2):.2f}" if name.endswith("area") else value


def _share(threshold: dict[str, Any], figures: dict[str, int]) -> dict[str, Any]:
    """One of the four against the threshold that was announced, whatever the documents say today."""
    share, unit = threshold["test"].split("_")
    part_name, whole_name = ("participating", "total") if share == "participation" else ("agreeing", "participating")
    part, whole = figures[f"{part_name}_{unit}"], figures[f"{whole_name}_{unit}"]
    asks = Fraction(threshold["share"])
    rule = Threshold(more_than=asks) if threshold["strict"] else Threshold(at_least=asks)
    missing = still_needed(rule, part, whole)
    return {
        "test": threshold["test"], "part": _shown(unit, part), "whole": _shown(unit, whole), "share": threshold["share"],
        "strict": threshold["strict"], "met": rule.met(part, whole), "missing": None if missing is None else _shown(unit, missing),
    }  # fmt: skip


def reconciliation(papers: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Every serial is accounted for: issued = returned + outstanding + voided; returned = valid + invalid; of the valid ones by proxy."""
    found = dict.fromkeys(("issued", "returned", "valid", "invalid", "voided", "outstanding", "by_proxy"), 0)
    for line in papers:
        found["issued"] += 1
        if line["returned"] is not None:
            found["returned"] += 1
            valid = line["returned"]["state"] == PaperBallot.State.VALID
            found["valid" if valid else "invalid"] += 1
            # The last entry is the deciding one, or agrees with the first.
            found["by_proxy"] += bool(valid and line["returned"]["entries"][-1]["agent"])
        else:
            found["voided" if line["voided_at"] else "outstanding"] += 1
    return found


def ballots_digest(vote: Vote) -> str:
    """SHA-256 over all ballots, counting or not: one that was taken can't be lost from the evidence unseen."""
    return digest_of(ballot_lines(vote))
