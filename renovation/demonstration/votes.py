"""Votes of owners in every state: one open with a paper read differently, one counted with objections running, one passed, one failed.

The database takes ballots by its own clock alone, so the clock is put back to each day while the story of that day is told.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from approvals.models import PaperBallot, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import close_vote, confirm_vote, finish_counting
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from approvals.votes.letters import issue_letters
from approvals.votes.objections import answer_objection, make_objection
from approvals.votes.onsite import enter_onsite
from approvals.votes.papers import decide_paper, enter_paper, receive_paper
from approvals.votes.proxies import check_proxy, enter_proxy
from communities.models import Community
from offices import clock, database_clock
from renovation.demonstration.rolls import READY
from renovation.demonstration.story import Story
from renovation.demonstration.works import drawn

AGENTS = (
    {"name": "韦小梅", "id_number": "", "phone": "13900002001"}, {"name": "覃志强", "id_number": "", "phone": "13900002002"},
    {"name": "韦小梅", "id_number": "", "phone": "13900002001"},
)  # fmt: skip
OBJECTIONS = (
    {"text": "名册上2单元602室的面积与我家不动产权证书不一致，请核对。", "name": "莫桂英", "phone": "13900003001", "home": "1号楼2单元602"},
    {"text": "报价没有说明是否含保温层，请公示工程量清单。", "name": "梁建国", "phone": "13900003002", "home": "1号楼1单元502"},
)  # fmt: skip
D, DAY, HOUR = dt.date, dt.timedelta(days=1), dt.timedelta(hours=1)


@contextmanager
def clock_at(at: dt.datetime) -> Iterator[dt.datetime]:
    """The clock of the platform and of the database at a moment of the story, and back afterwards."""
    before = settings.CLOCK_OFFSET
    settings.CLOCK_OFFSET = before + (at - clock.now())
    database_clock.tell(connection)
    try:
        yield clock.now()
    finally:
        settings.CLOCK_OFFSET = before
        database_clock.tell(connection)


class Teller:
    """Tells the votes of one place with its people."""

    def __init__(self, story: Story, place: str, community: str) -> None:
        self.story, self.place = story, place
        self.clerk = story.clerk(place)
        self.leader = story.offices.user(place, "housing", "leader")
        self.community = Community.objects.select_related("division").get(name=community)

    def announce(self, on: dt.date, days: int, terms: dict[str, Any], building: str = "") -> Vote:
        """Drafted by the clerk, announced by the leader on a day; open from the next morning on for ``days``."""
        opens = self.story.at(on + DAY, 8)
        chosen = self.community.buildings.get(name=building) if building else None
        plain = Terms(**terms, opens_at=opens, closes_at=self.story.at(on + DAY * (days + 1), 18))
        with clock_at(self.story.at(on, 9)) as at:
            vote = draft_vote(by=self.clerk, at=at, community=self.community, terms=replace(plain, building=chosen))
            return announce_vote(by=self.leader, at=at + HOUR, vote=vote)

    def online(self, vote: Vote, voters: Sequence[RollVoter], choices: str, at: dt.datetime) -> None:
        """Ballots from phones; ``choices`` repeats: a agree, o oppose, n abstain."""
        with clock_at(at) as now:
            for number, voter in enumerate(voters):
                cast_ballot(at=now, vote=vote, voter=voter, choice=_choice(choices, number), channel="online")

    def authorise(self, vote: Vote, voters: Sequence[RollVoter], at: dt.datetime) -> dict[int, UUID]:
        """The owners let a relative vote for them, by papers that the leader checks; the last one is still to be checked. Voter → proxy."""
        found = {}
        with clock_at(at) as now:
            for voter, given in zip(voters, AGENTS, strict=True):
                paper = SimpleUploadedFile("授权委托书.jpg", drawn((150, 92, 74)))
                proxy = enter_proxy(by=self.clerk, at=now, vote=vote, voter=voter, given=given, upload=paper)
                if voter != voters[-1]:
                    found[voter.pk] = check_proxy(by=self.leader, at=now + HOUR, proxy=proxy).uid
        return found

    def doors(
        self, vote: Vote, voters: Sequence[RollVoter], choices: str, at: dt.datetime, proxies: Mapping[int, UUID] | None = None
    ) -> None:  # fmt: skip
        """Ballots taken at the door by the clerk, from the agent where one acts."""
        with clock_at(at) as now:
            for number, voter in enumerate(voters):
                enter_onsite(
                    by=self.clerk, at=now, vote=vote, number=voter.number, choice=_choice(choices, number),
                    sent_key=f"demonstration-{vote.pk}-{voter.number}", proxy=(proxies or {}).get(voter.pk),
                )  # fmt: skip

    def papers(self, vote: Vote, voters: Sequence[RollVoter], at: dt.datetime, returned: int) -> list[PaperBallot]:
        """Letters for these voters; the first ``returned`` of their ballot papers come back."""
        with clock_at(at) as now:
            printed = issue_letters(by=self.clerk, at=now, vote=vote, voters=voters)
            printed.pdf.close()
        with clock_at(at + DAY) as now:
            serials = [letter.serial for letter in printed.letters[:returned]]
            return [receive_paper(by=self.clerk, at=now, vote=vote, serial=serial) for serial in serials]

    def read(
        self, paper: PaperBallot, first: str, second: str, at: dt.datetime, proxy: UUID | None = None
    ) -> PaperBallot:
        """Read by the clerk and by the leader; an empty choice is an invalid paper, ``proxy`` that of the agent who signed."""
        with clock_at(at) as now:
            for person, choice in ((self.clerk, first), (self.leader, second)):
                reason = "" if choice else "选了两项以上"
                paper = enter_paper(
                    by=person,
                    at=now,
                    paper=paper,
                    choice=choice,
                    invalid_reason=reason,
                    proxy=proxy if choice else None,
                )
        return paper

    def count(self, vote: Vote, at: dt.datetime) -> None:
        """Closed and counted by the clerk."""
        with clock_at(at) as now:
            finish_counting(by=self.clerk, at=now, vote=close_vote(at=now, vote=vote))

    def confirm(self, vote: Vote, at: dt.datetime) -> None:
        """Confirmed by the leader."""
        with clock_at(at) as now:
            confirm_vote(by=self.leader, at=now, vote=vote)


def _choice(choices: str, number: int) -> str:
    return {"a": "agree", "o": "oppose", "n": "abstain"}[choices[number % len(choices)]]


def tell(story: Story, today: dt.date) -> None:
    """城中区's community decides its scheme, its roof and its property service; 东湖区's does not come together."""
    teller = Teller(story, "城中区", READY[0])
    _passed(teller)
    _objections(teller, today)
    _running(teller, today)
    _failed(Teller(story, "东湖区", READY[1]))


def _passed(teller: Teller) -> None:
    """The scheme of the project, by three channels: it answers the gate before the declaration."""
    begun, project = D(2026, 9, 1), teller.story.project(READY[0])
    subject: tuple[str, UUID] = ("project", project.uid)
    vote = teller.announce(begun, 10, {
        "matter": "scheme", "title": "中山东路商业大院改造方案表决", "subject": subject,
        "text": "是否同意中山东路商业大院老旧小区改造方案（给排水管网、道路、飞线整治、屋面防水），并申报纳入柳州市2027年度改造计划？",
    })  # fmt: skip
    voters = list(vote.voters.order_by("number"))
    papers = teller.papers(vote, voters[:8], teller.story.at(begun + 2 * DAY), 6)
    teller.online(vote, voters[8:50], "aaaaaaaoan", teller.story.at(begun + 3 * DAY, 20))
    teller.doors(vote, voters[50:70], "aaaaoaaaan", teller.story.at(begun + 6 * DAY, 19))
    for paper in papers[:5]:
        teller.read(paper, "agree", "agree", teller.story.at(begun + 7 * DAY))
    teller.read(papers[5], "", "", teller.story.at(begun + 7 * DAY))
    teller.count(vote, teller.story.at(begun + 12 * DAY, 9))
    teller.confirm(vote, teller.story.at(begun + 24 * DAY, 10))


def _objections(teller: Teller, today: dt.date) -> None:
    """One building uses its maintenance fund for the roof: counted yesterday."""
    begun = today - 14 * DAY
    vote = teller.announce(begun, 12, {
        "matter": "use_maintenance_fund", "title": "1号楼使用维修资金维修屋面",
        "text": "是否同意使用1号楼住宅专项维修资金86,400.00元维修屋面防水？",
    }, "1号楼")  # fmt: skip
    voters = list(vote.voters.order_by("number"))
    teller.online(vote, voters[:19], "aaoaaan", teller.story.at(begun + 3 * DAY, 20))
    teller.doors(vote, voters[19:25], "aao", teller.story.at(begun + 5 * DAY, 19))
    counted = teller.story.at(today - DAY, 19)
    teller.count(vote, counted)
    with clock_at(counted + HOUR) as now:
        said = [make_objection(at=now, vote=vote, given=given) for given in OBJECTIONS]
    with clock_at(counted + 2 * HOUR) as now:
        answer_objection(
            by=teller.leader, at=now, objection=said[0],
            text="经核对登记簿，2单元602室面积以不动产权证书记载的88.40平方米为准，名册已按证书登记，计票结果不变。",
        )  # fmt: skip


def _running(teller: Teller, today: dt.date) -> None:
    """The property service: votes come in by all channels, a paper waits for a third person, another for its second reader."""
    begun = today - 5 * DAY
    vote = teller.announce(begun, 11, {
        "matter": "property_service", "title": "选聘物业服务企业", "paper_wins": True,
        "text": "是否同意选聘柳州市安居物业服务有限公司为本小区提供物业服务，服务费每平方米每月0.80元，期限三年？",
    })  # fmt: skip
    voters = list(vote.voters.order_by("number"))
    papers = teller.papers(vote, voters[:10], teller.story.at(begun + 2 * DAY), 6)
    teller.online(vote, voters[10:34], "aaoan", teller.story.at(begun + 3 * DAY, 20))
    proxies = teller.authorise(vote, [voters[0], voters[34], voters[46]], teller.story.at(begun + 4 * DAY, 10))
    teller.doors(vote, voters[34:46], "aaao", teller.story.at(begun + 4 * DAY, 19), proxies)
    late = teller.story.at(begun + 4 * DAY, 20)
    for paper in papers[:2]:
        teller.read(paper, "agree", "agree", late, proxies.get(paper.voter_id))
    teller.read(papers[2], "", "", late)
    settled = teller.read(papers[3], "agree", "abstain", late)
    city = teller.story.offices.user("柳州市", "housing", "clerk")
    with clock_at(late + HOUR) as now:
        decide_paper(by=city, at=now, paper=settled, choice="agree")
        enter_paper(by=teller.clerk, at=now, paper=papers[5], choice="oppose")
    teller.read(papers[4], "agree", "oppose", late + HOUR)


def _failed(teller: Teller) -> None:
    """Too few took part: the result says by how much, and is confirmed as it is."""
    begun = D(2026, 9, 7)
    vote = teller.announce(begun, 8, {
        "matter": "common_revenue", "title": "让渡公共收益用于改造",
        "text": "是否同意将本小区2026年度公共收益（停车、广告）用于改造中的停车位和监控？",
    })  # fmt: skip
    voters = list(vote.voters.order_by("number"))
    teller.online(vote, voters[:34], "aaoa", teller.story.at(begun + 3 * DAY, 20))
    teller.count(vote, teller.story.at(begun + 10 * DAY, 9))
    teller.confirm(vote, teller.story.at(begun + 30 * DAY, 10))
