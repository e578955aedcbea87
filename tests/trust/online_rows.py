"""An announced vote for the table of who may what (``tests/trust/table.py``)."""

import datetime as dt

from approvals.models import Vote
from approvals.votes.drafting import Terms, announce_vote, draft_vote
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
