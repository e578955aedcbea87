"""A paper that an agent signed: named by two persons, refused with a reason, held by the database, counted apart."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from approvals.models import Ballot, Counting, Letter, PaperBallot, PaperEntry, Proxy, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import finish_counting
from approvals.votes.papers import decide_paper, enter_paper
from approvals.votes.proxies import withdraw_proxy
from approvals.votes.reconciling import papers_by_building, total
from offices.demonstration import Offices
from offices.models import User
from policies.refusal import Invalid, Refused
from tests.votes.conftest import Clock, announced, make_community
from tests.votes.letters import letter, three
from tests.votes.staged import Desk
from tests.votes.test_desk_pages import browser, text
from tests.votes.test_papers import received

Readers = tuple[User, User, User]


@dataclass
class Stage:
    """A paper that came back, and the checked proxy of its owner."""

    vote: Vote
    voter: RollVoter
    paper: PaperBallot
    proxy: Proxy


@pytest.fixture
def readers(offices: Offices) -> Readers:
    return three(offices)


@pytest.fixture
def desk(offices: Offices, clock: Clock) -> Desk:
    return Desk.of(offices, clock)


@pytest.fixture
def stage(desk: Desk, vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock) -> Stage:
    return Stage(vote, voters[0], received(vote, voters[0], offices, clock), desk.authorise(vote, voters[0]))


def test_two_who_name_the_same_agent_make_a_ballot_by_proxy(stage: Stage, readers: Readers, clock: Clock) -> None:
    first, second, _ = readers
    for person in (first, second):
        paper = enter_paper(by=person, at=clock.now, paper=stage.paper, choice="agree", proxy=stage.proxy.uid)
    ballot = Ballot.objects.get()
    assert (paper.state, ballot.proxy, ballot.channel) == ("valid", stage.proxy, "paper")
    row = total(papers_by_building(stage.vote))
    assert (row.valid, row.by_proxy) == (1, 1)
    with pytest.raises(Refused, match="已经投票"):
        withdraw_proxy(by=first, at=clock.now, proxy=stage.proxy, reason="业主反悔")


def test_who_signed_is_read_twice_like_the_choice(stage: Stage, readers: Readers, clock: Clock) -> None:
    first, second, third = readers
    enter_paper(by=first, at=clock.now, paper=stage.paper, choice="agree", proxy=stage.proxy.uid)
    with pytest.raises(Refused, match="正在录入"):
        withdraw_proxy(by=first, at=clock.now, proxy=stage.proxy, reason="业主反悔")
    assert enter_paper(by=second, at=clock.now, paper=stage.paper, choice="agree").state == "mismatch"
    assert not Ballot.objects.exists()
    assert decide_paper(by=third, at=clock.now, paper=stage.paper, choice="agree").state == "valid"
    assert Counting.objects.get().ballot.proxy is None
    assert withdraw_proxy(by=first, at=clock.now, proxy=stage.proxy, reason="业主本人签的").withdrawn_at


@pytest.mark.parametrize("case", ["unchecked", "withdrawn", "another owner's", "another vote's", "of an invalid paper"])
def test_no_other_proxy_is_taken(
    case: str, stage: Stage, desk: Desk, offices: Offices, voters: list[RollVoter], readers: Readers, clock: Clock
) -> None:
    proxy, choice, words = stage.proxy, "agree", "不填代理人"
    if case == "unchecked":
        Proxy.objects.filter(pk=proxy.pk).update(withdrawn_at=clock.now)
        proxy, words = desk.authorise(stage.vote, stage.voter, checked=False), "第二人核对"
    elif case == "withdrawn":
        withdraw_proxy(by=readers[0], at=clock.now, proxy=proxy, reason="业主反悔")
        words = "已经撤回"
    elif case == "another owner's":
        proxy, words = desk.authorise(stage.vote, voters[1]), "不是这位业主"
    elif case == "another vote's":
        other = announced(offices, make_community(offices, ["70.00"], name="别处"), clock)
        proxy, words = desk.authorise(other, other.voters.get()), "没有这份委托书"
    else:
        choice = ""
    wrong = Invalid if not choice else Refused
    with pytest.raises(wrong, match=words):
        enter_paper(
            by=readers[0], at=clock.now, paper=stage.paper, choice=choice, invalid_reason="" if choice else "涂改", proxy=proxy.uid
        )  # fmt: skip
    if choice:
        with pytest.raises(IntegrityError), transaction.atomic():  # nor past the action
            PaperEntry.objects.create(paper=stage.paper, choice="agree", proxy_id=proxy.pk, by=readers[0], at=clock.now)
    assert not PaperEntry.objects.exists() and PaperBallot.objects.get(pk=stage.paper.pk).state == "received"


def _paper_ballot(stage: Stage, by: User, **more: Any) -> Ballot:
    """A ballot written past the actions."""
    return Ballot.objects.create(
        vote=stage.vote, voter=stage.voter, area=stage.voter.area, channel="paper", receipt="PASTTHEACTION", by=by, paper=stage.paper,
        received_at=stage.paper.received_at, entered_at=timezone.now(), **{"choice": "agree", "proxy": stage.proxy, **more},
    )  # fmt: skip


def test_the_database_takes_no_paper_ballot_that_two_have_not_read_alike(
    stage: Stage, readers: Readers, clock: Clock
) -> None:
    first, second, _ = readers

    def entry(by: User, proxy: Proxy | None) -> None:
        PaperEntry.objects.create(paper=stage.paper, choice="agree", proxy=proxy, by=by, at=clock.now)

    entry(first, stage.proxy)
    for more in ({}, {"choice": "oppose"}, {"proxy": None}):
        with pytest.raises(IntegrityError, match="两人一致"), transaction.atomic():
            _paper_ballot(stage, second, **more)
    entry(second, stage.proxy)
    with pytest.raises(IntegrityError, match="两人一致"), transaction.atomic():
        _paper_ballot(stage, second, proxy=None)
    assert _paper_ballot(stage, second).proxy == stage.proxy
    for change in ({"withdrawn_at": clock.now}, {"checked_at": None}, {"checked_at": None, "checked_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proxy.objects.filter(pk=stage.proxy.pk).update(**change)


def test_the_limit_of_an_agent_holds_for_papers_because_who_was_named_stays_named(
    desk: Desk, stage: Stage, voters: list[RollVoter], readers: Readers, clock: Clock
) -> None:
    """Three owners may be acted for; one by paper, one at the door, one entered. A fourth is refused, and none is freed by withdrawing."""
    first, second, _ = readers
    door, spare = desk.authorise(stage.vote, voters[1]), desk.authorise(stage.vote, voters[2])
    for person in (first, second):
        enter_paper(by=person, at=clock.now, paper=stage.paper, choice="agree", proxy=stage.proxy.uid)
    cast_ballot(at=clock.now, vote=stage.vote, voter=voters[1], choice="agree", channel="onsite", by=first, proxy=door)
    for used in (stage.proxy, door):
        with pytest.raises(IntegrityError, match="不能撤回"), transaction.atomic():
            Proxy.objects.filter(pk=used.pk).update(withdrawn_at=clock.now)
    with pytest.raises(IntegrityError, match="限额"), transaction.atomic():
        desk.authorise(stage.vote, voters[3])
    Proxy.objects.filter(pk=spare.pk).update(withdrawn_at=clock.now)
    desk.authorise(stage.vote, voters[3])
    with pytest.raises(IntegrityError), transaction.atomic():
        Proxy.objects.filter(pk=spare.pk).update(withdrawn_at=None)


def test_a_paper_is_void_or_has_come_back_never_both(
    stage: Stage, voters: list[RollVoter], readers: Readers, clock: Clock
) -> None:
    first, second, _ = readers
    with pytest.raises(IntegrityError, match="不能作废"), transaction.atomic():
        Letter.objects.filter(pk=stage.paper.letter_id).update(voided_at=clock.now)
    old = letter(stage.vote, voters[1], first, clock, voided=True)
    with pytest.raises(IntegrityError, match="已作废"), transaction.atomic():
        PaperBallot.objects.create(
            vote=stage.vote, voter=voters[1], letter=old, received_by=first, received_at=clock.now, created_at=clock.now,
            updated_at=clock.now,
        )  # fmt: skip
    letter(stage.vote, voters[1], first, clock)
    for person in (first, second):
        enter_paper(by=person, at=clock.now, paper=stage.paper, choice="", invalid_reason="没有作出选择")
    clock.to(stage.vote.closes_at)
    found = finish_counting(by=first, at=clock.now, vote=stage.vote)
    assert (found.papers_issued, found.papers_returned, found.papers_outstanding, found.papers_voided) == (3, 1, 1, 1)
    assert (found.papers_valid, found.papers_invalid) == (0, 1)
    row = total(papers_by_building(stage.vote))
    assert row.issued == row.returned + row.outstanding + row.voided and row.balanced


def test_the_keyboard_asks_who_signed_where_an_agent_may_have(
    stage: Stage, readers: Readers, offices: Offices, voters: list[RollVoter], clock: Clock
) -> None:
    first, second, third = (browser(person) for person in readers)
    url, serial = reverse("approvals:vote_enter", args=[stage.vote.uid]), stage.paper.letter.serial
    page = text(first.post(url, {"serial": serial, "key": "1"}))
    assert 'name="signed"' in page and "代理人 代**" in page and "代金雀" not in page
    assert not PaperEntry.objects.exists(), "asked before it is written"
    assert first.post(url, {"serial": serial, "key": "1", "signed": "2"}).status_code == 302
    assert second.post(url, {"serial": serial, "key": "1", "signed": "1"}).status_code == 302
    decide = reverse("approvals:vote_decide", args=[stage.vote.uid, stage.paper.uid])
    shown = text(third.get(decide))
    assert "同意（代理人签名）" in shown and "同意（本人签名）" in shown
    unsigned = third.post(decide, {"key": "1"})
    assert unsigned.status_code == 400 and "由谁签名" in text(unsigned)
    assert third.post(decide, {"key": "1", "signed": "2"}).status_code == 302
    assert Ballot.objects.get().proxy == stage.proxy
    plain = received(stage.vote, voters[1], offices, clock)
    nobody = first.post(url, {"serial": plain.letter.serial, "key": "1", "signed": "2"})
    assert nobody.status_code == 409 and "没有登记委托" in text(nobody)
    assert not PaperEntry.objects.filter(paper=plain).exists()
