"""An announced vote for the table of who may what (``tests/trust/table.py``)."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from approvals.models import Proxy, Vote
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from approvals.votes.proxies import enter_proxy
from offices.demonstration import Offices
from offices.models import User
from tests.cast import AT
from tests.votes.conftest import make_community


def announced(offices: Offices, place: str, clerk: User) -> Vote:
    """A vote that opens tomorrow, on a roll of two."""
    terms = Terms(
        "scheme", "公告的表决", "是否同意？", opens_at=AT + dt.timedelta(days=1), closes_at=AT + dt.timedelta(days=8)
    )
    community = make_community(offices, ["80.00", "90.00"], place="洞宾社区", name="秘密花园九号")
    vote = draft_vote(by=clerk, at=AT, community=community, terms=terms)
    return announce_vote(by=offices.user(place, "housing", "leader"), at=AT, vote=vote)


def scan() -> SimpleUploadedFile:
    """A picture of an authorisation."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "PNG")
    return SimpleUploadedFile("委托书.png", picture.getvalue())


def proxy_of(vote: Vote, clerk: User) -> Proxy:
    """A proxy of the first voter, not checked yet."""
    voter = vote.voters.order_by("pk")[0]
    given = {"name": "某代理", "phone": "13900002222"}
    return enter_proxy(by=clerk, at=AT, vote=vote, voter=voter, given=given, upload=scan())
