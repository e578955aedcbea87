"""What holds of every vote, whatever the numbers: of the count, of the channels, and of the program that counts again."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from approvals.rules.channels import Cast, Terms, arrival
from approvals.rules.tally import Counts, Tally, Voter, decide, tally
from approvals.votes.drafting import thresholds_of
from approvals.votes.lines import result_line
from tests.rules.books import DAY, place
from tests.votes.verifier import VERIFIER

PLACES = {name: place(name) for name in ("liuzhou", "yulin", "ruicheng", "changzhi", "jiangxi")}
places = st.sampled_from(sorted(PLACES))
matters = st.sampled_from(
    ["scheme", "property_service", "raise_maintenance_fund", "use_maintenance_fund", "common_revenue", "operate_common_parts"]
)  # fmt: skip
choices = st.sampled_from(["agree", "oppose", "abstain"])
voter = st.builds(
    Voter,
    areas=st.lists(st.integers(1, 30_000), min_size=1, max_size=3).map(tuple),
    choice=st.sampled_from(["agree", "agree", "oppose", "abstain", "none"]),
)
rolls = st.lists(voter, min_size=1, max_size=10)


def count(name: str, matter: Any, roll: list[Voter]) -> Tally:
    return tally(PLACES[name], day=DAY, matter=matter, voters=roll)


@given(places, matters, rolls, st.randoms(use_true_random=False))
def test_the_order_of_the_voters_is_nothing(name: str, matter: str, roll: list[Voter], chance: Any) -> None:
    shuffled = list(roll)
    chance.shuffle(shuffled)
    assert count(name, matter, shuffled) == count(name, matter, roll)


@given(places, matters, rolls, st.integers(0, 9))
def test_one_more_who_agrees_never_turns_passed_into_failed(name: str, matter: str, roll: list[Voter], at: int) -> None:
    before, at = count(name, matter, roll), at % len(roll)
    after = count(name, matter, [*roll[:at], replace(roll[at], choice="agree"), *roll[at + 1 :]])
    assert after.passed >= before.passed  # type: ignore[operator]
    assert set(after.unmet) <= set(before.unmet)


@given(places, matters, rolls, st.integers(0, 9))
def test_one_more_against_never_turns_failed_into_passed_once_enough_take_part(
    name: str, matter: str, roll: list[Voter], at: int
) -> None:
    before, at = count(name, matter, roll), at % len(roll)
    assume(not {"participation_area", "participation_heads"} & set(before.unmet))
    for choice in ("oppose", "abstain"):
        changed = replace(roll[at], choice=choice)
        after = count(name, matter, [*roll[:at], changed, *roll[at + 1 :]])
        assert after.passed <= before.passed  # type: ignore[operator]


@given(places, matters, rolls)
def test_splitting_a_voters_homes_is_nothing(name: str, matter: str, roll: list[Voter]) -> None:
    split = [replace(each, areas=(1,) * (each.area % 7) + (each.area - each.area % 7,)) for each in roll]
    assert count(name, matter, split) == count(name, matter, roll)


@given(places, matters, rolls)
def test_abstaining_counts_like_opposing(name: str, matter: str, roll: list[Voter]) -> None:
    """An abstention takes part and never helps agreement: against every threshold it weighs what a no weighs."""
    changed = [replace(each, choice="oppose") if each.choice == "abstain" else each for each in roll]
    assert count(name, matter, changed).results == count(name, matter, roll).results


@given(places, matters, rolls)
def test_what_is_missing_is_exact(name: str, matter: str, roll: list[Voter]) -> None:
    """What is missing, added to the part while the whole stands, reaches the threshold; one unit less does not. Held to Fraction."""
    for result in count(name, matter, roll).results:
        if result.whole == 0:
            assert result.missing is None and not result.met
            continue
        assert result.missing is not None
        reached = result.part + result.missing

        def enough(part: int, result: Any = result) -> bool:
            share = Fraction(part, result.whole)
            return share > result.threshold.share if result.threshold.strict else share >= result.threshold.share

        assert enough(reached) and result.met == enough(result.part) == (result.missing == 0)
        assert result.missing == 0 or not enough(reached - 1)


@given(places, matters, rolls, st.integers(2, 50))
def test_measuring_in_other_units_is_nothing(name: str, matter: str, roll: list[Voter], factor: int) -> None:
    scaled = [replace(each, areas=tuple(area * factor for area in each.areas)) for each in roll]
    assert count(name, matter, scaled).passed == count(name, matter, roll).passed


@given(places, matters, rolls)
def test_who_did_not_vote_is_the_same_as_who_has_no_ballot(name: str, matter: str, roll: list[Voter]) -> None:
    counted = count(name, matter, roll)
    assert counted.participating_heads == sum(each.choice != "none" for each in roll)
    assert 0 <= counted.agreeing_area <= counted.participating_area <= counted.total_area


# ---- channels

OPENS = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
channels = st.sampled_from(["online", "onsite", "paper"])
all_terms = st.builds(Terms, may_change=st.booleans(), paper_wins=st.booleans())


def at(minutes: int) -> dt.datetime:
    return OPENS + dt.timedelta(minutes=minutes)


@given(all_terms, channels, st.integers(1, 99))
def test_the_first_ballot_of_whatever_channel_counts(terms: Terms, channel: Any, minutes: int) -> None:
    assert arrival(Cast(channel, at(minutes)), counting=None, paper_received=False, terms=terms).outcome == "counts"


@given(st.booleans(), channels, channels, st.integers(1, 99), st.integers(1, 99))
def test_without_leave_to_change_only_paper_that_wins_replaces(
    wins: bool, first: Any, second: Any, one: int, two: int
) -> None:
    found = arrival(
        Cast(second, at(two)), counting=Cast(first, at(one)), paper_received=False, terms=Terms(False, wins)
    )
    assert (found.outcome == "supersedes") is (wins and second == "paper" and first != "paper")
    assert found.outcome != "counts"


@given(all_terms, channels, channels, st.booleans(), st.integers(1, 99), st.integers(1, 99))
def test_a_refusal_says_why_and_a_paper_is_never_refused(
    terms: Terms, first: Any, second: Any, unread: bool, one: int, two: int
) -> None:
    counting = Cast(first, at(one)) if one % 2 else None
    found = arrival(Cast(second, at(two)), counting=counting, paper_received=unread, terms=terms)
    assert bool(found.words) is (found.outcome in {"refused", "stands"})
    assert second != "paper" or found.outcome != "refused"
    assert not (unread and terms.paper_wins and second != "paper" and found.outcome != "refused")


# ---- the platform and the program that knows nothing of it


@dataclass
class Played:
    """Ballots as the platform's rules take them, in the order in which each voter's were written."""

    terms: Terms
    lines: list[dict[str, Any]] = field(default_factory=list)
    counting: dict[str, tuple[Cast, dict[str, Any]]] = field(default_factory=dict)
    papers: dict[str, tuple[Cast, str]] = field(default_factory=dict)

    def arrive(self, voter: str, area: str, channel: Any, choice: str, minutes: int) -> None:
        """A ballot; a paper is received now and read at the end."""
        new = Cast(channel, at(minutes))
        if channel == "paper":
            if voter not in self.papers:
                self.papers[voter] = (new, choice)
            return
        self._take(voter, area, new, choice, voter in self.papers)

    def read(self, areas: dict[str, str]) -> None:
        """The papers, after the close."""
        for name, (new, choice) in self.papers.items():
            self._take(name, areas[name], new, choice, False)

    def _take(self, voter: str, area: str, new: Cast, choice: str, unread: bool) -> None:
        before = self.counting.get(voter)
        found = arrival(new, counting=before[0] if before else None, paper_received=unread, terms=self.terms)
        if found.outcome == "refused":
            return
        moment = new.received_at.isoformat(timespec="microseconds")
        line = {
            "voter": voter, "choice": choice, "area": area, "channel": new.channel, "receipt": f"R{len(self.lines):07d}",
            "received_at": moment, "entered_at": moment, "supersedes": None, "agent": None, "counts": False, "why_not": "stands",
        }  # fmt: skip
        if found.outcome != "stands":
            line.update(counts=True, why_not="", supersedes=before[1]["receipt"] if before else None)
            if before:
                before[1].update(counts=False, why_not="superseded")
            self.counting[voter] = (new, line)
        self.lines.append(line)


events = st.lists(st.tuples(st.integers(0, 9), channels, choices), max_size=30)


@settings(max_examples=150, deadline=None)
@given(places, matters, rolls, events, all_terms)
def test_the_platform_and_the_independent_program_agree(
    name: str, matter: Any, roll: list[Voter], happened: list[tuple[int, Any, str]], terms: Terms
) -> None:
    layers = PLACES[name]
    names = [f"{number:016x}" for number in range(len(roll))]
    areas = {name: f"{each.area // 100}.{each.area % 100:02d}" for name, each in zip(names, roll, strict=True)}
    played = Played(terms)
    for minutes, (number, channel, choice) in enumerate(happened, start=1):
        who = names[number % len(names)]
        played.arrive(who, areas[who], channel, choice, minutes)
    played.read(areas)
    counted = {who: line["choice"] for who, (_, line) in played.counting.items()}
    decided = count(
        name, matter, [replace(each, choice=counted.get(who, "none")) for who, each in zip(names, roll, strict=True)]
    )
    ballots = sorted(played.lines, key=lambda line: str(line["voter"]))
    empty = decide(layers, day=DAY, matter=matter, counts=Counts(0, 0, 0, 0, 0, 0))
    lines = [
        {"voter": who, "kind": "natural", "area": areas[who], "homes": [[f"{a // 100}.{a % 100:02d}", "register"] for a in each.areas]}
        for who, each in zip(names, roll, strict=True)
    ]  # fmt: skip
    total = sum(each.area for each in roll)
    vote = {
        "terms": {"may_change": terms.may_change, "paper_wins": terms.paper_wins, "proxy_limit": 3},
        "thresholds": thresholds_of(empty), "matter": matter,
        "roll": {"hash": VERIFIER.sha(lines), "area": f"{total // 100}.{total % 100:02d}", "heads": len(roll)},
    }  # fmt: skip
    row = SimpleNamespace(
        roll_area=Decimal(total).scaleb(-2), roll_heads=len(roll), thresholds=vote["thresholds"]
    )  # fmt: skip
    opposing = [line for line in ballots if line["counts"] and line["choice"] == "oppose"]
    result = SimpleNamespace(
        participating_area=Decimal(decided.participating_area).scaleb(-2), participating_heads=decided.participating_heads,
        agreeing_area=Decimal(decided.agreeing_area).scaleb(-2), agreeing_heads=decided.agreeing_heads,
        opposing_area=sum((Decimal(line["area"]) for line in opposing), Decimal(0)), opposing_heads=len(opposing),
        passed=decided.passed, rule_id=decided.rule or "", ballots_hash=VERIFIER.sha(ballots), counted_at=at(500), counted_body="",
    )  # fmt: skip
    stated = result_line(row, result, [])  # type: ignore[arg-type]
    opens, closes = OPENS, at(100)
    found = VERIFIER.check_roll(vote, lines)
    counting = VERIFIER.check_ballots(vote, found, ballots, opens, closes)
    assert {who: line["choice"] for who, line in counting.items()} == counted
    _, shares, passed = VERIFIER.check_result(vote, found, counting, stated["papers"], ballots, stated, closes)
    assert passed is decided.passed
    assert [(share["met"]) for share in shares] == [part.met for part in decided.results]
