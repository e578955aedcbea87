"""An open vote of one building with a paper that two people have read differently."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from approvals.models import Letter, PaperBallot, Vote
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from approvals.votes.papers import enter_paper, receive_paper
from communities.models import Community
from offices.demonstration import Offices

PLACE = "芮城县"


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
