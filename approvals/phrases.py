"""常用语: texts that go into an opinion by one click. One's own are one's own; the body's are kept by whoever decides for it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from approvals.deciders import DECIDERS, own_bodies
from approvals.models import Phrase
from offices.history import record
from offices.models import Body, User
from offices.texts import Texts
from policies.refusal import Forbidden, Refused

MOST = 50  # of one owner: a list that is longer is no help


def phrases_for(user: User) -> QuerySet[Phrase]:
    """The user's own, then those of the bodies for which he decides (one query)."""
    rows = Phrase.objects.filter(Q(user=user) | Q(body_id__in=own_bodies(user)))
    return rows.select_related("body").order_by("body_id", "pk")


@transaction.atomic
def save_phrase(
    *, by: User, at: dt.datetime, text: str, body: Body | None = None, phrase: Phrase | None = None
) -> Phrase:
    """A new phrase (of ``body``, else one's own), or another text of one. Raises Forbidden, Invalid, Refused."""
    owner = phrase.body if phrase is not None else body
    _may_keep(by, phrase, owner)
    texts = Texts()
    words = texts.read(text, "text", "常用语", 300)
    texts.check("没有保存")
    row = phrase or Phrase(user=None if owner else by, body=owner, created_at=at, version=0)
    if phrase is None and _of(row).count() >= MOST:
        raise Refused(f"最多 {MOST} 条，请先删除不用的", code="too_many_phrases")
    row.text, row.updated_at, row.version = words, at, row.version + 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("已经有这条常用语", code="phrase_exists") from error
    record(by=by, at=at, action="phrase.save", subject=row, body=owner)
    return row


@transaction.atomic
def drop_phrase(*, by: User, at: dt.datetime, phrase: Phrase) -> None:
    """Delete a phrase. Opinions written with it stay as they are."""
    _may_keep(by, phrase, phrase.body)
    record(by=by, at=at, action="phrase.drop", subject=phrase, body=phrase.body)
    phrase.delete()


def _may_keep(by: User, phrase: Phrase | None, body: Body | None) -> None:
    if phrase is not None and phrase.user_id not in (None, by.pk):
        raise Forbidden("这是别人的常用语")
    if body is not None and not by.has_role(*DECIDERS, body=body):
        raise Forbidden(f"只有{body}的审批人员或负责人可以维护本单位的常用语")


def _of(row: Phrase) -> QuerySet[Phrase]:
    return Phrase.objects.filter(user=row.user_id, body=row.body_id)
