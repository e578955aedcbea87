"""Objections to the preliminary result: made on the portal while the result is shown, answered by the desk before it is confirmed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from approvals.models import Vote, VoteObjection, VoteObjectionPerson
from approvals.votes.access import PREPARERS, require_desk
from approvals.votes.drafting import locked
from communities.access import KEEPERS
from offices.clock import day_of
from offices.history import record
from offices.messages import tell
from offices.models import Membership, User
from offices.receipts import new_number, read_number
from offices.texts import PERSON, Texts
from policies.refusal import Forbidden, Invalid, Refused

MOST_TEXT = 2000
NOT_SENT = "异议没有提交：有内容需要更正"


def read_objection(given: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """(text, person) of what was sent. Raises Invalid naming each field. Writes nothing: the check page asks it too."""
    texts = Texts()
    text = texts.read(given.get("text"), "text", "异议内容", MOST_TEXT)
    person = {
        key: texts.read(given.get(key), key, label, most, required=key != "home")
        for key, (label, most) in PERSON.items()
    }
    texts.check(NOT_SENT)
    return text, person


@transaction.atomic
def make_objection(*, at: dt.datetime, vote: Vote, given: Mapping[str, Any], by: User | None = None) -> VoteObjection:
    """A resident objects; ``by``: who of the desk writes it down for him. Raises Refused before the count and after the period, Invalid,
    Forbidden."""
    vote = locked(vote)
    body = require_desk(by, vote) if by is not None else None
    if vote.state != Vote.State.COUNTED or vote.objections_until is None:
        raise Refused("结果公示期间才能对结果提出异议", code="vote_not_counted")
    if day_of(at) > vote.objections_until:
        raise Refused("结果公示期已满，不再接收异议", code="vote_objections_over")
    text, person = read_objection(given)
    row = VoteObjection.objects.create(
        vote=vote, receipt=new_number("B"), text=text, entered_by=by, made_at=at, created_at=at, updated_at=at
    )
    VoteObjectionPerson.objects.create(objection=row, **person)
    record(by=by, at=at, action="vote.objection", subject=vote, data={"objection": row.pk}, body=body)
    tell(
        event=f"vote_objection:{row.uid}", recipients=_desk(vote), title=f"收到表决结果异议：{vote.title}"[:200],
        text="有异议没有答复的，不能确认表决结果。", link=f"/staff/votes/{vote.uid}/", subject=vote, at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def answer_objection(*, by: User, at: dt.datetime, objection: VoteObjection, text: str) -> VoteObjection:
    """Answer, once, in words that everyone may read; never by the one who counted. Raises Refused, Invalid, Forbidden."""
    vote = locked(objection.vote)
    require_desk(by, vote)
    objection = VoteObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk, vote=vote)
    if vote.state == Vote.State.COUNTED and vote.result.counted_by_id == by.pk:
        raise Forbidden("计票人不能答复对自己计票结果的异议，请由另一人答复", code="own_count")
    if objection.answered_at is not None:
        raise Refused("这条异议已经答复", code="objection_answered")
    texts = Texts()
    answer = texts.read(text, "text", "答复", MOST_TEXT)
    texts.check("答复没有保存")
    objection.answer, objection.answered_by, objection.answered_at, objection.updated_at = answer, by, at, at
    objection.version += 1
    objection.save()
    record(by=by, at=at, action="vote.answer", subject=vote, data={"objection": objection.pk})
    return objection


@transaction.atomic
def open_contact(*, by: User, at: dt.datetime, objection: VoteObjection, reason: str) -> VoteObjectionPerson | None:
    """Who objected and his telephone, after who asked, when and why is recorded (N-06); None where it was erased."""
    require_desk(by, objection.vote)
    if not reason.strip() or len(reason) > 200:
        raise Invalid("请写明查看理由", errors={"reason": ["请填写，最多 200 个字"]})
    record(
        by=by,
        at=at,
        action="vote.open_contact",
        subject=objection.vote,
        data={"objection": objection.pk},
        reason=reason,
    )
    return VoteObjectionPerson.objects.filter(objection=objection).first()


def objections_of(vote: Vote) -> QuerySet[VoteObjection]:
    """All of a vote, for the desk; mask ``person`` wherever it is shown."""
    return VoteObjection.objects.filter(vote=vote).select_related("person", "answered_by", "entered_by").order_by("pk")


def find_objection(*, vote: Vote, number: str) -> VoteObjection | None:
    """The one with this number, for who holds it."""
    return VoteObjection.objects.filter(vote=vote, receipt=read_number(number) or "-").first()


def vote_of_objection(number: str) -> UUID | None:
    """The vote of an objection's number; nothing else of it."""
    rows = VoteObjection.objects.filter(receipt=read_number(number) or "-")
    return rows.values_list("vote__uid", flat=True).first()


def open_objections(vote: Vote) -> int:
    """How many wait for an answer."""
    return VoteObjection.objects.filter(vote=vote, answered_at__isnull=True).count()


def _desk(vote: Vote) -> list[User]:
    """The preparers who run votes of the vote's own county and below it (those above are not told of each)."""
    places = {vote.division_id, vote.county_id, vote.street_id} - {None}
    rows = Membership.objects.filter(active=True, role__in=PREPARERS, body__division__in=places).select_related(
        "user", "body"
    )
    return [row.user for row in rows if KEEPERS & {row.body.kind, *row.body.also}]
