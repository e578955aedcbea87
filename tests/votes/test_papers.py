"""Ballot papers: received in time by serial, read twice by different people, settled by a third, balanced."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from approvals.models import Ballot, Counting, PaperBallot, PaperEntry, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import finish_counting
from approvals.votes.papers import (
    attach_scan,
    decide_paper,
    enter_paper,
    find_letter,
    receive_paper,
    scan_of,
    tidy_serial,
)
from approvals.votes.reconciling import papers_by_building, total
from approvals.votes.turnout import kept_ballots
from communities.models import Community
from offices.demonstration import Offices
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from tests.votes.conftest import HOUR, Clock, announced, make_community
from tests.votes.letters import letter, three


def picture() -> SimpleUploadedFile:
    """A scan."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(buffer, "PNG")
    return SimpleUploadedFile("票.png", buffer.getvalue())


def received(vote: Vote, voter: RollVoter, offices: Offices, clock: Clock, **more: Any) -> PaperBallot:
    """A paper that came back."""
    first, _, _ = three(offices)
    slip = letter(vote, voter, first, clock)
    return receive_paper(by=first, at=clock.now, vote=vote, serial=slip.serial, **more)


def test_two_who_agree_make_the_ballot_and_two_who_differ_wait_for_a_third(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    first, second, third = three(offices)
    agreed, differing = (received(vote, voter, offices, clock) for voter in voters[:2])
    assert enter_paper(by=first, at=clock.now, paper=agreed, choice="agree").state == "entered"
    assert not Ballot.objects.exists()
    assert enter_paper(by=second, at=clock.now, paper=agreed, choice="agree").state == "valid"
    ballot = Counting.objects.get(vote=vote).ballot
    assert (ballot.channel, ballot.choice, ballot.received_at) == ("paper", "agree", agreed.received_at)
    enter_paper(by=first, at=clock.now, paper=differing, choice="agree")
    assert enter_paper(by=second, at=clock.now, paper=differing, choice="oppose").state == "mismatch"
    assert Ballot.objects.count() == 1
    for person in (first, second):
        with pytest.raises(Forbidden, match="录入过"):
            decide_paper(by=person, at=clock.now, paper=differing, choice="agree")
    with pytest.raises(Refused, match="第三人"):
        enter_paper(by=third, at=clock.now, paper=differing, choice="agree")
    assert decide_paper(by=third, at=clock.now, paper=differing, choice="oppose").state == "valid"
    assert Counting.objects.get(voter=voters[1]).ballot.choice == "oppose"
    with pytest.raises(Refused):
        decide_paper(by=three(offices)[2], at=clock.now, paper=differing, choice="agree")
    told = HistoryEntry.objects.filter(action__startswith="ballot_paper.")
    assert told.count() == 7 and not any("agree" in str(row.data) or "oppose" in str(row.data) for row in told)


def test_nobody_reads_a_paper_twice_not_even_past_the_action(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    first, _, _ = three(offices)
    paper = received(vote, voters[0], offices, clock)
    enter_paper(by=first, at=clock.now, paper=paper, choice="agree")
    with pytest.raises(Forbidden, match="不同的人"):
        enter_paper(by=first, at=clock.now, paper=paper, choice="agree")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperEntry.objects.create(paper=paper, choice="agree", by=first, at=clock.now)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    "who",
    [("柳北区", "housing", "approver"), ("芮城县", "housing", "clerk"), ("柳北区", "finance", "clerk")],
)
def test_only_the_desk_receives_and_reads(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock, who: tuple[str, str, str]
) -> None:
    paper = received(vote, voters[0], offices, clock)
    slip, person = letter(vote, voters[1], three(offices)[0], clock), offices.user(*who)
    with pytest.raises(Forbidden):
        receive_paper(by=person, at=clock.now, vote=vote, serial=slip.serial)
    with pytest.raises(Forbidden):
        enter_paper(by=person, at=clock.now, paper=paper, choice="agree")
    with pytest.raises(Forbidden):
        scan_of(by=person, paper=paper)


def test_no_paper_before_the_opening_nor_after_the_close_but_its_content_until_the_counting_ends(
    offices: Offices, community: Community, clock: Clock
) -> None:
    first, second, third = three(offices)
    vote = announced(offices, community, clock)
    voters = list(vote.voters.all())
    slips = [letter(vote, voter, first, clock) for voter in voters[:3]]
    with pytest.raises(Refused, match="没有开始"):
        receive_paper(by=first, at=clock.now, vote=vote, serial=slips[0].serial)
    clock.to(vote.opens_at)
    paper = receive_paper(by=first, at=clock.now, vote=vote, serial=slips[0].serial)
    clock.to(vote.closes_at)
    with pytest.raises(Refused, match="截止之后"):
        receive_paper(by=first, at=clock.now, vote=vote, serial=slips[1].serial)
    with pytest.raises(
        Refused, match="截止之后"
    ):  # the process believes that there is time left: the database's clock is law
        receive_paper(by=first, at=vote.closes_at - HOUR, vote=vote, serial=slips[1].serial)
    assert PaperBallot.objects.count() == 1
    with pytest.raises(Refused, match="1 张纸质票"):
        finish_counting(by=first, at=clock.now, vote=vote)
    enter_paper(by=first, at=clock.now, paper=paper, choice="agree")
    enter_paper(by=second, at=clock.now, paper=paper, choice="agree")
    result = finish_counting(by=first, at=clock.now, vote=vote)
    assert (result.papers_issued, result.papers_returned, result.papers_valid, result.agreeing_heads) == (3, 1, 1, 1)
    with pytest.raises(Refused, match="计票已结束"):
        enter_paper(by=third, at=clock.now, paper=paper, choice="oppose")


def test_a_serial_is_refused_by_name(vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock) -> None:
    first, _, _ = three(offices)
    old = letter(vote, voters[0], first, clock, voided=True)
    new = letter(vote, voters[0], first, clock)
    other = announced(offices, make_community(offices, ["50.00"], name="别处"), clock)
    foreign = letter(other, other.voters.get(), first, clock)
    for serial, words in (
        (old.serial, f"已作废.*{new.serial}"), (foreign.serial, "另一次表决"), ("NOTHING", "没有编号"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            receive_paper(by=first, at=clock.now, vote=vote, serial=serial)
    for serial in ("", "  ", "X" * 25, "A\x00B"):
        with pytest.raises(Invalid):
            receive_paper(by=first, at=clock.now, vote=vote, serial=serial)
    receive_paper(by=first, at=clock.now, vote=vote, serial=f" {new.serial.lower()} ")
    with pytest.raises(Refused, match="不重复登记"):
        receive_paper(by=first, at=clock.now, vote=vote, serial=new.serial)
    assert find_letter(vote, f"https://example.cn/vote/{new.serial}/").pk == new.pk
    assert tidy_serial("ｌｂ２６ 0001") == "LB260001"


def test_what_makes_a_paper_invalid_is_said(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    first, second, _ = three(offices)
    paper = received(vote, voters[0], offices, clock)
    wrong: list[dict[str, str]] = [
        {"choice": ""}, {"choice": "maybe"}, {"choice": "agree", "invalid_reason": "涂改"}, {"choice": "", "invalid_reason": "x" * 201},
        {"choice": "", "invalid_reason": "a\x00"},
    ]  # fmt: skip
    for given in wrong:
        with pytest.raises(Invalid):
            enter_paper(by=first, at=clock.now, paper=paper, **given)
    enter_paper(by=first, at=clock.now, paper=paper, choice="", invalid_reason="没有作出选择")
    done = enter_paper(by=second, at=clock.now, paper=paper, choice="", invalid_reason="选了两项以上")
    assert done.state == "invalid" and not Ballot.objects.exists()


def test_papers_balance_and_one_that_came_second_is_kept_by_name(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    first, second, _ = three(offices)
    cast_ballot(at=clock.now, vote=vote, voter=voters[0], choice="agree", channel="online")
    kept, invalid, unread = (received(vote, voter, offices, clock) for voter in voters[:3])
    letter(vote, voters[3], first, clock, voided=True)
    letter(vote, voters[3], first, clock)
    for person in (first, second):
        enter_paper(by=person, at=clock.now, paper=kept, choice="oppose")
        enter_paper(by=person, at=clock.now, paper=invalid, choice="", invalid_reason="没有作出选择")
    row = total(papers_by_building(vote))
    assert (row.issued, row.voided, row.returned, row.outstanding) == (5, 1, 3, 1)
    assert (row.valid, row.invalid, row.unread) == (1, 1, 1) and row.balanced
    assert [ballot.paper for ballot in kept_ballots(vote)] == [kept]
    assert Counting.objects.get(voter=voters[0]).ballot.channel == "online"
    assert unread.state == "received"


def test_a_scan_is_one_picture_for_those_who_read(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    first, second, _ = three(offices)
    paper = received(vote, voters[0], offices, clock, upload=picture())
    assert paper.file is not None and paper.file.personal
    with pytest.raises(Refused, match="已有扫描件"):
        attach_scan(by=first, at=clock.now, paper=paper, upload=picture())
    assert scan_of(by=second, paper=paper) == paper.file
    bare = received(vote, voters[1], offices, clock)
    with pytest.raises(Invalid):
        attach_scan(by=first, at=clock.now, paper=bare, upload=SimpleUploadedFile("票.txt", b"agree"))
    assert attach_scan(by=first, at=clock.now, paper=bare, upload=picture()).file is not None
