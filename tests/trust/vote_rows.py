"""An open vote of one building with a paper that two people have read differently."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from approvals.models import Letter, PaperBallot, Vote, VoteObjection, VoteObjectionPerson
from approvals.votes.closing import finish_counting
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from approvals.votes.papers import enter_paper, receive_paper
from communities.models import Community
from offices.demonstration import Offices
from renovation.demonstration.votes import clock_at

PLACE = "芮城县"


def objected(offices: Offices, community: Community) -> VoteObjection:
    """An objection to the result of another vote, counted by the leader; the clock is moved past its close and back."""
    at = timezone.now()
    clerk, leader = (offices.user(PLACE, "housing", role) for role in ("clerk", "leader"))
    closes = at + dt.timedelta(minutes=20)
    terms = Terms("property_service", "二号表决", "是否同意？", at, closes, building=community.buildings.get())
    vote = announce_vote(by=leader, at=at, vote=draft_vote(by=clerk, at=at, community=community, terms=terms))
    with clock_at(closes + dt.timedelta(minutes=1)) as later:
        finish_counting(by=leader, at=later, vote=vote)
        row = VoteObjection.objects.create(
            vote=vote, receipt="B-CANARY", text="重新计票", made_at=later, created_at=later, updated_at=later
        )
    VoteObjectionPerson.objects.create(objection=row, name="欧阳异议", phone="13912345677")
    return row


def running(offices: Offices, community: Community) -> tuple[Vote, PaperBallot]:
    """The vote opens the moment that it is announced, by the database's clock too. The clerk has neither announced nor read anything."""
    at = timezone.now()
    clerk, leader = (offices.user(PLACE, "housing", role) for role in ("clerk", "leader"))
    other = offices.user(PLACE, "government", "clerk")
    terms = Terms(
        "scheme", "一号楼表决", "是否同意？", at, at + dt.timedelta(days=7), building=community.buildings.get()
    )
    vote = announce_vote(by=leader, at=at, vote=draft_vote(by=clerk, at=at, community=community, terms=terms))
    letter = Letter.objects.create(
        vote=vote,
        voter=vote.voters.get(),
        serial="CANARY22",
        issued_by=clerk,
        issued_at=at,
        created_at=at,
        updated_at=at,
    )
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "PNG")
    scan = SimpleUploadedFile("票.png", picture.getvalue())
    paper = receive_paper(by=clerk, at=at, vote=vote, serial=letter.serial, upload=scan)
    enter_paper(by=leader, at=at, paper=paper, choice="agree")
    return vote, enter_paper(by=other, at=at, paper=paper, choice="oppose")
