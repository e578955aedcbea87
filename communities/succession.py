"""What of communities is one person's: complaints that he was named to handle."""

import datetime as dt
from collections.abc import Iterable
from functools import partial

from communities.actions.complaints import HANDLING, pass_complaint
from communities.models import Complaint
from offices.models import Body, User
from offices.queries import members
from offices.succession import Item
from policies.words import date_words


def waiting(user: User, body: Body, today: dt.date, *, leaving: bool) -> Iterable[Item]:
    """Open complaints that name him."""
    handlers = {each.pk for each in members(body, *HANDLING)}
    rows = Complaint.objects.filter(handler=user, handler_body=body, state=Complaint.State.OPEN)
    for row in rows.select_related("community").order_by("deadline", "pk"):
        title = f"{row.community.name}，{date_words(row.deadline)}前答复"
        yield Item(
            "投诉",
            title,
            f"/staff/communities/complaints/{row.uid}/",
            partial(_barred, handlers, body),
            partial(_give, row),
        )


def _barred(handlers: set[int], body: Body, taker: User) -> str:
    return "" if taker.pk in handlers else f"{taker}不是{body}的经办人员或负责人"


def _give(row: Complaint, *, by: User, at: dt.datetime, today: dt.date, taker: User, reason: str) -> None:
    pass_complaint(by=by, at=at, complaint=row, taker=taker)
