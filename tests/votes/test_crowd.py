"""The desk's pages with five thousand owners: paged, a bounded number of queries, well within a second."""

import time
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import (
    Ballot,
    Counting,
    Letter,
    PaperBallot,
    PaperEntry,
    Proxy,
    RollVoter,
    Vote,
    VoteObjection,
)
from approvals.votes.closing import finish_counting
from offices.demonstration import Offices
from tests.votes.conftest import HOUR, Clock, announced
from tests.votes.crowd import big_community
from tests.votes.letters import three
from tests.votes.test_desk_pages import browser, text, url

OWNERS, BUILDINGS = 5000, 10
PAGES = (
    ("vote", ""), ("vote_missing", ""), ("vote_missing", "?building=3号楼&page=2"), ("vote_onsite", ""), ("vote_onsite", "?building=3号楼"),
    ("vote_receive", ""), ("vote_enter", ""), ("vote_mismatches", ""), ("vote_papers", ""), ("vote_papers", "?kept=1"),
    ("vote_proxies", "?page=2"), ("vote_letters", ""), ("vote_letters", "?q=3号楼"),
)  # fmt: skip
MOST_QUERIES, MOST_SECONDS, MOST_SIGNS = 15, 1.0, 400_000


@pytest.fixture
def crowded(offices: Offices, clock: Clock) -> Vote:
    """Three thousand ballots, a letter each, two thousand papers in every state, three hundred proxies."""
    vote = announced(
        offices, big_community(offices, OWNERS, buildings=BUILDINGS), clock, may_change=True, proxy_limit=20
    )
    at = clock.to(vote.opens_at + HOUR)
    first, second, _ = three(offices)
    voters = list(RollVoter.objects.filter(vote=vote))
    stamps = {"created_at": at, "updated_at": at}

    def made(model: Any, rows: Any) -> Any:
        return model.objects.bulk_create(rows, batch_size=500)

    letters = made(
        Letter, (Letter(vote=vote, voter=voter, serial=f"C{voter.number:07d}", issued_by=first, issued_at=at, **stamps) for voter in voters)
    )  # fmt: skip
    states = ("received", "entered", "mismatch", "valid")
    papers = made(
        PaperBallot,
        (
            PaperBallot(
                vote=vote, voter_id=letter.voter_id, letter=letter, received_by=first, received_at=at, state=states[n % 4], **stamps
            )
            for n, letter in enumerate(letters[:2000])
        ),
    )  # fmt: skip
    read = [paper for paper in papers if paper.state != "received"]
    made(PaperEntry, (PaperEntry(paper=paper, choice="agree", by=first, at=at) for paper in read))
    again = [(paper, "oppose" if paper.state == "mismatch" else "agree") for paper in read if paper.state != "entered"]
    made(PaperEntry, (PaperEntry(paper=paper, choice=choice, by=second, at=at) for paper, choice in again))
    area = {voter.pk: voter.area for voter in voters}

    def ballot(voter: int, channel: str, paper: Any = None) -> Ballot:
        return Ballot(
            vote=vote, voter_id=voter, area=area[voter], choice="agree", channel=channel, paper=paper, by=first, received_at=at,
            entered_at=at, receipt=f"{channel}{voter}"[:24],
        )  # fmt: skip

    made(Ballot, (ballot(paper.voter_id, "paper", paper) for paper in papers if paper.state == "valid"))
    online = made(Ballot, (ballot(voter.pk, "online") for voter in voters[:3000]))
    made(Counting, (Counting(vote=vote, voter_id=row.voter_id, ballot=row) for row in online))
    made(
        Proxy,
        (
            Proxy(vote=vote, voter=voter, name="代金雀", agent_key=f"k{n // 10}", entered_by=first, entered_at=at, **stamps)
            for n, voter in enumerate(voters[-300:])
        ),
    )  # fmt: skip
    return vote


@pytest.mark.slow
def test_every_page_of_the_desk_is_paged_and_quick(crowded: Vote, offices: Offices, clock: Clock) -> None:
    first, _, third = three(offices)
    client = browser(third)
    client.get(url("votes"))  # templates are compiled once

    def looked(name: str, query: str = "") -> str:
        path = url(name, crowded.uid) + quote(query, safe="?=&")
        client.get(path)
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        seconds, page = time.process_time() - began, text(response)
        assert response.status_code == 200 and len(asked) <= MOST_QUERIES, (path, len(asked))
        assert seconds < MOST_SECONDS and len(page) < MOST_SIGNS, (path, seconds, len(page))
        return page

    pages = {name + query: looked(name, query) for name, query in PAGES}
    assert "500 张：同一位业主的另一张票" in pages["vote_papers"] and "第 1 页，共 40 页" in pages["vote_papers"]
    assert "第 1 页，共 10 页" in pages["vote_papers?kept=1"] and "第 2 页，共 6 页" in pages["vote_proxies?page=2"]
    assert "等您录入：1000 张" in pages["vote_enter"]
    PaperBallot.objects.exclude(state="valid").update(state="invalid")
    clock.to(crowded.closes_at)
    finish_counting(by=first, at=clock.now, vote=crowded)
    stamps = {"made_at": clock.now, "created_at": clock.now, "updated_at": clock.now}
    VoteObjection.objects.bulk_create(
        VoteObjection(vote=crowded, receipt=f"B-{n:04d}", text="请重新核对", **stamps) for n in range(60)
    )
    counted = looked("vote")
    assert "有 500 张纸质票有效但不计入" in counted and "第 1 页，共 3 页" in counted
